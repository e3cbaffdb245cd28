"""Printers as rows: what each is called, what it is, where it stands, and which of them a job goes to."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.printqueue.models import PRINTER, printer
from lizhi_pos.record.chain import touch
from lizhi_pos.text import normalize

DISPLAY_PREFIX = "display-"
"""How the profile of a display that faces the household begins: it is a device like a printer, and prints nothing."""


class Printer(Struct, frozen=True):
    """A printer of the town: the name it goes by, its profile and the address of its device.

    `till` is the till it stands at, whose papers it prints and nobody else's; None for one that every till prints on.
    """

    name: str
    profile: str
    device: str
    added_at: datetime
    till: str | None = None

    @property
    def is_display(self) -> bool:
        """Whether it shows the household a figure, and never gets a print job."""
        return self.profile.startswith(DISPLAY_PREFIX)


_PRINTERS = select(printer).where(of_town(printer)).order_by(printer.c.added_at, printer.c.name)


def printers(tx: Transaction) -> list[Printer]:
    """Return every printer, in the order they were added; no displays."""
    return [device for device in devices(tx) if not device.is_display]


def displays(tx: Transaction) -> list[Printer]:
    """Return every display that faces the household, in the order they were added."""
    return [device for device in devices(tx) if device.is_display]


def devices(tx: Transaction) -> list[Printer]:
    """Return every printer and every display, in the order they were added."""
    return [Printer(row.name, row.profile, row.device, row.added_at, row.till) for row in tx.all(_PRINTERS)]


def display_for(known: Sequence[Printer], till: str) -> Printer | None:
    """Return the display of a till: the last added of its own, else of those that stand at no till in particular.

    Pure.
    """
    own = [d for d in known if d.till == till]
    common = [d for d in known if d.till is None]
    candidates = own or common
    return candidates[-1] if candidates else None


def printer_for(known: Sequence[Printer], till: str | None) -> Printer | None:
    """Return the printer that a job without a printer of its own goes to, of those known, in the order they were added.

    Pure.

    The last added of those at the job's till, else of those that every till prints on, else of all.
    """
    own = [p for p in known if till is not None and p.till == till]
    common = [p for p in known if p.till is None]
    candidates = own or common or known
    return candidates[-1] if candidates else None


def add_printer(tx: Transaction, *, name: str, profile: str, device: str, till: str | None = None) -> Printer:
    """Add a printer under a new name, or give one there is another profile, device or till.

    It is then the last added.

    Whether the profile and the device make sense is the caller's to check; nothing here knows a printer.
    """
    name = normalize.name(name)
    values = {"profile": profile, "device": device, "till": till, "added_at": tx.now}
    changed = tx.change(printer.update().where(of_town(printer), printer.c.name == name).values(values))
    if not changed:
        tx.insert(printer, {"name": name, **values})
    touch(tx, PRINTER, name)
    return Printer(name, profile, device, tx.now, till)
