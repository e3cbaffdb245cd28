"""The spool: takes waiting jobs, makes their bytes, sends them, and writes down how it ended.

The sale never waits for it. Each job is claimed in a transaction of its own before its first byte leaves, so
of two spools on one database only one sends it, and a crash leaves a trace that `recover` finds.
"""

import logging
from collections.abc import Callable, Collection
from contextlib import closing
from threading import Event

import msgspec
from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.checkout.certificate import GiftCertificate
from lizhi_pos.checkout.papers import HouseholdCard, ShelfLabel, Sticker
from lizhi_pos.checkout.recall_notice import RecallNotice
from lizhi_pos.checkout.receipt import Receipt
from lizhi_pos.checkout.session_report import SessionReport
from lizhi_pos.db import reading, transaction
from lizhi_pos.ids import Id
from lizhi_pos.printing.devices import DeviceAddress, open_device, parse_device
from lizhi_pos.printing.elements import Element
from lizhi_pos.printing.encode import encode
from lizhi_pos.printing.label_layout import card_elements, certificate_elements, label_elements, sticker_elements
from lizhi_pos.printing.process_liveness import is_gone, this_process
from lizhi_pos.printing.profiles import Profile, load_profile
from lizhi_pos.printing.recall_layout import recall_elements
from lizhi_pos.printing.receipt_layout import (
    TrialPage,
    as_text,
    day_elements,
    receipt_elements,
    trial_elements,
    village_elements,
)
from lizhi_pos.printing.status_protocol import Device, MaybeSent, NotSent, Timeouts
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.print_jobs import EndState, Job, JobView
from lizhi_pos.printqueue.printers import Printer, printer_for, printers
from lizhi_pos.refusal import InvariantViolated, Message, Refusal, message, refuse
from lizhi_pos.rulebook.adopted import zone
from lizhi_pos.system_errors import system_words

_log = logging.getLogger(__name__)
LOOK_S = 2.0
"""Seconds after which it looks for what another process has queued."""
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 30.0
"""Seconds until a printer that cannot print is tried again, at first and at last."""


class _Route(Struct, frozen=True):
    """Where a printer's jobs go: what its row names, read."""

    printer: str
    profile: Profile
    address: DeviceAddress
    till: str | None


def elements_of(kind: str, document: bytes, columns: int, copy: int = 0) -> list[Element]:
    """Return what a job prints; raise ValueError for a kind or a document that this program cannot read."""
    try:
        match kind:
            case "receipt":
                return receipt_elements(msgspec.json.decode(document, type=Receipt), columns, copy)
            case "village":
                return village_elements(msgspec.json.decode(document, type=Receipt), columns, copy)
            case "day":
                return day_elements(msgspec.json.decode(document, type=SessionReport), columns, copy)
            case "sticker":
                return sticker_elements(msgspec.json.decode(document, type=Sticker), columns, copy)
            case "label":
                return label_elements(msgspec.json.decode(document, type=ShelfLabel))
            case "card":
                return card_elements(msgspec.json.decode(document, type=HouseholdCard))
            case "certificate":
                return certificate_elements(msgspec.json.decode(document, type=GiftCertificate), columns, copy)
            case "recall":
                return recall_elements(msgspec.json.decode(document, type=RecallNotice), columns, copy)
            case "test":
                return trial_elements(msgspec.json.decode(document, type=TrialPage), columns)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
    raise ValueError(f"unknown kind of print job: {kind}")


