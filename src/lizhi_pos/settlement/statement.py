"""A month's statement of every village: worked out from the journal, or read back as the closing fixed it (三(四)2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.accounts.kinship import left_on
from lizhi_pos.accounts.models import village
from lizhi_pos.accounts.queries import RegisteredHousehold, former_on, register_on
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.checkout.models import redemption
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.models import gift
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import account, account_lines, entries_dated, journal_entry, posting
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month
from lizhi_pos.settlement.models import statement_line, statement_village
from lizhi_pos.settlement.stays import Stay, stays, village_of

MOVEMENTS = ("base", "volunteer", "redeemed", "returned", "vetoed", "restored", "adjusted", "transferred")
AMOUNTS = ("opening", *MOVEMENTS, "closing")


class Amounts(Struct, frozen=True, kw_only=True, gc=False):
    """A household's or village's month in hundredths of points.

    `adjusted` and `transferred` are signed, the rest are positive.
    """

    opening: Points = Points(0)
    base: Points = Points(0)
    volunteer: Points = Points(0)
    redeemed: Points = Points(0)
    returned: Points = Points(0)
    vetoed: Points = Points(0)
    restored: Points = Points(0)
    adjusted: Points = Points(0)
    transferred: Points = Points(0)
    closing: Points = Points(0)


class StatementLine(Amounts, frozen=True, kw_only=True, gc=False):
    """One household's month, with the receipts of its redemptions."""

    booklet: str
    head: str
    household_id: Id
    receipts: tuple[str, ...] = ()


Receipts = Sequence[tuple[str, date]]
"""A household's receipts of a month, each with its day."""


class VillageStatement(Struct, frozen=True, kw_only=True):
    """One village's month; `drawn` is what its households drew from the pool, `contributed` what it put in."""

    village: str
    village_id: Id
    households: tuple[StatementLine, ...]
    totals: Amounts
    goods_value: Yuan
    contributed: Yuan
    drawn: Yuan


class Statement(Struct, frozen=True):
    """Every village's month, in the order the villages were added, under the names they had when it was closed."""

    month: str
    villages: tuple[VillageStatement, ...]


_COLUMN = {
    "base": ("base", 1),
    "volunteer": ("volunteer", 1),
    "redeem": ("redeemed", -1),
    "return": ("returned", 1),
    "veto": ("vetoed", -1),
    "restore": ("restored", 1),
    "adjust": ("adjusted", 1),
    "transfer": ("transferred", 1),
    "close_out": ("adjusted", 1),
}

_LAST_CLOSED = select(func.max(statement_line.c.month)).where(
    of_town(statement_line), statement_line.c.month < bindparam("month")
)
_CLOSINGS = select(statement_line.c.household_id, statement_line.c.closing).where(
    of_town(statement_line), statement_line.c.month == bindparam("month")
)
_in_month = posting.c.entry_id.in_(
    entries_dated(journal_entry.c.on_date.between(bindparam("first"), bindparam("last")))
)
_MOVED = (
    select(posting.c.account_id, journal_entry.c.kind, summed(posting.c.amount).label("amount"))
    .select_from(account_lines)
    .where(of_town(posting), account.c.kind == "household", _in_month)
    .group_by(posting.c.account_id, journal_entry.c.kind)
)
_MOVED_BY_DAY = (
    select(journal_entry.c.kind, journal_entry.c.on_date, posting.c.amount)
    .select_from(account_lines)
    .where(of_town(posting), posting.c.account_id == bindparam("household"), _in_month)
)
_RECEIPTS = (
    select(redemption.c.household_id, redemption.c.receipt, redemption.c.on_date)
    .where(of_town(redemption), redemption.c.on_date.between(bindparam("first"), bindparam("last")))
    .order_by(redemption.c.on_date, redemption.c.till, redemption.c.number)
)
_CONTRIBUTED = (
    select(gift.c.village_id, summed(gift.c.amount).label("amount"))
    .where(of_town(gift), gift.c.kind == "village", gift.c.on_date.between(bindparam("first"), bindparam("last")))
    .group_by(gift.c.village_id)
)
_STATEMENT_LINES = (
    select(statement_line)
    .where(of_town(statement_line), statement_line.c.month == bindparam("month"))
    .order_by(statement_line.c.booklet)
)
_VILLAGES = (
    select(
        statement_village.c.village_id,
        statement_village.c.goods_value,
        statement_village.c.contributed,
        func.coalesce(statement_village.c.name, village.c.name).label("name"),
    )
    .select_from(
        statement_village.join(
            village,
            same_row(village.c.village_id, statement_village.c.village_id),
        )
    )
    .where(of_town(statement_village), statement_village.c.month == bindparam("month"))
    .order_by(village.c.village_id)
)


def compute_statement(tx: Transaction, month: Month) -> Statement:
    """Return the month's statement from the journal: every household the register has held by the month's end.

    One that was closed or merged stands in it for that month for the last time; one that moved to another village of
    the town stands in both, what it had on the day of the move as transferred.
    """
    span = {"first": month.first_day, "last": month.last_day}
    opening = _opening(tx, month)
    moved: dict[Id, dict[str, int]] = {}
    for key, kind, amount in map(tuple, tx.all(_MOVED, **span)):
        _add(moved.setdefault(key, {}), kind, amount)
    lived = stays(tx, month)
    receipts = _receipts(tx, month)
    by_village: dict[Id, list[StatementLine]] = {key: [] for key in village_names(tx)}
    for state in _listed(tx, month, opening, moved):
        key = state.household_id
        own = receipts.get(key, ())
        if key not in lived:
            line = _line(state, opening.get(key, 0), moved.get(key, {}), [receipt for receipt, _day in own])
            by_village[state.village_id].append(line)
            continue
        for village_id, line in _lines_of_moved(tx, state, opening.get(key, 0), lived[key], (month, own)):
            by_village[village_id].append(line)
    given = {row.village_id: int(row.amount) for row in tx.all(_CONTRIBUTED, **span)}
    names = village_names(tx)
    return Statement(
        str(month), tuple(_village(key, names[key], lines, given.get(key, 0)) for key, lines in by_village.items())
    )


