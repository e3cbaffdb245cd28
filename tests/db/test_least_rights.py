"""A till's role on PostgreSQL may do what its acts need, and nothing to what was written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from databases import SUPERUSER, as_role, fresh_postgres, sql
from lizhi_pos.cli.failures import machine_words
from lizhi_pos.db import metadata
from lizhi_pos.engines import open_engine
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.migrations.guards import APPEND_ONLY, NEVER_REMOVED
from lizhi_pos.migrations.roles import TILL, grants, rights_on
from lizhi_pos.upgrade import OwnerNeeded, upgrade

PAGE = Path(__file__).parents[2] / "docs" / "数据库服务器.md"
NO_RIGHT = "42501"
"""The SQLSTATE of an act that its role may not do."""


def refused(engine: Engine, statement: str) -> str | None:
    """Return the state with which a statement is refused, None where it is not."""
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        return getattr(error.orig, "sqlstate", None)
    return None


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_a_till_changes_nothing_that_is_written(postgres: Engine, table: str) -> None:
    key = APPEND_ONLY[table][0]
    for statement in (
        f"UPDATE {table} SET {key} = {key}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TRIGGER {table}_append_only ON {table}",
        f"SELECT * FROM {table} FOR UPDATE",
    ):
        assert refused(postgres, statement) == NO_RIGHT, statement
    assert refused(postgres, f"SELECT * FROM {table}") is None


@pytest.mark.parametrize("table", sorted({*metadata.tables} - {*APPEND_ONLY}))
def test_a_till_empties_no_table_and_takes_no_row_that_stays(postgres: Engine, table: str) -> None:
    assert refused(postgres, f"TRUNCATE {table}") == NO_RIGHT
    if table in NEVER_REMOVED:
        assert refused(postgres, f"DELETE FROM {table}") == NO_RIGHT


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (a int)", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "DROP TABLE setting"],
)
def test_a_till_changes_no_shape(postgres: Engine, statement: str) -> None:
    assert refused(postgres, statement) == NO_RIGHT


def test_what_the_database_gives_is_what_the_program_says(postgres: Engine) -> None:
    given: dict[str, set[str]] = {}
    with postgres.connect() as connection:
        rows = connection.execute(
            text("SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = :role"),
            {"role": TILL},
        )
        for table, right in rows:
            given.setdefault(table, set()).add(right)
    assert given == {table: set(rights_on(table)) for table in {*metadata.tables, "alembic_version"}}


def test_the_page_gives_the_same_rights() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for statement in grants():
        assert f"{statement};" in page, f"docs/数据库服务器.md lacks:\n{statement};"


@pytest.fixture
def older(postgres_url: str) -> Iterator[str]:
    """The address of books that an older program made, for who owns them."""
    for url in fresh_postgres(postgres_url, role=SUPERUSER):
        sql(url, "UPDATE alembic_version SET version_num = '0008'")
        yield url


def words(error: Exception) -> str:
    return machine_words(error, None, translator("zh"))  # type: ignore[arg-type]


def test_a_till_does_not_begin_to_migrate(older: str) -> None:
    engine = open_engine(as_role(older, TILL))
    with pytest.raises(OwnerNeeded) as refusal:
        upgrade(engine)
    engine.dispose()
    assert "所有者" in words(refusal.value)


def test_a_till_makes_no_books(postgres_url: str) -> None:
    for url in fresh_postgres(postgres_url, "template0"):
        engine = open_engine(url)
        with pytest.raises(OwnerNeeded) as refusal:
            upgrade(engine)
        engine.dispose()
        assert refusal.value.is_empty
        assert "init" in words(refusal.value)
