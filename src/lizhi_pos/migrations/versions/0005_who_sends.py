"""Which process sends a print job: a column of its own, no words inside what is said of it."""

import sqlalchemy as sa
from alembic import op

from lizhi_pos.migrations import guards

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the column; what an older program was sending when it stopped has no sender, and is to be looked at."""
    bind = op.get_bind()
    guards.remove(bind)
    op.add_column("print_job", sa.Column("sender", sa.Text, comment="the process that sends it, or sent it last"))
    guards.install(bind)
