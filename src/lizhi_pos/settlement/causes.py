"""Why a village's ledger holds another figure than our statement: what of ours explains it (三(四)2). Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from lizhi_pos.money import Points

Cause = Literal["late_entry", "unposted_batch", "redemption", "veto", "correction", "transfer", "swapped", "digits"]

_KINDS: Mapping[Cause, tuple[str, ...]] = {
    "veto": ("veto", "restore"),
    "correction": ("adjust", "close_out"),
    "transfer": ("transfer",),
}
_POINT_MOVED = (10, 100)
"""How many times as much a figure is whose decimal point stands one or two places further right."""


class EntryLine(Struct, frozen=True):
    """One movement of a household's points, signed as in its history."""

    date: date
    kind: str
    amount: Points
    reference: str


class UnpostedBatch(Struct, frozen=True):
    """Points of a batch that was not posted by the month's end, and the entries that have posted it since."""

    points: Points
    entries: tuple[EntryLine, ...] = ()


class HouseholdMonth(Struct, frozen=True, kw_only=True):
    """What our books know of a household's month; `moved` is what a move took from one statement to another."""

    entries: tuple[EntryLine, ...] = ()
    unposted: tuple[UnpostedBatch, ...] = ()
    moved: Points = Points(0)


class Explained(Struct, frozen=True):
    """A cause, None where nothing explains the whole difference, and the entries of ours behind it."""

    cause: Cause | None = None
    entries: tuple[EntryLine, ...] = ()


class _Candidate(Struct, frozen=True):
    """A cause, and what a village that has not written it down lacks."""

    cause: Cause
    lacking: int
    entries: tuple[EntryLine, ...]


def explain(ours: int, theirs: int, known: HouseholdMonth, last_market_day: date | None) -> Explained:
    """Return the first cause that explains the whole of a household's difference.

    Figures that were exchanged concern two households, or the sheet alone: whoever calls looks at those afterwards.
    `last_market_day` is that of the month.
    """
    for candidate in _candidates(known, last_market_day):
        if candidate.lacking == ours - theirs:
            return Explained(candidate.cause, candidate.entries)
    return Explained()


def mistyped(ours: int, theirs: int) -> bool:
    """Return whether two neighbouring digits were exchanged or the decimal point moved.

    >>> mistyped(1820, 8120), mistyped(1820, 182000), mistyped(1820, 1830)
    (True, True, False)
    """
    if ours < 0 or theirs < 0 or ours == theirs:
        return False
    if ours and theirs and any(max(ours, theirs) == min(ours, theirs) * times for times in _POINT_MOVED):
        return True
    width = max(len(str(ours)), len(str(theirs)), 3)
    one, other = f"{ours:0{width}d}", f"{theirs:0{width}d}"
    at = next(place for place in range(width) if one[place] != other[place])
    return one[:at] + one[at : at + 2][::-1] + one[at + 2 :] == other


def _candidates(known: HouseholdMonth, last_market_day: date | None) -> Iterator[_Candidate]:
    late = [entry for entry in known.entries if last_market_day is not None and entry.date > last_market_day]
    yield from _together_or_alone("late_entry", late)
    for batch in known.unposted:
        yield _Candidate("unposted_batch", -batch.points, batch.entries)
    yield from _redemptions(known.entries)
    for cause, kinds in _KINDS.items():
        yield from _together_or_alone(cause, [entry for entry in known.entries if entry.kind in kinds])
    if known.moved:
        yield _Candidate("transfer", known.moved, ())


def _together_or_alone(cause: Cause, entries: Sequence[EntryLine]) -> Iterator[_Candidate]:
    groups = [entries, *([entry] for entry in entries)] if len(entries) > 1 else [entries]
    for group in groups:
        if group:
            yield _Candidate(cause, sum(entry.amount for entry in group), tuple(group))


def _redemptions(entries: Sequence[EntryLine]) -> Iterator[_Candidate]:
    """Yield each receipt net of its returns, then each return."""
    receipts: dict[str, list[EntryLine]] = {}
    for entry in entries:
        if entry.kind in ("redeem", "return"):
            receipts.setdefault(entry.reference, []).append(entry)
    for own in receipts.values():
        if own[0].kind == "redeem":
            yield _Candidate("redemption", sum(entry.amount for entry in own), tuple(own))
    for own in receipts.values():
        for entry in own:
            if entry.kind == "return":
                yield _Candidate("redemption", entry.amount, (entry,))
