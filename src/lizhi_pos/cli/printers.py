"""`printer …`: printers and their jobs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from lizhi_pos.access.audit import record
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.streams import put
from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.printing.devices import open_device, parse_device
from lizhi_pos.printing.profiles import load_profile, profile_names
from lizhi_pos.printing.spool import Spool, print_test_page
from lizhi_pos.printing.status_protocol import NotSent, Timeouts
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.print_jobs import JobView
from lizhi_pos.printqueue.printers import Printer, add_printer, printers
from lizhi_pos.refusal import Message, Refusal, Refused, message, refuse, unwrap

STATES = {
    "queued": message("waits"),
    "sending": message("being sent"),
    "sent": message("sent, the printer cannot say more"),
    "confirmed": message("printed"),
    "unknown": message("unknown: look at the paper, then `printer retry` or leave it"),
    "failed": message("failed"),
    "abandoned": message("given up"),
}


def add(context: Context) -> Outcome:
    """Adds a printer, or gives one another profile or device."""
    by, args = context.operator("manage"), context.args
    for found in (load_profile(args.profile), parse_device(args.device)):
        if isinstance(found, Refusal):
            raise Refused(found)

    def act(tx: Transaction) -> tuple[Printer, int]:
        added = add_printer(tx, name=args.name, profile=args.profile, device=args.device, till=args.till)
        record(tx, by, "printer.add", f"{added.name} {added.profile} {added.device}")
        return added, len(print_jobs.waiting(tx))

    added, waits = context.write(act)
    answer = {"name": added.name, "profile": added.profile, "device": added.device, "waiting": waits}
    words = [message("{0} prints from now on; try it with `printer test {0}`", added.name)]
    if waits:
        words.append(message("{0} jobs wait for it: see `printer queue`", waits))
    return Outcome(answer, tuple(words))


def show(context: Context) -> Outcome:
    """Printers, and the profiles there are."""
    context.operator("see")
    with context.reading() as tx:
        found = printers(tx)
    profiles = profile_names()
    words: list[Message | str] = [_printer_words(p) for p in found] or [message("There is no printer yet")]
    words.append(message("Profiles: {0}", ", ".join(profiles)))
    answer = [{"name": p.name, "profile": p.profile, "device": p.device, "till": p.till} for p in found]
    return Outcome({"printers": answer, "profiles": list(profiles)}, tuple(words))


def test(context: Context) -> Outcome:
    """Prints a test page, by which a person sees whether the profile is right."""
    context.operator("print")
    with broken_off(context):
        tried = print_test_page(context.engine, context.args.name, show=print_to_screen(context))
    job = unwrap(tried)
    return Outcome(job, (_words(job),), 0 if job.state in ("sent", "confirmed") else 3)


def status(context: Context) -> Outcome:
    """What a printer says of itself, where it can answer at all."""
    context.operator("see")
    name = context.args.name
    with context.reading() as tx:
        known = next((p for p in printers(tx) if p.name == name), None)
    if known is None:
        raise Refused(refuse("not_found", "There is no printer {0}", name))
    profile, address = unwrap(load_profile(known.profile)), unwrap(parse_device(known.device))
    reason: Message | None = None
    try:
        open_device(address, profile.status, Timeouts()).close()
    except NotSent as refused:
        reason = refused.text
    answer = {"name": name, "ready": reason is None, "asked": profile.status and address.answers, "reason": reason}
    words = message("{0} is ready", name) if reason is None else message("{0} cannot print now: {1}", name, reason)
    return Outcome(answer, (words,), 0 if reason is None else 3)


def queue(context: Context) -> Outcome:
    """Jobs that are not done, and why."""
    context.operator("see")
    with context.reading() as tx:
        found = print_jobs.queue(tx)
    words = tuple(_words(job) for job in found) or (message("Nothing waits to be printed"),)
    return Outcome({"jobs": found}, words)


def flush(context: Context) -> Outcome:
    """Sends what waits, and ends."""
    context.operator("print")
    return sent(context)


def retry(context: Context) -> Outcome:
    """Prints failed or unknown jobs again, as a person decides; a second print says 补打."""
    by = context.operator("print")

    def act(tx: Transaction) -> list[Id]:
        keys = [_find(print_jobs.queue(tx), word) for word in context.args.jobs]
        return [unwrap(print_jobs.retry(tx, key, by)) for key in keys]

    return sent(context, context.write(act))


def sent(context: Context, only: Sequence[Id] | None = None) -> Outcome:
    """Sends what waits, or these jobs, and says how each ended: 3 where one did not get to its paper."""
    with broken_off(context):
        found = Spool(context.engine, show=print_to_screen(context)).flush(only)
    words = tuple(_words(job) for job in found) or (message("Nothing waits to be printed"),)
    done = all(job.state in ("sent", "confirmed") for job in found)
    return Outcome({"jobs": found}, words, 0 if done else 3)


@contextmanager
def broken_off(context: Context) -> Iterator[None]:
    """Printing that fails half-way has changed something: a paper may be out, and its job is kept as it stands."""
    try:
        yield
    except Exception:
        context.wrote = True
        raise


def print_to_screen(context: Context) -> Callable[[str], None]:
    """Where a `screen:` printer shows its paper: on the terminal, and nowhere where a script reads."""
    return (lambda text: None) if context.args.json else _shown


def _shown(text: str) -> None:
    # where nobody sees it the job has all the same its end: the answer after it says that it could not be given
    put(text)


def _find(jobs: Sequence[JobView], word: str) -> Id:
    """A job by its key or the end of it that the queue shows."""
    keys = [job.id for job in jobs if job.id.hex().endswith(word.lower())]
    if len(keys) != 1:
        raise Usage(message("{0} is not one job of `printer queue`", word))
    return keys[0]


def _printer_words(p: Printer) -> Message:
    where = message("{0}  {1}  {2}", p.name, p.profile, p.device)
    return message("{0}: only for till {1}", where, p.till) if p.till else where


def _words(job: JobView) -> Message:
    told = message("{0}  {1}  {2}", job.id.hex()[-8:], print_jobs.paper_name(job), STATES[job.state])
    return message("{0}: {1}", told, job.detail) if job.detail else told
