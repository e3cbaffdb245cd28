"""What stands on paper, before any printer is chosen: lines, rows of cells, rules, codes, feeds and cuts.

Widths are columns of the printer's own font: a hanzi takes two, and so does every character that GBK writes
in two bytes, also ``×`` and ``·``, which a screen shows in one.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

TOTAL = "合计"
"""How the line of a receipt begins that says what it came to."""

Align = Literal["left", "center", "right"]
Size = Literal["normal", "tall", "double", "huge"]
"""``tall`` is twice the height, ``double`` twice height and width; ``huge`` is four times both and always drawn."""
SCALE: Mapping[Size, tuple[int, int]] = {"normal": (1, 1), "tall": (1, 2), "double": (2, 2), "huge": (4, 4)}
"""How many times as wide and as high as normal."""
Symbology = Literal["code128", "ean"]
Width = Callable[[str], int]
"""How many columns a text takes, on paper or on a screen."""


class Line(Struct, frozen=True):
    """A text by itself; too long a one goes on in further lines, nothing is cut off."""

    text: str
    align: Align = "left"
    size: Size = "normal"
    bold: bool = False


class Cell(Struct, frozen=True):
    """A part of a row: its text, how many columns it has, and to which side it leans."""

    text: str
    columns: int
    align: Literal["left", "right"] = "left"


class Cells(Struct, frozen=True):
    """One row of cells side by side; a cell that does not fit takes lines of its own."""

    cells: tuple[Cell, ...]
    bold: bool = False


class Rule(Struct, frozen=True):
    """A line of dashes from edge to edge."""


class Barcode(Struct, frozen=True):
    """A Code 128 of a short ASCII text, or an EAN-8 or EAN-13 of its valid digits; with the text under it."""

    text: str
    symbology: Symbology = "code128"


class QrCode(Struct, frozen=True):
    """A QR code."""

    text: str


class Feed(Struct, frozen=True):
    """Empty lines."""

    lines: int = 1


class Cut(Struct, frozen=True):
    """The end of the paper: it is fed out and cut where there is a cutter."""


Element = Line | Cells | Rule | Barcode | QrCode | Feed | Cut

_SAME = str.maketrans({"¥": "￥", "•": "·", "‧": "·", "\u00a0": " ", "\u3000": "  ", "−": "-"})


def printable(text: str) -> str:
    """Return the text as a printer takes it: look-alikes that GBK lacks are exchanged, control characters are blanks.

    A name read from a spreadsheet may hold anything; an ESC in it must not reach the printer as a command.
    """
    composed = unicodedata.normalize("NFC", text).translate(_SAME)
    return "".join(_visible(c) for c in composed)


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Cs" | "Zl" | "Zp":
            return " "
        case "Cf":
            return ""
        case "Mn" if unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
            return ""
    return character


def paper_width(text: str) -> int:
    """Return the columns that a text takes on paper; a character that GBK lacks is drawn two columns wide."""
    return sum(_paper_columns(c) for c in text)


def _paper_columns(character: str) -> int:
    try:
        return len(character.encode("gbk"))
    except UnicodeEncodeError:
        return 2


def screen_width(text: str) -> int:
    """Return the columns that a text takes in a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, columns: int, width: Width = paper_width) -> list[str]:
    """Return the text in lines of at most so many columns, broken at a blank where one is near; nothing is lost."""
    lines: list[str] = []
    rest = text.strip()
    while width(rest) > columns:
        end = _fitting(rest, columns, width)
        # a break at a blank, but not one that leaves the line mostly empty; hanzi may break anywhere
        blank = rest.rfind(" ", end // 3, end + 1)
        if blank > 0 and rest[end - 1 : end + 1].isascii():
            end = blank
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest]


def _fitting(text: str, columns: int, width: Width) -> int:
    used = 0
    for index, character in enumerate(text):
        used += width(character)
        if used > columns:
            return max(index, 1)
    return len(text)


def row_lines(row: Cells, columns: int, width: Width = paper_width) -> list[str]:
    """Return a row as lines of text, every cell in its place; where one is too long, each cell takes its own lines."""
    texts = [printable(cell.text) for cell in row.cells]
    if all(width(text) <= cell.columns for text, cell in zip(texts, row.cells, strict=True)):
        return ["".join(_padded(t, c.columns, c.align, width) for t, c in zip(texts, row.cells, strict=True)).rstrip()]
    return list(_each_on_its_own(texts, row.cells, columns, width))


def _each_on_its_own(texts: Sequence[str], cells: Sequence[Cell], columns: int, width: Width) -> Iterator[str]:
    for text, cell in zip(texts, cells, strict=True):
        for line in wrap(text, columns, width) if text.strip() else ():
            yield _padded(line, columns, cell.align, width).rstrip()


def _padded(text: str, columns: int, align: Align, width: Width) -> str:
    room = max(columns - width(text), 0)
    before = room if align == "right" else room // 2 if align == "center" else 0
    return " " * before + text + " " * (room - before)


def placed(text: str, columns: int, align: Align, width: Width) -> str:
    """Return a line of text moved to its side of the paper, without trailing blanks."""
    return _padded(text, columns, align, width).rstrip()
