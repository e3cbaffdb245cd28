"""Tables: the statements that closed months fixed, what villages answered and signed, what supervisors signed off."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text

from lizhi_pos.db import ID, INT, Bytes, Day, Moment, one_of, town_table
from lizhi_pos.journal.models import closing_balance, period
from lizhi_pos.record.documents import Row, document, part

DIFFERENCES = ("amount", "missing_here", "missing_there")
SIGNATURES = ("confirmed", "disputed")

statement_village = town_table(
    "statement_village",
    Column("month", Text, primary_key=True),
    Column("village_id", ID, primary_key=True),
    Column("goods_value", INT, nullable=False),
    Column("contributed", INT, nullable=False),
    Column("name", Text, comment="of the village when the month was closed; unknown of months closed before 0.6"),
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

statement_goods = town_table(
    "statement_goods",
    Column("month", Text, primary_key=True),
    Column("village_id", ID, primary_key=True, comment="of the households that took them"),
    Column("product_id", ID, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False, comment="as it was called when the month was closed, like the category"),
    Column("category", Text, nullable=False),
    Column("quantity", INT, nullable=False, comment="redeemed less what came back, both by their own days"),
    Column("amount", INT, nullable=False, comment="at tag prices"),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    narrow=True,
)

closing_warning = town_table(
    "closing_warning",
    Column("month", Text, primary_key=True),
    Column("name", Text, primary_key=True, comment="of the check"),
    Column("line", INT, primary_key=True, comment="1, 2 … within the check"),
    Column("village_id", ID, comment="the village that the fact is about, where it is about one"),
    Column("fact", Text, nullable=False),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
)
"""What a month was closed in spite of."""

village_answer = town_table(
    "village_answer",
    Column("month", Text, primary_key=True),
    Column("village_id", ID, primary_key=True),
    Column("content_hash", Bytes(32), nullable=False),
    Column("matched", INT, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("read_by", Text, nullable=False),
    Column("on_date", Day, comment="the day it counts for; unknown of answers read before 0.6"),
    Column("file", Text, comment="the name of the file it was read from"),
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

difference_note = town_table(
    "difference_note",
    Column("note_id", ID, primary_key=True),
    Column("month", Text, nullable=False),
    Column("village_id", ID, nullable=False),
    Column("booklet", Text, nullable=False),
    Column("ours", INT, comment="of the difference it resolves; another one is open again"),
    Column("theirs", INT),
    Column("note", Text, nullable=False, comment="what came of it"),
    Column("reference", Text, comment="of the entry that explains or corrects it"),
    Column("on_date", Day, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
    Index("ix_difference_note_town_id_month_village_id", "town_id", "month", "village_id"),
)

village_signature = town_table(
    "village_signature",
    Column("signature_id", ID, primary_key=True),
    Column("month", Text, nullable=False),
    Column("village_id", ID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by_name", Text, nullable=False, comment="who signed for the village; empty where nobody was named"),
    Column("note", Text, nullable=False, comment="what the village disputes"),
    Column("on_date", Day, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "month"], ["period.town_id", "period.month"]),
    one_of("kind", SIGNATURES),
    Index("ix_village_signature_town_id_month_village_id", "town_id", "month", "village_id"),
)
"""What a village said of its statement; of one month the last counts."""

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
    part(statement_goods, "month"),
    part(closing_warning, "month"),
    part(closing_balance, "month"),
)
ANSWER = document(
    "answer",
    part(village_answer, "month", "village_id"),
    part(difference, "month", "village_id"),
    part(difference_note, "month", "village_id"),
    part(village_signature, "month", "village_id"),
)
SUPERVISION_NOTE = document("supervision_note", part(supervision_note, "note_id"))
