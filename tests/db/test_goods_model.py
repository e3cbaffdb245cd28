"""Whatever happens to goods, gifts and points, in whatever order: stock, pool and points equations hold after each."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from goods_model import Shelf
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from databases import fresh_postgres
from lizhi_pos.engines import open_engine
from lizhi_pos.upgrade import upgrade

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

Opened = Callable[[], AbstractContextManager[Engine]]


@contextmanager
def on_sqlite() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'town.db'}")
        upgrade(engine)
        yield engine
        engine.dispose()


def on_postgres(server: str) -> Opened:
    @contextmanager
    def opened() -> Iterator[Engine]:
        for url in fresh_postgres(server):
            engine = open_engine(url)
            yield engine
            engine.dispose()

    return opened


def walk(opened: Opened, walks: int, steps: int) -> None:
    class Walk(Shelf):
        pass

    Walk.opened = staticmethod(opened)
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=walks, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_the_equations_hold_on_sqlite() -> None:
    walk(on_sqlite, 8, 30)


def test_the_equations_hold_on_postgresql(postgres_url: str) -> None:
    walk(on_postgres(postgres_url), 3, 30)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_equations_hold_for_thousands_of_steps_on_sqlite() -> None:
    walk(on_sqlite, 60, 60)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_equations_hold_for_thousands_of_steps_on_postgresql(postgres_url: str) -> None:
    walk(on_postgres(postgres_url), 40, 60)
