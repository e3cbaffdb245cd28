"""Proof that the books are whole: a list of small functions, each recomputing something and naming what is wrong.

Adding a check is adding a function to `CHECKS`.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

from msgspec import Struct
from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.exc import OperationalError

from lizhi_pos.accounts.kinship import merged_into
from lizhi_pos.accounts.models import act, base_credit, booklet, household, veto
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.models import gift, purchase
from lizhi_pos.donations.pool import pool_on
from lizhi_pos.inventory.models import lot, stock_move
from lizhi_pos.journal.balances import TOWN_ACCOUNTS, is_kept, town_account
from lizhi_pos.journal.chain import chain_head, entry_count, find_chain_breaks
from lizhi_pos.journal.models import account, account_lines, balance, journal_entry, posting
from lizhi_pos.money import format_hundredths
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.document_checks import documents_unchanged, personal_parts_unchanged, record_unbroken
from lizhi_pos.settlement.evidence_checks import evidence_unchanged
from lizhi_pos.settlement.figures import figure, unequal
from lizhi_pos.settlement.goods_checks import counts_agree, lots_marked, voids_agree, writeoffs_agree
from lizhi_pos.settlement.head_checks import heads_not_found
from lizhi_pos.settlement.household_checks import changes_agree_with_journal, frozen_recomputed
from lizhi_pos.settlement.redemption_checks import (
    receipts_without_gaps,
    redemption_lines_add_up,
    redemption_lots_moved,
    redemptions_add_up,
    returns_add_up,
)
from lizhi_pos.settlement.statement_checks import statements_recomputed
from lizhi_pos.town.models import town
from lizhi_pos.which_town import named_town

_log = logging.getLogger(__name__)


class CheckResult(Struct, frozen=True):
    """One check, and every fact that speaks against it."""

    name: str
    ok: bool
    facts: tuple[str, ...]


class Proof(Struct, frozen=True):
    """Whether everything is whole; `entries` and `head` name the state of the journal that was looked at."""

    ok: bool
    checks: tuple[CheckResult, ...]
    entries: int
    head: bytes


def verify(tx: Transaction, against: Collection[str] = ()) -> Proof:
    """Recomputes everything the books keep twice, what this transaction has changed included.

    `against` are heads that stand on earlier papers, as `as_head` writes them: each must still be in the books.
    """
    tx.settle()
    results = []
    for check in CHECKS:
        facts = facts_of(tx, check)
        results.append(CheckResult(check.__name__, not facts, facts))
    if against:
        facts = facts_of(tx, partial(heads_not_found, heads=against))
        results.append(CheckResult("against", not facts, facts))
    return Proof(all(r.ok for r in results), tuple(results), entry_count(tx), chain_head(tx))


def facts_of(tx: Transaction, check: Callable[[Transaction], Iterable[str]]) -> tuple[str, ...]:
    """Return what one check finds; rows that it cannot read speak against the books too, and stop no other check."""
    found: list[str] = []
    try:
        with tx.connection.begin_nested():
            found.extend(check(tx))
    except OperationalError:
        # the database went away: that says nothing about the books
        raise
    except Exception as error:
        _log.exception("the check %s could not be made", check)
        found.append(f"{type(error).__name__}: {error}".splitlines()[0])
    return tuple(found)


def database_sound(tx: Transaction) -> Iterator[str]:
    """Check that the database finds its own file sound.

    SQLite's integrity check of every page, index and foreign key.
    """
    if tx.connection.dialect.name != "sqlite":
        return
    for (fact,) in tx.connection.exec_driver_sql("PRAGMA integrity_check"):
        if fact != "ok":
            yield fact
    for table, row, other, _key in tx.connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{table} {row}: {other}"


def of_one_town(tx: Transaction) -> Iterator[str]:
    """Nothing in the database is of another town: what is not of this town no other check would see.

    Where the address names one of several towns, nothing is of a town that the database does not have.
    """
    several = named_town(tx.connection) is not None
    for table in account.metadata.sorted_tables:
        other = select(table.c.town_id).where(table.c.town_id != bindparam("town")).distinct()
        for row in tx.all(other.where(table.c.town_id.not_in(select(town.c.town_id))) if several else other):
            yield f"{table.name}: {row.town_id.hex()}"


def chain_unbroken(tx: Transaction) -> Iterator[str]:
    """Check that every entry is what its hash says and follows the one before it."""
    return find_chain_breaks(tx)


def entries_balance(tx: Transaction) -> Iterator[str]:
    """Check that the postings of every entry sum to zero."""
    off = (
        select(posting.c.entry_id, summed(posting.c.amount).label("amount"))
        .where(of_town(posting))
        .group_by(posting.c.entry_id)
        .having(summed(posting.c.amount) != 0)
    )
    for row in tx.all(off):
        yield f"{row.entry_id.hex()}: {format_hundredths(int(row.amount))}"


_sums = (
    select(
        posting.c.account_id,
        summed(posting.c.amount).label("amount"),
        func.count(posting.c.place).label("lines"),
        func.coalesce(func.max(posting.c.place), 0).label("place"),
    )
    .where(of_town(posting))
    .group_by(posting.c.account_id)
    .subquery()
)
_ACCOUNTS = (
    select(
        account,
        household.c.household_id,
        booklet.c.number,
        balance.c.amount,
        balance.c.place,
        func.coalesce(_sums.c.amount, 0).label("posted"),
        func.coalesce(_sums.c.lines, 0).label("lines"),
        func.coalesce(_sums.c.place, 0).label("newest"),
    )
    .select_from(
        account.outerjoin(household, same_row(account.c.account_id, household.c.household_id))
        .outerjoin(booklet, same_row(account.c.account_id, booklet.c.household_id) & booklet.c.replaced_by.is_(None))
        .outerjoin(balance, same_row(account.c.account_id, balance.c.account_id))
        .outerjoin(_sums, _sums.c.account_id == account.c.account_id)
    )
    .where(of_town(account))
)
_WITHOUT_ACCOUNT = (
    select(household.c.household_id)
    .select_from(household.outerjoin(account, same_row(household.c.household_id, account.c.account_id)))
    .where(of_town(household), account.c.account_id.is_(None))
)
_OF_NO_ACCOUNT = (
    select(balance.c.account_id, balance.c.amount)
    .select_from(balance.outerjoin(account, same_row(balance.c.account_id, account.c.account_id)))
    .where(of_town(balance), account.c.account_id.is_(None))
)


def balances_recomputed(tx: Transaction) -> Iterator[str]:
    """Check that every household and every kind of the town's own has its account.

    A kept balance is the sum of its lines.
    """
    missing = {town_account(kind): (kind, unit) for kind, unit in TOWN_ACCOUNTS}
    for row in tx.all(_ACCOUNTS):
        told = missing.pop(row.account_id, ("household", "points") if row.household_id else None)
        name = row.number or row.kind
        if told != (row.kind, row.unit):
            yield f"{name}: {row.kind}"
        kept = (row.amount, row.place)
        if is_kept(row.account_id):
            if kept != (row.posted, row.newest) or row.lines != row.newest:
                yield f"{name}: {figure(row.amount)} ≠ {figure(row.posted)}, {row.lines}"
        elif kept != (None, None) or row.lines:
            yield f"{name}: {figure(row.amount)}"
    for kind, _unit in missing.values():
        yield f"{kind}: {figure(None)}"
    for row in tx.all(_WITHOUT_ACCOUNT):
        yield f"{row.household_id.hex()}: {figure(None)}"
    for row in tx.all(_OF_NO_ACCOUNT):
        yield f"{row.account_id.hex()}: {figure(row.amount)}"


def lots_recomputed(tx: Transaction) -> Iterator[str]:
    """Check that a lot holds what its moves leave, came in as its first move says, and every move costs its units."""
    moved = (
        select(
            stock_move.c.lot_id,
            summed(stock_move.c.quantity).label("quantity"),
            summed(stock_move.c.cost).label("cost"),
        )
        .where(of_town(stock_move))
        .group_by(stock_move.c.lot_id)
        .subquery()
    )
    rows = (
        select(lot.c.name, lot.c.on_hand, lot.c.unit_cost, moved.c.quantity, moved.c.cost)
        .select_from(lot.outerjoin(moved, moved.c.lot_id == lot.c.lot_id))
        .where(of_town(lot))
    )
    for row in tx.all(rows):
        if row.on_hand != row.quantity or row.on_hand * row.unit_cost != row.cost:
            yield f"{row.name}: {row.on_hand} ≠ {row.quantity}, {figure(row.cost)}"
    moves = (
        select(lot.c.name, lot.c.quantity.label("received"), lot.c.unit_cost, stock_move)
        .select_from(stock_move.join(lot, same_row(lot.c.lot_id, stock_move.c.lot_id)))
        .where(of_town(stock_move))
    )
    for row in tx.all(moves):
        if row.cost != row.quantity * row.unit_cost or (row.kind == "receive" and row.quantity != row.received):
            cost = f"{row.quantity} × {figure(row.unit_cost)} ≠ {figure(row.cost)}"
            yield f"{row.name} {row.kind} {row.on_date}: {cost}"


def stock_agrees_with_journal(tx: Transaction) -> Iterator[str]:
    """Check that what an entry says of the stock's value is what its moves of goods cost."""
    moves = (
        select(stock_move.c.entry_id, summed(stock_move.c.cost).label("cost"))
        .where(of_town(stock_move))
        .group_by(stock_move.c.entry_id)
    )
    posted = (
        select(posting.c.entry_id, summed(posting.c.amount).label("cost"))
        .where(of_town(posting), posting.c.account_id == town_account("stock"))
        .group_by(posting.c.entry_id)
    )
    goods = {row.entry_id: int(row.cost) for row in tx.all(moves)}
    books = {row.entry_id: int(row.cost) for row in tx.all(posted)}
    for entry_id, cost, value in unequal(goods, books):
        yield f"{entry_id.hex()}: {figure(cost)} ≠ {figure(value)}"


