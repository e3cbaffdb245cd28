"""Tables: products, tag prices, lots and the moves of goods."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, UniqueConstraint

from lizhi_pos.db import ID, INT, Day, Moment, index_where, one_of, town_table
from lizhi_pos.record.documents import document, part

MOVES = ("receive", "redeem", "return", "write_off", "count")

product = town_table(
    "product",
    Column("product_id", ID, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("monthly_limit", INT, comment="每户限量, per household and calendar month"),
    Column("safety_stock", INT),
    Column("initials", Text, nullable=False, comment="pinyin initials, every reading, separated by blanks"),
    UniqueConstraint("town_id", "code"),
    CheckConstraint("monthly_limit IS NULL OR monthly_limit > 0", name="limit_positive"),
)

price = town_table(
    "price",
    Column("price_id", ID, primary_key=True),
    Column("product_id", ID, nullable=False),
    Column("price", INT, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("by_user", Text, nullable=False),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    CheckConstraint("price > 0", name="price_positive"),
    Index("ix_price_town_id_product_id_recorded_at", "town_id", "product_id", "recorded_at"),
)

lot = town_table(
    "lot",
    Column("lot_id", ID, primary_key=True),
    Column("product_id", ID, nullable=False),
    Column("name", Text, nullable=False, comment="voucher, and its line where it has several"),
    Column("voucher", Text, nullable=False),
    Column("line", INT, nullable=False),
    Column("received_on", Day, nullable=False),
    Column("expires_on", Day),
    Column("unit_cost", INT, nullable=False),
    Column("quantity", INT, nullable=False, comment="as received"),
    Column("on_hand", INT, nullable=False),
    Column("entry_id", ID, nullable=False, comment="the gift or purchase it came with"),
    UniqueConstraint("town_id", "voucher", "line"),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("on_hand >= 0", name="never_negative"),
    CheckConstraint("on_hand <= quantity", name="no_more_than_received"),
    CheckConstraint("unit_cost >= 0", name="cost_not_negative"),
    Index("ix_lot_town_id_product_id", "town_id", "product_id"),
    Index("ix_lot_town_id_entry_id", "town_id", "entry_id"),
    index_where("ix_lot_on_the_shelf", "town_id", "product_id", where="on_hand > 0"),
)

stock_move = town_table(
    "stock_move",
    Column("entry_id", ID, primary_key=True),
    Column("move_id", ID, primary_key=True),
    Column("lot_id", ID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("quantity", INT, nullable=False, comment="in: positive, out: negative"),
    Column("cost", INT, nullable=False, comment="quantity at the lot's unit cost, same sign"),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"]),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    CheckConstraint("quantity <> 0", name="quantity_not_zero"),
    one_of("kind", MOVES),
    narrow=True,
)

PRODUCT = document("product", part(product, "product_id"), part(price, "product_id"))
GOODS = document("goods", part(stock_move, "entry_id"), part(lot, "entry_id", exempt=("on_hand",)))
"""What an entry of yuan moved on the shelf: every move, and the lots that came in with it."""
