"""Villages and households: objections, officials, evidence, transfers, what a veto or a score was copied from."""

import sqlalchemy as sa
from alembic import op

from lizhi_pos.db import ID, INT, Bytes, Day, Moment
from lizhi_pos.migrations import guards
from lizhi_pos.migrations.rebuild import add_checks, comment_on, make_narrow, make_nullable, replace_check

revision = "0008"
down_revision = "0007"

_MOVEMENTS = "opening + base + volunteer - redeemed + returned - vetoed + restored + adjusted + transferred = closing"
_SUBJECTS = "'batch', 'household', 'veto', 'receipt', 'gift', 'purchase', 'writeoff'"


def upgrade() -> None:
    """Adds tables and columns; what is there stays as it is."""
    bind = op.get_bind()
    guards.remove(bind)
    _villages()
    _evidence()
    _columns()
    _copies(bind)
    replace_check(bind, "statement_line", "movements_agree", _MOVEMENTS)
    make_narrow(bind, "statement_line", ("town_id", "month", "household_id", "village_id"))
    comment_on(bind, "statement_line", "village_id", "two lines in the month of a move")
    add_checks(bind, "veto", {"two_people_release": "released_by IS NULL OR release_approved_by <> released_by"})
    add_checks(bind, "veto_proposal", {"two_people": "dismissed_by IS NULL OR dismiss_approved_by <> dismissed_by"})
    guards.install(bind)


def _villages() -> None:
    op.create_table(
        "objection",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("number", INT, nullable=False, comment="1, 2 … within its batch"),
        sa.Column("booklet", sa.Text(), nullable=True, comment="of the household it is about, where it is about one"),
        sa.Column("told", sa.Text(), nullable=False, comment="what is objected"),
        sa.Column("by_name", sa.Text(), nullable=False, comment="who objects; empty where nobody gave a name"),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("settled_on", Day, nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'upheld', 'dismissed')", name=op.f("ck_objection_state_known")),
        sa.ForeignKeyConstraint(
            ["town_id", "batch_id"], ["batch.town_id", "batch.batch_id"], name=op.f("fk_objection_town_id_batch")
        ),
        sa.PrimaryKeyConstraint("town_id", "batch_id", "number", name=op.f("pk_objection")),
        sqlite_strict=True,
    )
    op.create_table(
        "official",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("official_id", ID, nullable=False),
        sa.Column("village_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village_group", sa.Text(), nullable=False),
        sa.Column("lead", INT, nullable=False, comment="1 of the one who leads the group, else 0"),
        sa.Column("from_date", Day, nullable=False),
        sa.Column("until_date", Day, nullable=True, comment="the first day on which they hold office no more"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "village_group IN ('assessment', 'supervision')", name=op.f("ck_official_village_group_known")
        ),
        sa.ForeignKeyConstraint(
            ["town_id", "village_id"],
            ["village.town_id", "village.village_id"],
            name=op.f("fk_official_town_id_village"),
        ),
        sa.PrimaryKeyConstraint("town_id", "official_id", name=op.f("pk_official")),
        sqlite_strict=True,
    )
    op.create_index("ix_official_town_id_village_id", "official", ["town_id", "village_id"])
    op.create_table(
        "supervision_note",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("note_id", ID, nullable=False),
        sa.Column("from_date", Day, nullable=False),
        sa.Column("to_date", Day, nullable=False),
        sa.Column(
            "findings",
            INT,
            nullable=False,
            comment="how many there were in these days when they were looked through",
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "note_id", name=op.f("pk_supervision_note")),
        sqlite_strict=True,
    )


def _evidence() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("sha256", Bytes(32), nullable=False),
        sa.Column("bytes", INT, nullable=False, comment="how many"),
        sa.Column("media", sa.Text(), nullable=False, comment="what its content is: image/jpeg, application/pdf …"),
        sa.Column("content", Bytes(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "sha256", name=op.f("pk_evidence_file")),
        sqlite_strict=True,
    )
    op.create_table(
        "evidence",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("evidence_id", ID, nullable=False),
        sa.Column("sha256", Bytes(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="of the file it was read from"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="the subject as people name it"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint(f"subject IN ({_SUBJECTS})", name=op.f("ck_evidence_subject_known")),
        sa.ForeignKeyConstraint(
            ["town_id", "sha256"],
            ["evidence_file.town_id", "evidence_file.sha256"],
            name=op.f("fk_evidence_town_id_evidence_file"),
        ),
        sa.PrimaryKeyConstraint("town_id", "evidence_id", name=op.f("pk_evidence")),
        sqlite_strict=True,
    )
    op.create_index("ix_evidence_town_id_subject_reference", "evidence", ["town_id", "subject", "reference"])


def _columns() -> None:
    op.add_column("batch", sa.Column("file", sa.Text(), comment="the name of the file it was read from"))
    op.add_column(
        "app_user", sa.Column("left_on", Day, comment="from this day on they act no more; their record stays")
    )
    op.add_column(
        "statement_line",
        sa.Column(
            "transferred", INT, nullable=False, server_default="0", comment="signed: to or from another household"
        ),
    )
    op.add_column(
        "veto",
        sa.Column(
            "copied_from", ID, comment="the veto of the household that this one came out of, which is lifted there"
        ),
    )
    op.add_column("veto", sa.Column("released_on", Day, comment="for the black list"))
    for name in ("released_reason", "released_by", "release_approved_by"):
        op.add_column("veto", sa.Column(name, sa.Text()))
    for name in ("dismissed_by", "dismiss_approved_by"):
        op.add_column("veto_proposal", sa.Column(name, sa.Text()))


def _copies(bind: sa.Connection) -> None:
    split = {
        "score": "the split that copied it to the new household",
        "base_credit": "the split after which it is not credited to the new household again",
    }
    for table, comment in split.items():
        op.add_column(table, sa.Column("change_id", ID, comment=comment))
        copied = sa.text("change_id IS NOT NULL")
        op.create_index(
            f"ix_{table}_town_id_change_id",
            table,
            ["town_id", "change_id"],
            sqlite_where=copied,
            postgresql_where=copied,
        )
    make_nullable(bind, "score", "batch_id", "the posting that brought it")
    add_checks(bind, "score", {"one_origin": "(batch_id IS NULL) <> (change_id IS NULL)"})
