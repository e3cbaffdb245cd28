"""What closing a count asks: what becomes of products nobody counted, then a second person, who is told the figures."""

from collections.abc import Mapping

from lizhi_pos.access.operators import Approval
from lizhi_pos.inventory.count_closing import Uncounted
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.count_sheet import CountSheet
from lizhi_pos.office.stocktake import Closing, StocktakeService
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.selling.dialogs import ask_approval
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.shell import Shell

UNCOUNTED: "dict[Uncounted, Message]" = {
    "keep": message("they stay as the books have them"),
    "zero": message("there is none of them"),
}
REASONS = (message("the month's count"), message("counted by spot check"))


async def ask_closing(
    app: Shell, service: StocktakeService, sheet: CountSheet
) -> tuple[Uncounted, Approval] | Refusal | None:
    """Return how a count is to be closed and who stands behind it; None where it is left, else why it cannot be."""
    number, of = sheet.head.number, len(sheet.head.products)
    uncounted = await _ask_uncounted(app, of - sheet.counted) if sheet.counted < of else "keep"
    if uncounted is None:
        return None
    plan = await app.work.run(lambda: service.plan(number, uncounted))
    if isinstance(plan, Refusal):
        return plan
    heading = message(
        "Close count {0}, {1} of {2} {2:product|products} counted: {3} {3:differs|differ}; "
        "{4} {4:piece is|pieces are} missing, cost {5}; {6} {6:was|were} found, cost {7}",
        *(number, sheet.counted, of, plan.differ),
        *(plan.missing, format_hundredths(plan.missing_cost), plan.found, format_hundredths(plan.found_cost)),
    )
    answer = await ask_approval(app, heading, reasons=REASONS)
    return (uncounted, answer[0]) if answer else None


async def _ask_uncounted(app: Shell, left: int) -> Uncounted | None:
    """Return what becomes of the products that nobody counted; None where it is left."""
    words = {text.msgid: kind for kind, text in UNCOUNTED.items()}
    chosen: list[Uncounted] = []

    async def attempt(values: Mapping[str, str]) -> Refusal | None:
        kind = words.get(values["uncounted"])
        if kind is None:
            return refuse("rule_broken", "Give the number of one of them")
        chosen.append(kind)
        return None

    field = Field(name="uncounted", label=message("Number"), choices=tuple(UNCOUNTED.values()))
    heading = message("{0} {0:product is|products are} not counted. What of {0:it|them}?", left)
    await app.ask(FormDialog(heading, (field,), attempt, "uncounted"))
    return chosen[0] if chosen else None


def closed_words(number: int, done: Closing) -> Message:
    """Return what a closed count came to, in one sentence."""
    more = done.missing_cost - done.found_cost
    told = (number, done.differ, format_hundredths(abs(more)))
    if more < 0:
        return message("Count {0} is closed: {1} {1:product differs|products differ}, the losses are {2} less", *told)
    return message("Count {0} is closed: {1} {1:product differs|products differ}, the losses grow by {2}", *told)
