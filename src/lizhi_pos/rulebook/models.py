"""Table: the rulebooks a town adopted."""

from sqlalchemy import Column, Text, UniqueConstraint

from lizhi_pos.db import ID, INT, Moment, town_table
from lizhi_pos.record.documents import document, part

rulebook = town_table(
    "rulebook",
    Column("rulebook_id", ID, primary_key=True),
    Column("year", INT, nullable=False),
    Column("version", INT, nullable=False, comment="1, 2 … within a year"),
    Column("filing", Text, nullable=False, comment="备案号"),
    Column("source", Text, nullable=False, comment="the TOML as it was adopted"),
    Column("adopted_by", Text, nullable=False),
    Column("adopted_at", Moment, nullable=False),
    UniqueConstraint("town_id", "year", "version"),
)

RULEBOOK = document("rulebook", part(rulebook, "rulebook_id"))
