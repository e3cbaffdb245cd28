"""The till ended by SIGKILL at every kind of step of a print: no receipt comes out twice without 补打, none is lost."""

import os
import time
from collections.abc import Callable, Iterator

import pytest
from mortal import TIMES, Mortal
from printer_emulator import PrinterEmulator

from lizhi_pos.db import transaction
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.print_jobs import JobView
from lizhi_pos.printqueue.printers import add_printer
from towns.small import CLERK

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
COPY = "补打"
STEPS = ("commit 1", "byte 1", "half 1", "confirm 1", "commit 2", "committed 2")


class Papers:
    """The receipts that came out, whole ones, by the end of their number."""

    def __init__(self, mortal: Mortal, printer: PrinterEmulator) -> None:
        self.mortal, self.printer = mortal, printer
        with transaction(mortal.engine) as tx:
            add_printer(tx, name="柜台", profile="generic-58", device=printer.url)

    def out(self, basket: int) -> list[bool]:
        """The whole receipts of a sale, each whether it says that it is a copy."""
        papers = [[line for line in paper.lines] for paper in self.printer.papers]
        whole = [p for p in papers if any(f"-{basket:06}" in x for x in p) and any("账链" in x for x in p)]
        return [any(COPY in line for line in paper) for paper in whole]

    def undecided(self) -> list[JobView]:
        """The jobs that are not done."""
        with transaction(self.mortal.engine) as tx:
            return print_jobs.queue(tx)

    def killed_at(self, step: str, *, on_screen: bool) -> None:
        """One sale whose receipt's print is broken off at a step, and what the next till makes of it."""
        mortal = self.mortal
        mortal.scan()
        mortal.dies_at("print", step)
        mortal.enter()
        # the sale is kept before its receipt is begun, whether or not the till came to say so
        mortal.died()
        mortal.sold += 1
        mortal.holds()
        mortal.shows("Last redemption", f"-{mortal.sold:06}")
        if not _is_claimed(step):
            until(lambda: self.out(mortal.sold) == [False] and not self.undecided())
        elif _is_ended(step):
            assert not self.undecided()
            assert self.out(mortal.sold) == [False]
        else:
            self.decided(on_screen=on_screen)
        assert self.out(mortal.sold).count(False) <= 1

    def decided(self, *, on_screen: bool) -> None:
        """Nobody but a person prints it again: it waits for one, and the copy says that it is one."""
        mortal, before = self.mortal, self.out(self.mortal.sold)
        until(lambda: [view.state for view in self.undecided()] == ["unknown"])
        if on_screen:
            mortal.shows("printer ✘ 1")
        assert self.out(mortal.sold) == before
        (job,) = self.undecided()
        with transaction(mortal.engine) as tx:
            print_jobs.retry(tx, job.id, CLERK)
        until(lambda: not self.undecided())
        assert self.out(mortal.sold) == [*before, True]

    def settled(self) -> None:
        """Nothing waits, and every sale's receipt came out once without 补打 or was asked about."""
        assert not self.undecided()
        assert all(self.out(basket) in ([False], [True], [False, True]) for basket in range(1, self.mortal.sold + 1))


@pytest.fixture
def papers(mortal: Mortal) -> Iterator[Papers]:
    with PrinterEmulator() as printer:
        yield Papers(mortal, printer)


def test_killed_while_it_prints(papers: Papers) -> None:
    for step in STEPS:
        papers.killed_at(step, on_screen=step == STEPS[-2])
    papers.settled()


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_ten_times_at_every_step_while_it_prints(papers: Papers) -> None:
    papers.killed_at("ended 1", on_screen=False)
    steps = papers.mortal.died_through
    print(f"print: {TIMES} times at each of {len(steps)} steps", steps)
    for step in steps:
        for _ in range(TIMES):
            papers.killed_at(step, on_screen=True)
    papers.settled()


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def _is_claimed(step: str) -> bool:
    """Whether the step comes after the job is known to be sent."""
    kind, _, number = step.partition(" ")
    return kind in ("committed", "byte", "half", "whole", "confirm", "confirmed", "ended") or (
        (kind, number) == ("commit", "2") or (kind == "statement" and int(number) > STATEMENTS_OF_CLAIM)
    )


def _is_ended(step: str) -> bool:
    return step in ("committed 2", "ended 1")


STATEMENTS_OF_CLAIM = 1
"""The town's row and the claim itself; those after them write down how it ended."""
