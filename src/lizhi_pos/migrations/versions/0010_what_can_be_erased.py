"""What is personal can be erased: pictures and what was said of them stand under the chain as salted commitments."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import ID, INT, Bytes, Day, Moment
from lizhi_pos.migrations import guards
from lizhi_pos.record.commitments import commitment, new_salt

revision = "0010"
down_revision = "0009"

_SUBJECTS = "'batch', 'household', 'veto', 'receipt', 'gift', 'purchase', 'writeoff'"


def upgrade() -> None:
    """Makes the tables of evidence anew, each picture with a key and a salt; the rest stays as it is."""
    bind = op.get_bind()
    guards.remove(bind)
    for table in ("evidence", "evidence_file"):
        op.execute(f"ALTER TABLE {table} RENAME TO former_{table}")
    op.execute("DROP INDEX ix_evidence_town_id_subject_reference")
    if bind.dialect.name != "sqlite":
        # the names of keys are the schema's, not the table's
        op.execute("ALTER TABLE former_evidence DROP CONSTRAINT fk_evidence_town_id_evidence_file")
        op.execute("ALTER TABLE former_evidence DROP CONSTRAINT pk_evidence")
        op.execute("ALTER TABLE former_evidence_file DROP CONSTRAINT pk_evidence_file")
    _erasures()
    _evidence()
    _take_over(bind)
    op.execute("DROP TABLE former_evidence")
    op.execute("DROP TABLE former_evidence_file")
    guards.install(bind)


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("erasure_id", ID, nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint("approved_by <> by_user", name=op.f("ck_erasure_two_people")),
        sa.ForeignKeyConstraint(
            ["town_id", "household_id"],
            ["household.town_id", "household.household_id"],
            name=op.f("fk_erasure_town_id_household"),
        ),
        sa.PrimaryKeyConstraint("town_id", "erasure_id", name=op.f("pk_erasure")),
        sqlite_strict=True,
    )
    op.create_index("ix_erasure_town_id_household_id", "erasure", ["town_id", "household_id"])
    op.create_table(
        "erased_part",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("erasure_id", ID, nullable=False),
        sa.Column(
            "part_id",
            ID,
            nullable=False,
            comment="of what is gone: a personal part, a picture, what was said of it",
        ),
        sa.ForeignKeyConstraint(
            ["town_id", "erasure_id"],
            ["erasure.town_id", "erasure.erasure_id"],
            name=op.f("fk_erased_part_town_id_erasure"),
        ),
        sa.PrimaryKeyConstraint("town_id", "erasure_id", "part_id", name=op.f("pk_erased_part")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _evidence() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("bytes", INT, nullable=False, comment="how many"),
        sa.Column("media", sa.Text(), nullable=False, comment="what its content is: image/jpeg, application/pdf …"),
        sa.Column("commitment", Bytes(32), nullable=False, comment="to its content, salted"),
        sa.PrimaryKeyConstraint("town_id", "file_id", name=op.f("pk_evidence_file")),
        sqlite_strict=True,
    )
    op.create_table(
        "evidence_content",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("sha256", Bytes(32), nullable=False, comment="by which people name it"),
        sa.Column("salt", Bytes(16), nullable=False),
        sa.Column("content", Bytes(), nullable=False),
        _of("evidence_content", "evidence_file", "file_id"),
        sa.PrimaryKeyConstraint("town_id", "file_id", name=op.f("pk_evidence_content")),
        sa.UniqueConstraint("town_id", "sha256", name=op.f("uq_evidence_content_town_id_sha256")),
        sqlite_strict=True,
    )
    op.create_table(
        "evidence",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("evidence_id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="the subject as people name it"),
        sa.Column("commitment", Bytes(32), nullable=False, comment="to its name and note, salted"),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint(f"subject IN ({_SUBJECTS})", name=op.f("ck_evidence_subject_known")),
        _of("evidence", "evidence_file", "file_id"),
        sa.PrimaryKeyConstraint("town_id", "evidence_id", name=op.f("pk_evidence")),
        sqlite_strict=True,
    )
    op.create_index("ix_evidence_town_id_subject_reference", "evidence", ["town_id", "subject", "reference"])
    op.create_index("ix_evidence_town_id_file_id", "evidence", ["town_id", "file_id"])
    op.create_table(
        "evidence_told",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("evidence_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="of the file it was read from"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("salt", Bytes(16), nullable=False),
        _of("evidence_told", "evidence", "evidence_id"),
        sa.PrimaryKeyConstraint("town_id", "evidence_id", name=op.f("pk_evidence_told")),
        sqlite_strict=True,
    )


def _of(table: str, other: str, key: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["town_id", key], [f"{other}.town_id", f"{other}.{key}"], name=op.f(f"fk_{table}_town_id_{other}")
    )


def _take_over(bind: sa.Connection) -> None:
    """Give every picture a key and a salt, and let what it is kept for name it by that key."""
    keys: dict[tuple[bytes, bytes], bytes] = {}
    for town, sha256 in bind.execute(sa.text("SELECT town_id, sha256 FROM former_evidence_file ORDER BY sha256")).all():
        # one at a time: each may have ten megabytes
        asked = "SELECT bytes, media, content FROM former_evidence_file WHERE town_id = :town AND sha256 = :sha256"
        size, media, content = bind.execute(sa.text(asked), {"town": town, "sha256": sha256}).one()
        key, salt = MACHINE_CLOCK.new_id(), new_salt()
        keys[bytes(town), bytes(sha256)] = key
        row = {"town_id": town, "file_id": key, "bytes": size, "media": media}
        _insert(bind, "evidence_file", {**row, "commitment": commitment(key, salt, bytes(content))})
        row = {"town_id": town, "file_id": key, "sha256": sha256, "salt": salt, "content": content}
        _insert(bind, "evidence_content", row)
    columns = "town_id, evidence_id, sha256, name, subject, reference, note, on_date, by_user, recorded_at"
    for piece in bind.execute(sa.text(f"SELECT {columns} FROM former_evidence ORDER BY evidence_id")).mappings().all():
        row, salt = dict(piece), new_salt()
        told = {name: row.pop(name) for name in ("name", "note")}
        row["file_id"] = keys[bytes(row["town_id"]), bytes(row.pop("sha256"))]
        row["commitment"] = commitment(row["evidence_id"], salt, as_told(told["name"], told["note"]))
        _insert(bind, "evidence", row)
        town_and_key = {name: row[name] for name in ("town_id", "evidence_id")}
        _insert(bind, "evidence_told", {**town_and_key, **told, "salt": salt})


def as_told(name: str, note: str) -> bytes:
    """Return what is committed to of a picture's name and note, as the program writes it. Pure."""
    return name.encode() + b"\0" + note.encode()


def _insert(bind: sa.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    bind.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in row)})"), row)
