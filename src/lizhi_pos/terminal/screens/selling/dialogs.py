"""The dialogs of the counter: what each asks, and to whom the answer goes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lizhi_pos.access.role_words import ROLE_WORDS
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.text import normalize
from lizhi_pos.till.same_press import SamePress

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Approval
    from lizhi_pos.ids import Id
    from lizhi_pos.till.counter import Counter


async def ask_proxy(app: Shell, counter: "Counter") -> None:
    """Who collects for the household at the counter, and their relation to it."""
    assert counter.basket is not None
    head, (name, relation) = counter.basket.household.head, counter.basket.proxy
    fields = (
        Field(name="name", label=message("Name"), value=name, optional=True),
        Field(name="relation", label=message("Relation"), value=relation, optional=True),
    )

    async def attempt(values: Mapping[str, str]) -> Refusal | None:
        return counter.collect(normalize.name(values["name"]), normalize.name(values["relation"]))

    heading = message("Who collects for {0}? Both empty: the household itself", head)
    await app.ask(FormDialog(heading, fields, attempt, "name" if not name else "relation"))


async def ask_copy(app: Shell, presses: SamePress, redemption_id: "Id", pressed: float) -> bool:
    """Return whether a receipt is to be printed once more: asked where the same key asked for it a moment ago."""
    if not presses.again(("copy", redemption_id), pressed):
        return True
    answer = await app.ask(Confirm(message("This receipt was printed again just now. One more copy?"), "f7", "F7"))
    return answer is True


async def ask_paper(app: Shell, question: Message, key: str) -> bool:
    """Return whether a paper is to be printed, though its key was pressed a moment ago."""
    answer = await app.ask(Confirm(question, key, key.upper()))
    return answer is True


async def ask_approval(
    app: Shell, heading: Message, more: Sequence[Field] = (), reasons: Sequence[Message] = ()
) -> "tuple[Approval, Mapping[str, str]] | None":
    """Return a second person's approval by their PIN, with a reason, and what else was filled in.

    None where they leave.

    `more` are fields asked before the approver's, `reasons` usual ones that may be given by their number.
    """
    back = await app.office()
    people = await app.work.run(lambda: back.approvers(app.signed_in))
    names, roles = tuple(who.name for who in people), tuple(ROLE_WORDS[who.role] for who in people)
    given: list[tuple[Approval, Mapping[str, str]]] = []

    async def attempt(values: Mapping[str, str]) -> Refusal | None:
        usual = next((render(words, app.translate) for words in reasons if words.msgid == values["reason"]), None)
        reason = usual or normalize.one_line(values["reason"])
        answer = await app.work.run(lambda: back.approve(values["approver"], values["pin"], reason, app.signed_in))
        if isinstance(answer, Refusal):
            return answer
        given.append((answer, values))
        return None

    fields = (
        *more,
        Field(name="reason", label=_reason(reasons), choices=tuple(reasons)),
        Field(name="approver", label=message("Approver, or number"), choices=names, about=roles, person=True),
        Field(name="pin", label=message("Approver's PIN"), secret=True),
    )
    await app.ask(FormDialog(heading, fields, attempt, "pin"))
    return given[0] if given else None


def _reason(usual: Sequence[Message]) -> Message:
    return message("Reason, or number") if usual else message("Reason")
