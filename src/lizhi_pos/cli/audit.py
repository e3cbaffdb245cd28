"""`audit`: who signed in, stood behind something, looked, wrote data out, changed who may do what."""

from lizhi_pos.access.audit_trail import AuditEvent, Kind
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, message
from lizhi_pos.reports.audit import Asked, audit
from lizhi_pos.rulebook.adopted import zone

KIND_WORDS: dict[Kind, Message] = {
    "sign_in": message("signed in"),
    "wrong_pin": message("wrong PIN"),
    "approval": message("approved"),
    "look": message("looked"),
    "export": message("wrote out"),
    "setting": message("set"),
    "user": message("who may do what"),
    "backup": message("copies of the books"),
}


def show(context: Context) -> Outcome:
    """Show what was done in whose name, where no entry of the books says it."""
    context.operator("supervise")
    args = context.args
    with context.reading() as tx:
        found = audit(tx, Asked(args.first, args.last, args.user or ""))
        town_zone = zone(tx)

    def line(event: AuditEvent) -> str:
        when = event.at.astimezone(town_zone).strftime("%Y-%m-%d %H:%M:%S")
        return "  ".join((when, event.user, render(KIND_WORDS[event.kind], context.translate), *event.facts))

    return Outcome({"events": found}, tuple(map(line, found)) or (message("Nothing of this kind is on record"),))
