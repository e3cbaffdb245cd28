"""A town's month as it stands before each of its commands, to be tried again and again with something going wrong."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, func, select

from cli.conftest import Shop
from cli.test_undelivered import everything_typed
from lizhi_pos.cli.main import main
from lizhi_pos.db import reading
from lizhi_pos.engines import open_engine
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.settlement.verification import verify
from lizhi_pos.upgrade import upgrade

PROGRAM = (sys.executable, "-c", "import sys; from lizhi_pos.cli.main import main; sys.exit(main(sys.argv[1:]))")

NAMES = {
    "import": ("ledger", "import"),
    "posting": ("ledger", "post"),
    "purchase": ("purchase", "import"),
    "redemption": ("redeem",),
    "slips": ("slips", "import"),
    "closing the session": ("market", "close"),
    "closing the month": ("month", "close"),
    "backup": ("backup",),
    "restore": ("restore",),
    "move": ("move",),
}
"""The acts that are broken off, and the command of each."""


class Act(NamedTuple):
    """A command with the folder as it was before it, and who typed it."""

    name: str
    words: tuple[str, ...]
    kept: Path
    who: dict[str, str]


class Typist(Shop):
    """Types without looking at what is answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        super().__init__(None, monkeypatch, folder)  # type: ignore[arg-type]

    def type(self, *words: Any) -> None:
        status = main(["--json", *map(str, words)])
        assert status == 0, words


def played(folder: Path, kept: Path) -> Iterator[Act]:
    """Type the month in a folder, and keep the folder as it was before each act that is to be broken off."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LIZHI_DB", str(folder / "town.db"))
        patched.setenv("LIZHI_BACKUP_TO", "")
        engine = open_engine(f"sqlite:///{folder / 'town.db'}")
        upgrade(engine)
        engine.dispose()
        typist, left = Typist(patched, folder), dict(NAMES)
        for words in everything_typed(folder, typist):
            if words[0] == "as":
                typist.act(*words[1:])
                continue
            name = next((one for one, begins in left.items() if words[: len(begins)] == begins), None)
            if name is not None:
                del left[name]
                shutil.copytree(folder, kept / name)
                who = {one: os.environ[one] for one in os.environ if one.startswith("LIZHI_")}
                yield Act(name, tuple(map(str, words)), kept / name, who)
            if words[0] in ("move", "demo"):
                continue
            typist.type(*words)
        assert not left


def put_back(act: Act, folder: Path) -> None:
    """Let the folder be as it was before the act."""
    shutil.rmtree(folder)
    shutil.copytree(act.kept, folder)


def ended_after(act: Act, seconds: float | None, url: str | None = None) -> int:
    """The command in a process of its own, ended by SIGKILL after a while; its exit status."""
    surroundings = {**os.environ, **act.who, **({"LIZHI_DB": url} if url else {})}
    process = subprocess.Popen(
        [*PROGRAM, "--json", *act.words], env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        return process.wait()


def took(act: Act, url: str | None = None) -> float:
    """How long the command takes that nobody ends."""
    begun = time.monotonic()
    assert ended_after(act, 100, url) == 0, act
    return time.monotonic() - begun


def moments(seed: int, seconds: float, budget: float) -> Iterator[float]:
    """When to end a command that takes so long, until the budget of seconds is used up."""
    chance, until = random.Random(seed), time.monotonic() + budget
    while time.monotonic() < until:
        # what comes before is Python that starts
        yield seconds * chance.uniform(0.3, 1.2)


def figures(engine: Engine) -> dict[str, int]:
    """How many rows each table has; the books must be whole."""
    with reading(engine) as tx:
        proof = verify(tx)
        assert proof.ok, [check for check in proof.checks if not check.ok]
        return {table.name: tx.value(select(func.count()).select_from(table)) for table in metadata.sorted_tables}


def figures_of(url: str) -> dict[str, int]:
    engine = open_engine(url)
    try:
        return figures(engine)
    finally:
        engine.dispose()
