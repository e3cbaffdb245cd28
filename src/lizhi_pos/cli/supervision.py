"""`report supervision` and `supervision …`: what a supervisor looks at, and signs."""

from collections.abc import Callable
from datetime import date
from functools import partial

from lizhi_pos.access.operators import Authority
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction
from lizhi_pos.i18n.render import render
from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.findings import Days, FindingKind
from lizhi_pos.reports.supervision import supervision
from lizhi_pos.settlement.sign_off import SignOff, sign_off, signed_off

FINDING_WORDS: dict[FindingKind, Message] = {
    "one_collector": message("collected for many households"),
    "same_baskets": message("equal baskets in a row"),
    "entered_late": message("entered on another day"),
    "odd_session": message("session on an odd day, or approved"),
    "own_household": message("somebody's own household"),
    "after_veto": message("redeemed beside a veto"),
    "approvals": message("approved"),
    "many_returns": message("many returns by one clerk"),
    "big_corrections": message("correction to be looked at"),
}

APPROVED_WORDS = {
    "session": message("sessions"),
    "redemption": message("redemptions"),
    "return": message("returns"),
    "veto": message("vetoes"),
    "lifting": message("vetoes lifted"),
    "release": message("vetoes released"),
    "dismissal": message("proposals dismissed"),
    "household": message("changes of households"),
    "purchase": message("purchases"),
    "void": message("vouchers undone"),
    "consent": message("purposes changed"),
    "writeoff": message("write-offs"),
    "count": message("counts"),
    "recall": message("recalls"),
    "clearance": message("recalls ended"),
}


def show(context: Context) -> Outcome:
    """Show everything that a supervisor has to look at."""
    context.operator("supervise")
    days = Days(context.args.first or BEFORE_ALL, context.args.last or date.max)
    with context.reading() as tx:
        found = supervision(tx, days)
    said = partial(render, translate=context.translate)
    words = [
        f"{said(FINDING_WORDS[f.kind])}: {'  '.join(_fact(x, said) for x in f.facts)}  [{' '.join(f.references)}]"
        for f in found.findings
    ]
    return Outcome(found, tuple(words) or (message("There is nothing to look at"),))


def sign(context: Context) -> Outcome:
    """Keep that these days were looked through, and what there is to say of them."""
    by, args = context.operator("sign_off"), context.args

    def act(tx: Transaction) -> SignOff | Refusal:
        found = supervision(tx, Days(args.first, args.last)).findings
        return sign_off(tx, (args.first, args.last), len(found), args.note, Authority(by, context.day(tx)))

    signed = context.write(act)
    return Outcome(_told(signed), (_words(signed),))


def list_signed(context: Context) -> Outcome:
    """List what supervisors have signed."""
    context.operator("supervise")
    with context.reading() as tx:
        found = signed_off(tx)
    words = tuple(_words(one) for one in found)
    return Outcome({"notes": [_told(one) for one in found]}, words or (message("Nothing was signed yet"),))


def _fact(told: str, said: Callable[[Message], str]) -> str:
    """Return a fact in words: what was approved, with how often, stands in English for scripts."""
    what, _, often = told.partition(" ")
    return f"{said(APPROVED_WORDS[what])} {often}" if what in APPROVED_WORDS and often.isdigit() else told


def _told(one: SignOff) -> dict[str, object]:
    days = {"from": one.from_date.isoformat(), "to": one.to_date.isoformat()}
    return {**days, "findings": one.findings, "note": one.note, "on": one.on_date.isoformat(), "by": one.by_user}


def _words(one: SignOff) -> Message:
    return message(
        "{0} to {1}: {2} {2:finding|findings}, signed by {3} on {4}: {5}",
        *(one.from_date.isoformat(), one.to_date.isoformat(), one.findings, one.by_user, one.on_date.isoformat()),
        one.note,
    )
