"""The till in a pseudo-terminal, from the last byte of a scan or an Enter to the painted text.

300 products and 10,000 households in a SQLite file on this machine's disk, every sale waiting for it. Beside each time
stands what was measured in the same run for comparison: a bare Textual app that paints the same scan, and the disk
writing as many pages through plain sqlite3. An Enter is told in its parts.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from statistics import median

from msgspec import Struct

from benchmarks.disk import Disk, pages_of_a_sale
from benchmarks.terminal import Terminal
from benchmarks.town import ADMIN, PIN, booklets, codes, sample
from lizhi_pos.database_file import sqlite_module
from lizhi_pos.rulebook.adopted import DEFAULT_ZONE

ROUNDS, SALES, STARTS, ROW = 3, 30, 7, 3000
PRODUCTS, HOUSEHOLDS = 300, 10_000
PAUSE = 0.12
"""Seconds of a hand between two scans, and before Enter: within 0.08 it would be the scanner's."""
SCANNER = 0.01
"""Seconds between two scans that no scanner is as quick as."""
IDLE_AFTER, IDLE = 8.0, 30.0
"""Seconds until a till has learnt its names, and seconds that it is watched."""
TILL = ("-m", "lizhi_pos", "--lang", "en")
TIMED = ("-m", "benchmarks.timed_till", "--lang", "en")
QUICK = {"TEXTUAL_FPS": "500", "TEXTUAL_DISABLE_KITTY_KEY": "1"}


class Round(Struct):
    """Seconds of one run: of every scan, Enter and whole sale, of the disk's commits in between, of a bare app."""

    scans: list[float]
    enters: list[float]
    sales: list[float]
    commits: list[float]
    bare: list[float]


def measure() -> Iterator[str]:
    """Every figure with its target."""
    with tempfile.TemporaryDirectory() as folder:
        town = Path(folder) / "town.db"
        sample(town, PRODUCTS, HOUSEHOLDS, day=datetime.now(DEFAULT_ZONE).date(), now=None).dispose()
        pages = pages_of_a_sale(town)
        rounds = [one_round(town, pages) for _ in range(ROUNDS)]
        yield machine(rounds, pages)
        yield from sold(town, rounds)
        yield started(town)
        yield idle(town)
        yield in_a_row(town)


def one_round(town: Path, pages: int) -> Round:
    """A till's sales one after the other, the disk's turn after each; then the bare app's."""
    found = Round([], [], [], [], [])
    with Disk(town.with_name("disk.db"), pages) as disk, till(town) as terminal:
        for number in range(SALES):
            parts = basket(terminal, number)
            found.scans += parts[1:-1]
            found.enters.append(parts[-1])
            found.sales.append(sum(parts))
            found.commits.append(disk.commit())
    with Terminal([sys.executable, "-m", "benchmarks.bare"], QUICK) as terminal:
        terminal.until("ready")
        terminal.rest(1)
        for code in codes(PRODUCTS)[:60]:
            found.bare.append(painted(terminal, code, f"▸ {code}"))
    return found


def till(town: Path, program: Sequence[str] = TILL, **env: str) -> Terminal:
    """The till, signed in and open, on a fresh copy of the town."""
    path = town.with_name("run.db")
    for old in path.parent.glob("run.db*"):
        old.unlink()
    copyfile(town, path)
    terminal = Terminal([sys.executable, *program], {**signed_in(path), **env})
    terminal.until("Next household")
    terminal.rest(1.5)
    return terminal


def signed_in(path: Path) -> Mapping[str, str]:
    """The environment of a till on this file."""
    return {"LIZHI_DB": f"sqlite:///{path}", "LIZHI_OPERATOR": ADMIN.name, "LIZHI_PIN": PIN}


