"""`official …`: the register of the five who assess in a village and the three who watch them."""

from typing import Any

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts import officials
from lizhi_pos.accounts.officials import GROUP_WORDS, Appointment, OfficialView
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction
from lizhi_pos.refusal import Message, message, unwrap


def add(context: Context) -> Outcome:
    """Let somebody take office in a village."""
    by, args = context.operator("manage"), context.args

    def act(tx: Transaction) -> OfficialView:
        on = context.day(tx)
        appointment = Appointment(args.name, args.group, args.since or on, args.lead)
        taken = unwrap(officials.appoint(tx, args.village, appointment, Authority(by, on)))
        record(tx, by, "official.add", f"{taken.village} {taken.name}")
        return taken

    return _outcome(context.write(act))


def end(context: Context) -> Outcome:
    """Let an official hold office no more."""
    by, args = context.operator("manage"), context.args

    def act(tx: Transaction) -> OfficialView:
        ended = unwrap(officials.end_office(tx, args.village, args.name, Authority(by, context.day(tx))))
        record(tx, by, "official.end", f"{ended.village} {ended.name}")
        return ended

    return _outcome(context.write(act))


def show(context: Context) -> Outcome:
    """Return every official of every village, also those who were."""
    context.operator("manage")
    with context.reading() as tx:
        found = officials.officials(tx)
    words = tuple(_words(o) for o in found) or (message("No village has registered its officials"),)
    return Outcome({"officials": [_answer(o) for o in found]}, words)


def _outcome(told: OfficialView) -> Outcome:
    return Outcome(_answer(told), (_words(told),))


def _answer(told: OfficialView) -> dict[str, Any]:
    return {
        "village": told.village,
        "name": told.name,
        "group": told.group,
        "lead": told.lead,
        "from": told.since,
        "until": told.until,
    }


def _words(told: OfficialView) -> Message:
    since = told.since.isoformat()
    term = message("{0} to {1}", since, told.until.isoformat()) if told.until else message("from {0} on", since)
    words = message("{0}  {1}  {2}", told.village, GROUP_WORDS[told.group], told.name)
    words = message("{0}  {1}", words, term)
    return message("{0}, leads it", words) if told.lead else words