def _listed(
    tx: Transaction, month: Month, opening: Mapping[Id, int], moved: Mapping[Id, object]
) -> Iterator[RegisteredHousehold]:
    """Yield the households of a month's statement, by booklet."""
    left = left_on(tx)
    rows = {**register_on(tx, month.last_day), **former_on(tx, month.last_day)}
    for number in sorted(rows):
        key = rows[number].household_id
        if left.get(key, month.first_day) >= month.first_day or opening.get(key) or key in moved:
            yield rows[number]


def _lines_of_moved(
    tx: Transaction, state: RegisteredHousehold, opening: int, lived: Sequence[Stay], of: tuple[Month, Receipts]
) -> Iterator[tuple[Id, StatementLine]]:
    """Yield the line of a household that moved, in each village it lived in."""
    month, receipts = of
    rows = tx.all(_MOVED_BY_DAY, household=state.household_id, first=month.first_day, last=month.last_day)
    sums: dict[Id, dict[str, int]] = {stay.village_id: {} for stay in lived}
    begun: dict[Id, int] = {lived[0].village_id: opening}
    held = opening
    for stay in lived:
        own = sums[stay.village_id]
        if stay is not lived[0]:
            own["transferred"] = own.get("transferred", 0) + held
        for row in (row for row in rows if stay.has(row.on_date)):
            _add(own, row.kind, row.amount)
            held += row.amount
        if stay is not lived[-1]:
            own["transferred"] = own.get("transferred", 0) - held
    for key, moved in sums.items():
        own_receipts = [receipt for receipt, day in receipts if village_of(lived, day, key) == key]
        yield key, _line(state, begun.get(key, 0), moved, own_receipts)


def _add(sums: dict[str, int], kind: str, amount: int) -> None:
    column, sign = _COLUMN[kind]
    sums[column] = sums.get(column, 0) + sign * int(amount)


def _opening(tx: Transaction, month: Month) -> Mapping[Id, int]:
    """Return what each household had before the month: what the month closed before it fixed. Months close in order."""
    before = tx.value(_LAST_CLOSED, month=str(month))
    found: dict[Id, int] = {}
    for row in tx.all(_CLOSINGS, month=before) if before else ():
        # of one that moved in that month only the line of the village it lived in at its end is not 0
        found[row.household_id] = found.get(row.household_id, 0) + row.closing
    return found


def load_statement(tx: Transaction, month: Month) -> Statement:
    """Return the statement as the closing fixed it."""
    receipts, lived = _receipts(tx, month), stays(tx, month)
    by_village: dict[Id, list[StatementLine]] = {}
    for row in tx.all(_STATEMENT_LINES, month=str(month)):
        amounts = {name: Points(row._mapping[name]) for name in AMOUNTS}
        own, places = receipts.get(row.household_id, ()), lived.get(row.household_id, ())
        line = StatementLine(
            booklet=row.booklet,
            head=row.head,
            household_id=row.household_id,
            receipts=tuple(r for r, day in own if village_of(places, day, row.village_id) == row.village_id),
            **amounts,
        )
        by_village.setdefault(row.village_id, []).append(line)
    villages = tx.all(_VILLAGES, month=str(month))
    return Statement(
        str(month),
        tuple(
            _statement(v.village_id, v.name, by_village.get(v.village_id, []), v.goods_value, v.contributed)
            for v in villages
        ),
    )


def _receipts(tx: Transaction, month: Month) -> Mapping[Id, Receipts]:
    found: dict[Id, list[tuple[str, date]]] = {}
    for row in tx.all(_RECEIPTS, first=month.first_day, last=month.last_day):
        found.setdefault(row.household_id, []).append((row.receipt, row.on_date))
    return found


def _line(state: RegisteredHousehold, opening: int, moved: Mapping[str, int], receipts: Sequence[str]) -> StatementLine:
    out = moved.get("redeemed", 0) + moved.get("vetoed", 0)
    closing = opening + sum(moved.values()) - 2 * out
    return StatementLine(
        booklet=state.number,
        head=state.head,
        household_id=state.household_id,
        receipts=tuple(receipts),
        opening=Points(opening),
        closing=Points(closing),
        **moved,  # type: ignore[arg-type]
    )


def _village(key: Id, name: str, lines: Sequence[StatementLine], contributed: int) -> VillageStatement:
    value = sum(line.redeemed - line.returned for line in lines)
    return _statement(key, name, lines, value, contributed)


def _statement(
    key: Id, name: str, lines: Iterable[StatementLine], goods_value: int, contributed: int
) -> VillageStatement:
    households = tuple(lines)
    sums = {name: Points(sum(map(attrgetter(name), households))) for name in AMOUNTS}
    return VillageStatement(
        village=name,
        village_id=key,
        households=households,
        totals=Amounts(**sums),
        goods_value=Yuan(goods_value),
        contributed=Yuan(contributed),
        drawn=Yuan(goods_value),
    )