def basket(terminal: Terminal, number: int) -> list[float]:
    """The seconds of a booklet, of five scans and of Enter."""
    goods = [codes(PRODUCTS)[(number * 5 + line) % PRODUCTS] for line in range(5)]
    parts = [painted(terminal, booklets(HOUSEHOLDS)[number], "may redeem")]
    parts += [painted(terminal, code, f"▸{line:>3} 示例商品{code}") for line, code in enumerate(goods, 1)]
    return [*parts, painted(terminal, "", "Done: receipt")]


def painted(terminal: Terminal, scan: str, text: str) -> float:
    """The seconds from a scan's last byte to its text on the screen; then a hand's pause."""
    sent = terminal.send(scan + "\r")
    seconds = terminal.until(text) - sent
    terminal.rest(PAUSE)
    return seconds


def machine(rounds: Sequence[Round], pages: int) -> str:
    """Where this was measured."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    disk = median(s for one in rounds for s in one.commits)
    return (
        f"till: {platform.machine()}, {os.cpu_count()} CPUs{load}, SQLite {sqlite_module().sqlite_version} on a file, "
        f"{PRODUCTS} products, {HOUSEHOLDS:,} households; a commit of {pages} pages takes the disk {_ms(disk)}"
    )


def sold(town: Path, rounds: Sequence[Round]) -> Iterator[str]:
    """Scan, Enter and sale of the calmest round each."""
    calm = min(rounds, key=lambda one: median(one.scans))
    half, most, bare = median(calm.scans), _p95(calm.scans), median(calm.bare)
    yield _figure("scan to painted line, p50", half, 0.017, f"{half / bare:.1f} × a bare Textual app's {_ms(bare)}")
    yield _figure("scan to painted line, p95", most, 0.035, f"{most / bare:.1f} × a bare Textual app's")
    calm = min(rounds, key=lambda one: median(one.enters))
    half, disk = median(calm.enters), median(calm.commits)
    own = half - disk
    yield _figure("Enter to done beyond the disk, p50", own, 0.009, f"{_ms(half)} in all, {half / disk:.1f} × the disk")
    calm = min(rounds, key=lambda one: median(one.sales))
    whole = median(calm.sales)
    yield _figure("sale of five scans, the till's own time", whole, 0.090, f"{whole / median(calm.bare):.0f} × bare")
    yield from inside(town)


def inside(town: Path) -> Iterator[str]:
    """Where the time of an Enter goes, from its byte to the painted receipt, in a till with a clock at its parts.

    The clocks of both processes are one. The clock itself takes a few hundredths of a millisecond of each part.
    """
    notes = town.with_name("parts")
    spans: list[tuple[float, float]] = []
    with till(town, TIMED, TIMED_PARTS=str(notes)) as terminal:
        for number in range(SALES):
            enter = basket(terminal, number)[-1]
            spans.append((terminal.came - enter, terminal.came))
    calls: dict[str, list[tuple[float, float]]] = {}
    for line in notes.read_text().splitlines():
        name, begin, seconds = line.split()
        calls.setdefault(name, []).append((float(begin), float(begin) + float(seconds)))
    parts = [_parts(sent, done, calls) for sent, done in spans]
    yield f"  of an Enter's {_ms(median(done - sent for sent, done in spans))}, each the median of {SALES}:"
    for name in parts[0]:
        yield f"    {name:<52}{_ms(median(one[name] for one in parts)):>9}"


def _parts(sent: float, done: float, calls: Mapping[str, Sequence[tuple[float, float]]]) -> Mapping[str, float]:
    """The seconds of each part of one Enter; they add up to the whole."""
    taken = next(begin for begin, _ in calls["taken"] if begin > sent)
    redeem, redeemed = next(call for call in calls["redeem"] if call[0] > taken)
    commit = sum(end - begin for begin, end in calls["commit"] if redeem <= begin < redeemed)
    painting = [call for call in calls["paint"] if redeemed < call[0] < done]
    paint = painting[0][0] if painting else done
    painted = min(painting[-1][1], done) if painting else done
    return {
        "the key, from the terminal to the counter": taken - sent,
        "to the thread of the database": redeem - taken,
        "the redemption: rules and SQL": redeemed - redeem - commit,
        "its commit": commit,
        "back to the screen, which hears what changed": paint - redeemed,
        "painting": painted - paint,
        "from the screen to the terminal": done - painted,
    }


def started(town: Path) -> str:
    """From the start of the process to the field that takes keys, and to the open books."""
    fields, books = [], []
    till(town).__exit__(None, None, None)
    for _ in range(STARTS):
        with Terminal([sys.executable, *TILL], signed_in(town.with_name("run.db"))) as terminal:
            fields.append(terminal.until("Opening the books") - terminal.started)
            books.append(terminal.until("Next household") - terminal.started)
    verdict = "ok" if median(books) <= 0.700 else "OVER"
    more = (
        f"scans sent from then on are kept; the books are open after {_ms(median(books))} (target 700.0 ms) {verdict}"
    )
    return _figure("start to a field that takes scans, p50", median(fields), 0.350, more)


def idle(town: Path) -> str:
    """What a till takes that nobody uses, beside a bare Textual app that nobody uses."""
    with till(town) as terminal:
        terminal.rest(IDLE_AFTER)
        wakes, share = at_rest(terminal)
    with Terminal([sys.executable, "-m", "benchmarks.bare"], QUICK) as terminal:
        terminal.until("ready")
        bare_wakes, bare_share = at_rest(terminal)
    verdict = "ok" if wakes <= 4 and share <= 0.005 else "OVER"
    return (
        f"idle: {share:.2%} of a core (target 0.50%), {wakes:.1f} wake-ups a second (target 4.0) {verdict}; "
        f"a bare Textual app {bare_share:.2%} and {bare_wakes:.1f}"
    )


def at_rest(terminal: Terminal) -> tuple[float, float]:
    """Wake-ups a second, and the share of a core, of a program that is left alone."""
    wakes, seconds = terminal.spent()
    terminal.rest(IDLE)
    wakes_after, seconds_after = terminal.spent()
    return (wakes_after - wakes) / IDLE, (seconds_after - seconds) / IDLE


def in_a_row(town: Path) -> str:
    """Scans with no hand's pause between them: whether each is there, and what they leave in memory."""
    goods = codes(PRODUCTS)
    with till(town) as terminal:
        terminal.send(f"{booklets(HOUSEHOLDS)[0]}\r")
        terminal.until("may redeem")
        row(terminal, goods, 0, 0)
        before = terminal.memory()
        row(terminal, goods * (ROW // PRODUCTS), PRODUCTS, SCANNER)
        paced = terminal.memory() - before
        seconds = row(terminal, goods * (ROW // PRODUCTS), PRODUCTS + ROW, 0)
        at_once = terminal.memory() - before - paced
    return (
        f"{ROW:,} scans in a row, {1 / SCANNER:.0f} a second: none lost, memory grows {paced / 1e6:.1f} MB "
        f"(target 10.0 MB) {'ok' if paced < 10e6 else 'OVER'}; as many at once: none lost, "
        f"{_ms(seconds / ROW)} each, {at_once / 1e6:.1f} MB for the keys that wait"
    )


def row(terminal: Terminal, scans: Sequence[str], there: int, pause: float) -> float:
    """The seconds of these scans, of one point each, until the basket's total says that all are there."""
    begun = terminal.send("")
    for scan in scans:
        terminal.send(f"{scan}\r")
        terminal.rest(pause)
    seconds = terminal.until(f" {there + len(scans)}.00", seconds=240) - begun
    terminal.rest(0.5)
    return seconds


def _figure(name: str, seconds: float, target: float, more: str) -> str:
    return f"{name}: {_ms(seconds)} (target {_ms(target)}) {'ok' if seconds <= target else 'OVER'}; {more}"


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
