"""Who acts and who stands behind it. A PIN is tried here alone, and an `Approval` comes of a right one alone."""

from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct, structs
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.audit_events import note
from lizhi_pos.access.models import USER, app_user
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.locking import lock_rows
from lizhi_pos.moved import mark_of
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import InvariantViolated, Refusal, refuse
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.text import normalize

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Role = Literal["clerk", "keeper", "accountant", "supervisor", "admin"]
"""收银员, 保管员, 会计, 监督员, 管理员."""

Right = Literal[
    "sell",
    "import_slips",
    "run_session",
    "import_products",
    "import_gifts",
    "import_purchases",
    "keep_stock",
    "keep_pool",
    "trace",
    "import_ledger",
    "step_ledger",
    "review_ledger",
    "record_veto",
    "change_households",
    "close_month",
    "keep_evidence",
    "supervise",
    "sign_off",
    "manage",
    "print",
    "verify",
    "see",
    "see_books",
    "see_stock",
    "see_households",
]
"""What the roles allow; every command asks for one, and every act of a till that writes."""

_RIGHTS: dict[Right, frozenset[Role]] = {
    "sell": frozenset({"clerk", "admin"}),
    "import_slips": frozenset({"clerk", "accountant", "admin"}),
    "run_session": frozenset({"clerk", "admin"}),
    "import_products": frozenset({"keeper", "accountant", "admin"}),
    "import_gifts": frozenset({"keeper", "accountant", "admin"}),
    "import_purchases": frozenset({"accountant", "admin"}),
    "keep_stock": frozenset({"keeper", "accountant", "admin"}),
    "keep_pool": frozenset({"accountant", "admin"}),
    "trace": frozenset({"keeper", "accountant", "supervisor", "admin"}),
    "import_ledger": frozenset({"accountant", "admin"}),
    "step_ledger": frozenset({"accountant", "admin"}),
    "review_ledger": frozenset({"supervisor", "admin"}),
    "record_veto": frozenset({"accountant", "admin"}),
    "change_households": frozenset({"accountant", "admin"}),
    "close_month": frozenset({"accountant", "admin"}),
    "keep_evidence": frozenset({"accountant", "admin"}),
    "supervise": frozenset({"supervisor", "admin"}),
    "sign_off": frozenset({"supervisor"}),
    "manage": frozenset({"admin"}),
    "print": frozenset({"clerk", "keeper", "accountant", "admin"}),
    "verify": frozenset({"keeper", "accountant", "supervisor", "admin"}),
    "see": frozenset({"clerk", "keeper", "accountant", "supervisor", "admin"}),
    "see_books": frozenset({"accountant", "supervisor", "admin"}),
    "see_stock": frozenset({"clerk", "keeper", "accountant", "supervisor", "admin"}),
    "see_households": frozenset({"clerk", "accountant", "supervisor", "admin"}),
}
_APPROVERS: frozenset[Role] = frozenset({"supervisor", "admin"})

FREE_MISTAKES = 3
MISTAKES_TO_LOCK = 10
LOCK = timedelta(minutes=15)
FIRST_WAIT = timedelta(seconds=2)


class Operator(Struct, frozen=True):
    """Somebody of the shop, as `sign_in` answers. `booklet` is their own household's, whom they do not serve."""

    name: str
    role: Role
    booklet: str = ""

    def can(self, right: Right) -> bool:
        """Return whether this role does that."""
        return self.role in _RIGHTS[right]

    def refusal_to(self, right: Right) -> Refusal | None:
        """Return a refusal where this role does not do that."""
        if self.can(right):
            return None
        return refuse("not_allowed", "{0} may not do this: ask somebody whose work it is", self.name)


class _RightPin:
    """What `approve` alone holds after it tried a PIN."""

    __slots__ = ()


_RIGHT_PIN: Final = _RightPin()


