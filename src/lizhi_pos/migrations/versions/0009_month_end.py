"""The month's end: what closing fixes for its papers and was closed in spite of, what villages answered and signed."""

import sqlalchemy as sa
from alembic import op

from lizhi_pos.db import ID, INT, Day, Moment
from lizhi_pos.migrations import guards

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds tables and columns; what is there stays as it is."""
    bind = op.get_bind()
    guards.remove(bind)
    _closing()
    _answers()
    guards.install(bind)


def _closing() -> None:
    op.add_column(
        "period",
        sa.Column(
            "stock_at_tag", INT, comment="what could be sold at the month's end, at tag prices; unknown before 0.6"
        ),
    )
    op.add_column(
        "period",
        sa.Column("object_until", Day, comment="until when its statements may be objected to; unknown before 0.6"),
    )
    op.add_column(
        "statement_village",
        sa.Column(
            "name",
            sa.Text(),
            comment="of the village when the month was closed; unknown of months closed before 0.6",
        ),
    )
    op.create_table(
        "statement_goods",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("village_id", ID, nullable=False, comment="of the households that took them"),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "name",
            sa.Text(),
            nullable=False,
            comment="as it was called when the month was closed, like the category",
        ),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("quantity", INT, nullable=False, comment="redeemed less what came back, both by their own days"),
        sa.Column("amount", INT, nullable=False, comment="at tag prices"),
        _of_month("statement_goods"),
        sa.ForeignKeyConstraint(
            ["town_id", "product_id"],
            ["product.town_id", "product.product_id"],
            name=op.f("fk_statement_goods_town_id_product"),
        ),
        sa.PrimaryKeyConstraint("town_id", "month", "village_id", "product_id", name=op.f("pk_statement_goods")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "closing_warning",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="of the check"),
        sa.Column("line", INT, nullable=False, comment="1, 2 … within the check"),
        sa.Column("village_id", ID, nullable=True, comment="the village that the fact is about, where it is about one"),
        sa.Column("fact", sa.Text(), nullable=False),
        _of_month("closing_warning"),
        sa.PrimaryKeyConstraint("town_id", "month", "name", "line", name=op.f("pk_closing_warning")),
        sqlite_strict=True,
    )


def _answers() -> None:
    op.add_column(
        "village_answer",
        sa.Column("on_date", Day, comment="the day it counts for; unknown of answers read before 0.6"),
    )
    op.add_column("village_answer", sa.Column("file", sa.Text(), comment="the name of the file it was read from"))
    op.create_table(
        "difference_note",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("note_id", ID, nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("village_id", ID, nullable=False),
        sa.Column("booklet", sa.Text(), nullable=False),
        sa.Column("ours", INT, nullable=True, comment="of the difference it resolves; another one is open again"),
        sa.Column("theirs", INT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False, comment="what came of it"),
        sa.Column("reference", sa.Text(), nullable=True, comment="of the entry that explains or corrects it"),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        _of_month("difference_note"),
        sa.PrimaryKeyConstraint("town_id", "note_id", name=op.f("pk_difference_note")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_difference_note_town_id_month_village_id", "difference_note", ["town_id", "month", "village_id"]
    )
    op.create_table(
        "village_signature",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("signature_id", ID, nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("village_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "by_name", sa.Text(), nullable=False, comment="who signed for the village; empty where nobody was named"
        ),
        sa.Column("note", sa.Text(), nullable=False, comment="what the village disputes"),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint("kind IN ('confirmed', 'disputed')", name=op.f("ck_village_signature_kind_known")),
        _of_month("village_signature"),
        sa.PrimaryKeyConstraint("town_id", "signature_id", name=op.f("pk_village_signature")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_village_signature_town_id_month_village_id", "village_signature", ["town_id", "month", "village_id"]
    )


def _of_month(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["town_id", "month"], ["period.town_id", "period.month"], name=op.f(f"fk_{table}_town_id_period")
    )
