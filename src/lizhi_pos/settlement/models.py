"""Tables: closed months, the statements they fixed, what villages answered, what supervisors signed off."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Text

from lizhi_pos.db import ID, INT, Bytes, Day, Moment, one_of, town_table
from lizhi_pos.journal.models import closing_balance, period
from lizhi_pos.record.documents import Row, document, part

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
    Column("village_id", ID, primary_key=True, comment="two lines in the month of a move"),
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
    Column("transferred", INT, nullable=False, server_default="0", comment="signed: to or from another household"),
    Column("closing", INT, nullable=False),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
    CheckConstraint(
        "opening + base + volunteer - redeemed + returned - vetoed + restored + adjusted + transferred = closing",
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

supervision_note = town_table(
    "supervision_note",
    Column("note_id", ID, primary_key=True),
    Column("from_date", Day, nullable=False),
    Column("to_date", Day, nullable=False),
    Column("findings", INT, nullable=False, comment="how many there were in these days when they were looked through"),
    Column("note", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
)


def _line_told(row: Row) -> Row:
    """Leave out a transfer of nothing: months that were closed before there was one keep their digest."""
    return row if row["transferred"] else {**row, "transferred": None}


MONTH = document(
    "month",
    part(period, "month"),
    part(statement_village, "month"),
    part(statement_line, "month", told=_line_told),
    part(closing_balance, "month"),
)
ANSWER = document("answer", part(village_answer, "month", "village_id"), part(difference, "month", "village_id"))
SUPERVISION_NOTE = document("supervision_note", part(supervision_note, "note_id"))
