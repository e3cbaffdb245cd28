"""Members come, leave and die; another one becomes head. A death changes a member, not the household."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from sqlalchemy import bindparam, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.changing import Changing, begin, hidden_by_later, newest_state, record, write_state
from lizhi_pos.accounts.models import HOUSEHOLD, member
from lizhi_pos.accounts.personal import NO_REFERENCE
from lizhi_pos.accounts.queries import RegisteredMember, members_of, not_a_member
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.text.normalize import comparable, name, typed

MemberStatus = Literal["active", "left", "died"]


STATUS_WORDS: Mapping[MemberStatus, Message] = {
    "active": message("present"),
    "left": message("left"),
    "died": message("died"),
}


class ChangedMember(Struct, frozen=True):
    """A member as the register has them now."""

    booklet: str
    name: str
    relation: str
    status: MemberStatus


class ChangedHead(Struct, frozen=True):
    """Who is head now, and who was."""

    booklet: str
    head: str
    was: str


_CHANGE = (
    update(member)
    .where(of_town(member), member.c.household_id == bindparam("household"), member.c.name == bindparam("known"))
    .values(relation=bindparam("new_relation"), gone=bindparam("new_gone"), gone_on=bindparam("new_gone_on"))
)


def change_member(
    tx: Transaction, number: str, told: tuple[str, MemberStatus, str | None], reason: str, authority: Authority
) -> ChangedMember | Refusal:
    """Add a member of a household, or let one leave, die or come back. `told` are name, status and relation.

    Who left or died earns nothing after that day; what they earned stays. Without a relation the known one stays.
    """
    changing = begin(tx, number, reason, authority, alone=True)
    if isinstance(changing, Refusal):
        return changing
    called, status, relation = name(told[0]), told[1], told[2]
    known = members_of(tx, [changing.household_id]).get(changing.household_id, {}).get(comparable(called))
    if refusal := _why_not(changing, called, known, status):
        return refusal
    now = ChangedMember(
        changing.facts.booklet,
        known.name if known else called,
        typed(relation) if relation is not None else known.relation if known else "",
        status,
    )
    if known is None:
        _add(tx, changing, now.name, now.relation, authority)
    else:
        gone = None if status == "active" else status
        tx.change(
            _CHANGE,
            household=changing.household_id,
            known=known.name,
            new_relation=now.relation,
            new_gone=gone,
            new_gone_on=authority.on if gone else None,
        )
    touch(tx, HOUSEHOLD, changing.household_id)
    record(tx, changing, "member", f"{now.name} {status} {now.relation}".strip(), reason, authority)
    return now


def change_head(tx: Transaction, number: str, called: str, reason: str, authority: Authority) -> ChangedHead | Refusal:
    """Let another present member become head; who was head stays a member."""
    changing = begin(tx, number, reason, authority, alone=True)
    if isinstance(changing, Refusal):
        return changing
    members = members_of(tx, [changing.household_id]).get(changing.household_id, {})
    state = newest_state(tx, changing.household_id)
    if refusal := hidden_by_later(changing, state.since, authority.on):
        return refusal
    found = members.get(comparable(called))
    if found is None or found.gone is not None:
        present = [m.name for m in members.values() if m.gone is None]
        return Refusal("rule_broken", text=not_a_member(called, changing.facts.booklet, present))
    if comparable(found.name) == comparable(state.head):
        return refuse("out_of_turn", "{0} is head of household {1} already", found.name, changing.facts.booklet)
    if comparable(state.head) not in members:
        _add(tx, changing, state.head, "", authority)
    write_state(tx, state, authority.on, head=found.name)
    record(tx, changing, "head", f"{state.head} {found.name}", reason, authority)
    return ChangedHead(changing.facts.booklet, found.name, state.head)


def _why_not(changing: Changing, called: str, known: RegisteredMember | None, status: MemberStatus) -> Refusal | None:
    if not called:
        return refuse("rule_broken", "Say who it is")
    if status == "active":
        return None
    facts = changing.facts
    if comparable(called) == comparable(facts.head):
        return refuse(
            "rule_broken",
            "{0} is head of household {1}: let another member become head first",
            *(facts.head, facts.booklet),
        )
    return Refusal("rule_broken", text=not_a_member(called, facts.booklet, ())) if known is None else None


def _add(tx: Transaction, changing: Changing, called: str, relation: str, authority: Authority) -> None:
    row = {"household_id": changing.household_id, "name": called, "relation": relation, "since": authority.on}
    tx.insert(member, row | {"gone": None, "gone_on": None} | NO_REFERENCE.columns())
    touch(tx, HOUSEHOLD, changing.household_id)
