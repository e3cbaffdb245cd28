"""The people of the shop change roles and leave; what they did stays in their name."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import bindparam, func, or_, select, update

from lizhi_pos.access.audit import record
from lizhi_pos.access.models import USER, app_user
from lizhi_pos.access.operators import Operator, Role, known_as
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.locking import lock_alone
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import not_in_future, today

_T = TypeVar("_T")


class Person(Struct, frozen=True):
    """Somebody who works here, or did until the day before `ended_on`; `household` is their own."""

    name: str
    role: Role
    household: str | None
    ended_on: date | None


_COLUMNS = (
    app_user.c.user_id,
    app_user.c.name,
    app_user.c.role,
    app_user.c.booklet.label("household"),
    app_user.c.left_on.label("ended_on"),
)
_PEOPLE = select(*_COLUMNS).where(of_town(app_user)).order_by(app_user.c.name)
_ONE = select(*_COLUMNS).where(of_town(app_user), app_user.c.name == bindparam("user_name"))
_ADMINS = select(func.count()).where(
    of_town(app_user),
    app_user.c.role == "admin",
    or_(app_user.c.left_on.is_(None), app_user.c.left_on > bindparam("day")),
)
_SET_ROLE = (
    update(app_user).where(of_town(app_user), app_user.c.user_id == bindparam("key")).values(role=bindparam("new_role"))
)
_LEAVE = (
    update(app_user).where(of_town(app_user), app_user.c.user_id == bindparam("key")).values(left_on=bindparam("day"))
)


def people(tx: Transaction) -> list[Person]:
    """Return everybody who works here and everybody who did, by name."""
    return [_person(row) for row in tx.all(_PEOPLE)]


def change_role(tx: Transaction, name: str, role: Role, by: Operator) -> Person | Refusal:
    """Give somebody another role; the last administrator keeps theirs."""
    found = _here(tx, name, by)
    if isinstance(found, Refusal):
        return found
    key, person = found
    if person.role == role:
        return refuse("out_of_turn", "{0} has this role already", person.name)
    if refusal := _last_admin(tx, person):
        return refusal
    tx.change(_SET_ROLE, key=key, new_role=role)
    touch(tx, USER, key)
    record(tx, by, "user.role", f"{person.name} {person.role} → {role}")
    return Person(person.name, role, person.household, None)


def end_user(tx: Transaction, name: str, on: date, by: Operator) -> Person | Refusal:
    """Let somebody leave: from that day on they neither sign in nor approve, and their record stays."""
    if refusal := not_in_future(tx, on):
        return refusal
    found = _here(tx, name, by)
    if isinstance(found, Refusal):
        return found
    key, person = found
    if refusal := _last_admin(tx, person):
        return refusal
    tx.change(_LEAVE, key=key, day=on)
    touch(tx, USER, key)
    record(tx, by, "user.end", f"{person.name} {on.isoformat()}")
    return Person(person.name, person.role, person.household, on)


def not_here(tx: Transaction, by: Operator) -> Refusal | None:
    """Refuse somebody who signed in and has left since, or has another role now."""
    row = tx.first(_ONE, user_name=by.name)
    if row is None:  # whoever signed in has a row, which nobody deletes
        return None
    if row.ended_on is not None and row.ended_on <= today(tx):
        return refuse("not_allowed", "{0} does not work here any more: somebody else signs in", by.name)
    if row.role != by.role:
        return refuse("not_allowed", "{0} has another role now: sign in again", by.name)
    return None


def still_here(by: Operator, act: Callable[[Transaction], _T]) -> Callable[[Transaction], _T | Refusal]:
    """Return an act that is done only where whoever signed in for it still works here, in the same role."""

    def done(tx: Transaction) -> _T | Refusal:
        return not_here(tx, by) or act(tx)

    return done


def _here(tx: Transaction, name: str, by: Operator) -> tuple[bytes, Person] | Refusal:
    """Return somebody who works here, while nobody else changes who does."""
    if refusal := by.refusal_to("manage"):
        return refusal
    # of two administrators who let each other go, one stays
    lock_alone(tx, "people")
    row = tx.first(_ONE, user_name=known_as(tx, name))
    if row is None:
        return refuse("not_found", "There is no user named {0}", name)
    if row.ended_on is not None:
        return refuse("out_of_turn", "{0} left on {1}", row.name, row.ended_on.isoformat())
    return row.user_id, _person(row)


def _last_admin(tx: Transaction, person: Person) -> Refusal | None:
    if person.role != "admin" or int(tx.value(_ADMINS, day=today(tx))) > 1:
        return None
    return refuse("rule_broken", "{0} is the last administrator: make somebody else one first", person.name)


def _person(row: object) -> Person:
    return Person(row.name, row.role, row.household, row.ended_on)  # type: ignore[attr-defined]
