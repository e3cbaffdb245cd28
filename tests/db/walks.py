"""Walks of a hypothesis model over the books, each in an empty database of its own."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from databases import fresh_postgres
from lizhi_pos.engines import open_engine
from lizhi_pos.upgrade import upgrade

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


def walk(model: Any, opened: Opened, walks: int, steps: int) -> None:
    """Let a model go so many ways of so many steps."""
    own = type("Walk", (model,), {"opened": staticmethod(opened)})
    run_state_machine_as_test(
        own,
        settings=settings(
            max_examples=walks, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
