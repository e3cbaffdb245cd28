"""Where points come from: the cell of the village's workbook that earned them, and the rulebook they were earned under.

A batch keeps its workbook as it was read, each row with its place. An entry's lines of one household stand in the
order of its rows, so each line finds its own.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.batches import unpacked
from lizhi_pos.accounts.models import act, batch
from lizhi_pos.accounts.queries import booklets_of, chunks
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.queries import AccountLine
from lizhi_pos.periods import Quarter
from lizhi_pos.rulebook.adopted import version_at, versions


class PointSource(Struct, frozen=True):
    """The cell that earned points, in which file and sheet; `member` and `item` of an act.

    `rulebook` is the year and version of the rules they were earned under, as `2024/1`; none of a correction. `file`
    is None of a workbook that was read before its name was kept.
    """

    file: str | None
    sheet: str
    cell: str
    member: str | None
    item: str | None
    rulebook: str | None


class _Act(Struct):
    booklet: str
    name: str
    on: date
    item: str
    points: int
    at: Raw


class _Score(Struct):
    booklet: str
    quarter: Quarter
    at: Raw


class _Correction(Struct):
    booklet: str
    points: int
    at: Raw


class _Rows(Struct):
    """What of a batch earns points; the places of its many rows are read only of those that are asked for."""

    acts: tuple[_Act, ...] = ()
    scores: tuple[_Score, ...] = ()
    corrections: tuple[_Correction, ...] = ()


class _Batch(Struct):
    file: str | None
    content: bytes


_rows = msgspec.json.Decoder(_Rows)
_place = msgspec.json.Decoder(RowAt)
_BATCHES = select(batch.c.batch_id, batch.c.file, batch.c.content).where(
    of_town(batch), batch.c.batch_id.in_(bindparam("keys", expanding=True))
)
_ACTS = select(act.c.name, act.c.on_date, act.c.item, act.c.rulebook_id).where(
    of_town(act), act.c.household_id == bindparam("household")
)
_EARNED = ("base", "volunteer", "adjust")


def sources_of(tx: Transaction, household_id: Id, lines: Sequence[AccountLine]) -> list[PointSource | None]:
    """Return where the points of each line of a household come from; None of those that no workbook earned.

    The lines of one entry are given all or none of them, in their order.
    """
    batches = _batches(tx, {line.document for line in lines if line.kind in _EARNED and line.document})
    if not batches:
        return [None] * len(lines)
    finder = _Finder(tx, household_id, batches)
    return [finder.source_of(line) for line in lines]


def _batches(tx: Transaction, keys: Collection[Id]) -> Mapping[Id, _Batch]:
    found: dict[Id, _Batch] = {}
    for some in chunks(sorted(keys)):
        found.update((Id(r.batch_id), _Batch(r.file, r.content)) for r in tx.all(_BATCHES, keys=some))
    return found


class _Finder:
    """Finds the rows of one household's lines, entry by entry."""

    def __init__(self, tx: Transaction, household_id: Id, batches: Mapping[Id, _Batch]) -> None:
        self._batches = batches
        self._booklets = frozenset(booklets_of(tx, household_id))
        self._under = {(r.name, r.on_date, r.item): r.rulebook_id for r in tx.all(_ACTS, household=household_id)}
        self._versions = versions(tx)
        self._read: dict[Id, _Rows] = {}
        self._left: dict[tuple[Id, str], Iterator[Any]] = {}

    def source_of(self, line: AccountLine) -> PointSource | None:
        if line.kind not in _EARNED or line.document is None or line.document not in self._batches:
            return None
        return _BY_KIND[line.kind](self, line, line.document)

    def volunteer(self, line: AccountLine, key: Id) -> PointSource | None:
        row = self._next(line, key)
        if row is None:
            return None
        told = self._versions.get(self._under.get((row.name, row.on, row.item)))
        return self._source(key, row, "分值", row.name, row.item, told.name if told else None)

    def base(self, line: AccountLine, key: Id) -> PointSource | None:
        rows = [r for r in self._rows_of(key).scores if r.booklet in self._booklets and r.quarter in _window(line.note)]
        if not rows:
            return None
        rules = version_at(self._versions.values(), line.on.year, line.recorded_at)
        return self._source(key, max(rows, key=lambda r: r.quarter), "评分", None, None, rules)

    def adjust(self, line: AccountLine, key: Id) -> PointSource | None:
        row = self._next(line, key)
        return self._source(key, row, "积分", None, None, None) if row is not None else None

    def _next(self, line: AccountLine, key: Id) -> Any:
        """Return the row of a line: the next one of its household that earns points, as lines were made of rows."""
        if (line.entry, line.kind) not in self._left:
            rows = self._rows_of(key)
            own = (r for r in (rows.acts if line.kind == "volunteer" else rows.corrections) if r.points)
            self._left[line.entry, line.kind] = (r for r in own if r.booklet in self._booklets)
        return next(self._left[line.entry, line.kind], None)

    def _rows_of(self, key: Id) -> _Rows:
        if key not in self._read:
            self._read[key] = _rows.decode(unpacked(self._batches[key].content))
        return self._read[key]

    def _source(self, key: Id, row: Any, header: str, *told: str | None) -> PointSource:
        at = _place.decode(row.at)
        return PointSource(self._batches[key].file, at.sheet, at.cell(header), *told)


_BY_KIND: Mapping[str, Callable[[_Finder, AccountLine, Id], PointSource | None]] = {
    "volunteer": _Finder.volunteer,
    "base": _Finder.base,
    "adjust": _Finder.adjust,
}


def _window(name: str) -> tuple[Quarter, ...]:
    """Return the two quarters of a window: `2024H1`, or the later one where every quarter is paid."""
    half = name[4:] in ("H1", "H2")
    last = Quarter(int(name[:4]), int(name[5]) * 2) if half else Quarter.parse(name)
    return Quarter.at_index(last.index - 1), last
