"""Tables: who may act, and what was done in whose name."""

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint

from lizhi_pos.db import ID, INT, Day, Moment, one_of, town_table
from lizhi_pos.record.documents import document, part

ROLES = ("clerk", "keeper", "accountant", "supervisor", "admin")

app_user = town_table(
    "app_user",
    Column("user_id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("booklet", Text, comment="the user's own household, which they do not serve"),
    Column("wrong_pins", INT, nullable=False, comment="in a row"),
    Column("not_before", Moment, comment="no PIN is tried before this moment"),
    Column("created_at", Moment, nullable=False),
    Column("left_on", Day, comment="from this day on they act no more; their record stays"),
    UniqueConstraint("town_id", "name"),
    one_of("role", ROLES),
)

audit_event = town_table(
    "audit_event",
    Column("event_id", ID, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("approved_by", Text),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("approved_by IS NULL OR approved_by <> by_user", name="two_people"),
)

USER = document("user", part(app_user, "user_id", exempt=("wrong_pins", "not_before")))
AUDIT = document("audit", part(audit_event, "event_id"))
