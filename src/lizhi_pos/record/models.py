"""Tables: the record, one line for each change of a document that no journal entry carries, and its newest line."""

from sqlalchemy import Column, Text

from lizhi_pos.db import INT, Bytes, Moment, town_table

record_line = town_table(
    "record_line",
    Column("number", INT, primary_key=True, comment="1, 2 … without gaps"),
    Column("format", INT, nullable=False, comment="how it is hashed"),
    Column("kind", Text, nullable=False, comment="of the document"),
    Column("key", Text, nullable=False, comment="of the document, as text"),
    Column("document", Bytes(32), comment="the document's digest, None where it is gone"),
    Column("recorded_at", Moment, nullable=False),
    Column("previous_hash", Bytes(32), nullable=False),
    Column("hash", Bytes(32), nullable=False),
)

record_head = town_table(
    "record_head",
    Column("number", INT, nullable=False, comment="of the newest line"),
    Column("hash", Bytes(32), nullable=False),
)
