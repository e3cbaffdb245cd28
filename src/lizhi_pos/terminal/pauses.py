"""After how many seconds a till does something of itself; handed in with its settings."""

from typing import TYPE_CHECKING

from msgspec import Struct

from lizhi_pos.till.customer_display import THANKS_S

if TYPE_CHECKING:
    from lizhi_pos.printing.status_protocol import Timeouts


class Pauses(Struct, frozen=True, kw_only=True):
    """Seconds, each of them what a till at a counter has."""

    print_poll_s: float = 3.0
    """Between two looks at what waits to be printed."""
    learn_after_s: float = 5.0
    """Without a scan, after which there is time for other things."""
    says_at_work_after_s: float = 0.4
    """Until a screen says that it is at work."""
    thanks_s: float = THANKS_S
    """For which a household is thanked."""
    printer: "Timeouts | None" = None
    """For which a printer is waited for; the usual ones where none are given."""
