"""A rule's answer is a value: why something may not be done, and the facts it rests on."""

from collections.abc import Callable
from typing import Literal, TypeVar

from msgspec import Struct

from lizhi_pos.text.normalize import echo

_T = TypeVar("_T")

ReasonCode = Literal[
    "inactive",
    "residence",
    "scores_missing",
    "score_below",
    "scores_stale",
    "vetoed",
    "balance",
    "limit",
    "stock",
    "no_session",
    "month_closed",
    "unknown_household",
    "unknown_product",
    "slip_conflict",
    "booklet_replaced",
]
"""Why a basket is refused: the codes of the rules, each at most once in an answer."""

RefusalCode = Literal[
    "refused",
    "bad_pin",
    "locked",
    "not_allowed",
    "approval_needed",
    "unknown_household",
    "month_closed",
    "month_open",
    "no_rulebook",
    "key_conflict",
    "out_of_turn",
    "rule_broken",
    "file_refused",
    "not_found",
    "balance",
    "booklet_replaced",
    "moved",
]
"""What kind of refusal it is; scripts tell refusals apart by it."""


class Message(Struct, frozen=True, rename={"msgid": "message", "args": "fills"}):
    """A sentence for people, still to be looked up in a catalogue: an English message and what fills its braces."""

    msgid: str
    args: tuple["str | Message", ...] = ()


def message(msgid: str, *args: "str | int | Message") -> Message:
    """Return a sentence for people; `msgid` is its catalogue key, with ``{0}``, ``{1}`` … where the arguments go."""
    return Message(msgid, tuple(a if isinstance(a, Message) else str(a) for a in args))


def echoed(text: Message) -> Message:
    """Return a sentence whose fills are short enough to be read aloud."""
    return Message(text.msgid, tuple(echoed(f) if isinstance(f, Message) else echo(f) for f in text.args))


class Reason(Struct, frozen=True):
    """One rule that fails, with the facts behind it; scripts read each as it stands in English."""

    code: ReasonCode | RefusalCode
    facts: tuple[str | Message, ...] = ()


class Refusal(Struct, frozen=True):
    """An act that a rule forbids; nothing was written.

    `code` is ``refused`` when `reasons` tell why a basket may not be redeemed; otherwise `text` says in
    one sentence what is wrong and what to do next. `details` are more fields that scripts read.
    """

    code: RefusalCode = "refused"
    reasons: tuple[Reason, ...] = ()
    text: Message | None = None
    details: tuple[tuple[str, str | list[dict[str, str | list[str]]]], ...] = ()

    @property
    def sentence(self) -> Message:
        """What is wrong, where it is not told by reasons."""
        return echoed(self.text) if self.text else message("This cannot be done")


def refuse(code: RefusalCode, msgid: str, *args: str | int | Message) -> Refusal:
    """Return a refusal that is not about a basket: its code, and a sentence with what to do next."""
    return Refusal(code, text=message(msgid, *args))


class Refused(Exception):
    """A refusal on its way to whoever asked; a transaction that it leaves is rolled back."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def unwrap(answer: _T | Refusal) -> _T:
    """Return an answer that is no refusal; raise Refused for one."""
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def answered(act: Callable[[], _T | Refusal]) -> _T | Refusal:
    """Return what an act answers, a refusal also where it was raised."""
    try:
        return act()
    except Refused as refused:
        return refused.refusal


class InvariantViolated(Exception):
    """Our own code or the database broke a promise it makes; the transaction is rolled back and the log says where."""
