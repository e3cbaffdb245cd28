"""What is looked at before a month closes: some things block it, of others it is warned (三(四)2).

Adding a check is adding a function to `BLOCKS` or `WARNS`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.batches import due_on, missing_batches
from lizhi_pos.accounts.models import batch, objection
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.checkout.basket import SLIPS_TILL
from lizhi_pos.checkout.models import basket, market_session, redemption, slip
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.cash_book import bank_on
from lizhi_pos.donations.pool import pool_on
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import stock_count
from lizhi_pos.inventory.products import products
from lizhi_pos.inventory.stock import lots_on
from lizhi_pos.journal.chain import find_chain_breaks
from lizhi_pos.journal.models import account, account_lines, balance, entries_dated, journal_entry, period, posting
from lizhi_pos.journal.periods import last_closed
from lizhi_pos.journal.queries import first_day
from lizhi_pos.periods import Month
from lizhi_pos.printqueue.print_jobs import queue
from lizhi_pos.record.chain import find_record_breaks
from lizhi_pos.settlement.answer_states import answer_states
from lizhi_pos.settlement.figures import figure, unequal
from lizhi_pos.settlement.statement import Statement, compute_statement
from lizhi_pos.settlement.verification import lots_recomputed

Level = Literal["ok", "warn", "block"]


class Closing(Struct, frozen=True):
    """A month that is to be closed on a day, and its statement where it is the month's turn."""

    month: Month
    on: date
    statement: Statement | None


class Fact(Struct, frozen=True):
    """What a check found, in words and numbers that `closing_words` puts in a sentence; `village_id` of whom."""

    told: tuple[str, ...]
    village_id: Id | None = None

    @property
    def text(self) -> str:
        """As scripts read it."""
        return " ".join(self.told)


class Check(Struct, frozen=True):
    """One check and what it found."""

    name: str
    level: Level
    facts: tuple[Fact, ...] = ()


class Checked(Struct, frozen=True):
    """Every check of a closing, and the statement it would fix."""

    checks: tuple[Check, ...]
    statement: Statement | None

    @property
    def blocking(self) -> tuple[Check, ...]:
        """What keeps the month from being closed."""
        return tuple(check for check in self.checks if check.level == "block")

    @property
    def warnings(self) -> tuple[Check, ...]:
        """What the month is closed in spite of."""
        return tuple(check for check in self.checks if check.level == "warn")


_OPEN_SESSIONS = (
    select(market_session.c.on_date)
    .where(of_town(market_session), market_session.c.state == "open", market_session.c.on_date <= bindparam("last"))
    .order_by(market_session.c.on_date)
)
_BASKETS = (
    select(basket.c.booklet, basket.c.till, market_session.c.on_date)
    .select_from(basket.join(market_session, same_row(market_session.c.session_id, basket.c.session_id)))
    .where(of_town(basket), market_session.c.on_date <= bindparam("last"))
    .order_by(market_session.c.on_date, basket.c.booklet)
)
_OPEN_COUNTS = (
    select(stock_count.c.number)
    .where(of_town(stock_count), stock_count.c.state == "open")
    .order_by(stock_count.c.number)
)
_OBJECTIONS = (
    select(objection.c.batch_id, objection.c.number)
    .where(
        of_town(objection),
        objection.c.on_date <= bindparam("day"),
        (objection.c.state == "open") | (objection.c.settled_on > bindparam("day")),
    )
    .order_by(objection.c.batch_id, objection.c.number)
)
_BATCH = select(batch.c.village_id, batch.c.month).where(of_town(batch), batch.c.batch_id == bindparam("key"))
_BATCHES = (
    select(batch.c.village_id, batch.c.month, batch.c.state, batch.c.published_on, batch.c.posted_on)
    .where(of_town(batch), batch.c.month <= bindparam("until"))
    .order_by(batch.c.month, batch.c.village_id)
)
_BALANCES = (
    select(balance.c.account_id, balance.c.amount)
    .select_from(balance.join(account, same_row(account.c.account_id, balance.c.account_id)))
    .where(of_town(balance), account.c.kind == "household")
)
_MOVED_SINCE = (
    select(posting.c.account_id, summed(posting.c.amount).label("amount"))
    .select_from(account_lines)
    .where(
        of_town(posting),
        account.c.kind == "household",
        posting.c.entry_id.in_(entries_dated(journal_entry.c.on_date > bindparam("last"))),
    )
    .group_by(posting.c.account_id)
)
_redeemed_on_paper = (
    select(redemption.c.redemption_id)
    .where(
        of_town(redemption),
        redemption.c.till == SLIPS_TILL,
        redemption.c.on_date.between(bindparam("first"), bindparam("last")),
    )
    .correlate(None)
)
_SLIPS = (
    select(slip.c.number, redemption.c.on_date)
    .select_from(slip.join(redemption, same_row(redemption.c.redemption_id, slip.c.redemption_id)))
    .where(of_town(slip), slip.c.redemption_id.in_(_redeemed_on_paper))
    .order_by(redemption.c.on_date, slip.c.number)
)
_CLOSED_ON = select(period.c.closed_on).where(of_town(period), period.c.month == bindparam("month"))


