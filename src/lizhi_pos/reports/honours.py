"""Who is honoured and who is not: the red list, the black list, the candidates of a village and year (六)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.models import score, veto
from lizhi_pos.accounts.queries import RIGHT_TENTHS, RegisteredHousehold, chunks, register_on
from lizhi_pos.accounts.villages import village_id, village_names
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.money import Points, format_tenths
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.earned import earned_in
from lizhi_pos.reports.veto_rows import LIFTED_ON, VETOES
from lizhi_pos.rulebook.adopted import not_in_future, rules_on, today
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.text.masking import masked

SCORED_QUARTERS = 2
"""So many quarters of the year a candidate has been scored in at least."""


class Village(Struct, frozen=True):
    """Whose list is asked for, of which year, as it stood on which day, today if none; heads are shown in `full`."""

    name: str
    year: int
    on: date | None = None
    full: bool = False


class Honoured(Struct, frozen=True):
    """A household of the red list; `rank` is one more than the number of those that earned more."""

    rank: int
    booklet: str
    head: str
    earned: Points


class Barred(Struct, frozen=True):
    """A household of the black list; `released_by` approved that it is shown."""

    booklet: str
    head: str
    clause: str
    released_by: str


class QuarterScore(Struct, frozen=True):
    """A posted score, as it was put right, with one decimal."""

    quarter: str
    score: str


class Candidate(Struct, frozen=True):
    """A household that may be chosen: no veto, no score below the threshold."""

    rank: int
    booklet: str
    head: str
    earned: Points
    scores: tuple[QuarterScore, ...]


class _Asked(NamedTuple):
    """A village's households as a list counts them: where they live at the year's end, or on the day before it."""

    village: Village
    name: str
    day: date
    rules: Rulebook
    households: Mapping[Id, RegisteredHousehold]


_VETOES = (
    select(veto.c.household_id, veto.c.clause, veto.c.release_approved_by, veto.c.released_on, LIFTED_ON)
    .select_from(VETOES)
    .where(of_town(veto), veto.c.effective_on.between(bindparam("first"), bindparam("last")))
    .order_by(veto.c.effective_on, veto.c.veto_id)
)
_SCORES = (
    select(score.c.household_id, score.c.quarter, RIGHT_TENTHS)
    .where(
        of_town(score),
        score.c.household_id.in_(bindparam("households", expanding=True)),
        score.c.quarter.between(bindparam("first"), bindparam("last")),
        score.c.posted_on <= bindparam("day"),
    )
    .order_by(score.c.quarter)
)


def red_list(tx: Transaction, village: Village) -> list[Honoured] | Refusal:
    """Return the ranks of the red list: active households without a veto, by what they earned in the year."""
    asked = _asked(tx, village)
    if isinstance(asked, Refusal):
        return asked
    found = _ranked(tx, asked, (one for one in _free(tx, asked) if one.status == "active"))
    return [
        Honoured(rank, one.number, _head(one, village), earned)
        for rank, one, earned in found
        if earned > 0 and rank <= asked.rules.red_list
    ]


def candidates(tx: Transaction, village: Village) -> list[Candidate] | Refusal:
    """Return every household that two quarters or more were scored of, none below the threshold, without a veto."""
    asked = _asked(tx, village)
    if isinstance(asked, Refusal):
        return asked
    scored = _scores(tx, asked)
    least = asked.rules.base_score.threshold_tenths

    def is_one(one: RegisteredHousehold) -> bool:
        tenths = [t for _, t in scored.get(one.household_id, ())]
        return one.status == "active" and len(tenths) >= SCORED_QUARTERS and min(tenths) >= least

    return [
        Candidate(
            rank,
            one.number,
            _head(one, village),
            earned,
            tuple(QuarterScore(q, format_tenths(t)) for q, t in scored[one.household_id]),
        )
        for rank, one, earned in _ranked(tx, asked, (one for one in _free(tx, asked) if is_one(one)))
    ]


def black_list(tx: Transaction, village: Village) -> list[Barred] | Refusal:
    """Return the vetoes of a year that two people released for the list and nobody lifted, by booklet."""
    asked = _asked(tx, village)
    if isinstance(asked, Refusal):
        return asked
    rows = [
        Barred(one.number, _head(one, village), clause, released_by)
        for key, clause, released_by in _released(tx, village.year, asked.day)
        if (one := asked.households.get(key)) is not None
    ]
    return sorted(rows, key=lambda row: row.booklet)


def barred_in(tx: Transaction, year: int, day: date) -> set[Id]:
    """Return the households that had a veto in a year which nobody had lifted by a day."""
    last = min(date(year, 12, 31), day)
    rows = tx.all(_VETOES, first=date(year, 1, 1), last=last)
    return {row.household_id for row in rows if row.lifted_on is None or row.lifted_on > day}


def _released(tx: Transaction, year: int, day: date) -> list[tuple[Id, str, str]]:
    return [
        (row.household_id, row.clause, row.release_approved_by)
        for row in tx.all(_VETOES, first=date(year, 1, 1), last=min(date(year, 12, 31), day))
        if (row.lifted_on is None or row.lifted_on > day) and row.released_on is not None and row.released_on <= day
    ]


def _asked(tx: Transaction, village: Village) -> _Asked | Refusal:
    day = village.on or today(tx)
    if refusal := not_in_future(tx, day):
        return refusal
    place = village_id(tx, village.name)
    if isinstance(place, Refusal):
        return place
    end = min(date(village.year, 12, 31), day)
    rules = rules_on(tx, end)
    if isinstance(rules, Refusal):
        return rules
    living = {r.household_id: r for r in register_on(tx, end).values() if r.village_id == place}
    return _Asked(village, village_names(tx)[place], day, rules, living)


def _free(tx: Transaction, asked: _Asked) -> list[RegisteredHousehold]:
    barred = barred_in(tx, asked.village.year, asked.day)
    return [one for key, one in asked.households.items() if key not in barred]


def _ranked(
    tx: Transaction, asked: _Asked, some: Iterable[RegisteredHousehold]
) -> list[tuple[int, RegisteredHousehold, Points]]:
    earned = earned_in(tx, asked.village.year, asked.day, asked.households.keys())
    rows = sorted(((earned.get(one.household_id, Points(0)), one) for one in some), key=lambda x: (-x[0], x[1].number))
    found: list[tuple[int, RegisteredHousehold, Points]] = []
    for place, (points, one) in enumerate(rows, 1):
        same = found and found[-1][2] == points
        found.append((found[-1][0] if same else place, one, points))
    return found


def _scores(tx: Transaction, asked: _Asked) -> Mapping[Id, list[tuple[str, int]]]:
    year, found = asked.village.year, dict[Id, list[tuple[str, int]]]()
    for some in chunks(sorted(asked.households)):
        span = {"first": f"{year:04}Q1", "last": f"{year:04}Q4"}
        for row in tx.all(_SCORES, households=some, day=asked.day, **span):
            found.setdefault(row.household_id, []).append((row.quarter, row.tenths))
    return found


def _head(one: RegisteredHousehold, village: Village) -> str:
    return one.head if village.full else masked(one.head)
