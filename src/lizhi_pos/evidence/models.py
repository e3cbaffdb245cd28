"""Tables: pictures and papers by the hash of their bytes, and what each of them is kept for."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Text

from lizhi_pos.db import ID, INT, Bytes, Day, Moment, one_of, town_table
from lizhi_pos.record.documents import document, part

SUBJECTS = ("batch", "household", "veto", "receipt", "gift", "purchase", "writeoff")
"""What evidence may be kept for."""

evidence_file = town_table(
    "evidence_file",
    Column("sha256", Bytes(32), primary_key=True),
    Column("bytes", INT, nullable=False, comment="how many"),
    Column("media", Text, nullable=False, comment="what its content is: image/jpeg, application/pdf …"),
    Column("content", Bytes, nullable=False),
)

evidence = town_table(
    "evidence",
    Column("evidence_id", ID, primary_key=True),
    Column("sha256", Bytes(32), nullable=False),
    Column("name", Text, nullable=False, comment="of the file it was read from"),
    Column("subject", Text, nullable=False),
    Column("reference", Text, nullable=False, comment="the subject as people name it"),
    Column("note", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "sha256"], ["evidence_file.town_id", "evidence_file.sha256"]),
    one_of("subject", SUBJECTS),
    Index("ix_evidence_town_id_subject_reference", "town_id", "subject", "reference"),
)

EVIDENCE = document("evidence", part(evidence, "evidence_id"))
FILE = document("evidence_file", part(evidence_file, "sha256", exempt=("content",)))
