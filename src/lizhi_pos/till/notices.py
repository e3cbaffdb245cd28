"""What a till tells its clerk."""

from typing import Literal

from msgspec import Struct

from lizhi_pos.database_failures import ServerLost, is_busy
from lizhi_pos.refusal import Message, Refusal, Refused, message

Level = Literal["said", "done", "hint", "refusal"]

UNCERTAIN = message("It is not known whether this basket was redeemed: press Enter to try again")
"""While the machine failed in the midst of a checkout, nothing else is done with its basket."""
FAILED = Refusal(text=message("The machine failed at this; the till goes on. Try again"))
"""What is said where an act failed; the log says why."""
SERVER_LOST = Refusal(text=message("The server does not answer, this cannot be done now. The till goes on trying"))
BUSY = Refusal(text=message("The others are writing just now: nothing was done. Try again"))
"""What is said where an act was given up because others were faster, again and again."""


def refusal_of(error: Exception) -> Refusal:
    """Return in words what is said of an act that failed."""
    if isinstance(error, ServerLost):
        return SERVER_LOST
    if isinstance(error, Refused):
        # the books were moved: they say where to
        return error.refusal
    return BUSY if is_busy(error) else FAILED


OPENING = 4
"""Steps until the till may sell: books, PIN, goods, what lay here."""


class Notice(Struct, frozen=True):
    """One line about what just happened, and how loud it is."""

    level: Level
    text: Message
