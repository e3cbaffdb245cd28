"""A month's statement of every village: worked out from the journal, or read back as the closing fixed it (三(四)2)."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.accounts.models import village
from lizhi_pos.accounts.queries import RegisteredHousehold, register_on
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.checkout.models import redemption
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.models import gift
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import account, account_lines, entries_dated, journal_entry, posting
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month
from lizhi_pos.settlement.models import statement_line, statement_village

MOVEMENTS = ("base", "volunteer", "redeemed", "returned", "vetoed", "restored", "adjusted")
AMOUNTS = ("opening", *MOVEMENTS, "closing")


class Amounts(Struct, frozen=True, kw_only=True):
    """A household's or village's month in hundredths of points; `adjusted` is signed, the rest are positive."""

    opening: Points = Points(0)
    base: Points = Points(0)
    volunteer: Points = Points(0)
    redeemed: Points = Points(0)
    returned: Points = Points(0)
    vetoed: Points = Points(0)
    restored: Points = Points(0)
    adjusted: Points = Points(0)
    closing: Points = Points(0)


class StatementLine(Amounts, frozen=True, kw_only=True):
    """One household's month, with the receipts of its redemptions."""

    booklet: str
    head: str
    household_id: Id
    receipts: tuple[str, ...] = ()


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
    """Every village's month, in the order the villages were added."""

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
    "transfer": ("adjusted", 1),
    "close_out": ("adjusted", 1),
}

_LAST_CLOSED = select(func.max(statement_line.c.month)).where(
    of_town(statement_line), statement_line.c.month < bindparam("month")
)
_CLOSINGS = select(statement_line.c.household_id, statement_line.c.closing).where(
    of_town(statement_line), statement_line.c.month == bindparam("month")
)
_MOVED = (
    select(posting.c.account_id, journal_entry.c.kind, summed(posting.c.amount).label("amount"))
    .select_from(account_lines)
    .where(
        of_town(posting),
        account.c.kind == "household",
        posting.c.entry_id.in_(entries_dated(journal_entry.c.on_date.between(bindparam("first"), bindparam("last")))),
    )
    .group_by(posting.c.account_id, journal_entry.c.kind)
)
_RECEIPTS = (
    select(redemption.c.household_id, redemption.c.receipt)
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
    select(statement_village, village.c.name)
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
    """Return the month's statement from the journal: every household the register has held by the month's end."""
    span = {"first": month.first_day, "last": month.last_day}
    opening = _opening(tx, month)
    moved: dict[Id, dict[str, int]] = {}
    for row in tx.all(_MOVED, **span):
        column, sign = _COLUMN[row.kind]
        sums = moved.setdefault(row.account_id, {})
        sums[column] = sums.get(column, 0) + sign * int(row.amount)
    receipts = _receipts(tx, month)
    register = register_on(tx, month.last_day)
    by_village: dict[Id, list[StatementLine]] = {key: [] for key in village_names(tx)}
    for number in sorted(register):
        state = register[number]
        line = _line(state, opening.get(state.household_id, 0), moved.get(state.household_id, {}), receipts)
        by_village[state.village_id].append(line)
    given = {row.village_id: int(row.amount) for row in tx.all(_CONTRIBUTED, **span)}
    names = village_names(tx)
    return Statement(
        str(month), tuple(_village(key, names[key], lines, given.get(key, 0)) for key, lines in by_village.items())
    )


def _opening(tx: Transaction, month: Month) -> Mapping[Id, int]:
    """Return what each household had before the month: what the month closed before it fixed. Months close in order."""
    before = tx.value(_LAST_CLOSED, month=str(month))
    return {row.household_id: row.closing for row in tx.all(_CLOSINGS, month=before)} if before else {}


def load_statement(tx: Transaction, month: Month) -> Statement:
    """Return the statement as the closing fixed it."""
    receipts = _receipts(tx, month)
    by_village: dict[Id, list[StatementLine]] = {}
    for row in tx.all(_STATEMENT_LINES, month=str(month)):
        amounts = {name: Points(row._mapping[name]) for name in AMOUNTS}
        line = StatementLine(
            booklet=row.booklet,
            head=row.head,
            household_id=row.household_id,
            receipts=receipts.get(row.household_id, ()),
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


def _receipts(tx: Transaction, month: Month) -> Mapping[Id, tuple[str, ...]]:
    found: dict[Id, list[str]] = {}
    for row in tx.all(_RECEIPTS, first=month.first_day, last=month.last_day):
        found.setdefault(row.household_id, []).append(row.receipt)
    return {key: tuple(numbers) for key, numbers in found.items()}


def _line(
    state: RegisteredHousehold,
    opening: int,
    moved: Mapping[str, int],
    receipts: Mapping[Id, tuple[str, ...]],
) -> StatementLine:
    amounts = {name: Points(moved.get(name, 0)) for name in MOVEMENTS}
    out = amounts["redeemed"] + amounts["vetoed"]
    closing = opening + sum(amounts.values()) - 2 * out
    return StatementLine(
        booklet=state.number,
        head=state.head,
        household_id=state.household_id,
        receipts=receipts.get(state.household_id, ()),
        opening=Points(opening),
        closing=Points(closing),
        **amounts,
    )


def _village(key: Id, name: str, lines: Sequence[StatementLine], contributed: int) -> VillageStatement:
    value = sum(line.redeemed - line.returned for line in lines)
    return _statement(key, name, lines, value, contributed)


def _statement(
    key: Id, name: str, lines: Iterable[StatementLine], goods_value: int, contributed: int
) -> VillageStatement:
    households = tuple(lines)
    sums = {n: Points(sum(getattr(line, n) for line in households)) for n in AMOUNTS}
    return VillageStatement(
        village=name,
        village_id=key,
        households=households,
        totals=Amounts(**sums),
        goods_value=Yuan(goods_value),
        contributed=Yuan(contributed),
        drawn=Yuan(goods_value),
    )
