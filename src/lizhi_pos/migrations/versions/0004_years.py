"""What years of selling need: narrow tables, indexes that lead to a day or a document, sums of closed months.

The bytes that a paper was printed from go: nothing reads them once it is out, and its data stays.
"""

import zlib

import sqlalchemy as sa
from alembic import op

from lizhi_pos.db import ID, INT
from lizhi_pos.migrations import guards
from lizhi_pos.migrations.rebuild import make_narrow

revision = "0004"
down_revision = "0003"

_INDEXES = {
    "act": ("batch_id",),
    "base_credit": ("batch_id",),
    "batch": ("state",),
    "batch_step": ("batch_id",),
    "gift": ("entry_id", "on_date"),
    "lot": ("entry_id",),
    "purchase": ("entry_id",),
    "redemption": ("on_date",),
    "score": ("batch_id",),
    "slip": ("redemption_id",),
}
_NOT_DONE = "state IN ('queued', 'sending', 'unknown', 'failed')"


def upgrade() -> None:
    """Makes tables narrow, drops what nobody reads, adds indexes, works out the sums of closed months."""
    bind = op.get_bind()
    guards.remove(bind)
    _drop_payload()
    for table in ("posting", "redemption_line", "redemption_lot", "session_price", "statement_line"):
        make_narrow(bind, table)
    op.drop_index("ix_stock_move_town_id_lot_id", "stock_move")
    make_narrow(bind, "stock_move", ("town_id", "entry_id", "move_id"))
    _pack_batches()
    for table, columns in _INDEXES.items():
        for column in columns:
            op.create_index(f"ix_{table}_town_id_{column}", table, ["town_id", column])
    _partial_indexes()
    _closing_balances()
    guards.install(bind)


def _drop_payload() -> None:
    op.drop_index("ix_print_job_town_id_state", "print_job")
    op.drop_column("print_job", "payload")


def _pack_batches() -> None:
    bind = op.get_bind()
    change = sa.text("UPDATE batch SET content = :content WHERE town_id = :town_id AND batch_id = :batch_id")
    for row in bind.execute(sa.text("SELECT town_id, batch_id, content FROM batch")).mappings().all():
        bind.execute(change, {**row, "content": zlib.compress(row["content"])})
    if bind.dialect.name == "postgresql":
        comment = "the workbook as read, its personal part aside, zlib over msgspec JSON"
        op.alter_column("batch", "content", comment=comment)


def _partial_indexes() -> None:
    op.drop_index("uq_posting_town_id_account_id_place", "posting")
    for name, table, columns, where in (
        ("uq_posting_town_id_account_id_place", "posting", ["town_id", "account_id", "place"], "place IS NOT NULL"),
        ("ix_lot_on_the_shelf", "lot", ["town_id", "product_id"], "on_hand > 0"),
        ("ix_print_job_not_done", "print_job", ["town_id", "job_id"], _NOT_DONE),
        (
            "ix_print_job_town_id_redemption_id",
            "print_job",
            ["town_id", "redemption_id"],
            "redemption_id IS NOT NULL",
        ),
    ):
        only = sa.text(where)
        op.create_index(name, table, columns, unique=name.startswith("uq_"), sqlite_where=only, postgresql_where=only)


def _closing_balances() -> None:
    op.create_table(
        "closing_balance",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="of the account; spent: what purchases took out of the cash"
        ),
        sa.Column("amount", INT, nullable=False, comment="at the month's end, from the first day on"),
        sa.ForeignKeyConstraint(
            ["town_id", "month"], ["period.town_id", "period.month"], name=op.f("fk_closing_balance_town_id_period")
        ),
        sa.PrimaryKeyConstraint("town_id", "month", "kind", name=op.f("pk_closing_balance")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    bind = op.get_bind()
    day = "substr(e.on_date, 1, 7)" if bind.dialect.name == "sqlite" else "to_char(e.on_date, 'YYYY-MM')"
    lines = (
        "FROM period c "
        f"JOIN journal_entry e ON e.town_id = c.town_id AND {day} <= c.month "
        "JOIN posting p ON p.town_id = e.town_id AND p.entry_id = e.entry_id "
        "JOIN account a ON a.town_id = p.town_id AND a.account_id = p.account_id"
    )
    op.execute(
        "INSERT INTO closing_balance (town_id, month, kind, amount) "
        f"SELECT c.town_id, c.month, a.kind, sum(p.amount) {lines} GROUP BY c.town_id, c.month, a.kind"
    )
    op.execute(
        "INSERT INTO closing_balance (town_id, month, kind, amount) "
        f"SELECT c.town_id, c.month, 'spent', -sum(p.amount) {lines} "
        "WHERE a.kind = 'cash' AND e.kind = 'purchase' GROUP BY c.town_id, c.month"
    )
