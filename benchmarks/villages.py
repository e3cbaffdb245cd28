"""A big town: 50 villages, 20,000 households, about 600,000 lines of points a year, after one year and after five.

The register and a first month are written by the program, the months after it in bulk, as rows that no chain holds:
what is measured here does not ask for it.
"""

import json
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile
from statistics import median
from typing import Any

from sqlalchemy import Engine

from benchmarks import years
from benchmarks.town import ADMIN, HERE, PIN, SUPERVISOR
from lizhi_pos.access.operators import Authority, Operator, add_user
from lizhi_pos.accounts.batches import publish, review
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.household_history import household_history
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import ActRow, HouseholdRow, ScoreRow, SignatureRow, VillageWorkbook
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.migrations import guards
from lizhi_pos.money import Points
from lizhi_pos.office.household_rows import Register
from lizhi_pos.office.households import HouseholdsService
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import adopt, rules_on
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.town.town import create_town
from lizhi_pos.upgrade import upgrade

FIRST, YEARS = Month(2020, 1), 5
VILLAGES, PEOPLE = 50, 400
LINES = 5
"""Acts of every second household in a month: 1,000 lines a village and month, 600,000 a year in the town."""
BATCH_ROWS = 10_000
ROUNDS = 7
CLERK = Operator("会计示例", "accountant")
_TYPED = ("s", "sl", "D0", "D0300", "户主", "示例07", "shili")
"""What somebody types, key by key."""


def measure() -> Iterator[str]:
    """The table."""
    with tempfile.TemporaryDirectory() as folder:
        young, old = Path(folder) / "one.db", Path(folder) / "five.db"
        start = time.perf_counter()
        found(young)
        first = _lines(young)
        _fill(young, 1, 12)
        copyfile(young, old)
        _fill(old, 12, 12 * YEARS)
        took = time.perf_counter() - start
        made = _lines(old)
        yield f"{VILLAGES} villages, {VILLAGES * PEOPLE:,} households, {made:,} lines of points, built in {took:.0f} s"
        assert made > first
        yield from _compared(_Town(young, 12), _Town(old, 12 * YEARS))


def _name(village: int) -> str:
    return f"示例{village:02}村"


def _booklet(village: int, number: int) -> str:
    return f"D{village:02}{number:04}"


def found(path: Path, people: int = PEOPLE, rows: int = 0) -> None:
    """Write a town whose villages have posted their first month, with so many households and acts each."""
    engine = years.engine_of(path)
    upgrade(engine)
    rules = read_rulebook(years.RULES)
    assert isinstance(rules, Rulebook)
    with transaction(engine, years.noon(FIRST.first_day)) as tx:
        create_town(tx, "示例镇", ADMIN.name, PIN)
        add_user(tx, SUPERVISOR.name, "supervisor", PIN)
        adopt(tx, years.RULES, rules, "示例", ADMIN.name)
        for village in range(VILLAGES):
            add_village(tx, _name(village))
    with engine.begin() as connection:
        guards.remove(connection)
    for village in range(VILLAGES):
        with transaction(engine, years.noon(years.market_day(FIRST))) as tx:
            _post(tx, _month(village, FIRST, people, register=True, rows=rows), years.market_day(FIRST))
    engine.dispose()


