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
    at: RowAt


class _Score(Struct):
    booklet: str
    quarter: Quarter
    at: RowAt


class _Correction(Struct):
    booklet: str
    points: int
    at: RowAt


class _Rows(Struct):
    """What of a batch earns points; of its many rows only those of one household are read."""

    acts: tuple[Raw, ...] = ()
    scores: tuple[Raw, ...] = ()
    corrections: tuple[Raw, ...] = ()


class _Batch(Struct):
    file: str | None
    content: bytes


_rows = msgspec.json.Decoder(_Rows)
_act, _score = msgspec.json.Decoder(_Act), msgspec.json.Decoder(_Score)
_correction = msgspec.json.Decoder(_Correction)
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
        # as a row begins that is one of the household's: in a text the quotation marks would be escaped
        self._own = [b'"booklet":' + msgspec.json.encode(number) for number in booklets_of(tx, household_id)]
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
        scores = (_score.decode(row) for row in self._own_rows(self._rows_of(key).scores))
        rows = [r for r in scores if r.quarter in _window(line.note)]
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
            found: Iterator[Any] = (
                (_act.decode(row) for row in self._own_rows(rows.acts))
                if line.kind == "volunteer"
                else (_correction.decode(row) for row in self._own_rows(rows.corrections))
            )
            self._left[line.entry, line.kind] = (row for row in found if row.points)
        return next(self._left[line.entry, line.kind], None)

    def _own_rows(self, rows: Sequence[Raw]) -> Iterator[Raw]:
        return (row for row in rows if any(begin in bytes(row) for begin in self._own))

    def _rows_of(self, key: Id) -> _Rows:
        if key not in self._read:
            self._read[key] = _rows.decode(unpacked(self._batches[key].content))
        return self._read[key]

    def _source(self, key: Id, row: Any, header: str, *told: str | None) -> PointSource:
        return PointSource(self._batches[key].file, row.at.sheet, row.at.cell(header), *told)


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
