"""Tables: market-day sessions, open baskets, redemptions, paper slips."""

import re

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, UniqueConstraint

from lizhi_pos.db import ID, INT, Bytes, Day, Moment, index_where, one_of, same_row, town_table
from lizhi_pos.printqueue.models import OWN_RECEIPTS, print_job
from lizhi_pos.record.documents import Row, document, part

market_session = town_table(
    "market_session",
    Column("session_id", ID, primary_key=True),
    Column("on_date", Day, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", Text, nullable=False, comment="who opened it last"),
    Column("approved_by", Text),
    Column("reason", Text, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", Text),
    UniqueConstraint("town_id", "on_date"),
    one_of("state", ("open", "closed")),
    CheckConstraint("approved_by IS NULL OR approved_by <> opened_by", name="two_people"),
    index_where("uq_market_session_one_open", "town_id", where="state = 'open'", unique=True),
)

session_price = town_table(
    "session_price",
    Column("session_id", ID, primary_key=True),
    Column("product_id", ID, primary_key=True),
    Column("price", INT, nullable=False),
    ForeignKeyConstraint(["town_id", "session_id"], ["market_session.town_id", "market_session.session_id"]),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    narrow=True,
)

basket = town_table(
    "basket",
    Column("key", Text, primary_key=True, comment="of its redemption, once it is redeemed"),
    Column("till", Text, nullable=False),
    Column("session_id", ID, nullable=False),
    Column("state", Text, nullable=False),
    Column("booklet", Text, nullable=False),
    Column("goods", Text, nullable=False, comment="msgspec JSON: codes and quantities, as they lie on the counter"),
    Column("proxy", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "session_id"], ["market_session.town_id", "market_session.session_id"]),
    one_of("state", ("counter", "held")),
    index_where("uq_basket_one_on_a_counter", "town_id", "till", where="state = 'counter'", unique=True),
)

receipt_counter = town_table(
    "receipt_counter",
    Column("till", Text, primary_key=True),
    Column("year", INT, primary_key=True),
    Column("number", INT, nullable=False, comment="the last one given"),
)

redemption = town_table(
    "redemption",
    Column("redemption_id", ID, primary_key=True),
    Column("receipt", Text, nullable=False, comment="till-year-number, unique in the town"),
    Column("till", Text, nullable=False),
    Column("year", INT, nullable=False),
    Column("number", INT, nullable=False),
    Column("session_id", ID, nullable=False),
    Column("household_id", ID, nullable=False),
    Column("booklet", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("approved_by", Text),
    Column("approval_reason", Text, nullable=False),
    Column("proxy", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("total", INT, nullable=False),
    Column("balance_before", INT, nullable=False),
    Column("balance_after", INT, nullable=False),
    Column("key", Text, nullable=False, comment="a repeat is answered with this redemption"),
    Column("content_hash", Bytes(32), nullable=False),
    Column("points_entry", ID, nullable=False),
    Column("goods_entry", ID),
    UniqueConstraint("town_id", "receipt"),
    UniqueConstraint("town_id", "till", "year", "number"),
    UniqueConstraint("town_id", "key"),
    ForeignKeyConstraint(["town_id", "session_id"], ["market_session.town_id", "market_session.session_id"]),
    ForeignKeyConstraint(["town_id", "household_id"], ["household.town_id", "household.household_id"]),
    ForeignKeyConstraint(
        ["town_id", "points_entry"],
        ["journal_entry.town_id", "journal_entry.entry_id"],
        name="fk_redemption_points_entry",
    ),
    ForeignKeyConstraint(
        ["town_id", "goods_entry"],
        ["journal_entry.town_id", "journal_entry.entry_id"],
        name="fk_redemption_goods_entry",
    ),
    CheckConstraint("total > 0", name="total_positive"),
    CheckConstraint("balance_after = balance_before - total", name="balances_agree"),
    CheckConstraint("approved_by IS NULL OR approved_by <> clerk", name="two_people"),
    Index("ix_redemption_town_id_household_id_on_date", "town_id", "household_id", "on_date"),
    Index("ix_redemption_town_id_on_date", "town_id", "on_date"),
)

redemption_line = town_table(
    "redemption_line",
    Column("redemption_id", ID, primary_key=True),
    Column("line", INT, primary_key=True),
    Column("product_id", ID, nullable=False),
    Column("quantity", INT, nullable=False),
    Column("price", INT, nullable=False),
    Column("amount", INT, nullable=False),
    ForeignKeyConstraint(["town_id", "redemption_id"], ["redemption.town_id", "redemption.redemption_id"]),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("amount = quantity * price", name="amount_is_quantity_times_price"),
    narrow=True,
)

redemption_lot = town_table(
    "redemption_lot",
    Column("redemption_id", ID, primary_key=True),
    Column("line", INT, primary_key=True),
    Column("lot_id", ID, primary_key=True),
    Column("quantity", INT, nullable=False),
    ForeignKeyConstraint(
        ["town_id", "redemption_id", "line"],
        ["redemption_line.town_id", "redemption_line.redemption_id", "redemption_line.line"],
    ),
    ForeignKeyConstraint(["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"]),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    Index("ix_redemption_lot_town_id_lot_id_quantity", "town_id", "lot_id", "quantity"),
    narrow=True,
)

redemption_return = town_table(
    "redemption_return",
    Column("return_id", ID, primary_key=True),
    Column("redemption_id", ID, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("total", INT, nullable=False),
    Column("points_entry", ID, nullable=False),
    Column("goods_entry", ID, nullable=False),
    ForeignKeyConstraint(["town_id", "redemption_id"], ["redemption.town_id", "redemption.redemption_id"]),
    ForeignKeyConstraint(
        ["town_id", "points_entry"],
        ["journal_entry.town_id", "journal_entry.entry_id"],
        name="fk_redemption_return_points_entry",
    ),
    ForeignKeyConstraint(
        ["town_id", "goods_entry"],
        ["journal_entry.town_id", "journal_entry.entry_id"],
        name="fk_redemption_return_goods_entry",
    ),
    CheckConstraint("total > 0", name="total_positive"),
    CheckConstraint("by_user <> approved_by", name="two_people"),
    Index("ix_redemption_return_town_id_redemption_id", "town_id", "redemption_id"),
)

redemption_return_lot = town_table(
    "redemption_return_lot",
    Column("return_id", ID, primary_key=True),
    Column("redemption_id", ID, nullable=False),
    Column("line", INT, primary_key=True, comment="of the redemption"),
    Column("lot_id", ID, primary_key=True),
    Column("quantity", INT, nullable=False),
    ForeignKeyConstraint(["town_id", "return_id"], ["redemption_return.town_id", "redemption_return.return_id"]),
    ForeignKeyConstraint(
        ["town_id", "redemption_id", "line", "lot_id"],
        [
            "redemption_lot.town_id",
            "redemption_lot.redemption_id",
            "redemption_lot.line",
            "redemption_lot.lot_id",
        ],
        name="fk_redemption_return_lot_own_lot",
    ),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    Index("ix_redemption_return_lot_town_id_redemption_id", "town_id", "redemption_id"),
    Index("ix_redemption_return_lot_town_id_lot_id", "town_id", "lot_id"),
)

slip = town_table(
    "slip",
    Column("number", Text, primary_key=True),
    Column("redemption_id", ID, nullable=False),
    Column("content_hash", Bytes(32), nullable=False),
    ForeignKeyConstraint(["town_id", "redemption_id"], ["redemption.town_id", "redemption.redemption_id"]),
    Index("ix_slip_town_id_redemption_id", "town_id", "redemption_id"),
)

redeemed_lines = redemption_line.join(
    redemption,
    same_row(redemption.c.redemption_id, redemption_line.c.redemption_id),
)
"""Every line with the redemption it stands on."""

_CHAIN = re.compile(rb'"chain":"[^"]*"')


def without_chain(receipt: bytes) -> bytes:
    """Return a receipt's data without the short form of the hash that seals it: that hash covers the rest of it."""
    return _CHAIN.sub(b'"chain":""', receipt, count=1)


def _paper(row: Row) -> Row:
    return {
        "redemption_id": row["redemption_id"],
        "kind": row["kind"],
        "document": without_chain(row["document"]),
    }


SESSION = document("session", part(market_session, "session_id"), part(session_price, "session_id"))
REDEMPTION = document(
    "redemption",
    part(redemption, "redemption_id"),
    part(redemption_line, "redemption_id"),
    part(redemption_lot, "redemption_id"),
    part(slip, "redemption_id"),
    part(print_job, "redemption_id", names=("document", "kind", "redemption_id"), only=OWN_RECEIPTS, told=_paper),
)
RETURN = document("return", part(redemption_return, "return_id"), part(redemption_return_lot, "return_id"))
