"""The migrations make what the tables say, on both databases; an old file is copied before it is upgraded."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, text

import lizhi_pos
from lizhi_pos.accounts.vetoes import vetoes
from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.migrations import HEAD
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.migrations.partitions import parts_of
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.verification import verify
from lizhi_pos.town.settings import settings
from lizhi_pos.upgrade import NewerDatabase, is_current, migrate, upgrade
from towns.small import SALT, amount, noon, sell
from towns.whole import LATER


def differences(connection: Connection) -> list[Any]:
    """What a database's shape has otherwise than the tables say; the parts of a table are no tables of their own."""
    parts = set() if connection.dialect.name == "sqlite" else set(parts_of(connection))

    def is_ours(item: Any, name: str | None, kind: str, *_: object) -> bool:
        if kind == "foreign_key_constraint":
            # the server keeps one more for each part of the table that is named
            return item.elements[0].target_fullname.partition(".")[0] not in parts
        return kind != "table" or name not in parts

    return list(compare_metadata(MigrationContext.configure(connection, opts={"include_object": is_ours}), metadata))


def test_migrations_and_tables_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        assert differences(connection) == []
        connection.rollback()
    assert is_current(engine)


def test_head_is_the_newest_file() -> None:
    folder = Path(lizhi_pos.__file__).parent / "migrations"
    assert ScriptDirectory(folder).get_current_head() == HEAD


@pytest.mark.owner
def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase):
        upgrade(engine)


RELEASES = sorted((Path(__file__).parent / "data").glob("release-*.db.gz"))
"""A town in which everything had happened once, as each release left it."""

CHANGED_SINCE = "release-0007.db.gz"
"""From this release on the town's households change as well: booklets are replaced, points put right."""


def unpacked(release: Path, folder: Path) -> Path:
    """A release's database, to be upgraded."""
    path = folder / "town.db"
    path.write_bytes(gzip.decompress(release.read_bytes()))
    return path


def vetoed_in(release: Path) -> str:
    """The booklet that a vetoed household has in a release's town."""
    return "TQ0303" if release.name >= CHANGED_SINCE else "TQ0003"


def left_in(release: Path) -> int:
    """What is left to TQ0001 in a release's town."""
    return amount("71.60" if release.name >= CHANGED_SINCE else "70.10")


def whole(engine: Engine) -> bool:
    """Whether the books are proved; says what speaks against it."""
    with transaction(engine, noon(LATER)) as tx:
        proof = verify(tx)
        assert [check for check in proof.checks if not check.ok] == []
        return proof.ok


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_the_books_of_every_release_are_upgraded_and_whole(release: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{unpacked(release, tmp_path)}")
    assert upgrade(engine)
    with engine.connect() as connection:
        assert differences(connection) == []
        connection.rollback()
    assert whole(engine)
    with transaction(engine, noon(LATER)) as tx:
        assert tx.town_name == "示例镇"
        assert settings(tx)["village-copy"] == "yes"
        assert vetoed_in(release) in {veto.booklet for veto in vetoes(tx)}
        assert unwrap(sell(tx, "TQ0001", (SALT, 1), on=LATER)).balance_before == left_in(release)
    assert whole(engine)


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_the_books_of_every_release_are_upgraded_on_postgresql(
    release: Path, tmp_path: Path, empty_postgres: Engine
) -> None:
    old = create_engine(f"sqlite:///{unpacked(release, tmp_path)}")
    with empty_postgres.begin() as connection:
        migrate(connection, release.name.split("-")[1].partition(".")[0])
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        _copy(old, connection)
    upgrade(empty_postgres)
    assert whole(empty_postgres)
    with transaction(empty_postgres, noon(LATER)) as tx:
        assert unwrap(sell(tx, "TQ0001", (SALT, 1), on=LATER)).balance_before == left_in(release)
    assert whole(empty_postgres)


def _copy(old: Engine, new: Connection) -> None:
    """Every row of a database of the same shape."""
    tables = MetaData()
    tables.reflect(new)
    with old.connect() as connection:
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            names = ", ".join(column.name for column in table.c)
            rows = connection.execute(text(f"SELECT {names} FROM {table.name}")).mappings().all()
            if rows:
                new.execute(table.insert(), [dict(row) for row in rows])


def test_what_an_old_release_kept_of_people_lies_in_rows_of_its_own(tmp_path: Path) -> None:
    path = unpacked(RELEASES[0], tmp_path)
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.begin() as connection:
        tables = inspect(connection).get_table_names()
        told = {t: str(connection.execute(text(f"SELECT * FROM {t}")).all()) for t in tables if t != "personal"}
        kept = str(connection.execute(text("SELECT content FROM personal")).all())
    for secret in ("110101199003070011", "110101199203070022", "13900000001", "示例备注一"):
        assert secret in kept
        assert [t for t, rows in told.items() if secret in rows] == []


def test_narrow_tables_lie_in_their_keys_own_tree(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        made = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'"))
        narrow = {name for (name,) in made}
    assert narrow == {t.name for t in metadata.sorted_tables if t.dialect_options["sqlite"]["with_rowid"] is False}


def test_an_upgraded_file_is_as_small_as_what_is_in_it(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{unpacked(RELEASES[0], tmp_path)}")
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA freelist_count")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM sqlite_stat1")).scalar()


def test_every_table_with_an_approver_asks_for_two_people() -> None:
    """三(五)1: whoever acts does not stand behind it themselves; the database says so too."""
    asked = {
        table.name: [str(check.name) for check in table.constraints if "two_people" in str(check.name)]
        for table in metadata.sorted_tables
        if any("approved_by" in column.name for column in table.c)
    }
    assert asked
    assert all(asked.values()), asked
