"""What the page may say through its socket, and how large its window may be. Pure."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

MOST_COLUMNS = 1000
MOST_ROWS = 500
LONGEST_TEXT = 65536
"""Characters that are typed or pasted at once."""


class NotOfThePage(Exception):
    """What came through the socket is nothing that the page sends."""


class Typed(Struct, frozen=True):
    """Keys, as a terminal sends them."""

    text: str


class Resized(Struct, frozen=True):
    """The window's size in columns and rows."""

    width: int
    height: int


class Pinged(Struct, frozen=True):
    """The page asks whether it is heard."""

    value: str


Said = Typed | Resized | Pinged | Literal["focus", "blur"]


def read_message(data: object) -> Said:
    """Return one message of the page; raise NotOfThePage for anything else."""
    if not isinstance(data, str):
        raise NotOfThePage
    try:
        envelope: Any = msgspec.json.decode(data, type=list[Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotOfThePage from error
    match envelope:
        case ["stdin", str(text)] if len(text) <= LONGEST_TEXT and _is_text(text):
            return Typed(text)
        case ["resize", {"width": int(width), "height": int(height)}] if _is_size(width, height):
            return Resized(width, height)
        case ["ping", str(value)] if len(value) <= LONGEST_TEXT and _is_text(value):
            return Pinged(value)
        case ["focus"]:
            return "focus"
        case ["blur"]:
            return "blur"
    raise NotOfThePage


def read_size(width: str | None, height: str | None) -> Resized | None:
    """Return the size that a window gives as it opens, None where it is no size of a window."""
    numbers = [
        int(side) if side and side.isascii() and side.isdigit() and len(side) <= 4 else 0 for side in (width, height)
    ]
    return Resized(*numbers) if _is_size(*numbers) else None


def _is_size(width: object, height: object) -> bool:
    """Return whether both are whole numbers that a window can have.

    True and false are none, though Python counts them so.
    """
    return type(width) is int and type(height) is int and 1 <= width <= MOST_COLUMNS and 1 <= height <= MOST_ROWS


def _is_text(text: str) -> bool:
    """Return whether a text can be sent on: half of a surrogate pair cannot."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