def _month(
    village: int, month: Month, count: int = PEOPLE, *, register: bool = False, rows: int = 0
) -> VillageWorkbook:
    people = [_booklet(village, n) for n in range(count)]
    ended = Quarter.last_ended_before(month.first_day)
    quarters = (Quarter.at_index(ended.index - 1), ended)
    days = [month.first_day + timedelta(n) for n in range(25)]
    acts = [ActRow(people[n // 25], "示例户主", days[n % 25], "示例", Points(1000), HERE) for n in range(rows)]
    return VillageWorkbook(
        _name(village),
        month,
        tuple(HouseholdRow(b, "示例户主", date(2015, 1, 1), HERE) for b in people) if register else (),
        (),
        tuple(ScoreRow(b, q, 900, HERE) for b in people for q in quarters) if register else (),
        tuple(acts),
        (),
        tuple(SignatureRow("assessment", f"评议示例{n}", HERE) for n in range(5))
        + tuple(SignatureRow("supervision", f"监督示例{n}", HERE) for n in range(3)),
    )


def _post(tx: Transaction, book: VillageWorkbook, day: date) -> None:
    drafted = unwrap(draft(tx, book, CLERK))
    assert not drafted.errors, drafted.errors[:3]
    unwrap(publish(tx, book.village, book.month, Authority(CLERK, day - timedelta(20))))
    unwrap(review(tx, book.village, book.month, Authority(SUPERVISOR, day - timedelta(9))))
    unwrap(post_batch(tx, book.village, book.month, Authority(CLERK, day)))


def _lines(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM posting").fetchone()[0])


def _fill(path: Path, after: int, to: int) -> None:
    """Write months `after` to `to` of every village, counted from the first, as rows."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    town, rulebook = connection.execute("SELECT town_id, rulebook_id FROM rulebook").fetchone()
    villages = connection.execute("SELECT village_id FROM village ORDER BY village_id").fetchall()
    people = dict(connection.execute("SELECT number, household_id FROM booklet"))
    places = dict(connection.execute("SELECT account_id, place FROM balance"))
    before, month = dict(places), FIRST
    for at in range(1, to):
        month = month.next()
        if at >= after:
            for village, (key,) in enumerate(villages):
                _bulk(connection, (town, rulebook, key), (village, month), (people, places))
    connection.executemany(
        "UPDATE balance SET amount = amount + ?, place = ? WHERE town_id = ? AND account_id = ?",
        [(1000 * (place - before[key]), place, town, key) for key, place in places.items() if key in before],
    )
    connection.commit()
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _bulk(connection: sqlite3.Connection, keys: tuple[bytes, bytes, bytes], of: tuple[int, Month], known: Any) -> None:
    (town, rulebook, village_id), (village, month), (people, places) = keys, of, known
    batch, entry = MACHINE_CLOCK.new_id(), MACHINE_CLOCK.new_id()
    day, posted = month.first_day, years.market_day(month).isoformat()
    rows = [(_booklet(village, n), day + timedelta(line)) for n in range(0, PEOPLE, 2) for line in range(LINES)]
    acts = [
        {
            "booklet": b,
            "name": "示例户主",
            "on": on.isoformat(),
            "item": "示例",
            "points": 1000,
            "at": ["志愿服务", n, 1, {}],
        }
        for n, (b, on) in enumerate(rows, 2)
    ]
    content = zlib.compress(json.dumps({"village": _name(village), "month": str(month), "acts": acts}).encode(), 1)
    insert = connection.executemany
    insert(
        "INSERT INTO batch (town_id, batch_id, village_id, month, state, content, content_hash, imported_by, "
        "published_on, reviewed_on, posted_on) VALUES (?, ?, ?, ?, 'posted', ?, ?, '示例', ?, ?, ?)",
        [(town, batch, village_id, str(month), content, bytes(32), posted, posted, posted)],
    )
    insert(
        "INSERT INTO act (town_id, household_id, name, on_date, item, times, points, rulebook_id, batch_id) "
        "VALUES (?, ?, '示例户主', ?, '示例', 1, 1000, ?, ?)",
        [(town, people[b], on.isoformat(), rulebook, batch) for b, on in rows],
    )
    lines = []
    for line, (b, on) in enumerate(rows, 1):
        places[people[b]] += 1
        lines.append((town, entry, line, people[b], 1000, f"{on} 示例户主 示例×1", places[people[b]]))
    insert(
        "INSERT INTO posting (town_id, entry_id, line, unit, account_id, amount, note, place) "
        "VALUES (?, ?, ?, 'points', ?, ?, ?, ?)",
        lines,
    )
    insert(
        "INSERT INTO journal_entry (town_id, entry_id, unit, kind, on_date, earned_month, reference, document_id, "
        "by_user, recorded_at, key, till, number, previous_hash, hash) "
        "VALUES (?, ?, 'points', 'volunteer', ?, ?, ?, ?, '示例', ?, ?, 'bulk', ?, ?, ?)",
        [
            (town, entry, posted, str(month), f"{_name(village)} {month}", batch, f"{posted}T04:00:00.000000+00:00",
             MACHINE_CLOCK.new_id(), month.year * 10_000 + month.month * 100 + village, bytes(32), bytes(32))
        ],
    )  # fmt: skip


class _Town:
    """A town after so many months."""

    def __init__(self, path: Path, months: int) -> None:
        self.engine: Engine = years.engine_of(path)
        self.month = FIRST
        for _ in range(months):
            self.month = self.month.next()
        self.day = years.market_day(self.month)
        self.now = years.noon(self.day)
        self.turn = 0
        self.service = HouseholdsService(self.engine)
        self.register = Register(unwrap(self.service.register(CLERK)))
        self.register.learn_sounds()

    def acts(self) -> dict[str, Callable[[], Any]]:
        """What is measured, by its name and its bound in milliseconds."""
        return {
            "verdict of a household (2 ms)": lambda: self._look(self._verdict),
            "card with history (50 ms)": lambda: unwrap(self.service.look(self._number(), CLERK)),
            "search, a key (50 ms)": self._searched,
            "every source of a household's history": lambda: self._look(self._sources),
            f"posting {BATCH_ROWS:,} rows (10,000 ms)": self._posted,
        }

    def timed(self, name: str) -> float:
        """Seconds of one act, the median of a few where it is quick."""
        act, times = self.acts()[name], []
        for _ in range(1 if name.startswith("posting") else 20):
            start = time.perf_counter()
            act()
            times.append(time.perf_counter() - start)
        return median(times)

    def _number(self) -> str:
        self.turn += 1
        return _booklet(self.turn * 7 % VILLAGES, self.turn * 2 % PEOPLE)

    def _verdict(self, tx: Transaction) -> None:
        facts = household_facts(tx, [number := self._number()], self.day)[number]
        standing(facts, unwrap(rules_on(tx, self.day)), self.day)

    def _sources(self, tx: Transaction) -> None:
        unwrap(household_history(tx, self._number()))

    def _searched(self) -> None:
        self.turn += 1
        self.register.search(_TYPED[self.turn % len(_TYPED)])

    def _posted(self) -> None:
        book = _month(3, self.month, rows=BATCH_ROWS)
        with suppress(_Undone), transaction(self.engine, self.now) as tx:
            start = time.perf_counter()
            _post(tx, book, self.day)
            tx.settle()
            self.posted_in = time.perf_counter() - start
            raise _Undone

    def _look(self, act: Callable[[Transaction], Any]) -> Any:
        with reading(self.engine, self.now) as tx:
            return act(tx)


class _Undone(Exception):
    """So that the act can be measured again."""


def _compared(young: _Town, old: _Town) -> Iterator[str]:
    yield f"{'':36} {'1 year':>11} {f'{YEARS} years':>11}  ratio (bound 1.3)"
    for name in young.acts():
        rounds = 2 if name.startswith("posting") else ROUNDS
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for town, seconds in ((young, times[0]), (old, times[1])):
                seconds.append(town.timed(name))
        one, five = median(times[0]) * 1000, median(times[1]) * 1000
        yield f"{name:36} {one:8.2f} ms {five:8.2f} ms  {five / one:.2f}"
