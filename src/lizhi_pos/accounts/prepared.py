"""What a village's empty workbook is prepared with: its own households and members, the year's items and clauses."""

from collections.abc import Iterator

from msgspec import Struct

from lizhi_pos.accounts.import_rows import HouseholdRow, MemberRow
from lizhi_pos.accounts.personal import NOTHING, PersonalData, read_personal
from lizhi_pos.accounts.queries import RegisteredHousehold, members_of, register_on
from lizhi_pos.cell_errors import TYPED
from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.periods import Month
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import Clause, Item, Rulebook


class Prepared(Struct, frozen=True, kw_only=True):
    """Rows that stand in a workbook before anybody fills it in, and what there is to choose from."""

    households: tuple[HouseholdRow, ...] = ()
    members: tuple[MemberRow, ...] = ()
    items: tuple[Item, ...] = ()
    clauses: tuple[Clause, ...] = ()


def prepared_for(tx: Transaction, village_name: str, month: Month, *, with_people: bool) -> Prepared:
    """Return what a village's workbook of a month is prepared with; its people only for who may see them.

    Households that left and members who are gone are not in it: without their rows nothing becomes of them.
    """
    rules = rules_on(tx, month.first_day)
    items, clauses = _choices(rules, village_name) if isinstance(rules, Rulebook) else ((), ())
    if not with_people:
        return Prepared(items=items, clauses=clauses)
    register = register_on(tx, today(tx))
    own = [r for _, r in sorted(register.items()) if r.village_name == village_name and r.status == "active"]
    return Prepared(
        households=tuple(_households(tx, own)), members=tuple(_members(tx, own)), items=items, clauses=clauses
    )


def _choices(rules: Rulebook, village_name: str) -> tuple[tuple[Item, ...], tuple[Clause, ...]]:
    return tuple(rules.items_of(village_name).values()), rules.negative_list


def _households(tx: Transaction, own: list[RegisteredHousehold]) -> Iterator[HouseholdRow]:
    personal = read_personal(tx, [r.personal_id for r in own])
    for r in own:
        told = _personal(personal, r.personal_id)
        yield HouseholdRow(
            booklet=r.number,
            head=r.head,
            residence_start=r.residence_start,
            at=TYPED,
            group=r.village_group,
            id_number=told.id_number,
            phone=told.phone,
            people=r.people,
            note=told.note,
        )


def _members(tx: Transaction, own: list[RegisteredHousehold]) -> Iterator[MemberRow]:
    members = members_of(tx, [r.household_id for r in own])
    present = [(r.number, m) for r in own for m in members.get(r.household_id, {}).values() if m.gone is None]
    personal = read_personal(tx, [m.personal_id for _, m in present])
    for number, m in present:
        yield MemberRow(number, m.name, TYPED, m.relation, _personal(personal, m.personal_id).id_number)


def _personal(found: dict[Id, PersonalData], key: Id | None) -> PersonalData:
    return found.get(key, NOTHING) if key else NOTHING
