"""What posting a batch would do, worked out before anything is written."""

from collections import Counter
from datetime import date

from msgspec import Struct

from lizhi_pos.accounts.batch_checks import errors_in
from lizhi_pos.accounts.batch_facts import BatchFacts, batch_facts, told_of_row, told_of_state
from lizhi_pos.accounts.batches import locked_batch, workbook_of
from lizhi_pos.accounts.correction_checks import look_at
from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.accounts.posting import AlsoChecked, already_posted, nothing_else, why_not_fitting
from lizhi_pos.accounts.posting_plan import Due
from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal
from lizhi_pos.rulebook.adopted import not_in_future, rules_on


class RegisterChanges(Struct, frozen=True):
    """How many households would come into the register, and how many would stand otherwise in it."""

    new: int
    changed: int


class DuePoints(Struct, frozen=True, kw_only=True):
    """What a posting would credit; `cap` is the rulebook's for a village and month, None where it has none."""

    village: str
    month: str
    households: RegisterChanges
    base: Points
    volunteer: Points
    adjusted: Points
    cap: Points | None
    within_cap: bool
    warnings: tuple[Message, ...]


class HouseholdDue(Struct, frozen=True, kw_only=True):
    """What a household is to get by a posting; `head` is its head by the batch, or by the register."""

    booklet: str
    head: str
    base: Points
    volunteer: Points
    adjusted: Points


def due_points(
    tx: Transaction, village_name: str, month: Month, on: date, also: AlsoChecked = nothing_else
) -> DuePoints | Refusal:
    """Return what posting a batch on a day would do; refuse one that is posted, or that no longer fits the books."""
    due = _worked_out(tx, village_name, month, on, also)
    if isinstance(due, Refusal):
        return due
    return DuePoints(
        village=due.workbook.village,
        month=str(month),
        households=_register_changes(due.workbook, due.books),
        base=due.sum_of("base"),
        volunteer=due.sum_of("volunteer"),
        adjusted=due.sum_of("adjust"),
        cap=due.rules.batch.cap_per_village,
        within_cap=due.over_cap() is None,
        warnings=look_at(tx, due),
    )


def due_by_household(tx: Transaction, village_name: str, month: Month, on: date) -> list[HouseholdDue] | Refusal:
    """Return what posting a batch on a day would credit each household, by booklet; refuse as `due_points` does.

    It holds what a posting holds, so let it be rolled back.
    """
    due = _worked_out(tx, village_name, month, on, nothing_else)
    if isinstance(due, Refusal):
        return due
    sums = {kind: Counter[Id]() for kind in due.lines}
    for kind, lines in due.lines.items():
        for line in lines:
            sums[kind][line.account] += line.amount
    heads = {number: row.head for number, row in due.books.register.items()}
    heads.update((row.booklet, row.head) for row in due.workbook.households)
    return [
        HouseholdDue(
            booklet=number,
            head=heads[number],
            base=Points(sums["base"][key]),
            volunteer=Points(sums["volunteer"][key]),
            adjusted=Points(sums["adjust"][key]),
        )
        for number, key in sorted(due.ids.items())
        if any(key in of_kind for of_kind in sums.values())
    ]


def _worked_out(tx: Transaction, village_name: str, month: Month, on: date, also: AlsoChecked) -> Due | Refusal:
    if refusal := not_in_future(tx, on):
        return refusal
    stored = locked_batch(tx, village_name, month)
    if isinstance(stored, Refusal):
        return stored
    if refusal := already_posted(stored):
        return refusal
    rules = rules_on(tx, on)
    if isinstance(rules, Refusal):
        return rules
    workbook = workbook_of(tx, stored)
    books = batch_facts(tx, workbook)
    if isinstance(books, Refusal):
        return books
    if refusal := why_not_fitting((*errors_in(workbook, books), *also(workbook))):
        return refusal
    return Due(tx, workbook, books, rules, on)


def _register_changes(workbook: VillageWorkbook, books: BatchFacts) -> RegisterChanges:
    known = {number: told_of_state(row, books.personal_of(row)) for number, row in books.register.items()}
    new = sum(r.booklet not in known for r in workbook.households)
    same = sum(known.get(r.booklet) == told_of_row(r) for r in workbook.households)
    return RegisterChanges(new, len(workbook.households) - new - same)
