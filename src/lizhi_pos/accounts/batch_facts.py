"""What the checks of a village's workbook need to know of the town: read once, looked at by many small functions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.import_rows import HouseholdRow, VillageWorkbook
from lizhi_pos.accounts.kinship import left_on, split_on
from lizhi_pos.accounts.models import booklet, household_change, household_state, score, village
from lizhi_pos.accounts.personal import NOTHING, PersonalData, read_personal
from lizhi_pos.accounts.queries import (
    RIGHT_TENTHS,
    RegisteredHousehold,
    RegisteredMember,
    chunks,
    members_of,
    register_on,
)
from lizhi_pos.cell_errors import with_all
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.refusal import Refusal
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import Rulebook


class BatchFacts(Struct, frozen=True):
    """The register today with what is personal in it, members by name, posted scores, rules by year.

    `left` are households that were closed or merged by a change of their own: no workbook brings them back. `moved`
    are those that lived in the workbook's village, by booklet, with the day of the move; `split` those that came out of
    another one, with that day.
    """

    register: Mapping[str, RegisteredHousehold]
    personal: Mapping[Id, PersonalData]
    replaced: Mapping[str, str]
    members: Mapping[Id, Mapping[str, RegisteredMember]]
    scores: Mapping[Id, Mapping[str, int]]
    left: frozenset[Id]
    moved: Mapping[str, date]
    split: Mapping[Id, date]
    rules: Mapping[int, Rulebook]

    def personal_of(self, of: RegisteredHousehold | RegisteredMember) -> PersonalData:
        """Return what is personal of a household or a member."""
        return self.personal.get(of.personal_id, NOTHING) if of.personal_id else NOTHING


_REPLACED = select(booklet.c.number, booklet.c.replaced_by).where(of_town(booklet), booklet.c.replaced_by.is_not(None))
_MOVES = (
    select(household_change.c.household_id, household_change.c.on_date)
    .where(of_town(household_change), household_change.c.kind == "move")
    .order_by(household_change.c.on_date, household_change.c.change_id)
)
_LIVED = (
    select(household_state.c.household_id, village.c.name)
    .select_from(household_state.join(village, same_row(village.c.village_id, household_state.c.village_id)))
    .where(of_town(household_state), household_state.c.household_id.in_(bindparam("households", expanding=True)))
    .distinct()
)
_POSTED_SCORES = select(score.c.household_id, score.c.quarter, RIGHT_TENTHS).where(
    of_town(score), score.c.household_id.in_(bindparam("households", expanding=True))
)


def batch_facts(tx: Transaction, workbook: VillageWorkbook) -> BatchFacts | Refusal:
    """Return what the checks of a workbook need to know, or the refusal that no rulebook is in force."""
    rules: dict[int, Rulebook] = {}
    years = {workbook.month.year}
    years |= {row.on.year for row in with_all(workbook.acts, "日期")}
    years |= {row.conduct_on.year for row in with_all(workbook.proposals, "行为日期")}
    for year in years:
        found = rules_on(tx, date(year, 12, 31))
        if isinstance(found, Refusal):
            if year == workbook.month.year:
                return found
            continue
        rules[year] = found
    day = today(tx)
    register = register_on(tx, day)
    moved = _moved_from(tx, workbook.village, register)
    ids = [r.household_id for n, r in register.items() if r.village_name == workbook.village or n in moved]
    scores: dict[Id, dict[str, int]] = {}
    for some in chunks(ids):
        for row in tx.all(_POSTED_SCORES, households=some, day=day):
            scores.setdefault(row.household_id, {})[row.quarter] = row.tenths
    replaced = {row.number: row.replaced_by for row in tx.all(_REPLACED)}
    for number, new in replaced.items():
        while new in replaced:
            new = replaced[new]
        replaced[number] = new
    members = members_of(tx, ids)
    kept = [r.personal_id for r in register.values()] + [m.personal_id for of in members.values() for m in of.values()]
    return BatchFacts(
        register=register,
        personal=read_personal(tx, kept),
        replaced=replaced,
        members=members,
        scores=scores,
        left=frozenset(left_on(tx)),
        moved=moved,
        split=split_on(tx),
        rules=rules,
    )


def _moved_from(tx: Transaction, village_name: str, register: Mapping[str, RegisteredHousehold]) -> Mapping[str, date]:
    """Return the households that lived in a village and live in another one, by booklet, with the day they left it."""
    days = {row.household_id: row.on_date for row in tx.all(_MOVES)}
    if not days:
        return {}
    here = {r.household_id for r in tx.all(_LIVED, households=sorted(days)) if r.name == village_name}
    return {
        number: days[r.household_id]
        for number, r in register.items()
        if r.household_id in here and r.village_name != village_name
    }


def told_of_row(row: HouseholdRow) -> tuple[Any, ...]:
    """Return what a workbook tells of a household, to be compared with another telling."""
    return (row.head, row.residence_start, row.group, row.people, row.status, personal_of_row(row))


def personal_of_row(row: HouseholdRow) -> PersonalData:
    """Return what is personal of a household in a workbook."""
    return PersonalData(row.id_number, row.phone, row.note)


def told_of_state(row: RegisteredHousehold, personal: PersonalData) -> tuple[Any, ...]:
    """Return what the register holds of a household, in the shape of what a workbook tells of one."""
    return (row.head, row.residence_start, row.village_group, row.people, row.status, personal)
