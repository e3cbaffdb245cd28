"""Tables: the journal, its accounts, and the balances kept beside it.

An entry's postings are written first and the entry last: its insertion is the seal. A trigger refuses it
unless its postings sum to zero, and refuses further postings once it stands. An entry has one unit and an
account has one unit; both foreign keys of a posting carry the unit, so no entry can join points and money.
"""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Select,
    Text,
    UniqueConstraint,
    select,
)

from lizhi_pos.db import ID, INT, Bytes, Day, Moment, index_where, of_town, same_row, town_table

POINTS_ACCOUNTS = ("household", "earned_base", "earned_volunteer", "redeemed", "vetoed", "adjusted", "closed_out")
YUAN_ACCOUNTS = ("cash", "stock", "gifts_money", "gifts_in_kind", "allocations", "goods_redeemed", "losses")
POINTS_ENTRIES = ("base", "volunteer", "adjust", "redeem", "return", "veto", "restore", "transfer", "close_out")
YUAN_ENTRIES = (
    "gift_money",
    "gift_in_kind",
    "allocation",
    "purchase",
    "goods_out",
    "goods_back",
    "loss",
    "count",
    "void",
)


def _words(values: tuple[str, ...]) -> str:
    return ", ".join(repr(v) for v in values)


def _one_unit(points: tuple[str, ...], yuan: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(
        f"(unit = 'points' AND kind IN ({_words(points)})) OR (unit = 'yuan' AND kind IN ({_words(yuan)}))",
        name="one_unit",
    )


account = town_table(
    "account",
    Column("account_id", ID, primary_key=True, comment="a household's account has the household's own key"),
    Column("unit", Text, nullable=False),
    Column("kind", Text, nullable=False),
    UniqueConstraint("town_id", "account_id", "unit"),
    _one_unit(POINTS_ACCOUNTS, YUAN_ACCOUNTS),
    index_where("uq_account_town_kind", "town_id", "kind", where="kind <> 'household'", unique=True),
)

journal_entry = town_table(
    "journal_entry",
    Column("entry_id", ID, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("on_date", Day, nullable=False, comment="the day it counts for"),
    Column("earned_month", Text, comment="the month points were earned in, where that is another"),
    Column(
        "reference",
        Text,
        nullable=False,
        comment="what it carries out: a batch, receipt, voucher or veto, as people name it",
    ),
    Column("document_id", ID, comment="the row it carries out"),
    Column("linked_entry", ID, comment="the other half of a redemption, or the entry this one undoes"),
    Column("by_user", Text, nullable=False),
    Column("approved_by", Text),
    Column("recorded_at", Moment, nullable=False),
    Column("key", ID, nullable=False, comment="doing it twice does it once"),
    Column("till", Text, nullable=False),
    Column("number", INT, nullable=False, comment="without gaps within a till"),
    Column("previous_hash", Bytes(32), nullable=False),
    Column("hash", Bytes(32), nullable=False),
    Column("format", INT, comment="how it is hashed; None for the first way, by columns without their names"),
    Column("document_hash", Bytes(32), comment="digest of the document it carries out"),
    UniqueConstraint("town_id", "entry_id", "unit"),
    UniqueConstraint("town_id", "key"),
    UniqueConstraint("town_id", "till", "number"),
    _one_unit(POINTS_ENTRIES, YUAN_ENTRIES),
    CheckConstraint("approved_by IS NULL OR approved_by <> by_user OR format IS NULL", name="two_people"),
    Index("ix_journal_entry_town_id_on_date", "town_id", "on_date"),
    Index("ix_journal_entry_town_id_reference", "town_id", "reference"),
)

posting = town_table(
    "posting",
    Column("entry_id", ID, primary_key=True),
    Column("line", INT, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("account_id", ID, nullable=False),
    Column("amount", INT, nullable=False),
    Column("note", Text, nullable=False, comment="what this line is for: an act, a window of scores, a correction"),
    Column("place", INT, comment="1, 2 … within its account, where the account's balance is kept"),
    ForeignKeyConstraint(
        ["town_id", "entry_id", "unit"],
        ["journal_entry.town_id", "journal_entry.entry_id", "journal_entry.unit"],
        name="fk_posting_entry",
        deferrable=True,
        initially="DEFERRED",
    ),
    ForeignKeyConstraint(
        ["town_id", "account_id", "unit"],
        ["account.town_id", "account.account_id", "account.unit"],
        name="fk_posting_account",
    ),
    CheckConstraint("amount <> 0", name="amount_not_zero"),
    index_where(
        "uq_posting_town_id_account_id_place", "town_id", "account_id", "place", where="place IS NOT NULL", unique=True
    ),
    narrow=True,
)

balance = town_table(
    "balance",
    Column("account_id", ID, primary_key=True),
    Column("amount", INT, nullable=False),
    Column("place", INT, nullable=False, comment="of the account's newest line"),
    Column(
        "frozen", INT, nullable=False, server_default="0", comment="of a household: what is disputed, not to be spent"
    ),
    ForeignKeyConstraint(
        ["town_id", "account_id"], ["account.town_id", "account.account_id"], name="fk_balance_account"
    ),
    CheckConstraint("frozen >= 0 AND amount >= frozen", name="never_negative"),
)

journal_head = town_table(
    "journal_head",
    Column("till", Text, primary_key=True),
    Column("number", INT, nullable=False),
    Column("hash", Bytes(32), nullable=False),
)

period = town_table(
    "period",
    Column("month", Text, primary_key=True),
    Column("closed_on", Day, nullable=False),
    Column("closed_at", Moment, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("head", Bytes(32), nullable=False, comment="the journal's head when it was closed"),
    Column("stock_at_tag", INT, comment="what could be sold at the month's end, at tag prices; unknown before 0.6"),
    Column("object_until", Day, comment="until when its statements may be objected to; unknown before 0.6"),
)

closing_balance = town_table(
    "closing_balance",
    Column("month", Text, primary_key=True),
    Column("kind", Text, primary_key=True, comment="of the account; spent: what purchases took out of the cash"),
    Column("amount", INT, nullable=False, comment="at the month's end, from the first day on"),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
    narrow=True,
)
"""What the town's accounts, and all households together, held at the end of each closed month."""


def entries_dated(*when: ColumnElement[bool]) -> Select[Any]:
    """Return the keys of the entries of some days, to be asked for their lines by.

    Not a join: without statistics, as every shop's file is, SQLite would walk through all lines there ever were.
    """
    return select(journal_entry.c.entry_id).where(of_town(journal_entry), *when).correlate(None)


entry_lines = posting.join(journal_entry, same_row(posting.c.entry_id, journal_entry.c.entry_id))
"""Every posting with the entry that seals it."""

account_lines = entry_lines.join(account, same_row(posting.c.account_id, account.c.account_id))
"""Every posting with its entry and its account."""