class Spool:
    """Sends the jobs of one database; at a till those of its own printer and of the ones that every till prints on.

    `show` is given the text of each job that goes to the device ``screen:``; it is called by the thread that sends.
    Every `look_s` seconds it looks for what another process has queued.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        till: str | None = None,
        show: Callable[[str], None] = lambda text: None,
        timeouts: Timeouts | None = None,
        look_s: float = LOOK_S,
    ) -> None:
        self._engine = engine
        self._till = till
        self._show = show
        self._timeouts = timeouts or Timeouts()
        self._look_s = look_s
        self._wake = Event()
        self._ended = False

    def flush(self, only: Collection[Id] | None = None) -> list[JobView]:
        """Send what waits, or those of the jobs named that do, and end; how each of these jobs stands now.

        A printer that cannot print now keeps its jobs waiting; it is not tried again in the same round.
        """
        self._recover()
        with reading(self._engine) as tx:
            jobs = print_jobs.waiting(tx, only)
            known = printers(tx)
        held: dict[Id, Message] = {}
        silent: dict[str, Message] = {}
        for job in jobs:
            reason = self._print(job, known, silent)
            if reason is not None and reason != job.detail:
                held[job.id] = reason
        with transaction(self._engine) if held else reading(self._engine) as tx:
            for job_id, reason in held.items():
                print_jobs.defer(tx, job_id, reason)
            return print_jobs.jobs(tx, [job.id for job in jobs] if only is None else list(only))

    def run(self) -> None:
        """Send what waits until `end` is called, also what comes later; for a thread of its own.

        It sleeps until it is woken; what another process queued is found at the next look. While jobs wait for a
        printer that cannot print, the looks grow rarer, down to one in half a minute.
        """
        retry = _SHORTEST_PAUSE_S
        while not self._ended:
            # a job that comes from here on is either found now, or has it look again at once
            self._wake.clear()
            try:
                held_up = any(view.state == "queued" for view in self.flush())
            except Exception:
                # whatever it was, the till must not go on selling with a printing thread that has silently ended
                _log.exception("a round of the spool failed")
                held_up = True
            self._wake.wait(retry if held_up else self._look_s)
            retry = min(retry * 2, _LONGEST_PAUSE_S) if held_up else _SHORTEST_PAUSE_S

    def wake(self) -> None:
        """There is a new job, or a person has seen to a printer: try at once instead of after the pause."""
        self._wake.set()

    def end(self) -> None:
        """Let the job that is being sent come to its end, then end `run`."""
        self._ended = True
        self._wake.set()

    def _recover(self) -> None:
        with reading(self._engine) as tx:
            sending = any(view.state == "sending" for view in print_jobs.queue(tx))
        if sending:
            with transaction(self._engine) as tx:
                now = tx.now
                print_jobs.recover(tx, lambda owner, since: is_gone(owner, since, now))

    def _print(self, job: Job, known: list[Printer], silent: dict[str, Message]) -> Message | None:
        """Bring one job to its end, or say why it goes on waiting; `silent` collects printers that cannot print."""
        route = _route(job, known)
        if not isinstance(route, _Route):
            return route
        if self._till is not None and route.till not in (None, self._till):
            # another till's own printer, which only that till can reach
            return None
        if route.printer in silent:
            return silent[route.printer]
        try:
            payload = _payload(job, route)
        except Exception as error:
            _log.exception("print job %s cannot be made", job.id.hex(), exc_info=error)
            self._fail(job, message("this cannot be printed: {0}", system_words(error)))
            return None
        try:
            with closing(self._open(route)) as device:
                sent = self._send(job, route.printer, device, payload)
        except NotSent as refused:
            silent[route.printer] = refused.text
            return refused.text
        if sent and route.address.kind == "screen":
            self._show(payload.decode())
        return None

    def _open(self, route: _Route) -> Device:
        try:
            profile = route.profile
            return open_device(route.address, profile.status, self._timeouts, process_id=profile.process_id)
        except NotSent:
            raise
        except Exception as error:
            # a driver's own kind of error, such as termios.error, must not keep other printers from their jobs
            _log.exception("printer %s cannot be opened", route.printer)
            raise NotSent(message("{0} cannot be opened: {1}", route.printer, system_words(error))) from error

    def _send(self, job: Job, printer: str, device: Device, payload: bytes) -> bool:
        """Return whether this spool sent the job, however that ended; raise NotSent where not one byte was taken."""
        with transaction(self._engine) as tx:
            if not print_jobs.claim(tx, job.id, printer=printer, owner=this_process()):
                return False
        detail: Message | None = None
        try:
            device.send(payload)
            state: EndState = "confirmed" if device.confirm() else "sent"
        except NotSent as refused:
            with transaction(self._engine) as tx:
                print_jobs.requeue(tx, job.id, refused.text)
            raise
        except MaybeSent as doubt:
            state, detail = "unknown", doubt.text
        except Exception as error:
            _log.exception("print job %s broke off", job.id.hex())
            state, detail = "unknown", message("the printer broke off while printing: {0}", system_words(error))
        with transaction(self._engine) as tx:
            if not print_jobs.finish(tx, job.id, state, detail):
                _log.warning("print job %s ended as %s, but had been given up on meanwhile", job.id.hex(), state)
        return True

    def _fail(self, job: Job, reason: Message) -> None:
        with transaction(self._engine) as tx:
            print_jobs.fail(tx, job.id, reason)


def print_test_page(
    engine: Engine, printer: str, *, show: Callable[[str], None] = lambda text: None, timeouts: Timeouts | None = None
) -> JobView | Refusal:
    """Print a test page on this printer now, and how that went; refuses a name that no printer has."""
    with transaction(engine) as tx:
        known = next((p for p in printers(tx) if p.name == printer), None)
        if known is None:
            return refuse("not_found", "there is no printer {0}", printer)
        printed_at = tx.now.astimezone(zone(tx)).strftime("%Y-%m-%d %H:%M")
        page = TrialPage(known.name, known.profile, printed_at)
        job_id = print_jobs.enqueue(tx, kind="test", document=msgspec.json.encode(page), printer=printer)
    return Spool(engine, show=show, timeouts=timeouts).flush([job_id])[0]


def _route(job: Job, known: list[Printer]) -> _Route | Message:
    """Return where a job goes: its own printer or the last added; otherwise why it cannot go anywhere yet."""
    named = [p for p in known if p.name == job.printer]
    printer = printer_for(known if job.printer is None else named, job.till)
    if printer is None:
        return message("there is no printer {0}", job.printer) if job.printer else message("there is no printer yet")
    profile, address = load_profile(printer.profile), parse_device(printer.device)
    match profile, address:
        case Profile(), DeviceAddress():
            return _Route(printer.name, profile, address, printer.till)
        case (Refusal(text=Message() as text), _) | (_, Refusal(text=Message() as text)):
            return text
    raise InvariantViolated("a refusal without words")


def _payload(job: Job, route: _Route) -> bytes:
    elements = elements_of(job.kind, job.document, route.profile.columns, job.copy)
    if route.address.kind == "screen":
        return as_text(elements, route.profile.columns).encode()
    return encode(elements, route.profile)
