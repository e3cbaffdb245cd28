"""`report supervision` and `supervision …`: what a supervisor looks at, and signs."""

from collections.abc import Callable
from datetime import date
from functools import partial

from lizhi_pos.access.operators import Authority
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.report_files import report_path, written
from lizhi_pos.i18n.render import render
from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.office.report_sheets import supervision_sheet
from lizhi_pos.office.supervision import sign_days
from lizhi_pos.refusal import Message, message
from lizhi_pos.reports.finding_words import FINDING_WORDS, fact_words
from lizhi_pos.reports.findings import Days
from lizhi_pos.reports.supervision import supervision
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.sign_off import SignOff, signed_off


def show(context: Context) -> Outcome:
    """Show everything that a supervisor has to look at."""
    by = context.operator("supervise")
    path = report_path(context.args.out)
    days = Days(context.args.first or BEFORE_ALL, context.args.last or date.max)
    with context.reading() as tx:
        found = supervision(tx, days)
        sheet = supervision_sheet(tx, found.findings, _scope(context.args.first, context.args.last or today(tx)))
    said = partial(_said, context)
    words = [
        f"{said(FINDING_WORDS[f.kind])}: {'  '.join(_fact(x, said) for x in f.facts)}  [{' '.join(f.references)}]"
        for f in found.findings
    ]
    outcome = Outcome(found, tuple(words) or (message("There is nothing to look at"),))
    return written(context, path, outcome, sheet, (by, f"report supervision {sheet.scope}"))


def sign(context: Context) -> Outcome:
    """Keep that these days were looked through, and what there is to say of them."""
    by, args = context.operator("sign_off"), context.args

    days = Days(args.first, args.last)
    signed = context.write(lambda tx: sign_days(tx, days, args.note, Authority(by, context.day(tx))))
    return Outcome(_told(signed), (_words(signed),))


def list_signed(context: Context) -> Outcome:
    """List what supervisors have signed."""
    context.operator("supervise")
    with context.reading() as tx:
        found = signed_off(tx)
    words = tuple(_words(one) for one in found)
    return Outcome({"notes": [_told(one) for one in found]}, words or (message("Nothing was signed yet"),))


def _scope(first: date | None, last: date) -> str:
    return f"{first.isoformat() if first else '建账'} 至 {last.isoformat()}"


def _said(context: Context, word: Message | str) -> str:
    return render(word, context.translate) if isinstance(word, Message) else word


def _fact(told: str, said: Callable[[Message | str], str]) -> str:
    return " ".join(filter(None, map(said, fact_words(told))))


def _told(one: SignOff) -> dict[str, object]:
    days = {"from": one.from_date.isoformat(), "to": one.to_date.isoformat()}
    return {**days, "findings": one.findings, "note": one.note, "on": one.on_date.isoformat(), "by": one.by_user}


def _words(one: SignOff) -> Message:
    return message(
        "{0} to {1}: {2} {2:finding|findings}, signed by {3} on {4}: {5}",
        *(one.from_date.isoformat(), one.to_date.isoformat(), one.findings, one.by_user, one.on_date.isoformat()),
        one.note,
    )
