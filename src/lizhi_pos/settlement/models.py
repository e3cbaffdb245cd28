"""Tables: closed months, the statements they fixed, and what villages answered."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Text

from lizhi_pos.db import ID, INT, Bytes, Moment, one_of, town_table
from lizhi_pos.journal.models import closing_balance, period
from lizhi_pos.record.documents import document, part

DIFFERENCES = ("amount", "missing_here", "missing_there")

statement_village = town_table(
    "statement_village",
    Column("month", Text, primary_key=True),
    Column("village_id", ID, primary_key=True),
    Column("goods_value", INT, nullable=False),
    Column("contributed", INT, nullable=False),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
    ForeignKeyConstraint(["town_id", "village_id"], ["village.town_id", "village.village_id"]),
)

statement_line = town_table(
    "statement_line",
    Column("month", Text, primary_key=True),
    Column("household_id", ID, primary_key=True),
    Column("village_id", ID, nullable=False),
    Column("booklet", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("opening", INT, nullable=False),
    Column("base", INT, nullable=False),
    Column("volunteer", INT, nullable=False),
    Column("redeemed", INT, nullable=False),
    Column("returned", INT, nullable=False),
    Column("vetoed", INT, nullable=False),
    Column("restored", INT, nullable=False),
    Column("adjusted", INT, nullable=False),
    Column("closing", INT, nullable=False),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
    CheckConstraint(
        "opening + base + volunteer - redeemed + returned - vetoed + restored + adjusted = closing",
        name="movements_agree",
    ),
    narrow=True,
)


village_answer = town_table(
    "village_answer",
    Column("month", Text, primary_key=True),
    Column("village_id", ID, primary_key=True),
    Column("content_hash", Bytes(32), nullable=False),
    Column("matched", INT, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("read_by", Text, nullable=False),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
)

difference = town_table(
    "difference",
    Column("month", Text, primary_key=True),
    Column("village_id", ID, primary_key=True),
    Column("booklet", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("ours", INT),
    Column("theirs", INT),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
    one_of("kind", DIFFERENCES),
)

MONTH = document(
    "month",
    part(period, "month"),
    part(statement_village, "month"),
    part(statement_line, "month"),
    part(closing_balance, "month"),
)
ANSWER = document("answer", part(village_answer, "month", "village_id"), part(difference, "month", "village_id"))
