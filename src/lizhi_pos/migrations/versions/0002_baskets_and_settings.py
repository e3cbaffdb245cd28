"""Open baskets, kept line by line; what the town has set for its tills; printers that stand at one till."""

import sqlalchemy as sa
from alembic import op

from lizhi_pos.db import ID, Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds two tables and two columns; what is there stays as it is."""
    op.create_table(
        "basket",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="of its redemption, once it is redeemed"),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("booklet", sa.Text(), nullable=False),
        sa.Column(
            "goods",
            sa.Text(),
            nullable=False,
            comment="msgspec JSON: codes and quantities, as they lie on the counter",
        ),
        sa.Column("proxy", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.CheckConstraint("state IN ('counter', 'held')", name=op.f("ck_basket_state_known")),
        sa.ForeignKeyConstraint(
            ["town_id", "session_id"],
            ["market_session.town_id", "market_session.session_id"],
            name=op.f("fk_basket_town_id_market_session"),
        ),
        sa.PrimaryKeyConstraint("town_id", "key", name=op.f("pk_basket")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_basket_one_on_a_counter",
        "basket",
        ["town_id", "till"],
        unique=True,
        sqlite_where=sa.text("state = 'counter'"),
        postgresql_where=sa.text("state = 'counter'"),
    )
    op.create_table(
        "setting",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("till", sa.Text(), nullable=False, comment="empty for the whole town"),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "name", "till", name=op.f("pk_setting")),
        sqlite_strict=True,
    )
    op.add_column(
        "printer",
        sa.Column("till", sa.Text(), comment="the till it stands at, None where every till prints on it"),
    )
    op.add_column(
        "print_job",
        sa.Column("till", sa.Text(), comment="the till it was made at, None where that does not matter"),
    )
