"""The migrations make what the tables say, on both databases; an old file is copied before it is upgraded."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

import lizhi_pos
from lizhi_pos.access.settings import settings
from lizhi_pos.accounts.founding import found_town
from lizhi_pos.db import transaction
from lizhi_pos.driver import open_engine
from lizhi_pos.migrations import HEAD
from lizhi_pos.tables import metadata
from lizhi_pos.upgrade import NewerDatabase, is_current, migrate, upgrade


def test_migrations_and_tables_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        connection.rollback()
    assert is_current(engine)


def test_head_is_the_newest_file() -> None:
    folder = Path(lizhi_pos.__file__).parent / "migrations"
    assert ScriptDirectory(folder).get_current_head() == HEAD


def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase):
        upgrade(engine)


def test_a_town_of_the_first_shape_keeps_its_books(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'town.db'}")
    with engine.begin() as connection:
        migrate(connection, "0001")
    with transaction(engine) as session:
        found_town(session, "示例镇", "站长示例", "135790")
    assert upgrade(engine) is not None
    with transaction(engine) as session:
        assert session.town_name == "示例镇"
        assert settings(session)["receipt-head"] == "masked"
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        connection.rollback()


def test_an_old_file_is_copied_before_it_is_upgraded(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.begin() as connection:
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA defer_foreign_keys = 1"))
        for table in reversed(metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE {table.name}"))
        connection.execute(text("CREATE TABLE town_of_old (x)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(Exception, match="0000"):
        upgrade(engine)
    copies = list(Path(sqlite_url.removeprefix("sqlite:///")).parent.glob("town-before-*.db"))
    assert len(copies) == 1
    copy = open_engine(f"sqlite:///{copies[0]}")
    with copy.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM town_of_old")).scalar() == 0
        connection.rollback()
