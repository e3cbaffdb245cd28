"""The dialogs of what is done to a household: one sentence with figures, what is asked, a second person, a refusal."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from lizhi_pos.access.operators import Approval
from lizhi_pos.access.role_words import ROLE_WORDS
from lizhi_pos.i18n.render import render
from lizhi_pos.money import Points
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.shared.amounts import amount_of, balance_of
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog, Heading, Wrong
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.text import normalize

_P = TypeVar("_P")
_T = TypeVar("_T")
Read = Callable[[Mapping[str, str]], "_P | Wrong"]
"""Makes of what was filled in what it stands for, or says what is wrong with a field."""


class Asked(Struct, frozen=True):
    """What a dialog says by what is filled in, what it asks, and the usual reasons."""

    heading: Heading
    fields: tuple[Field, ...] = ()
    reasons: tuple[Message, ...] = ()
    reason_label: Message | None = None


async def ask_second(
    app: Shell, asked: Asked, read: "Read[_P]", act: Callable[[_P, Approval], _T | Refusal]
) -> _T | None:
    """Ask what is to be done, why, and a second person's PIN; return what was done, None where it is left.

    What is refused stays in the dialog with all that was filled in but the PIN.
    """
    back = await app.office()
    people = await app.work.run(lambda: back.approvers(app.signed_in))
    names, roles = tuple(who.name for who in people), tuple(ROLE_WORDS[who.role] for who in people)
    done: list[_T] = []

    async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
        found = read(values)
        if isinstance(found, Wrong):
            return found
        reason = reason_given(app, asked, values)
        approval = await app.work.run(lambda: back.approve(values["approver"], values["pin"], reason, app.signed_in))
        if isinstance(approval, Refusal):
            return approval
        answer = await app.work.run(lambda: act(found, approval))
        if isinstance(answer, Refusal):
            return answer
        done.append(answer)
        return None

    fields = (
        *asked.fields,
        _reason(asked),
        Field(name="approver", label=message("Approver, or number"), choices=names, about=roles, person=True),
        Field(name="pin", label=message("Approver's PIN"), secret=True),
    )
    await app.ask(FormDialog(asked.heading, fields, attempt, "pin"))
    return done[0] if done else None


async def ask_alone(app: Shell, asked: Asked, read: "Read[_P]", act: Callable[[_P, str], _T | Refusal]) -> _T | None:
    """Ask what is to be done and why; return what was done, None where it is left."""
    done: list[_T] = []

    async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
        found = read(values)
        if isinstance(found, Wrong):
            return found
        reason = reason_given(app, asked, values)
        answer = await app.work.run(lambda: act(found, reason))
        if isinstance(answer, Refusal):
            return answer
        done.append(answer)
        return None

    await app.ask(FormDialog(asked.heading, (*asked.fields, _reason(asked)), attempt, "reason"))
    return done[0] if done else None


def reason_given(app: Shell, asked: Asked, values: Mapping[str, str]) -> str:
    """Return why, as it was typed, or one of the usual reasons in the language of the screen."""
    usual = next((render(words, app.translate) for words in asked.reasons if words.msgid == values["reason"]), None)
    return usual or normalize.one_line(values["reason"])


def _reason(asked: Asked) -> Field:
    usual = message("Reason, or number") if asked.reasons else message("Reason")
    return Field(name="reason", label=asked.reason_label or usual, choices=asked.reasons)


def points_typed(text: str, *, signed: bool = False) -> Points | Refusal:
    """Return points as they were typed, above nothing unless they may be `signed`."""
    found = balance_of(text) if signed else amount_of(text)
    return found if isinstance(found, Refusal) else Points(found)


def points_so_far(text: str, *, signed: bool = False) -> Points:
    """Return points as far as they are typed, nothing for what is none yet."""
    found = points_typed(text, signed=signed)
    return Points(0) if isinstance(found, Refusal) else found


def chosen(text: str, choices: Sequence[str]) -> str:
    """Return the choice that a text is, or whose number it is; the text itself where it is neither."""
    if text.isdecimal() and 1 <= int(text) <= len(choices):
        return choices[int(text) - 1]
    return text


def names_typed(text: str, choices: Sequence[str]) -> tuple[str, ...]:
    """Return several names, or their numbers among some, with a comma between them; numbers also with blanks."""
    plain = normalize.plain(text).replace("、", ",")
    parts = plain.split(",")
    if all(part.isdecimal() for part in plain.replace(",", " ").split()):
        parts = plain.replace(",", " ").split()
    return tuple(chosen(part.strip(), choices) for part in parts if part.strip())
