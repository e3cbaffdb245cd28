"""Differences with a village's ledger, each with the entries of ours that explain it (三(四)2)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec
from msgspec import Struct, structs
from sqlalchemy import bindparam, func, select

from lizhi_pos.accounts.batches import unpacked
from lizhi_pos.accounts.models import batch
from lizhi_pos.accounts.queries import chunks
from lizhi_pos.checkout.models import market_session
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import entry_lines, journal_entry, posting
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.settlement.causes import (
    Cause,
    EntryLine,
    Explained,
    HouseholdMonth,
    UnpostedBatch,
    explain,
    mistyped,
)
from lizhi_pos.settlement.models import statement_line
from lizhi_pos.settlement.stays import stays, village_of


class Difference(Struct, frozen=True):
    """One household the two books disagree on, and why; the side that has no such booklet is None."""

    booklet: str
    kind: Literal["amount", "missing_here", "missing_there"]
    ours: Points | None
    theirs: Points | None
    cause: Cause | None = None
    entries: tuple[EntryLine, ...] = ()


class _Line(Struct, frozen=True):
    household_id: Id
    transferred: int


class _Row(Struct):
    booklet: str
    points: int


class _Content(Struct):
    acts: tuple[_Row, ...] = ()
    corrections: tuple[_Row, ...] = ()


_content = msgspec.json.Decoder(_Content)
_LINES = select(statement_line.c.booklet, statement_line.c.household_id, statement_line.c.transferred).where(
    of_town(statement_line),
    statement_line.c.month == bindparam("month"),
    statement_line.c.village_id == bindparam("village"),
    statement_line.c.booklet.in_(bindparam("booklets", expanding=True)),
)
_ENTRIES = (
    select(
        posting.c.account_id,
        journal_entry.c.on_date,
        journal_entry.c.kind,
        journal_entry.c.document_id,
        journal_entry.c.reference,
        posting.c.amount,
    )
    .select_from(entry_lines)
    .where(
        of_town(posting),
        posting.c.account_id.in_(bindparam("households", expanding=True)),
        journal_entry.c.on_date >= bindparam("first"),
    )
    .order_by(journal_entry.c.on_date, posting.c.place)
)
_UNPOSTED = select(batch.c.batch_id, batch.c.state, batch.c.content).where(
    of_town(batch),
    batch.c.month <= bindparam("month"),
    (batch.c.posted_on.is_(None)) | (batch.c.posted_on > bindparam("last")),
)
_LAST_SESSION = select(func.max(market_session.c.on_date)).where(
    of_town(market_session), market_session.c.on_date.between(bindparam("first"), bindparam("last"))
)


def explained(tx: Transaction, month: Month, village_id: Id, found: Sequence[Difference]) -> tuple[Difference, ...]:
    """Return the differences of a village's answer with the cause of each; one that is missing on a side has none."""
    amounts = {d.booklet: (int(d.ours), int(d.theirs)) for d in found if d.ours is not None and d.theirs is not None}
    if not amounts:
        return tuple(found)
    known, market_day = _known(tx, month, village_id, amounts.keys()), _last_market_day(tx, month)
    pairs = set(amounts.values())
    told: dict[str, Explained] = {}
    for booklet, (ours, theirs) in amounts.items():
        told[booklet] = explain(ours, theirs, known.get(booklet, HouseholdMonth()), market_day)
        if told[booklet].cause is not None:
            continue
        if (theirs, ours) in pairs:
            told[booklet] = Explained("swapped")
        elif mistyped(ours, theirs):
            told[booklet] = Explained("digits")
    return tuple(
        structs.replace(d, cause=told[d.booklet].cause, entries=told[d.booklet].entries) if d.booklet in told else d
        for d in found
    )


def _known(tx: Transaction, month: Month, village_id: Id, booklets: Collection[str]) -> Mapping[str, HouseholdMonth]:
    """Return what our books know of some households of a village's statement, by booklet."""
    lines: dict[str, _Line] = {}
    for some in chunks(sorted(booklets)):
        for row in tx.all(_LINES, month=str(month), village=village_id, booklets=some):
            lines[row.booklet] = _Line(row.household_id, row.transferred)
    lived = stays(tx, month)
    waiting = _Waiting(tx, month)
    entries: dict[Id, list[EntryLine]] = {line.household_id: [] for line in lines.values()}
    for some_ids in chunks(list(entries)):
        for row in tx.all(_ENTRIES, households=some_ids, first=month.first_day):
            entry = EntryLine(row.on_date, row.kind, Points(row.amount), row.reference)
            if row.on_date > month.last_day:
                waiting.add(row.document_id, row.account_id, entry)
            elif village_of(lived.get(row.account_id, ()), row.on_date, village_id) == village_id:
                entries[row.account_id].append(entry)
    return {
        booklet: HouseholdMonth(
            entries=tuple(entries[line.household_id]),
            unposted=waiting.of(booklet, line.household_id),
            moved=_moved(line, entries[line.household_id]) if line.household_id in lived else Points(0),
        )
        for booklet, line in lines.items()
    }


def _moved(line: _Line, entries: Sequence[EntryLine]) -> Points:
    """Return what a move alone transferred, without the entries of splits and merges."""
    return Points(line.transferred - sum(entry.amount for entry in entries if entry.kind == "transfer"))


class _Waiting:
    """The batches that were not posted by a month's end: what each says, or what has been posted of it since."""

    def __init__(self, tx: Transaction, month: Month) -> None:
        self._said: dict[Id, dict[str, int]] = {}
        self._posted: dict[Id, dict[Id, list[EntryLine]]] = {}
        for row in tx.all(_UNPOSTED, month=str(month), last=month.last_day):
            self._posted[row.batch_id] = {}
            if row.state != "posted":
                content = _content.decode(unpacked(row.content))
                said = self._said.setdefault(row.batch_id, {})
                for one in (*content.acts, *content.corrections):
                    said[one.booklet] = said.get(one.booklet, 0) + one.points

    def add(self, batch_id: Id | None, household_id: Id, entry: EntryLine) -> None:
        """Add an entry of a later month, which may have posted one of them."""
        if batch_id in self._posted:
            self._posted[Id(batch_id)].setdefault(household_id, []).append(entry)

    def of(self, booklet: str, household_id: Id) -> tuple[UnpostedBatch, ...]:
        """Return the points of each for one household."""
        found = []
        for key, posted in self._posted.items():
            own = posted.get(household_id, [])
            points = sum(entry.amount for entry in own) or self._said.get(key, {}).get(booklet, 0)
            if points:
                found.append(UnpostedBatch(Points(points), tuple(own)))
        return tuple(found)


def _last_market_day(tx: Transaction, month: Month) -> date | None:
    """Return the month's last market day by the calendar; where the town has none, the day of its last session."""
    rules = rules_on(tx, month.last_day)
    days = [] if isinstance(rules, Refusal) else rules.market_days.in_month(month.year, month.month)
    if days:
        return days[-1]
    held: date | None = tx.value(_LAST_SESSION, first=month.first_day, last=month.last_day)
    return held
