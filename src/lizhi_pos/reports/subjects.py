"""What evidence may be kept for, looked up in the room that has it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, bindparam, select

from lizhi_pos.access.models import audit_event
from lizhi_pos.accounts.models import batch, booklet, veto, veto_proposal
from lizhi_pos.accounts.queries import booklets_of, household_not_found
from lizhi_pos.accounts.villages import village_id, village_names
from lizhi_pos.checkout.models import redemption
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.donations.models import gift, purchase
from lizhi_pos.evidence.keeping import Subject
from lizhi_pos.evidence.models import SUBJECTS
from lizhi_pos.inventory.models import writeoff
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import number, plain

RENAMED = " → "
"""What stands between the names of a village that was renamed, in the audit."""


def _named(column: Any) -> Select[Any]:
    return select(column).where(of_town(column.table), column == bindparam("called")).limit(1)


_RECEIPT = _named(redemption.c.receipt)
_GIFT = _named(gift.c.voucher)
_PURCHASE = _named(purchase.c.voucher)
_WRITEOFF = _named(writeoff.c.number)
_HOUSEHOLD = select(booklet.c.household_id).where(of_town(booklet), booklet.c.number == bindparam("called"))
_VETO = select(veto.c.veto_id).where(of_town(veto), veto.c.household_id == bindparam("household")).limit(1)
_PROPOSED = (
    select(veto_proposal.c.clause)
    .where(of_town(veto_proposal), veto_proposal.c.household_id == bindparam("household"))
    .limit(1)
)
_BATCH = select(batch.c.batch_id).where(
    of_town(batch), batch.c.village_id == bindparam("village"), batch.c.month == bindparam("month")
)
_RENAMES = (
    select(audit_event.c.subject)
    .where(of_town(audit_event), audit_event.c.action == "village.rename")
    .order_by(audit_event.c.event_id.desc())
)


def known_subject(tx: Transaction, text: str) -> Subject | Refusal:
    """Return what a text such as ``receipt:1-2024-000001`` names; refuse what is not in the books."""
    kind, colon, name = plain(text).partition(":")
    kind = kind.strip().lower()
    if not colon or kind not in SUBJECTS or not name.strip():
        return refuse(
            "not_found", "{0} names nothing: write one of {1}, a colon and its number", text, ", ".join(SUBJECTS)
        )
    return _FINDERS[kind](tx, name.strip())


def _batch(tx: Transaction, name: str) -> Subject | Refusal:
    village, slash, text = name.rpartition("/")
    try:
        month = Month.parse(text.strip())
    except ValueError:
        slash = ""
    if not slash:
        return refuse("not_found", "{0} is no batch: write it like VILLAGE/2024-03", name)
    place = village_id(tx, village.strip())
    if isinstance(place, Refusal):
        return place
    called = village_names(tx)[place]
    if tx.value(_BATCH, village=place, month=str(month)) is None:
        return refuse("not_found", "{0} has no batch of {1}: import its workbook first", called, str(month))
    return Subject("batch", f"{called}/{month}", tuple(f"{old}/{month}" for old in _former_names(tx, called)))


def _former_names(tx: Transaction, name: str) -> list[str]:
    """Return the names that a village had before: what is kept for its batches stands under the name of its time."""
    found: list[str] = []
    for row in tx.all(_RENAMES):
        old, _, new = row.subject.partition(RENAMED)
        if new == (found[-1] if found else name):
            found.append(old)
    return found


def _household(tx: Transaction, name: str) -> Subject | Refusal:
    called = number(name)
    household = tx.value(_HOUSEHOLD, called=called)
    if household is None:
        return household_not_found(tx, called)
    return Subject("household", called, tuple(n for n in booklets_of(tx, household) if n != called))


def _veto(tx: Transaction, name: str) -> Subject | Refusal:
    found = _household(tx, name)
    if isinstance(found, Refusal):
        return found
    household = tx.value(_HOUSEHOLD, called=found.reference)
    if all(tx.value(query, household=household) is None for query in (_VETO, _PROPOSED)):
        return refuse("not_found", "{0} has no veto, and none is proposed: look at the list of vetoes", name)
    return Subject("veto", found.reference, found.former)


def _numbered(kind: str, query: Select[Any]) -> Callable[[Transaction, str], Subject | Refusal]:
    def find(tx: Transaction, name: str) -> Subject | Refusal:
        called = tx.value(query, called=number(name))
        if called is None:
            return refuse("not_found", "There is no {0} {1} in the books: look at the number again", kind, name)
        return Subject(kind, str(called))

    return find


_FINDERS: Mapping[str, Callable[[Transaction, str], Subject | Refusal]] = MappingProxyType(
    {
        "batch": _batch,
        "household": _household,
        "veto": _veto,
        "receipt": _numbered("receipt", _RECEIPT),
        "gift": _numbered("gift", _GIFT),
        "purchase": _numbered("purchase", _PURCHASE),
        "writeoff": _numbered("writeoff", _WRITEOFF),
    }
)