def vouchers_agree_with_journal(tx: Transaction) -> Iterator[str]:
    """Check that what a gift or purchase says it is worth is what its entry moved into or out of the pool."""
    for table in (gift, purchase):
        lines = (
            select(table.c.entry_id, table.c.voucher, summed(table.c.amount).label("amount"))
            .where(of_town(table))
            .group_by(table.c.entry_id, table.c.voucher)
        )
        for row in tx.all(lines):
            moved = select(summed(posting.c.amount)).where(
                of_town(posting), posting.c.entry_id == row.entry_id, posting.c.amount > 0
            )
            posted = tx.value(moved)
            if row.amount != posted:
                yield f"{row.voucher}: {figure(row.amount)} ≠ {figure(posted)}"


def earned_points_agree(tx: Transaction) -> Iterator[str]:
    """Check that every household's base credits and acts are the points its batches posted."""
    for kind, table in (("base", base_credit), ("volunteer", act)):
        told = (
            select(table.c.household_id, summed(table.c.points).label("points"))
            .where(of_town(table))
            .group_by(table.c.household_id)
        )
        posted = (
            select(posting.c.account_id, summed(posting.c.amount).label("points"))
            .select_from(account_lines)
            .where(of_town(posting), journal_entry.c.kind == kind, account.c.kind == "household")
            .group_by(posting.c.account_id)
        )
        ours = {r.household_id: int(r.points) for r in tx.all(told)}
        theirs = {r.account_id: int(r.points) for r in tx.all(posted)}
        for key, earned, credited in unequal(ours, theirs, default=0):
            yield f"{kind} {key.hex()}: {figure(earned)} ≠ {figure(credited)}"


