"""The register as a list, searched by whatever somebody knows of a household."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import select

from lizhi_pos.accounts.eligibility import HouseholdFacts, standing
from lizhi_pos.accounts.personal import NOTHING, read_personal
from lizhi_pos.accounts.queries import (
    RegisteredHousehold,
    RegisteredMember,
    booklet_of,
    facts_of_any,
    former_on,
    household_facts,
    members_of,
    register_on,
)
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import balance
from lizhi_pos.money import Points
from lizhi_pos.refusal import Refusal
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.text.normalize import comparable, number
from lizhi_pos.text.pinyin import begins, sounds, spoken

LAST_DIGITS = 4
"""So many of a phone or identity number tell a household from its namesakes."""


class ListedHousehold(Struct, frozen=True, kw_only=True):
    """A household in the list, with its points at this moment."""

    booklet: str
    head: str
    village: str
    group: str
    status: str
    balance: Points
    frozen: Points
    eligible: bool


class NamedHousehold(Struct, frozen=True, kw_only=True):
    """A household in the list with everybody's names, to be searched in memory; `why` are the reasons of a no."""

    listed: ListedHousehold
    names: tuple[str, ...]
    why: tuple[str, ...]


class Wanted(Struct, frozen=True):
    """Which households are looked for; what is None or empty tells none apart."""

    village_id: Id | None = None
    status: str | None = None
    search: str = ""


_BALANCES = select(balance.c.account_id, balance.c.amount, balance.c.frozen).where(of_town(balance))


def household_list(tx: Transaction, wanted: Wanted, rules: Rulebook, on: date) -> list[ListedHousehold]:
    """Return the households of the register on a day that are wanted, by booklet."""
    everybody = {**register_on(tx, on), **former_on(tx, on)}
    found = [row for row in everybody.values() if _is_wanted(row, wanted)]
    if wanted.search:
        found = _searched(tx, found, wanted.search)
    told = _listed(tx, [row.number for row in found], rules, on)
    return [listed for listed, _, _ in told]


def household_register(tx: Transaction, rules: Rulebook, on: date) -> list[NamedHousehold]:
    """Return every household of the register on a day with the names of its people, by booklet."""
    everybody = {**register_on(tx, on), **former_on(tx, on)}
    return _named(tx, list(everybody), rules, on)


def households_now(tx: Transaction, numbers: Collection[str], rules: Rulebook, on: date) -> list[NamedHousehold]:
    """Return the households of some booklets as the register lists them, without booklets that were replaced."""
    listed = []
    for booklet in sorted(set(numbers)):
        facts = facts_of_any(tx, booklet, on)
        if not isinstance(facts, Refusal) and booklet_of(tx, facts.household_id) == booklet:
            listed.append(booklet)
    return _named(tx, listed, rules, on)


def _named(tx: Transaction, numbers: Sequence[str], rules: Rulebook, on: date) -> list[NamedHousehold]:
    told = _listed(tx, numbers, rules, on)
    members = members_of(tx, [facts.household_id for _, facts, _ in told])
    return [
        NamedHousehold(
            listed=listed,
            names=(
                listed.head,
                *(m.name for m in members.get(facts.household_id, {}).values() if m.name != facts.head),
            ),
            why=why,
        )
        for listed, facts, why in told
    ]


def _listed(
    tx: Transaction, numbers: Sequence[str], rules: Rulebook, on: date
) -> list[tuple[ListedHousehold, HouseholdFacts, tuple[str, ...]]]:
    """Return the households of some booklets by their number, with their facts and the reasons of a no."""
    facts = {**household_facts(tx, numbers, on)}
    for merged in (n for n in numbers if n not in facts):
        # one that was merged into another is told as it ended
        if not isinstance(past := facts_of_any(tx, merged, on), Refusal):
            facts[merged] = past
    held = {row.account_id: row for row in tx.all(_BALANCES)}
    found: list[tuple[ListedHousehold, HouseholdFacts, tuple[str, ...]]] = []
    for n in sorted(numbers):
        why = tuple(reason.code for reason in standing(facts[n], rules, on))
        one = ListedHousehold(
            booklet=n,
            head=facts[n].head,
            village=facts[n].village,
            group=facts[n].village_group,
            status=facts[n].status,
            balance=Points(held[facts[n].household_id].amount),
            frozen=Points(held[facts[n].household_id].frozen),
            eligible=not why,
        )
        found.append((one, facts[n], why))
    return found


def _is_wanted(row: RegisteredHousehold, wanted: Wanted) -> bool:
    if wanted.village_id is not None and row.village_id != wanted.village_id:
        return False
    return wanted.status is None or row.status == wanted.status


def _searched(tx: Transaction, rows: Sequence[RegisteredHousehold], text: str) -> list[RegisteredHousehold]:
    """Return the households that a text tells: by booklet, group, a person's name or its sound, last four digits."""
    members = members_of(tx, [row.household_id for row in rows])
    told = _Told(text)
    digits = _last_digits(tx, rows, members) if told.digits else {}
    return [
        row
        for row in rows
        if told.is_of(row, members.get(row.household_id, {})) or told.digits in digits.get(row.household_id, ())
    ]


def _last_digits(
    tx: Transaction,
    rows: Sequence[RegisteredHousehold],
    members: Mapping[Id, Mapping[str, RegisteredMember]],
) -> Mapping[Id, set[str]]:
    keys = {row.household_id: [row.personal_id] for row in rows}
    for household_id, of in members.items():
        keys[household_id] += [m.personal_id for m in of.values()]
    kept = read_personal(tx, [key for some in keys.values() for key in some])
    found: dict[Id, set[str]] = {}
    for household_id, some in keys.items():
        parts = [kept.get(key, NOTHING) for key in some if key is not None]
        numbers = [n.upper() for part in parts for n in (part.id_number, part.phone) if n]
        found[household_id] = {n[-LAST_DIGITS:] for n in numbers}
    return found


class _Told:
    """What somebody typed to find a household."""

    def __init__(self, text: str) -> None:
        self._name, self._number, self._sound = comparable(text), number(text), spoken(text)
        last = self._number[:-1].isdigit() and len(self._number) == LAST_DIGITS
        self.digits = self._number if last else ""

    def is_of(self, row: RegisteredHousehold, members: Mapping[str, RegisteredMember]) -> bool:
        if self._number and self._number in row.number:
            return True
        if self._name and self._name == comparable(row.village_group):
            return True
        names = [row.head, *(m.name for m in members.values())]
        if self._name and any(self._name in comparable(name) for name in names):
            return True
        return self._sound.isascii() and self._sound.isalpha() and any(begins(sounds(n), self._sound) for n in names)
