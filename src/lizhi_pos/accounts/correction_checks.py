"""Corrections (更正) are looked at before they count: what they name, how much they are, whether they are covered."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from lizhi_pos.accounts.models import act, batch, village
from lizhi_pos.accounts.posting_plan import Due
from lizhi_pos.accounts.queries import chunks
from lizhi_pos.cell_errors import CellError
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import entry_lines, journal_entry, posting
from lizhi_pos.money import format_hundredths
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, message

_REFERENCES = (
    select(journal_entry.c.reference)
    .where(of_town(journal_entry), journal_entry.c.reference.in_(bindparam("names", expanding=True)))
    .distinct()
)
_SLIPS = (
    select(posting.c.note)
    .distinct()
    .select_from(entry_lines)
    .where(
        of_town(posting),
        posting.c.account_id.in_(bindparam("households", expanding=True)),
        journal_entry.c.kind == "redeem",
        posting.c.note.in_(bindparam("names", expanding=True)),
    )
)
_BATCHES = (
    select(batch.c.month, village.c.name)
    .select_from(batch.join(village, same_row(village.c.village_id, batch.c.village_id)))
    .where(of_town(batch))
)
_ACTS = select(act.c.household_id, act.c.on_date, act.c.item).where(
    of_town(act), act.c.household_id.in_(bindparam("households", expanding=True))
)
_MONTH = re.compile(r"(\d{4})(?:-|年|/|\.)(\d{1,2})月?")
_DAY = re.compile(r"(\d{1,2})(?:月|-|/|\.)(\d{1,2})日?")


def correction_warnings(tx: Transaction, due: Due) -> Iterator[CellError]:
    """Yield what a reviewer must see of a batch's corrections, each at its cell, and of its cap."""
    rows = due.workbook.corrections
    known = _Known(tx, [(due.ids[row.booklet], row.corrects) for row in rows]) if rows else None
    dearest = max((item.points for item in due.rules.items_of(due.workbook.village).values()), default=0)
    for row in rows:
        if known is not None and not known.names(due.ids[row.booklet], row.corrects):
            yield row.at.error(
                "更正对象", message("{0} names nothing in the books: look what it corrects", row.corrects)
            )
        if abs(row.points) > dearest:
            text = message(
                "{0} is more than the rulebook's dearest item, {1}",
                format_hundredths(row.points),
                format_hundredths(dearest),
            )
            yield row.at.error("积分", text)
    for row in due.overdrawn():
        yield row.at.error("积分", message("The correction of {0} takes more points than it has", row.booklet))


def look_at(tx: Transaction, due: Due) -> tuple[Message, ...]:
    """Return what whoever publishes or reviews a batch is told of its corrections and its cap."""
    found = [message("更正 {0}: {1}", w.cell or "", w.text) for w in correction_warnings(tx, due)]
    over = due.over_cap()
    return (*found, over) if over else tuple(found)


def names_something(tx: Transaction, household_id: Id, text: str) -> bool:
    """Return whether what a correction of a household names is in the books."""
    return _Known(tx, [(household_id, text)]).names(household_id, text)


class _Known:
    """What the books know of the things that corrections name: entries, slips, batches, months, acts."""

    def __init__(self, tx: Transaction, named: Sequence[tuple[Id, str]]) -> None:
        names = sorted({text for _, text in named})
        households = sorted({household_id for household_id, _ in named})
        self._names: set[str] = set()
        for some in chunks(names):
            self._names.update(r.reference for r in tx.all(_REFERENCES, names=some))
            for few in chunks(households):
                self._names.update(r.note for r in tx.all(_SLIPS, names=some, households=few))
        batches = tx.all(_BATCHES)
        self._months = {row.month for row in batches}
        self._names.update(f"{row.name}{sign}{row.month}" for row in batches for sign in "/ ")
        self._acts: dict[Id, list[Row[Any]]] = {}
        for few in chunks(households):
            for row in tx.all(_ACTS, households=few):
                self._acts.setdefault(row.household_id, []).append(row)

    def names(self, household_id: Id, text: str) -> bool:
        if text in self._names or any(text.endswith(month) or month == text for month in self._months):
            return True
        found = _MONTH.search(text)
        if found and 1 <= int(found[2]) <= 12 and str(Month(int(found[1]), int(found[2]))) in self._months:
            return True
        return any(self._is_act(text, act) for act in self._acts.get(household_id, ()))

    @staticmethod
    def _is_act(text: str, act: Row[Any]) -> bool:
        days = {(int(a), int(b)) for a, b in _DAY.findall(text)}
        return act.item in text and (act.on_date.month, act.on_date.day) in days
