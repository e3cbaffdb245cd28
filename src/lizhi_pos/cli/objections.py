"""`ledger show`, `ledger object` and `ledger settle`: a batch's publicity, and what is objected in it."""

from msgspec import structs

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batch_card import BatchCard, batch_card
from lizhi_pos.accounts.objection_list import ObjectionView
from lizhi_pos.accounts.objections import Objected, Objection, Verdict, raise_objection, settle_objection
from lizhi_pos.cli.context import Context, month_argument
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.ledger import batch_words
from lizhi_pos.cli.output import Outcome
from lizhi_pos.refusal import Message, message, unwrap

STEP_WORDS = {
    "import": message("imported"),
    "publish": message("published"),
    "review": message("reviewed"),
    "reject": message("sent back"),
    "post": message("posted"),
}


def raise_one(context: Context) -> Outcome:
    """Take an objection to a published batch."""
    by, args = context.operator("step_ledger"), context.args
    month = month_argument(args.month)
    told = Objection(args.text, args.booklet or "", args.by or "")
    taken = context.write(
        lambda tx: raise_objection(tx, args.village, month, told, Authority(by, context.day(tx))),
    )
    words = message("{0} {1}: objection {2} is taken", taken.month, taken.village, taken.objection)
    return Outcome(taken, (words,))


def settle(context: Context) -> Outcome:
    """Answer an objection."""
    by, args = context.operator("step_ledger"), context.args
    if args.upheld == args.dismissed:
        raise Usage(message("Say how it is answered: --upheld or --dismissed, one of them"))
    month = month_argument(args.month)
    verdict = Verdict("upheld" if args.upheld else "dismissed", args.text)
    settled = context.write(
        lambda tx: settle_objection(tx, args.village, month, args.number, (verdict, Authority(by, context.day(tx)))),
    )
    return Outcome(settled, (_settled_words(settled),))


def _settled_words(settled: Objected) -> Message:
    told = (settled.month, settled.village, settled.objection)
    if settled.state == "upheld":
        return message("{0} {1}: objection {2} is upheld, the batch is put right and published anew", *told)
    return message("{0} {1}: objection {2} is dismissed", *told)


def show(context: Context) -> Outcome:
    """Return a batch with its steps, who signed it, and the objections to it."""
    context.operator("see_books")
    args = context.args
    month = month_argument(args.month)
    with context.reading() as tx:
        card = unwrap(batch_card(tx, args.village, month))
    answer = structs.asdict(card.batch)
    del answer["warnings"]
    told = {"file": card.file, "steps": card.steps, "signatures": card.signatures, "objections": card.objections}
    return Outcome({**answer, **told}, tuple(_card_words(card)))


def _card_words(card: BatchCard) -> list[Message | str]:
    words: list[Message | str] = [batch_words(card.batch)]
    for step in card.steps:
        line = message("{0}  {1}  {2}", step.on.isoformat(), STEP_WORDS[step.step], step.by)
        words.append(message("{0}: {1}", line, step.reason) if step.reason else line)
    words += [line for told in card.objections for line in _objection_words(told)]
    return words


def _objection_words(told: ObjectionView) -> list[Message]:
    who = "  ".join(filter(None, (told.by, told.booklet)))
    line = message("Objection {0} of {1}  {2}", told.number, told.on.isoformat(), who)
    words = [message("{0}: {1}", line, told.text)]
    if told.state == "open":
        return [*words, message("    not answered yet")]
    day, answer = told.settled_on.isoformat() if told.settled_on else "", told.answer or ""
    if told.state == "upheld":
        return [*words, message("    upheld on {0}: {1}", day, answer)]
    return [*words, message("    dismissed on {0}: {1}", day, answer)]
