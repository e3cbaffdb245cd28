"""Many towns: on PostgreSQL every table lies in parts by its town, and a county's view reads what is closed."""

from alembic import op
from sqlalchemy import inspect

from lizhi_pos.migrations import guards, partitions

revision = "0011"
down_revision = "0010"

_COUNTY = """
CREATE VIEW county_months AS
SELECT t.name AS town, l.month, count(DISTINCT l.household_id) AS households,
       sum(l.base) AS base, sum(l.volunteer) AS volunteer, sum(l.redeemed) AS redeemed, sum(l.returned) AS returned,
       sum(l.vetoed) AS vetoed, sum(l.closing) AS closing
FROM statement_line l JOIN town t ON t.town_id = l.town_id
GROUP BY t.town_id, t.name, l.month
"""


def upgrade() -> None:
    """Makes the tables anew in parts, with the same rows, keys and names; SQLite holds one town and stays as it is."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        return
    guards.remove(bind)
    tables = sorted(name for name in inspect(bind).get_table_names() if name != "alembic_version")
    partitions.divide(bind, tables, partitions.wanted_parts(bind))
    guards.install(bind)
    op.execute(_COUNTY)
