"""A rule's answer is a value: why something may not be done, and the facts it rests on."""

from typing import Literal

from msgspec import Struct

from lizhi_pos.text.normalize import echo

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
]
"""What kind of refusal it is; scripts tell refusals apart by it."""


class Text(Struct, frozen=True):
    """A sentence for people, still to be looked up in a catalogue: an English message and what fills its braces."""

    message: str
    fills: tuple["str | Text", ...] = ()


def say(message: str, *fills: "str | int | Text") -> Text:
    """A sentence for people; `message` is its catalogue key, with ``{0}``, ``{1}`` … where the fills go."""
    return Text(message, tuple(f if isinstance(f, Text) else str(f) for f in fills))


def echoed(text: Text) -> Text:
    """Return a sentence whose fills are short enough to be read aloud."""
    return Text(text.message, tuple(echoed(f) if isinstance(f, Text) else echo(f) for f in text.fills))


class Reason(Struct, frozen=True):
    """One rule that fails, with the facts behind it."""

    code: ReasonCode | RefusalCode
    facts: tuple[str, ...] = ()


class Refusal(Struct, frozen=True):
    """An act that a rule forbids; nothing was written.

    `code` is ``refused`` when `reasons` tell why a basket may not be redeemed; otherwise `text` says in
    one sentence what is wrong and what to do next.
    """

    code: RefusalCode = "refused"
    reasons: tuple[Reason, ...] = ()
    text: Text | None = None

    @property
    def sentence(self) -> Text:
        """What is wrong, where it is not told by reasons."""
        return echoed(self.text) if self.text else say("This cannot be done")


def refuse(code: RefusalCode, message: str, *fills: str | int | Text) -> Refusal:
    """A refusal that is not about a basket: its code, and a sentence with what to do next."""
    return Refusal(code, text=say(message, *fills))


class InvariantViolated(Exception):
    """Our own code or the database broke a promise it makes; the transaction is rolled back and the log says where."""
