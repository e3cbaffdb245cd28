"""Tables: printers, and jobs that wait for them."""

from sqlalchemy import Column, ForeignKeyConstraint, Text

from lizhi_pos.db import ID, INT, Bytes, Moment, index_where, one_of, town_table
from lizhi_pos.record.documents import document, part

RECEIPTS = ("receipt", "village")
"""The kinds of print jobs that a redemption makes itself; their first prints are part of its document."""

NOT_DONE = "state IN ('queued', 'sending', 'unknown', 'failed')"
"""Which print jobs still wait, or for somebody: a handful, however many were printed."""

JOB_STATES = ("queued", "sending", "sent", "confirmed", "unknown", "failed", "abandoned")

printer = town_table(
    "printer",
    Column("name", Text, primary_key=True),
    Column("profile", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("till", Text, comment="the till it stands at, None where every till prints on it"),
    Column("added_at", Moment, nullable=False),
)

print_job = town_table(
    "print_job",
    Column("job_id", ID, primary_key=True),
    Column("printer", Text, comment="None until a printer is chosen for it"),
    Column("till", Text, comment="the till it was made at, None where that does not matter"),
    Column("kind", Text, nullable=False, comment="receipt, test …"),
    Column("document", Bytes, nullable=False, comment="what is to be printed, msgspec JSON"),
    Column("redemption_id", ID),
    Column("copy", INT, nullable=False, comment="0 the first print, n for 补打 第n次"),
    Column("state", Text, nullable=False),
    Column("sender", Text, comment="the process that sends it, or sent it last"),
    Column("detail", Text, nullable=False, comment="why it stands where it stands"),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    one_of("state", JOB_STATES),
    index_where("ix_print_job_not_done", "town_id", "job_id", where=NOT_DONE),
    index_where("ix_print_job_town_id_redemption_id", "town_id", "redemption_id", where="redemption_id IS NOT NULL"),
    ForeignKeyConstraint(["town_id", "redemption_id"], ["redemption.town_id", "redemption.redemption_id"]),
)

OWN_RECEIPTS = print_job.c.redemption_id.is_not(None) & (print_job.c.copy == 0) & print_job.c.kind.in_(RECEIPTS)
_OTHER_PAPERS = print_job.c.redemption_id.is_(None) | (print_job.c.copy != 0) | print_job.c.kind.not_in(RECEIPTS)
_PRINTED = ("job_id", "kind", "document", "redemption_id", "copy", "created_at")

PRINTER = document("printer", part(printer, "name"))
PAPER = document("paper", part(print_job, "job_id", names=_PRINTED, only=_OTHER_PAPERS))
