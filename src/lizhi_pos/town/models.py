"""Tables: the town itself, and what it has set."""

from sqlalchemy import Column, Table, Text

from lizhi_pos.db import ID, Moment, metadata, town_table
from lizhi_pos.record.documents import document, part

town = Table(
    "town",
    metadata,
    Column("town_id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    sqlite_strict=True,
)

setting = town_table(
    "setting",
    Column("name", Text, primary_key=True),
    Column("till", Text, primary_key=True, comment="empty for the whole town"),
    Column("value", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", Text, nullable=False),
)

TOWN = document("town", part(town, "town_id", names=("town_id", "name", "created_at")))
SETTING = document("setting", part(setting, "name", "till"))
