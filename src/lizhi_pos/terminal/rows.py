"""What a mouse can take on the screen: the rows of a list, and keys with what they do.

A place carries what a click on it means as meta of its style. Not Textual's own `@click`, which changes how it looks.
"""

from collections.abc import Sequence
from functools import cache

from textual.content import Content
from textual.style import Style

from lizhi_pos.terminal.columns import left

MARKED = "bold reverse"
_GAP = "    "
"""What stands between two keys in one sentence, in every language."""


def page(count: int, marked: int, height: int) -> tuple[int, int]:
    """Return the rows shown of so many, from and to: the page that the marked one is on.

    A click marks a row and leaves it where it is, so that the second one hits it again.
    """
    first = max(marked, 0) // max(height, 1) * max(height, 1)
    return first, min(first + height, count)


def row(
    text: str, at: int, marked: int, width: int | None = None, *, style: str = "", note: tuple[str, str] = ("", "")
) -> Content:
    """Make row `at` of a list, with the mark where it is the marked one; `style` is its look where it is not.

    Fills the width, if one is given; the note behind it keeps its own look.
    """
    signed = f"{'▸' if at == marked else ' '}{text}"
    look = MARKED if at == marked else style
    line = Content.assemble((signed if width is None else left(signed, width), look), note)
    return can_be_clicked(line, at)


def can_be_clicked(line: Content, at: int) -> Content:
    """Say of a line that it is row `at` of a list."""
    return line.stylize(_meta("row", at))


def pressing(words: Content, key: str) -> Content:
    """Say of words that a click on them presses a key."""
    return words.stylize(_meta("key", key))


def answers(words: str, keys: Sequence[str], style: str = "") -> Content:
    """Return the answers at the foot of a dialog: the parts of a sentence, each of which presses its key."""
    *parts, last = words.split(_GAP)
    # what stands between two belongs to the one before it: a finger needs the room
    parts = [*(part + _GAP for part in parts), last]
    line = Content.assemble(*(pressing(Content(part), key) for part, key in zip(parts, keys, strict=True)))
    return line.stylize_before(style)


def in_form(words: Content, field: int, choice: int | None = None) -> Content:
    """Say of words that they are a field of a form, or one of its choices, both counted from 0."""
    return words.stylize(_meta("field", field) if choice is None else _meta("choice", (field, choice)))


def clicked_row(style: object) -> int | None:
    """Return the row that a style under the mouse stands for."""
    at = _meant(style).get("row")
    return at if isinstance(at, int) else None


def clicked_key(style: object) -> str | None:
    """Return the key that a style under the mouse stands for."""
    key = _meant(style).get("key")
    return key if isinstance(key, str) else None


def clicked_in_form(style: object) -> tuple[int, int | None] | None:
    """Return the field that a style under the mouse stands for, and which of its choices."""
    match _meant(style):
        case {"choice": (int(field), int(choice))}:
            return field, choice
        case {"field": int(field)}:
            return field, None
    return None


def has_rows(lines: Sequence[Content]) -> bool:
    """Return whether any of the lines is a row of a list."""
    return any(isinstance(span.style, Style) and "row" in span.style.meta for line in lines for span in line.spans)


def _meant(style: object) -> dict[str, object]:
    meta = getattr(style, "meta", None)
    return meta if isinstance(meta, dict) else {}


@cache
def _meta(kind: str, means: int | str | tuple[int, int]) -> Style:
    return Style.from_meta({kind: means})