def vetoes_agree_with_journal(tx: Transaction) -> Iterator[str]:
    """Check that a veto cleared what its entries took, and its lifting restored exactly that."""
    rows = (
        select(
            veto.c.veto_id,
            veto.c.household_id,
            veto.c.cleared,
            veto.c.lifted_on,
            journal_entry.c.kind,
            posting.c.amount,
            posting.c.account_id,
        )
        .select_from(
            veto.outerjoin(
                journal_entry,
                same_row(journal_entry.c.document_id, veto.c.veto_id),
            ).outerjoin(
                posting,
                and_(
                    same_row(posting.c.entry_id, journal_entry.c.entry_id),
                    posting.c.account_id != town_account("vetoed"),
                ),
            )
        )
        .where(of_town(veto), veto.c.copied_from.is_(None))
    )
    heirs = merged_into(tx)
    moved: dict[bytes, dict[str | None, int]] = {}
    told: dict[bytes, tuple[int, bool]] = {}
    for row in tx.all(rows):
        told[row.veto_id] = (row.cleared, row.lifted_on is not None)
        if row.account_id not in (None, row.household_id, heirs.get(row.household_id)):
            yield f"{row.veto_id.hex()}: {row.account_id.hex()}"
        sums = moved.setdefault(row.veto_id, {})
        sums[row.kind] = sums.get(row.kind, 0) + (row.amount or 0)
    for key, (cleared, lifted) in told.items():
        took, gave = -moved[key].get("veto", 0), moved[key].get("restore", 0)
        if took != cleared or gave != (cleared if lifted else 0):
            yield f"{key.hex()}: {figure(cleared)} ≠ {figure(took)}, {figure(gave)}"


def pool_equation(tx: Transaction) -> Iterator[str]:
    """Cash + stock at cost = gifts + allocations − goods redeemed at cost − losses (五)."""
    books = pool_on(tx, today(tx))
    if not books.balances:
        yield f"{figure(books.cash)} + {figure(books.stock_at_cost)}"
    if books.cash < 0:
        yield f"{figure(books.cash)} < 0"


CHECKS: tuple[Callable[[Transaction], Iterable[str]], ...] = (
    database_sound,
    of_one_town,
    chain_unbroken,
    record_unbroken,
    documents_unchanged,
    personal_parts_unchanged,
    evidence_unchanged,
    entries_balance,
    balances_recomputed,
    frozen_recomputed,
    changes_agree_with_journal,
    lots_recomputed,
    lots_marked,
    writeoffs_agree,
    counts_agree,
    voids_agree,
    stock_agrees_with_journal,
    redemptions_add_up,
    redemption_lines_add_up,
    redemption_lots_moved,
    returns_add_up,
    receipts_without_gaps,
    vouchers_agree_with_journal,
    earned_points_agree,
    vetoes_agree_with_journal,
    pool_equation,
    statements_recomputed,
)
