"""What the acts at the shelf ask: a price, a loss with a second person, a recall, a release."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec import Struct

from lizhi_pos.access.operators import Approval
from lizhi_pos.inventory.writeoffs import LossReason
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.office.shelf_rows import ShelfLot, ShelfRow
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.selling.dialogs import ask_approval
from lizhi_pos.terminal.screens.shared.amounts import amount_of
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.shell import Shell

LOSSES: dict[LossReason, Message] = {
    "expired": message("past its day"),
    "broken": message("broken"),
    "missing": message("missing"),
    "recalled": message("recalled"),
}
RECALL_REASONS = (message("the maker calls it back"), message("somebody complained about it"))
RELEASE_REASONS = (message("it was looked at and is good"), message("recalled by mistake"))
EXPIRED_REASONS = (message("past its day, thrown away"),)


class Loss(Struct, frozen=True):
    """What is to be written off of a lot, and who stands behind it."""

    quantity: int
    reason: LossReason
    approval: Approval


async def ask_price(app: Shell, found: ShelfRow, give: Callable[[Yuan], Awaitable[Refusal | None]]) -> bool:
    """Ask a product's new tag price until `give` takes it; return whether it did."""

    async def attempt(values: Mapping[str, str]) -> Refusal | None:
        amount = amount_of(values["price"])
        return amount if isinstance(amount, Refusal) else await give(amount)

    now = format_hundredths(found.price)
    heading = message("{0} costs {1} now. The new price holds from the next session on", found.title, now)
    field = Field(name="price", label=message("Tag price in yuan"))
    return await app.ask(FormDialog(heading, (field,), attempt, "price")) is True


async def ask_loss(app: Shell, found: ShelfRow, lot: ShelfLot) -> Loss | Refusal | None:
    """Return what is to be written off, None where it is left; a kind of loss that is none is refused."""
    kinds = {words.msgid: kind for kind, words in _losses(lot).items()}
    likely = next((words for words, kind in kinds.items() if kind in ("recalled", "expired")), "")
    more = (
        Field(name="quantity", label=message("Quantity (empty: {0})", lot.on_hand), optional=True, most=lot.on_hand),
        Field(name="kind", label=message("Loss, or number"), choices=tuple(map(message, kinds)), value=likely),
    )
    heading = message(
        "Write off of {0}, lot {1}: {2} {2:piece costs|pieces, all of them cost} {3}",
        *(found.title, lot.name, lot.on_hand, format_hundredths(lot.cost)),
    )
    answer = await ask_approval(app, heading, more)
    if answer is None:
        return None
    approval, values = answer
    kind = kinds.get(values["kind"])
    if kind is None:
        return refuse("rule_broken", "{0} is no kind of loss: give its number. Nothing was written off", values["kind"])
    return Loss(int(values["quantity"] or lot.on_hand), kind, approval)


async def ask_all_expired(app: Shell, expired: Sequence[ShelfLot]) -> Approval | None:
    """Return a second person's approval to write every expired lot off."""
    pieces, cost = sum(x.on_hand for x in expired), format_hundredths(sum(x.cost for x in expired))
    heading = message(
        "Write off all that is past its day: {0} {0:lot|lots}, {1} {1:piece|pieces}, cost {2}",
        *(len(expired), pieces, cost),
    )
    return _of(await ask_approval(app, heading, reasons=EXPIRED_REASONS))


async def ask_recall(app: Shell, found: ShelfRow, lot: ShelfLot, took: Sequence[int]) -> Approval | None:
    """Return a second person's approval to recall a lot of which households took so many pieces each."""
    heading = message(
        "Recall {0}, lot {1}: {2} on the shelf {2:is|are} not given from now on; "
        "{3} {3:piece is|pieces are} with households, {4} {4:receipt|receipts}",
        *(found.title, lot.name, lot.on_hand, sum(took), len(took)),
    )
    return _of(await ask_approval(app, heading, reasons=RECALL_REASONS))


async def ask_release(app: Shell, found: ShelfRow, lot: ShelfLot) -> Approval | None:
    """Return a second person's approval to give a recalled lot again."""
    heading = message("Release {0}, lot {1}: {2} on the shelf may be given again", found.title, lot.name, lot.on_hand)
    return _of(await ask_approval(app, heading, reasons=RELEASE_REASONS))


def _losses(lot: ShelfLot) -> dict[LossReason, Message]:
    """Return the kinds of loss that may be true of a lot."""
    untrue = {"expired": not lot.is_expired, "recalled": not lot.is_recalled}
    return {kind: words for kind, words in LOSSES.items() if not untrue.get(kind, False)}


def _of(answer: tuple[Approval, Mapping[str, str]] | None) -> Approval | None:
    return answer[0] if answer else None
