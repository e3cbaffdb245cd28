"""What a till tells its clerk."""

from typing import Literal

from msgspec import Struct

from lizhi_pos.refusal import Message, Refusal, message

Level = Literal["said", "done", "hint", "refusal"]

UNCERTAIN = message("It is not known whether this basket was redeemed: press Enter to try again")
"""While the machine failed in the midst of a checkout, nothing else is done with its basket."""
FAILED = Refusal(text=message("The machine failed at this; the till goes on. Try again"))
"""What is said where an act failed; the log says why."""


OPENING = 4
"""Steps until the till may sell: books, PIN, goods, what lay here."""


class Notice(Struct, frozen=True):
    """One line about what just happened, and how loud it is."""

    level: Level
    text: Message