def _order(tx: Transaction, month: Month, on: date) -> Iterator[Fact]:
    last, first = last_closed(tx), first_day(tx)
    if first is None:
        yield Fact(("empty",))
        return
    due = last.next() if last else Month.of(first)
    if month < due:
        yield Fact(("closed", str(month)))
    if month > due:
        yield Fact(("first", str(due)))
    if on <= month.last_day:
        yield Fact(("not_over", month.last_day.isoformat()))


def _sessions(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    for row in tx.all(_OPEN_SESSIONS, last=closing.month.last_day):
        yield Fact((row.on_date.isoformat(),))


def _baskets(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    for row in tx.all(_BASKETS, last=closing.month.last_day):
        yield Fact((row.on_date.isoformat(), row.booklet, row.till))


def _counts(tx: Transaction, _closing: Closing) -> Iterator[Fact]:
    for row in tx.all(_OPEN_COUNTS):
        yield Fact((str(row.number),))


def _objections(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    names = village_names(tx)
    for row in tx.all(_OBJECTIONS, day=closing.on):
        of = tx.first(_BATCH, key=row.batch_id)
        if of is not None:
            yield Fact((names[of.village_id], of.month, str(row.number)), of.village_id)


def _points(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    """Hold opening and movements against what the journal holds at the month's end; transfers sum to zero."""
    if closing.statement is None:
        return
    lines = [line for village in closing.statement.villages for line in village.households]
    numbers = {line.household_id: line.booklet for line in lines}
    told: dict[bytes, int] = {}
    for line in lines:
        told[line.household_id] = told.get(line.household_id, 0) + line.closing
    since = {row.account_id: int(row.amount) for row in tx.all(_MOVED_SINCE, last=closing.month.last_day)}
    held = {row.account_id: row.amount - since.get(row.account_id, 0) for row in tx.all(_BALANCES)}
    for key, ours, books in unequal(told, held, default=0):
        yield Fact((numbers.get(Id(key), key.hex()), figure(ours), figure(books)))
    if transferred := sum(line.transferred for line in lines):
        yield Fact(("transferred", figure(transferred)))


def _stock(tx: Transaction, _closing: Closing) -> Iterator[Fact]:
    for fact in lots_recomputed(tx):
        yield Fact((fact,))


def _pool(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    books = pool_on(tx, closing.month.last_day)
    if not books.balances:
        yield Fact(("unequal", figure(books.cash), figure(books.stock_at_cost)))
    if books.cash < 0:
        yield Fact(("cash", figure(books.cash)))


def _chain(tx: Transaction, _closing: Closing) -> Iterator[Fact]:
    for fact in (*find_chain_breaks(tx), *find_record_breaks(tx)):
        yield Fact((fact,))


BLOCKS: Mapping[str, Callable[[Transaction, Closing], Iterable[Fact]]] = {
    "sessions": _sessions,
    "baskets": _baskets,
    "counts": _counts,
    "objections": _objections,
    "points": _points,
    "stock": _stock,
    "pool": _pool,
    "chain": _chain,
}
"""What blocks a closing, besides its turn, which is looked at first."""
PROOFS = ("stock", "chain")
"""Checks of everything there ever was: no till should wait until they are made."""

_COUNTED = re.compile(r"(.*?)(\d+)", re.DOTALL)
_MOST_NAMED = 50
"""Missing slips named one by one; of more, the first and the last."""


def _slips(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    """Yield the numbers missing between the first and the last slip of a day, counted up behind one prefix."""
    by_day: dict[date, dict[str, dict[int, str]]] = {}
    for row in tx.all(_SLIPS, first=closing.month.first_day, last=closing.month.last_day):
        if parts := _COUNTED.fullmatch(row.number):
            by_day.setdefault(row.on_date, {}).setdefault(parts[1], {})[int(parts[2])] = parts[2]
    for day, prefixes in by_day.items():
        for prefix, numbers in prefixes.items():
            width = len(numbers[min(numbers)])
            missing = _missing(numbers)
            if sum(len(gap) for gap in missing) > _MOST_NAMED:
                for gap in missing:
                    first, last = f"{prefix}{gap[0]:0{width}d}", f"{prefix}{gap[-1]:0{width}d}"
                    yield Fact((day.isoformat(), first if first == last else f"{first}…{last}"))
                continue
            for number in (number for gap in missing for number in gap):
                yield Fact((day.isoformat(), f"{prefix}{number:0{width}d}"))


def _missing(numbers: Iterable[int]) -> list[range]:
    there = sorted(numbers)
    return [range(one + 1, other) for one, other in pairwise(there) if other > one + 1]


def _papers(tx: Transaction, _closing: Closing) -> Iterator[Fact]:
    for job in queue(tx):
        if job.state == "unknown":
            yield Fact((job.receipt or job.about or job.kind,))


def _batches(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    """Yield the batches that are missing, late or not posted: of months before this one, of this one when it is due."""
    month, names = closing.month, village_names(tx)
    keys = {name: key for key, name in names.items()}
    until = str(month if closing.on > due_on(tx, month) else _before(month))
    closed_before = tx.value(_CLOSED_ON, month=str(_before(month)))
    for one in missing_batches(tx):
        if one.month <= until:
            yield Fact((one.village, one.month, "missing"), keys[one.village])
    for row in tx.all(_BATCHES, until=until):
        told = (names[row.village_id], row.month)
        if row.posted_on is None or row.posted_on > closing.on:
            yield Fact((*told, row.state), row.village_id)
        # one that came late and was posted is told by the first closing after it, not by every later one
        elif row.published_on > due_on(tx, Month.parse(row.month)) and _is_since(row.published_on, closed_before):
            yield Fact((*told, "late"), row.village_id)


def _is_since(published_on: date, closed_before: date | None) -> bool:
    return closed_before is None or published_on >= closed_before


def _before(month: Month) -> Month:
    return Month.of(month.first_day - timedelta(1))


def _answers(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    before = _before(closing.month)
    for state in answer_states(tx, before):
        if state.state != "confirmed":
            yield Fact((state.village, str(before), state.state), state.village_id)


def _bank(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    said = bank_on(tx, closing.month.last_day)
    if said is None or Month.of(said.date) < closing.month:
        yield Fact((str(closing.month), "missing"))
    elif said.difference:
        yield Fact((said.date.isoformat(), figure(said.bank), figure(said.book)))


def _expired(tx: Transaction, closing: Closing) -> Iterator[Fact]:
    last = closing.month.last_day
    named = {p.product_id: p for p in products(tx)}
    for lot in sorted(lots_on(tx, last), key=lambda lot: lot.turn):
        if lot.is_expired(last) and lot.expires_on is not None:
            p = named[lot.product_id]
            yield Fact((lot.name, p.code, p.name, str(lot.on_hand), lot.expires_on.isoformat()))


WARNS: Mapping[str, Callable[[Transaction, Closing], Iterable[Fact]]] = {
    "slips": _slips,
    "papers": _papers,
    "batches": _batches,
    "answers": _answers,
    "bank": _bank,
    "expired": _expired,
}
"""What a closing is warned of, and keeps."""

Tell = Callable[[str, int], None]
"""Takes the check that is made next, and how many are done."""
CHECKS_IN_ALL = 1 + len(BLOCKS) + len(WARNS)


def nobody(_name: str, _done: int) -> None:
    """Tell nobody."""


def check_closing(tx: Transaction, month: Month, on: date, tell: Tell = nobody, *, proved: bool = False) -> Checked:
    """Return every check of closing a month on a day; nothing is written.

    With `proved` those that walk through the years are taken as right: whoever asks has just made them, and nothing
    that is done lawfully makes them wrong.
    """
    tell("order", 0)
    out_of_order = tuple(_order(tx, month, on))
    # before its turn there is no month before it to open with: its figures say nothing
    statement = None if any(fact.told[0] != "not_over" for fact in out_of_order) else compute_statement(tx, month)
    closing = Closing(month, on, statement)
    found = [Check("order", "block" if out_of_order else "ok", out_of_order)]
    for done, (name, check) in enumerate((*BLOCKS.items(), *WARNS.items()), 1):
        tell(name, done)
        facts = () if proved and name in PROOFS else tuple(check(tx, closing))
        level: Level = "block" if name in BLOCKS else "warn"
        found.append(Check(name, level if facts else "ok", facts))
    return Checked(tuple(found), statement)
