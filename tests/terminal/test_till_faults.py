"""Selling goes on whatever the printer does, and no receipt is lost or printed twice by itself."""

from collections.abc import Callable
from pathlib import Path

import pytest
from printer_emulator import PrinterEmulator
from sqlalchemy import Engine
from till_hands import Till, selling, sold

from lizhi_pos.db import reading, transaction
from lizhi_pos.printing.status_protocol import Timeouts
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.printers import add_printer
from lizhi_pos.terminal.pauses import Pauses
from towns.till import SALT, SOAP

FAST = Timeouts(connect=1, status=0.2, send=1, confirm=0.5)


def paper_out(printer: PrinterEmulator) -> None:
    printer.paper = False


def cover_open(printer: PrinterEmulator) -> None:
    printer.cover_closed = False


def mute(printer: PrinterEmulator) -> None:
    printer.answers_state = printer.answers_printed = False


def closes(printer: PrinterEmulator) -> None:
    printer.closes_after = 300


def paper_ends(printer: PrinterEmulator) -> None:
    printer.ends_after = 300


def near_end(printer: PrinterEmulator) -> None:
    printer.near_end = True


def slow(printer: PrinterEmulator) -> None:
    printer.pause = 0.02


def mend(printer: PrinterEmulator) -> None:
    printer.paper = printer.cover_closed = printer.answers_state = printer.answers_printed = True
    printer.closes_after = printer.ends_after = None


def states(town: Engine) -> list[str]:
    """The receipts that are not on paper for sure, by what is known of them."""
    with reading(town) as tx:
        return sorted(job.state for job in print_jobs.queue(tx))


async def sell_two(till: Till) -> None:
    for booklet, code in (("GZ0012", SALT), ("DT0012", SOAP)):
        till.scan(booklet, code)
        await till.enter()
        assert "Done: receipt" in till.shown("#notice")


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (paper_out, ["queued", "queued"]),
        (cover_open, ["queued", "queued"]),
        (mute, ["unknown", "unknown"]),
        (closes, ["unknown", "unknown"]),
        (paper_ends, ["queued", "unknown"]),
        (near_end, []),
        (slow, []),
    ],
)
async def test_selling_goes_on_and_paper_follows(
    town: Engine,
    log: Path,
    fault: Callable[[PrinterEmulator], None],
    waits: list[str],
) -> None:
    with PrinterEmulator() as printer:
        fault(printer)
        with transaction(town) as tx:
            add_printer(tx, name="前台", profile="generic-58", device=printer.url)
        async with selling(town, log, pauses=Pauses(printer=FAST)) as till:
            await sell_two(till)
            assert len(sold(town)) == 2
            await till.until(lambda: states(town) == waits)
            mend(printer)
            till.app.wake_printing()
            await till.until(lambda: states(town) == [state for state in waits if state == "unknown"])
        printed = [line for paper in printer.papers for line in paper.lines if line.startswith("单号")]
        assert len(set(printed)) == len(printed)
        assert len(printed) >= 2 - waits.count("unknown")


async def test_a_printer_that_is_off_prints_once_it_is_back(town: Engine, log: Path) -> None:
    with PrinterEmulator() as gone:
        port, url = gone.port, gone.url
    with transaction(town) as tx:
        add_printer(tx, name="前台", profile="generic-58", device=url)
    async with selling(town, log, pauses=Pauses(printer=FAST)) as till:
        await sell_two(till)
        await till.until(lambda: states(town) == ["queued", "queued"])
        with PrinterEmulator(port=port) as printer:
            till.app.wake_printing()
            await till.until(lambda: states(town) == [])
            assert len(printer.papers) == 2
