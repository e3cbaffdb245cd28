"""The database's shape over time: Alembic migrations, shipped in the wheel."""

HEAD = "0011"
"""The newest revision; a test holds it against the files."""
