"""Tables: pictures and papers, each once, and what each of them is kept for.

A picture, its name and what was said of it lie in rows of their own, and under the chain stand salted commitments to
them: so they can be erased, and the chain still holds.
"""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Text, UniqueConstraint

from lizhi_pos.db import ID, INT, Bytes, Day, Moment, one_of, town_table
from lizhi_pos.record.documents import document, part

SUBJECTS = ("batch", "household", "veto", "receipt", "gift", "purchase", "writeoff")
"""What evidence may be kept for."""

evidence_file = town_table(
    "evidence_file",
    Column("file_id", ID, primary_key=True),
    Column("bytes", INT, nullable=False, comment="how many"),
    Column("media", Text, nullable=False, comment="what its content is: image/jpeg, application/pdf …"),
    Column("commitment", Bytes(32), nullable=False, comment="to its content, salted"),
)

evidence_content = town_table(
    "evidence_content",
    Column("file_id", ID, primary_key=True),
    Column("sha256", Bytes(32), nullable=False, comment="by which people name it"),
    Column("salt", Bytes(16), nullable=False),
    Column("content", Bytes, nullable=False),
    ForeignKeyConstraint(["town_id", "file_id"], ["evidence_file.town_id", "evidence_file.file_id"]),
    UniqueConstraint("town_id", "sha256"),
)

evidence = town_table(
    "evidence",
    Column("evidence_id", ID, primary_key=True),
    Column("file_id", ID, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reference", Text, nullable=False, comment="the subject as people name it"),
    Column("commitment", Bytes(32), nullable=False, comment="to its name and note, salted"),
    Column("on_date", Day, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "file_id"], ["evidence_file.town_id", "evidence_file.file_id"]),
    one_of("subject", SUBJECTS),
    Index("ix_evidence_town_id_subject_reference", "town_id", "subject", "reference"),
    Index("ix_evidence_town_id_file_id", "town_id", "file_id"),
)

evidence_told = town_table(
    "evidence_told",
    Column("evidence_id", ID, primary_key=True),
    Column("name", Text, nullable=False, comment="of the file it was read from"),
    Column("note", Text, nullable=False),
    Column("salt", Bytes(16), nullable=False),
    ForeignKeyConstraint(["town_id", "evidence_id"], ["evidence.town_id", "evidence.evidence_id"]),
)

EVIDENCE = document("evidence", part(evidence, "evidence_id"))
FILE = document("evidence_file", part(evidence_file, "file_id"))
