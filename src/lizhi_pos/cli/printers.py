"""`printer …`: printers and their jobs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import sleep

from lizhi_pos.access.audit import record
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.streams import put
from lizhi_pos.db import Transaction
from lizhi_pos.ids import Id
from lizhi_pos.money import format_hundredths
from lizhi_pos.printing.devices import open_device, parse_device
from lizhi_pos.printing.led_display import LedDisplay, display_address
from lizhi_pos.printing.profiles import display_profile_names, load_display_profile, load_profile, profile_names
from lizhi_pos.printing.spool import Spool, print_test_page
from lizhi_pos.printing.status_protocol import MaybeSent, NotSent, Timeouts
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.print_jobs import JobView
from lizhi_pos.printqueue.printers import Printer, add_printer, devices, displays, printers
from lizhi_pos.refusal import Message, Refusal, Refused, message, refuse, unwrap

TEST_FIGURE = 88888888
"""What a display shows when it is tried, in hundredths: each of its digits."""
TEST_SHOWN_S = 2.0
"""Seconds that it is to be seen."""

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
    """Add a printer, or give one another profile or device."""
    by, args = context.operator("manage"), context.args
    if is_display := args.profile in display_profile_names():
        unwrap(display_address(args.device, unwrap(load_display_profile(args.profile))))
    else:
        _refuse_unknown(args.profile)
        unwrap(parse_device(args.device))

    def act(tx: Transaction) -> tuple[Printer, int]:
        added = add_printer(tx, name=args.name, profile=args.profile, device=args.device, till=args.till)
        record(tx, by, "printer.add", f"{added.name} {added.profile} {added.device}")
        return added, 0 if is_display else len(print_jobs.waiting(tx))

    added, waits = context.write(act)
    answer = {"name": added.name, "profile": added.profile, "device": added.device, "waiting": waits}
    words = [message("{0} prints from now on; try it with `printer test {0}`", added.name)]
    if is_display:
        words = [message("{0} shows from now on; try it with `printer test {0}`", added.name)]
    if waits:
        words.append(message("{0} {0:job waits|jobs wait} for it: see `printer queue`", waits))
    return Outcome(answer, tuple(words))


def show(context: Context) -> Outcome:
    """Printers, and the profiles there are."""
    context.operator("see")
    with context.reading() as tx:
        found = devices(tx)
    profiles = sorted([*profile_names(), *display_profile_names()])
    words: list[Message | str] = [_printer_words(p) for p in found] or [message("There is no printer yet")]
    words.append(message("Profiles: {0}", ", ".join(profiles)))
    answer = [{"name": p.name, "profile": p.profile, "device": p.device, "till": p.till} for p in found]
    return Outcome({"printers": answer, "profiles": list(profiles)}, tuple(words))


def test(context: Context) -> Outcome:
    """Prints a test page, by which a person sees whether the profile is right; a display shows all its digits."""
    context.operator("print")
    if (shown := _display(context, context.args.name)) is not None:
        return _try_display(shown)
    with broken_off(context):
        tried = print_test_page(context.engine, context.args.name, show=print_to_screen(context))
    job = unwrap(tried)
    return Outcome(job, (_words(job),), 0 if job.state in ("sent", "confirmed") else 3)


def status(context: Context) -> Outcome:
    """Return what a printer says of itself, where it can answer at all."""
    context.operator("see")
    name = context.args.name
    if (display := _display(context, name)) is not None:
        return _display_status(display)
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


def _refuse_unknown(profile: str) -> None:
    """Raise Refused for a profile that no printer has; what is said names the displays' ones too."""
    found = load_profile(profile)
    if isinstance(found, Refusal) and found.code == "not_found":
        names = ", ".join(sorted([*profile_names(), *display_profile_names()]))
        found = refuse("not_found", "no printer profile {0}; there are: {1}", profile, names)
    unwrap(found)


def _display(context: Context, name: str) -> Printer | None:
    """Return the display of that name, None where it is none."""
    with context.reading() as tx:
        return next((d for d in displays(tx) if d.name == name), None)


def _led(display: Printer) -> LedDisplay:
    profile = unwrap(load_display_profile(display.profile))
    return LedDisplay(unwrap(display_address(display.device, profile)), profile)


def _try_display(display: Printer) -> Outcome:
    """Show eights and points on every digit for a moment."""
    led = _led(display)
    reason = _unreachable(lambda: led.show(TEST_FIGURE))
    if reason is None:
        sleep(TEST_SHOWN_S)
        reason = _unreachable(led.close)
    words = message("{0} showed {1}", display.name, format_hundredths(TEST_FIGURE))
    if reason is not None:
        words = message("{0} cannot show anything now: {1}", display.name, reason)
    answer = {"name": display.name, "state": "sent" if reason is None else "failed", "reason": reason}
    return Outcome(answer, (words,), 0 if reason is None else 3)


def _display_status(display: Printer) -> Outcome:
    """Return whether its port can be opened: a display answers nothing."""
    profile = unwrap(load_display_profile(display.profile))
    address = unwrap(display_address(display.device, profile))
    reason = _unreachable(lambda: open_device(address, False, Timeouts()).close())
    answer = {"name": display.name, "ready": reason is None, "asked": False, "reason": reason}
    words = message("{0} is ready", display.name)
    if reason is not None:
        words = message("{0} cannot show anything now: {1}", display.name, reason)
    return Outcome(answer, (words,), 0 if reason is None else 3)


def _unreachable(act: Callable[[], None]) -> Message | None:
    try:
        act()
    except (NotSent, MaybeSent) as refused:
        return refused.text
    return None


def queue(context: Context) -> Outcome:
    """Jobs that are not done, and why."""
    context.operator("see")
    with context.reading() as tx:
        found = print_jobs.queue(tx)
    words = tuple(_words(job) for job in found) or (message("Nothing waits to be printed"),)
    return Outcome({"jobs": found}, words)


def flush(context: Context) -> Outcome:
    """Send what waits, and end."""
    context.operator("print")
    return sent(context)


def retry(context: Context) -> Outcome:
    """Print failed or unknown jobs again, as a person decides; a second print says 补打."""
    by = context.operator("print")

    def act(tx: Transaction) -> list[Id]:
        keys = [_find(print_jobs.queue(tx), word) for word in context.args.jobs]
        return [unwrap(print_jobs.retry(tx, key, by)) for key in keys]

    return sent(context, context.write(act))


def sent(context: Context, only: Sequence[Id] | None = None) -> Outcome:
    """Send what waits, or these jobs, and say how each ended: 3 where one did not get to its paper."""
    with broken_off(context):
        found = Spool(context.engine, show=print_to_screen(context)).flush(only)
    words = tuple(_words(job) for job in found) or (message("Nothing waits to be printed"),)
    done = all(job.state in ("sent", "confirmed") for job in found)
    return Outcome({"jobs": found}, words, 0 if done else 3)


@contextmanager
def broken_off(context: Context) -> Iterator[None]:
    """Say that printing which fails half-way has changed something: a paper may be out, its job is kept."""
    try:
        yield
    except Exception:
        context.wrote = True
        raise


def print_to_screen(context: Context) -> Callable[[str], None]:
    """Return where a `screen:` printer shows its paper: on the terminal, and nowhere where a script reads."""
    return (lambda text: None) if context.args.json else _shown


def _shown(text: str) -> None:
    # where nobody sees it the job has all the same its end: the answer after it says that it could not be given
    put(text)


def _find(jobs: Sequence[JobView], word: str) -> Id:
    """Return a job by its key or the end of it that the queue shows."""
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
