"""Tables: deliveries that are being received, kept line by line as an open basket is."""

from sqlalchemy import Column, Text

from lizhi_pos.db import ID, Moment, one_of, town_table

delivery = town_table(
    "delivery",
    Column("delivery_id", ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False, comment="msgspec JSON: who gave it and its lines, as typed so far"),
    Column("by_user", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    one_of("kind", ("gift", "purchase")),
)
"""Not under the chain: nothing of it has come in before it is finished."""
