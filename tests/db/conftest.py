"""Books for the tests of copies and moves: a town with a whole life, and a place for it where nothing is yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from databases import SUPERUSER, fresh_postgres
from towns.whole import live


@pytest.fixture
def lived(engine: Engine) -> Engine:
    """The town in which everything has happened once."""
    live(engine)
    return engine


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a place where nothing is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'town.db'}"
    else:
        yield from fresh_postgres(request.getfixturevalue("postgres_url"), "template0", SUPERUSER)
