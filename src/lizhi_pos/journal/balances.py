"""Balances that are kept beside the journal and guarded there: every household's points, and the pool's cash.

Whoever decides by a balance locks it first, so that what was read still holds when the act is committed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.engines import straight
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import POINTS_ACCOUNTS, YUAN_ACCOUNTS, balance
from lizhi_pos.locking import lock_rows
from lizhi_pos.money import Points, Yuan
from lizhi_pos.refusal import InvariantViolated

_ACCOUNTS_AT_ONCE = 500


def town_account(kind: str) -> Id:
    """Return the key of one of the town's own accounts, the same in every town: its name, padded."""
    return Id(kind.encode().ljust(16, b"\0"))


TOWN_ACCOUNTS = (
    *((kind, "points") for kind in POINTS_ACCOUNTS if kind != "household"),
    *((kind, "yuan") for kind in YUAN_ACCOUNTS),
)
"""The town's own accounts, each with its unit."""
CASH = town_account("cash")
_UNKEPT = frozenset(town_account(kind) for kind, _unit in TOWN_ACCOUNTS) - {CASH}
"""The town's own accounts but cash: one balance of them for all tills would make the tills wait for each other."""


class KeptBalance(Struct):
    """What an account holds, in hundredths of its unit, the place of its newest line, and what of it is frozen."""

    amount: int
    place: int
    frozen: int = 0


class _Moved(Protocol):
    @property
    def account(self) -> Id: ...
    @property
    def amount(self) -> int: ...


_COLUMNS = (balance.c.account_id, balance.c.amount, balance.c.place, balance.c.frozen)
_BALANCE = select(balance.c.amount).where(of_town(balance), balance.c.account_id == bindparam("account"))
_BALANCES_FOR_UPDATE = lock_rows(
    select(*_COLUMNS)
    .where(of_town(balance), balance.c.account_id.in_(bindparam("accounts", expanding=True)))
    .order_by(balance.c.account_id)
)
_BALANCE_FOR_UPDATE = straight(
    lock_rows(select(*_COLUMNS).where(of_town(balance), balance.c.account_id == bindparam("account")))
)
_MOVE = (
    update(balance)
    .where(
        of_town(balance),
        balance.c.account_id == bindparam("account"),
        balance.c.amount == bindparam("before"),
        balance.c.place == bindparam("place_before"),
    )
    .values(amount=bindparam("after"), place=bindparam("place_after"))
)


_FREEZE = (
    update(balance)
    .where(of_town(balance), balance.c.account_id == bindparam("account"), balance.c.frozen == bindparam("before"))
    .values(frozen=bindparam("after"))
)
_FROZEN = select(balance.c.frozen).where(of_town(balance), balance.c.account_id == bindparam("account"))


def balance_now(tx: Transaction, household: Id) -> Points:
    """Return a household's points at this moment."""
    return Points(tx.value(_BALANCE, account=household) or 0)


def lock_balance(tx: Transaction, account: Id) -> int:
    """Return what an account holds at this moment, and hold it until the transaction ends."""
    return lock_balances(tx, [account])[account].amount


def frozen_of(tx: Transaction, household: Id) -> Points:
    """Return what of a household's points is frozen at this moment, and hold its balance until the transaction ends."""
    return Points(lock_balances(tx, [household])[household].frozen)


def frozen_now(tx: Transaction, household: Id) -> Points:
    """Return what of a household's points is frozen at this moment."""
    return Points(tx.value(_FROZEN, account=household) or 0)


def set_frozen(tx: Transaction, household: Id, points: Points) -> None:
    """Freeze so much of a household's points from now on; the database takes no more than there is."""
    held = lock_balances(tx, [household])[household]
    if tx.change(_FREEZE, account=household, before=held.frozen, after=points) != 1:
        raise InvariantViolated("what is frozen is not what was read of it")
    held.frozen = points


def lock_cash(tx: Transaction) -> Yuan:
    """Return the pool's cash at this moment, and hold it until the transaction ends."""
    return Yuan(lock_balance(tx, CASH))


def lock_balances(tx: Transaction, accounts: Collection[Id]) -> Mapping[Id, KeptBalance]:
    """Hold some balances until the transaction ends, in the order of their keys, and return them.

    Two acts never wait for each other in a circle as long as each locks all its balances in one go.
    """
    held: dict[Id, KeptBalance] = tx.memo.setdefault("balances", {})
    missing = sorted(set(accounts) - held.keys())
    if len(missing) == 1:
        rows = tx.all(_BALANCE_FOR_UPDATE, account=missing[0])
    else:
        parts = range(0, len(missing), _ACCOUNTS_AT_ONCE)
        rows = [r for at in parts for r in tx.all(_BALANCES_FOR_UPDATE, accounts=missing[at : at + _ACCOUNTS_AT_ONCE])]
    held.update((Id(row.account_id), KeptBalance(row.amount, row.place, row.frozen)) for row in rows)
    return held


def remember_locked(tx: Transaction, account: Id, kept: KeptBalance) -> None:
    """Say that a statement of another room has locked an account's balance, and what it read."""
    tx.memo.setdefault("balances", {}).setdefault(account, kept)


def is_kept(account: Id) -> bool:
    """Return whether an account's balance is kept beside the journal."""
    return account not in _UNKEPT


def move_balances(tx: Transaction, postings: Iterable[_Moved]) -> Sequence[int | None]:
    """Move the balances that some lines touch; return the place of each line in its account, None where none is kept.

    Raises InvariantViolated where a balance would become negative or is missing: rules have refused that before.
    """
    lines = list(postings)
    accounts = {line.account for line in lines if is_kept(line.account)}
    if not accounts:
        return [None] * len(lines)
    held = lock_balances(tx, accounts)
    if not accounts <= held.keys():
        raise InvariantViolated("a balance is missing")
    before = {account: (held[account].amount, held[account].place) for account in accounts}
    places: list[int | None] = []
    for line in lines:
        if line.account not in accounts:
            places.append(None)
            continue
        kept = held[line.account]
        kept.amount += line.amount
        kept.place += 1
        places.append(kept.place)
    moves: list[dict[str, Any]] = [
        {
            "town": tx.town,
            "account": account,
            "before": before[account][0],
            "place_before": before[account][1],
            "after": held[account].amount,
            "place_after": held[account].place,
        }
        for account in sorted(accounts)
    ]
    if any(held[move["account"]].amount < held[move["account"]].frozen for move in moves):
        raise InvariantViolated("a balance would become less than what is frozen of it")
    if len(moves) == 1:
        tx.send(_MOVE, moves[0], 1, "a balance is not what was read of it")
    elif tx.connection.execute(_MOVE, moves).rowcount != len(moves):
        raise InvariantViolated("a balance is not what was read of it")
    return places
