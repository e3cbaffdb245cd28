"""Paper elements as ESC/POS bytes for one printer model.

Text goes out as strict GBK. A line with a character that GBK lacks, as some names have, goes out whole as a
drawn strip; where no font has the character, its code stands in its place, never a silent question mark.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from lizhi_pos.terminal.printing import raster
from lizhi_pos.terminal.printing.elements import (
    Align,
    Barcode,
    Cell,
    Cells,
    Cut,
    Element,
    Feed,
    Line,
    QrCode,
    Rule,
    Size,
    paper_width,
    printable,
    row_lines,
    wrap,
)
from lizhi_pos.terminal.printing.escpos_bridge import new_document
from lizhi_pos.terminal.printing.profiles import Profile

_START = b"\x1b@\x1c&"
_LINE_FEED = b"\n"
_CUT = b"\x1dVB\x00"
_ALIGN: dict[Align, bytes] = {"left": b"\x1ba\x00", "center": b"\x1ba\x01", "right": b"\x1ba\x02"}
_BOLD = (b"\x1bE\x00", b"\x1bE\x01")
_LATIN_SIZE: dict[Size, bytes] = {"normal": b"\x1d!\x00", "tall": b"\x1d!\x01", "double": b"\x1d!\x11"}
_HANZI_SIZE: dict[Size, bytes] = {"normal": b"\x1c!\x00", "tall": b"\x1c!\x08", "double": b"\x1c!\x0c"}
_COLUMN = 12


def encode(elements: Sequence[Element], profile: Profile) -> bytes:
    """The bytes that print these elements on a printer of this model."""
    document = new_document()
    document._raw(_START)
    for element in elements:
        for part in _bytes_of(element, profile, document):
            document._raw(part)
    return bytes(document.output)


def _bytes_of(element: Element, profile: Profile, document: Any) -> Iterator[bytes]:
    match element:
        case Line():
            yield from _line(element, profile)
        case Cells():
            yield from _cells(element, profile)
        case Rule():
            yield b"-" * profile.columns + _LINE_FEED
        case Barcode(text):
            yield from _barcode(text, profile)
        case QrCode(text):
            yield from _qr(text, profile, document)
        case Feed(lines):
            yield _feed(lines)
        case Cut():
            yield _feed(profile.feed)
            if profile.cutter:
                yield _CUT


def _feed(lines: int) -> bytes:
    return b"\x1bd" + bytes([lines])


def _line(line: Line, profile: Profile) -> Iterator[bytes]:
    room = profile.columns // (2 if line.size == "double" else 1)
    for text in wrap(_with_codes(printable(line.text)), room):
        yield from _text(text, line.align, line.size, line.bold, profile)


def _cells(row: Cells, profile: Profile) -> Iterator[bytes]:
    coded = Cells(tuple(Cell(_with_codes(printable(c.text)), c.columns, c.align) for c in row.cells), row.bold)
    for text in row_lines(coded, profile.columns):
        yield from _text(text, "left", "normal", row.bold, profile)


def _with_codes(text: str) -> str:
    """The text with the code of each character that can neither be written nor drawn."""
    return "".join(c if _in_gbk(c) or raster.can_draw(c) else f"〔U+{ord(c):04X}〕" for c in text)


def _in_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _text(text: str, align: Align, size: Size, bold: bool, profile: Profile) -> Iterator[bytes]:
    if not _in_gbk(text):
        yield _drawn(text, align, size, bold, profile)
        return
    dressed = align != "left", bold, size != "normal"
    if dressed[0]:
        yield _ALIGN[align]
    if dressed[1]:
        yield _BOLD[True]
    if dressed[2]:
        yield _enlarge(size, profile)
    yield text.encode("gbk") + _LINE_FEED
    if dressed[2]:
        yield _enlarge("normal", profile)
    if dressed[1]:
        yield _BOLD[False]
    if dressed[0]:
        yield _ALIGN["left"]


def _enlarge(size: Size, profile: Profile) -> bytes:
    latin = _LATIN_SIZE[size] if profile.size_command in ("GS", "both") else b""
    return latin + (_HANZI_SIZE[size] if profile.size_command in ("FS", "both") else b"")


def _drawn(text: str, align: Align, size: Size, bold: bool, profile: Profile) -> bytes:
    taken = paper_width(text) * _COLUMN * (2 if size == "double" else 1)
    room = max(profile.columns * _COLUMN - taken, 0)
    left = {"left": 0, "center": room // 2, "right": room}[align]
    return raster.draw_line(text, profile.width_dots, size, bold, left).as_command()


def _barcode(text: str, profile: Profile) -> Iterator[bytes]:
    """The bars and the text under them; the text alone where there are no bars for it."""
    if profile.barcode == "native" and text.isascii() and (len(text) + 4) * 11 * 2 < profile.width_dots:
        data = b"{B" + text.encode("ascii").replace(b"{", b"{{")
        yield _ALIGN["center"] + b"\x1dh\x40\x1dw\x02\x1dH\x00\x1dkI" + bytes([len(data)]) + data + _ALIGN["left"]
    elif bars := raster.draw_barcode(text, profile.width_dots):
        yield bars.as_command()
    yield from _text(text, "center", "normal", False, profile)


def _qr(text: str, profile: Profile, document: Any) -> Iterator[bytes]:
    if profile.qr == "raster":
        yield raster.draw_qr(text, profile.width_dots).as_command()
        return
    yield _ALIGN["center"]
    document.qr(text, native=True, size=6)
    yield _ALIGN["left"]
