"""A job's screen reads the books once when it opens, not again for each class it is made of."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from job_hands import at_job
from sqlalchemy import Engine

from lizhi_pos.refusal import Refusal
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from towns.shelf import add_people

JOBS: tuple[Target, ...] = (
    "receive gift",
    "receive purchase",
    "near expiry",
    "shelf",
    "stocktake",
    "gifts",
    "planning",
    "month end",
    "households",
    "vetoes proposed",
)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the acts that screens of jobs begin."""
    names: list[str] = []
    begin = JobScreen.begin

    def noted(screen: JobScreen, act: Callable[[], Awaitable[Refusal | None]]) -> None:
        names.append(getattr(act, "__name__", ""))
        begin(screen, act)

    monkeypatch.setattr(JobScreen, "begin", noted)
    return names


@pytest.mark.parametrize("target", JOBS)
async def test_a_job_is_read_once_when_it_opens(town: Engine, log: Path, target: Target, begun: list[str]) -> None:
    add_people(town)
    async with at_job(town, log, target) as till:
        await till.idle()
        assert begun.count("read") == 1