class Approval(Struct, frozen=True):
    """A second person stands behind one act, with a reason where one is asked for.

    It is made by `approve` and nowhere else; raises TypeError for any other `proof` than that of a right PIN.
    """

    by: str
    reason: str
    proof: _RightPin

    def __post_init__(self) -> None:
        if self.proof is not _RIGHT_PIN:
            raise TypeError("an approval is made by `approve`, from a right PIN")

    def because(self, reason: str) -> "Approval":
        """Return the same person's approval, for a reason that is given elsewhere."""
        return structs.replace(self, reason=reason)


_USER = select(app_user).where(of_town(app_user), app_user.c.name == bindparam("user_name"))
_USERS = (
    select(app_user.c.name, app_user.c.role, app_user.c.booklet, app_user.c.left_on)
    .where(of_town(app_user))
    .order_by(app_user.c.name)
)
_SET_TRIES = (
    update(app_user)
    .where(of_town(app_user), app_user.c.name == bindparam("user_name"))
    .values(wrong_pins=bindparam("tries"), not_before=bindparam("wait_until"))
)
_SET_PIN = (
    update(app_user)
    .where(of_town(app_user), app_user.c.name == bindparam("user_name"))
    .values(pin_hash=bindparam("new_hash"), wrong_pins=0, not_before=None)
)


def sign_in(tx: Transaction, name: str, pin: str) -> Operator | Refusal:
    """Try a name and PIN. The count of wrong ones is written also when it is refused, so commit either way.

    A wrong PIN of somebody who works here is in the audit; what was typed as a name is not, it may be a PIN.
    """
    user = tx.first(lock_rows(_USER), user_name=known_as(tx, name))
    if user is None or _has_left(tx, user.left_on):
        # takes as long as a wrong PIN does: nobody learns from the time who may sign in
        _verify(_NOBODYS_HASH, pin)
        return _BAD_PIN
    name = user.name
    if user.not_before is not None and tx.now < user.not_before:
        longest = _wait(user.wrong_pins or MISTAKES_TO_LOCK)
        if user.not_before - tx.now > longest:
            # the clock was ahead then, or is behind now: the wait starts again, and is no longer for it
            tx.change(_SET_TRIES, user_name=name, tries=user.wrong_pins, wait_until=tx.now + longest)
        seconds = int(min(user.not_before - tx.now, longest).total_seconds()) + 1
        return refuse("locked", "Too many wrong PINs for {0}: wait {1} {1:second|seconds} and try again", name, seconds)
    if not _verify(user.pin_hash, pin):
        tries = user.wrong_pins + 1
        tx.change(_SET_TRIES, user_name=name, tries=tries % MISTAKES_TO_LOCK, wait_until=tx.now + _wait(tries))
        if mark_of(tx.connection) is None:
            # books that were moved keep the count, which is no part of them, and nothing else
            note(tx, name, "wrong_pin", str(tries))
        return _BAD_PIN
    if user.wrong_pins:
        tx.change(_SET_TRIES, user_name=name, tries=0, wait_until=None)
    return Operator(user.name, user.role, user.booklet or "")


_NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$enJIZs3FA+kVs7cwz4bWPg$pJOBT3S//ojKOFecgczrVmRdlVhG0CATvFRuD/9XBzQ"
"""What a PIN is tried against where there is no user of that name; made as `_hash` makes one."""

_BAD_PIN = refuse("bad_pin", "Name or PIN is not right: try again")


def _wait(tries: int) -> timedelta:
    if tries <= FREE_MISTAKES:
        return timedelta(0)
    if tries >= MISTAKES_TO_LOCK:
        return LOCK
    return FIRST_WAIT * int(2 ** (tries - FREE_MISTAKES - 1))


class Authority(Struct, frozen=True):
    """In whose name something is done, on which day of the books, and who stands behind it (两人)."""

    by: Operator
    on: date
    approval: Approval | None = None

    @property
    def second(self) -> Approval:
        """Who stands behind it; raises InvariantViolated for nobody, which rules have refused before."""
        if self.approval is None:
            raise InvariantViolated("nobody stands behind this")
        return self.approval

    @property
    def approver(self) -> str | None:
        """The name of who stands behind it, None for nobody."""
        return self.approval.by if self.approval else None


