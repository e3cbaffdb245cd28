import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mortal import Mortal, build_mortal_town
from sqlalchemy import Engine

from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.sample.town import build
from lizhi_pos.settlement.verification import verify
from stopped_clock import MARKET_DAY, StoppedClock
from towns.ledgers import build_ledgers
from towns.till import build_town


@pytest.fixture(scope="session")
def town_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small town, its session open today."""
    path = tmp_path_factory.mktemp("town") / "open.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    build_town(engine)
    engine.dispose()
    return path


@pytest.fixture
def town_file(town_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "till.db"
    shutil.copyfile(town_template, path)
    return path


@pytest.fixture
def town(town_file: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{town_file}")
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def stopped_sqlite(sqlite_url: str, clock: StoppedClock) -> Iterator[Engine]:
    """An empty database, opened with a clock that stands still."""
    engine = open_engine(sqlite_url, clock)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def ledgers_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small town with villages at every step of a ledger."""
    path = tmp_path_factory.mktemp("town") / "ledgers.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}", StoppedClock("ledgers town"))
    build_ledgers(engine)
    engine.dispose()
    return path


@pytest.fixture
def ledgers(ledgers_template: Path, tmp_path: Path, clock: StoppedClock) -> Iterator[Engine]:
    """That town a minute later; its books are whole in the end."""
    path = tmp_path / "till.db"
    shutil.copyfile(ledgers_template, path)
    # keys are made of moments: what a test writes comes behind what was there
    clock.forward(1)
    engine = open_engine(f"sqlite:///{path}", clock)
    yield engine
    with transaction(engine) as tx:
        assert verify(tx).ok
    engine.dispose()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where a till writes what fails."""
    return tmp_path / "till.log"


@pytest.fixture(scope="session")
def mortal_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("town") / "mortal.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    build_mortal_town(engine)
    engine.dispose()
    return path


@pytest.fixture
def mortal(mortal_template: Path, tmp_path: Path) -> Iterator[Mortal]:
    """A till that may be killed; in the end its books must be whole."""
    path = tmp_path / "mortal.db"
    shutil.copyfile(mortal_template, path)
    engine = open_engine(f"sqlite:///{path}")
    with Mortal(engine, path) as till:
        yield till
    till.proven()
    engine.dispose()


@pytest.fixture(scope="session")
def sample_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample town of `demo` on the market day."""
    path = tmp_path_factory.mktemp("sample") / "town.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}", StoppedClock("sample town"))
    build(engine, MARKET_DAY)
    engine.dispose()
    return path


@pytest.fixture
def sample(sample_template: Path, tmp_path: Path, clock: StoppedClock) -> Iterator[Engine]:
    """That town; its books are whole in the end."""
    path = tmp_path / "till.db"
    shutil.copyfile(sample_template, path)
    engine = open_engine(f"sqlite:///{path}", clock)
    yield engine
    with transaction(engine) as tx:
        assert verify(tx).ok
    engine.dispose()
