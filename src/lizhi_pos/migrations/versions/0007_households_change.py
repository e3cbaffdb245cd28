"""Households change: who left, which booklet holds, what is frozen, which score was put right."""

import sqlalchemy as sa
from alembic import op

from lizhi_pos.db import ID, INT, Day, Moment
from lizhi_pos.migrations import guards
from lizhi_pos.migrations.rebuild import add_checks, replace_check

revision = "0007"
down_revision = "0006"

_CHANGES = "'split', 'merge', 'move', 'close', 'booklet', 'member', 'head', 'freeze', 'release', 'correct', 'score'"


def upgrade() -> None:
    """Adds tables and columns; what is there stays as it is."""
    bind = op.get_bind()
    guards.remove(bind)
    _changes()
    op.add_column("booklet", sa.Column("replaced_on", Day, comment="the first day on which the other one holds"))
    op.add_column(
        "member", sa.Column("gone", sa.Text(), comment="how a member left the household; None of one who is present")
    )
    op.add_column("member", sa.Column("gone_on", Day, comment="the last day on which they earned for it"))
    op.add_column(
        "balance",
        sa.Column(
            "frozen",
            INT,
            nullable=False,
            server_default="0",
            comment="of a household: what is disputed, not to be spent",
        ),
    )
    add_checks(bind, "member", {"gone_known": "gone IN ('left', 'died')"})
    replace_check(bind, "balance", "never_negative", "frozen >= 0 AND amount >= frozen")
    replace_check(bind, "household_state", "status_known", "status IN ('active', 'moved_out', 'closed', 'merged')")
    guards.install(bind)


def _changes() -> None:
    op.create_table(
        "household_change",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("change_id", ID, nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("other_id", ID, nullable=True, comment="the household that came out of a split, or that took one in"),
        sa.Column(
            "told", sa.Text(), nullable=False, comment="what it was and is: a name, a number, a village, a quarter"
        ),
        sa.Column(
            "points",
            INT,
            nullable=True,
            comment="that went along, were frozen, released, closed out or put right, signed",
        ),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint(f"kind IN ({_CHANGES})", name=op.f("ck_household_change_kind_known")),
        sa.CheckConstraint("approved_by <> by_user", name=op.f("ck_household_change_two_people")),
        sa.ForeignKeyConstraint(
            ["town_id", "household_id"],
            ["household.town_id", "household.household_id"],
            name=op.f("fk_household_change_town_id_household"),
        ),
        sa.PrimaryKeyConstraint("town_id", "change_id", name=op.f("pk_household_change")),
        sqlite_strict=True,
    )
    op.create_index("ix_household_change_town_id_household_id", "household_change", ["town_id", "household_id"])
    op.create_table(
        "score_correction",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("change_id", ID, nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("tenths", INT, nullable=False),
        sa.Column("on_date", Day, nullable=False, comment="it speaks for eligibility from this day on"),
        sa.CheckConstraint("tenths BETWEEN 0 AND 1000", name=op.f("ck_score_correction_tenths_in_range")),
        sa.ForeignKeyConstraint(
            ["town_id", "change_id"],
            ["household_change.town_id", "household_change.change_id"],
            name=op.f("fk_score_correction_town_id_household_change"),
        ),
        sa.PrimaryKeyConstraint("town_id", "change_id", name=op.f("pk_score_correction")),
        sqlite_strict=True,
    )
    op.create_index("ix_score_correction_town_id_household_id", "score_correction", ["town_id", "household_id"])