def approve(tx: Transaction, name: str, pin: str, by: Operator, reason: str = "") -> Approval | Refusal:
    """Try the PIN of a second person for what somebody does: a supervisor or admin, and never the one who acts.

    Commit either way, as after `sign_in`.
    """
    second = sign_in(tx, name, pin)
    if isinstance(second, Refusal):
        return second
    if second.name == by.name:
        return refuse("not_allowed", "A second person must approve: {0} cannot approve their own act", by.name)
    if second.role not in _APPROVERS:
        return refuse("not_allowed", "{0} may not approve: ask a supervisor", second.name)
    return Approval(second.name, normalize.typed(reason), _RIGHT_PIN)


def add_user(tx: Transaction, name: str, role: Role, pin: str, booklet: str = "") -> Operator | Refusal:
    """Add a user; refuse a name in use and a PIN that is not six digits or more."""
    name = normalize.name(name)
    if refusal := _why_not_pin(pin) or _why_not_name(name):
        return refusal
    if tx.first(_USER, user_name=known_as(tx, name)) is not None:
        return refuse("out_of_turn", "There is a user named {0} already", name)
    row = {
        "user_id": tx.new_id(),
        "name": name,
        "role": role,
        "pin_hash": _hash(pin),
        "booklet": booklet or None,
        "wrong_pins": 0,
        "not_before": None,
        "created_at": tx.now,
    }
    tx.insert(app_user, row)
    touch(tx, USER, row["user_id"])
    return Operator(name, role, booklet)


def set_pin(tx: Transaction, name: str, pin: str) -> Operator | Refusal:
    """Give a user a new PIN, which also ends a lock."""
    if refusal := _why_not_pin(pin):
        return refusal
    user = tx.first(_USER, user_name=known_as(tx, name))
    if user is None:
        return refuse("not_found", "There is no user named {0}", name)
    if user.left_on is not None:
        return refuse("out_of_turn", "{0} left on {1}", user.name, user.left_on.isoformat())
    tx.change(_SET_PIN, user_name=user.name, new_hash=_hash(pin))
    touch(tx, USER, user.user_id)
    return Operator(user.name, user.role, user.booklet or "")


def users(tx: Transaction) -> list[Operator]:
    """Return every user who works here today, by name."""
    here = (row for row in tx.all(_USERS) if not _has_left(tx, row.left_on))
    return [Operator(row.name, row.role, row.booklet or "") for row in here]


def _has_left(tx: Transaction, left_on: date | None) -> bool:
    return left_on is not None and left_on <= today(tx)


def _why_not_pin(pin: str) -> Refusal | None:
    if not (len(pin) >= 6 and pin.isascii() and pin.isdigit()):
        return refuse("rule_broken", "A PIN has six digits or more")
    # by how much each digit is more than the one before it: always 0, always 1 or always -1
    if {int(later) - int(earlier) for earlier, later in pairwise(pin)} in ({0}, {1}, {-1}):
        return refuse("rule_broken", "A PIN of one digit or of digits in a row is guessed at once: take another")
    return None


def _why_not_name(name: str) -> Refusal | None:
    return None if name else refuse("rule_broken", "A user needs a name without blanks around it")


def known_as(tx: Transaction, name: str) -> str:
    """Return the name a user has in the books, however it is typed here; as typed where there is no such user."""
    if tx.first(_USER, user_name=name) is not None:
        return name
    alike = normalize.comparable(name)
    return next((row.name for row in tx.all(_USERS) if normalize.comparable(row.name) == alike), name)


@cache
def _argon2() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _hash(pin: str) -> str:
    return _argon2().hash(pin)


def _verify(pin_hash: str, pin: str) -> bool:
    from argon2.exceptions import VerifyMismatchError

    try:
        return _argon2().verify(pin_hash, pin)
    except VerifyMismatchError:
        return False
