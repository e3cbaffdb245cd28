"""The register of a village's officials: the five who assess and the three who watch them (三(四)1)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.import_rows import Group
from lizhi_pos.accounts.models import OFFICIAL, official, village
from lizhi_pos.accounts.villages import village_id, village_names
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.locking import lock_alone, share_name
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, message, refuse
from lizhi_pos.rulebook.adopted import not_in_future, rules_on
from lizhi_pos.text.normalize import comparable, name

GROUP_WORDS = {
    "assessment": message("The assessment group"),
    "supervision": message("The supervision group"),
}
SIZES = {"assessment": 5, "supervision": 3}
"""How many a group has where no rulebook says otherwise."""
_LOCK = "officials"


class Appointment(Struct, frozen=True):
    """Who takes office, in which group and from which day on; `lead` of the one who leads the group (牵头)."""

    name: str
    group: Group
    since: date
    lead: bool = False


class OfficialView(Struct, frozen=True):
    """An official; `until` is the first day on which they hold office no more."""

    village: str
    name: str
    group: str
    lead: bool
    since: date
    until: date | None


_OFFICIALS = (
    select(official, village.c.name.label("village_name"))
    .select_from(official.join(village, same_row(official.c.village_id, village.c.village_id)))
    .where(of_town(official))
    .order_by(village.c.village_id, official.c.village_group, official.c.from_date, official.c.official_id)
)
_OF_VILLAGE = select(official).where(of_town(official), official.c.village_id == bindparam("village"))
_END = (
    update(official)
    .where(of_town(official), official.c.official_id == bindparam("key"))
    .values(until_date=bindparam("day"), ended_by=bindparam("by"))
)


def appoint(
    tx: Transaction, village_name: str, appointment: Appointment, authority: Authority
) -> OfficialView | Refusal:
    """Let somebody take office in a village; refuse more than the groups have, and a name in both of them."""
    place = village_id(tx, village_name)
    if isinstance(place, Refusal):
        return place
    told = Appointment(name(appointment.name), appointment.group, appointment.since, appointment.lead)
    lock_alone(tx, _LOCK)
    known = tx.all(_OF_VILLAGE, village=place)
    if refusal := not_in_future(tx, authority.on) or _why_not(tx, known, told, authority.on):
        return refusal
    key = tx.new_id()
    tx.insert(
        official,
        {
            "official_id": key,
            "village_id": place,
            "name": told.name,
            "village_group": told.group,
            "lead": int(told.lead),
            "from_date": told.since,
            "until_date": None,
            "recorded_by": authority.by.name,
            "recorded_at": tx.now,
            "ended_by": None,
        },
    )
    touch(tx, OFFICIAL, key)
    return OfficialView(village_names(tx)[place], told.name, told.group, told.lead, told.since, None)


def end_office(tx: Transaction, village_name: str, called: str, authority: Authority) -> OfficialView | Refusal:
    """Let an official hold office no more from the authority's day on."""
    place = village_id(tx, village_name)
    if isinstance(place, Refusal):
        return place
    lock_alone(tx, _LOCK)
    alike = comparable(name(called))
    found = next(
        (r for r in tx.all(_OF_VILLAGE, village=place) if r.until_date is None and comparable(r.name) == alike), None
    )
    if found is None:
        return refuse("not_found", "{0} holds no office in {1}: look at the list of officials", called, village_name)
    if refusal := not_in_future(tx, authority.on):
        return refusal
    if authority.on < found.from_date:
        return refuse(
            "rule_broken",
            "{0} holds office from {1} on: give that day or a later one",
            *(found.name, found.from_date.isoformat()),
        )
    tx.change(_END, key=found.official_id, day=authority.on, by=authority.by.name)
    touch(tx, OFFICIAL, found.official_id)
    return _view(found, village_names(tx)[place], authority.on)


def officials(tx: Transaction) -> list[OfficialView]:
    """Return every official of every village, also those who were, by village, group and day."""
    return [_view(row, row.village_name, row.until_date) for row in tx.all(_OFFICIALS)]


def refuse_unless_in_office(
    tx: Transaction, village: Id, signed: Iterable[tuple[str, str]], on: date
) -> Refusal | None:
    """Refuse signatures, each with its group, of anybody who is not in the register for it on that day.

    A village that has registered nobody is not asked.
    """
    share_name(tx, _LOCK)
    known = tx.all(_OF_VILLAGE, village=village)
    if not known:
        return None
    in_office = {(r.village_group, comparable(r.name)): r for r in known if _holds(r, on)}
    signed = [(group, told) for group, told in signed]
    strangers = [told for group, told in signed if (group, comparable(told)) not in in_office]
    if strangers:
        return refuse(
            "rule_broken",
            "{0} signed and hold no office in that group on {1}: look at the list of officials",
            *("、".join(strangers), on.isoformat()),
        )
    leads = [told for group, told in signed if group == "assessment" and in_office[group, comparable(told)].lead]
    if not leads:
        return refuse("rule_broken", "None of those who signed leads the assessment group: see the list of officials")
    return None


def _why_not(tx: Transaction, known: Sequence[Row[Any]], told: Appointment, on: date) -> Refusal | None:
    if not told.name:
        return refuse("rule_broken", "Say who it is")
    # whoever holds office on the first day or comes later: from then on nobody is known to leave
    beside = [r for r in known if (r.until_date is None or r.until_date > told.since) and r.until_date != r.from_date]
    for row in beside:
        if comparable(row.name) == comparable(told.name):
            if row.village_group == told.group:
                return refuse("out_of_turn", "{0} holds office in that group already", row.name)
            return refuse("rule_broken", "One name stands in both groups: the one group watches the other")
    own = [r for r in beside if r.village_group == told.group]
    lead = next((r for r in own if r.lead), None)
    if told.lead and lead is not None:
        return refuse("rule_broken", "{0} leads that group: end their office first", lead.name)
    most = _size(tx, told.group, on)
    days = {told.since, *(r.from_date for r in own if r.from_date > told.since)}
    if max(sum(_holds(r, day) for r in own) for day in days) >= most:
        names = "、".join(r.name for r in own)
        return refuse("rule_broken", "{0} has {1} officials at a time: {2}", GROUP_WORDS[told.group], most, names)
    return None


def _size(tx: Transaction, group: Group, on: date) -> int:
    rules = rules_on(tx, on)
    if isinstance(rules, Refusal):
        return SIZES[group]
    return rules.batch.assessment_group if group == "assessment" else rules.batch.supervision_group


def _holds(row: Row[Any], on: date) -> bool:
    return bool(row.from_date <= on and (row.until_date is None or on < row.until_date))


def _view(row: Row[Any], village_name: str, until: date | None) -> OfficialView:
    return OfficialView(village_name, row.name, row.village_group, bool(row.lead), row.from_date, until)
