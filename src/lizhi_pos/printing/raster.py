"""Lines, barcodes and QR codes drawn as dots, for what a printer's own font or commands cannot do.

Dots are bytes of eight, black is 1, rows from the top; `as_command` wraps them in ``GS v 0``.
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from lizhi_pos.printing.elements import SCALE, Size, Symbology, paper_width
from lizhi_pos.text.font import font_file

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

_COLUMN = 12
_GLYPH = 24
_STRIP = 30
_BASELINE = 23
"""Dots from a strip's top edge to the line that letters stand on; below it is room for their tails."""
_INK = 112
"""How dark a dot of the smooth drawing must be to become black; a little under half keeps thin strokes whole."""


class Dots(Struct, frozen=True):
    """A black-and-white picture: `width` in dots, a multiple of eight."""

    width: int
    height: int
    data: bytes

    def as_command(self) -> bytes:
        """Return the ESC/POS command that prints it where the head stands."""
        across = self.width // 8
        return b"\x1dv0\x00" + across.to_bytes(2, "little") + self.height.to_bytes(2, "little") + self.data


def can_draw(character: str) -> bool:
    """Return whether there is a font that has this character."""
    return font_file() is not None and _has_glyph(character)


def draw_line(text: str, width: int, size: Size = "normal", bold: bool = False, left: int = 0) -> Dots:
    """Return a line of text on the printer's own grid of columns, starting `left` dots from the edge.

    Every character keeps the place that the printer's font would give it, so figures stay in their column.
    """
    from PIL import Image

    across, down = SCALE[size]
    strip = Image.new("L", (width, _STRIP * down), 0)
    x = left
    for character in text:
        cell = paper_width(character) * _COLUMN * across
        if not character.isspace():
            strip.paste(_glyph(character, cell, down, down // across, bold), (x, 0))
        x += cell
    return _dots(strip)


def draw_barcode(text: str, width: int, height: int = 64, symbology: Symbology = "code128") -> Dots | None:
    """Return a barcode in the middle of the paper, its bars as wide as fit.

    None where it does not fit or has other signs.

    Ten bars' width stays blank on both sides of a Code 128 and eleven of an EAN, without which scanners do not read.
    """
    from barcode.errors import BarcodeError
    from PIL import Image

    try:
        bars = _bars(text, symbology)
    except BarcodeError:
        return None
    scale = min(width // (len(bars) + (22 if symbology == "ean" else 20)), 3)
    if not scale:
        return None
    picture = Image.new("L", (width, height), 0)
    left = (width - len(bars) * scale) // 2
    for index, bar in enumerate(bars):
        if bar == "1":
            picture.paste(255, (left + index * scale, 0, left + (index + 1) * scale, height))
    return _dots(picture)


def _bars(text: str, symbology: Symbology) -> str:
    """Return a barcode's pattern, 1 for each dark bar of the narrowest width."""
    if symbology == "code128":
        from barcode.codex import Code128 as Code
    elif len(text) == 8:
        from barcode.ean import EuropeanArticleNumber8 as Code
    else:
        from barcode.ean import EuropeanArticleNumber13 as Code
    pattern: str = Code(text).build()[0]
    return pattern


def draw_qr(text: str, width: int) -> Dots:
    """Return a QR code in the middle of the paper, about a third of it wide."""
    from PIL import Image

    code = import_module("qrcode").QRCode(border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    scale = max(width // 3 // len(matrix), 3)
    side = len(matrix) * scale
    picture = Image.new("L", (width, side), 0)
    left = (width - side) // 2
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                picture.paste(255, (left + x * scale, y * scale, left + (x + 1) * scale, (y + 1) * scale))
    return _dots(picture)


def _glyph(character: str, cell: int, down: int, squeeze: int, bold: bool) -> "Image":
    """One character in its cell, `down` times as high as normal.

    It is made narrower by `squeeze`, and further where its ink is wider than the cell.
    """
    from PIL import Image, ImageDraw

    font = _font(_GLYPH * down)
    left, _, right, _ = font.getbbox(character, anchor="ls")
    ink = max(int(right - left) + 2 + bold, 1)
    picture = Image.new("L", (ink, _STRIP * down), 0)
    for shift in (0, 1) if bold else (0,):
        ImageDraw.Draw(picture).text((1 - left + shift, _BASELINE * down), character, fill=255, font=font, anchor="ls")
    fitting = max(min(ink // squeeze, cell), 1)
    if fitting != ink:
        picture = picture.resize((fitting, picture.height))
    framed = Image.new("L", (cell, picture.height), 0)
    framed.paste(picture, ((cell - picture.width) // 2, 0))
    return framed


def _dots(picture: "Image") -> Dots:
    flat = picture.point(lambda level: 255 if level >= _INK else 0).convert("1")
    return Dots(flat.width, flat.height, flat.tobytes())


@cache
def _font(size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(str(font_file()), size)


@cache
def _has_glyph(character: str) -> bool:
    # a font draws its "no such character" sign for what it lacks; U+10FFFF is in no font
    font = _font(_GLYPH)
    return bytes(font.getmask(character)) != bytes(font.getmask("\U0010ffff"))
