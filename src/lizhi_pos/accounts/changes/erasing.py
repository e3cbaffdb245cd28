"""What is personal of a household that left the register can be taken away for good; the chain still holds."""

from collections.abc import Collection, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, delete, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import unpacked
from lizhi_pos.accounts.changes.changing import newest_state, why_not_signed
from lizhi_pos.accounts.models import ERASURE, act, batch, erased_part, erasure, household_state, member, personal
from lizhi_pos.accounts.queries import booklets_of, household_not_found, lock_household
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import frozen_of, lock_balance
from lizhi_pos.locking import lock_alone
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.normalize import typed

_ROWS_AT_ONCE = 500


class Erasing(Struct, frozen=True):
    """A household whose personal parts may be taken away: held, out of the register, without points.

    `booklets` are all it has had, the newest first.
    """

    household_id: Id
    booklets: Sequence[str]


class _Named(Struct):
    booklet: str


class _Households(Struct):
    households: tuple[_Named, ...] = ()


_households = msgspec.json.Decoder(_Households)
_WAITING = select(batch.c.month, batch.c.content).where(of_town(batch), batch.c.state != "posted")
_OWNED = tuple(
    select(table.c.personal_id).where(
        of_town(table), table.c.household_id == bindparam("household"), table.c.personal_id.is_not(None)
    )
    for table in (household_state, member, act)
)
_PARTS = select(personal.c.personal_id, personal.c.content).where(
    of_town(personal), personal.c.personal_id.in_(bindparam("keys", expanding=True))
)
_ERASE = delete(personal).where(of_town(personal), personal.c.personal_id.in_(bindparam("keys", expanding=True)))


def begin_erasing(tx: Transaction, number: str, reason: str, authority: Authority) -> Erasing | Refusal:
    """Return a household whose personal parts may be erased.

    Refused is one in the register, one with points, one that a ledger names which is not posted yet, and an erasure
    without a reason or a second person.
    """
    # a ledger that is being posted reads the register, and writes it again
    lock_alone(tx, "ledgers")
    key = lock_household(tx, number)
    if key is None:
        return household_not_found(tx, number)
    if refusal := why_not_signed(reason, authority):
        return refusal
    booklets = booklets_of(tx, key)
    if newest_state(tx, key).status == "active":
        return refuse("rule_broken", "{0} is in the register: let it move out or close it first", number)
    if lock_balance(tx, key) or frozen_of(tx, key):
        return refuse("rule_broken", "{0} still has points: close it, which closes them out", number)
    for waiting in tx.all(_WAITING):
        named = {row.booklet for row in _households.decode(unpacked(waiting.content)).households}
        if not named.isdisjoint(booklets):
            return refuse("out_of_turn", "A ledger of {0} names {1} and is not posted yet", waiting.month, number)
    return Erasing(key, booklets)


def erase_personal_parts(tx: Transaction, erasing: Erasing) -> tuple[list[Id], frozenset[str]]:
    """Take away what is personal of a household, its members and their acts: the keys, and the names of the fields."""
    keys = sorted({Id(row.personal_id) for owned in _OWNED for row in tx.all(owned, household=erasing.household_id)})
    gone: list[Id] = []
    fields: set[str] = set()
    for at in range(0, len(keys), _ROWS_AT_ONCE):
        some = keys[at : at + _ROWS_AT_ONCE]
        for row in tx.all(_PARTS, keys=some):
            gone.append(Id(row.personal_id))
            fields.update(msgspec.json.decode(row.content, type=dict[str, str]))
        tx.change(_ERASE, keys=some)
    return gone, frozenset(fields)


def record_erasure(tx: Transaction, erasing: Erasing, parts: Collection[Id], reason: str, authority: Authority) -> None:
    """Put on record what is gone, why and by whom: what is missing without that speaks against the books."""
    key = tx.new_id()
    tx.insert(
        erasure,
        {
            "erasure_id": key,
            "household_id": erasing.household_id,
            "reason": typed(reason),
            "on_date": authority.on,
            "by_user": authority.by.name,
            "approved_by": authority.second.by,
            "recorded_at": tx.now,
        },
    )
    tx.insert(erased_part, *({"erasure_id": key, "part_id": part} for part in sorted(parts)))
    touch(tx, ERASURE, key)
