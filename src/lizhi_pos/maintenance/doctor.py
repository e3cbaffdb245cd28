"""What is wrong with this machine and these books, and what to do: small checks, each bounded in time.

No check changes anything, and none needs another's answer or the database: what one of them cannot look at is told
by it. Nothing that may be missing or broken is imported here; each check imports what it asks by itself.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lizhi_pos.refusal import Message, message

if TYPE_CHECKING:
    from lizhi_pos.clock import Clock

Level = Literal["ok", "warn", "bad"]
LEVELS: tuple[Level, ...] = ("ok", "warn", "bad")

WAIT_S = 30.0
"""How long all checks together may take; one that is not done by then is told as such."""

NAMES = (
    "python",
    "libraries",
    "sqlite",
    "database",
    "integrity",
    "migrations",
    "disk",
    "folder",
    "backups",
    "clock",
    "timezone",
    "terminal",
    "encoding",
    "fonts",
    "printers",
    "ports",
    "log",
)


class Subject(Struct, frozen=True):
    """What is looked at: the books' address, their file where they are one, the log, and what tells the time."""

    url: str
    path: Path | None
    log: Path
    clock: "Clock"

    @property
    def folder(self) -> Path:
        """Where the books lie, with a server where this machine keeps what belongs to them."""
        return self.path.parent if self.path is not None else self.log.parent


class Fact(Struct, frozen=True):
    """One thing that was found; where it is not ok, its words say what to do."""

    level: Level
    text: Message


class Check(Struct, frozen=True):
    """What was found under one name; its level is that of its worst fact."""

    name: str
    level: Level
    facts: tuple[Message, ...]


Look = Callable[[Subject], Iterable[Fact]]


def ok(text: Message) -> Fact:
    """Return a fact that is as it should be."""
    return Fact("ok", text)


def warn(text: Message) -> Fact:
    """Return a fact that somebody should see to."""
    return Fact("warn", text)


def bad(text: Message) -> Fact:
    """Return a fact with which the program does not work, or the books are in danger."""
    return Fact("bad", text)


def examine(subject: Subject, looks: Mapping[str, Look], wait_s: float = WAIT_S) -> list[Check]:
    """Run every check beside the others and return what each found, in their order.

    One that does not come back in time, as on a folder that hangs, is told as bad; so is one that fails.
    """
    found: dict[str, list[Fact]] = {}

    def run(name: str, look: Look) -> None:
        try:
            found[name] = list(look(subject))
        except Exception as error:
            found[name] = [_failed(error)]

    # daemons: a call into a folder that hangs cannot be ended, and must not keep the program from ending
    threads = [Thread(target=run, args=one, name=f"doctor {one[0]}", daemon=True) for one in looks.items()]
    deadline = time.monotonic() + wait_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0))
    return [_check(name, found.get(name) or [_silent(wait_s)]) for name in looks]


def _check(name: str, facts: Iterable[Fact]) -> Check:
    told = tuple(facts)
    worst = max((LEVELS.index(fact.level) for fact in told), default=0)
    return Check(name, LEVELS[worst], tuple(fact.text for fact in told))


def _silent(wait_s: float) -> Fact:
    return bad(
        message(
            "no answer within {0} seconds: is a network drive or a device gone? Put that right, then look again",
            round(wait_s),
        )
    )


def _failed(error: Exception) -> Fact:
    from lizhi_pos.system_errors import system_words

    if isinstance(error, OSError):
        what: Message | str = system_words(error)
    else:
        what = type(error).__name__
    return bad(message("this could not be looked at ({0}): put right what else is named here, then look again", what))
