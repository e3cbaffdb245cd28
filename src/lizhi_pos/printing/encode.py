"""Paper elements as ESC/POS bytes for one printer model.

Text goes out as strict GBK. A line with a character that GBK lacks, as some names have, goes out whole as a
drawn strip; where no font has the character, its code stands in its place, never a silent question mark.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from lizhi_pos.printing import raster
from lizhi_pos.printing.elements import (
    SCALE,
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
from lizhi_pos.printing.escpos_bridge import new_document
from lizhi_pos.printing.profiles import Profile

_START = b"\x1b@\x1c&"
_LINE_FEED = b"\n"
_CUT = b"\x1dVB\x00"
_ALIGN: dict[Align, bytes] = {"left": b"\x1ba\x00", "center": b"\x1ba\x01", "right": b"\x1ba\x02"}
_BOLD = (b"\x1bE\x00", b"\x1bE\x01")
_LATIN_SIZE: dict[Size, bytes] = {"normal": b"\x1d!\x00", "tall": b"\x1d!\x01", "double": b"\x1d!\x11"}
_HANZI_SIZE: dict[Size, bytes] = {"normal": b"\x1c!\x00", "tall": b"\x1c!\x08", "double": b"\x1c!\x0c"}
_WITHOUT_FONT: Size = "double"
"""What ``huge`` becomes where there is no font to draw it with."""
_COLUMN = 12


def encode(elements: Sequence[Element], profile: Profile) -> bytes:
    """Return the bytes that print these elements on a printer of this model."""
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
        case Barcode():
            yield from _barcode(element, profile)
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
    room = profile.columns // SCALE[line.size][0]
    for text in wrap(_with_codes(printable(line.text)), room):
        yield from _text(text, line.align, line.size, line.bold, profile)


def _cells(row: Cells, profile: Profile) -> Iterator[bytes]:
    coded = Cells(tuple(Cell(_with_codes(printable(c.text)), c.columns, c.align) for c in row.cells), row.bold)
    for text in row_lines(coded, profile.columns):
        yield from _text(text, "left", "normal", row.bold, profile)


def _with_codes(text: str) -> str:
    """Return the text with the code of each character that can neither be written nor drawn."""
    return "".join(c if _in_gbk(c) or raster.can_draw(c) else f"〔U+{ord(c):04X}〕" for c in text)


def _in_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _text(text: str, align: Align, size: Size, bold: bool, profile: Profile) -> Iterator[bytes]:
    if not _in_gbk(text) or (size == "huge" and all(map(raster.can_draw, text))):
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
    written: Size = _WITHOUT_FONT if size == "huge" else size
    latin = _LATIN_SIZE[written] if profile.size_command in ("GS", "both") else b""
    return latin + (_HANZI_SIZE[written] if profile.size_command in ("FS", "both") else b"")


def _drawn(text: str, align: Align, size: Size, bold: bool, profile: Profile) -> bytes:
    taken = paper_width(text) * _COLUMN * SCALE[size][0]
    room = max(profile.columns * _COLUMN - taken, 0)
    left = {"left": 0, "center": room // 2, "right": room}[align]
    return raster.draw_line(text, profile.width_dots, size, bold, left).as_command()


def _barcode(code: Barcode, profile: Profile) -> Iterator[bytes]:
    """Yield the bars and the text under them; the text alone where there are no bars for it."""
    own = _own_barcode(code) if profile.barcode == "native" else b""
    if own and (code.symbology == "ean" or (len(code.text) + 4) * 11 * 2 < profile.width_dots):
        yield _ALIGN["center"] + b"\x1dh\x40\x1dw\x02\x1dH\x00" + own + _ALIGN["left"]
    elif bars := raster.draw_barcode(code.text, profile.width_dots, symbology=code.symbology):
        yield bars.as_command()
    for text in wrap(_with_codes(printable(code.text)), profile.columns):
        yield from _text(text, "center", "normal", False, profile)


def _own_barcode(code: Barcode) -> bytes:
    """Return the printer's own command for the bars, nothing where it has none for this text."""
    if not code.text.isascii():
        return b""
    data = code.text.encode("ascii")
    if code.symbology == "ean":
        return {8: b"\x1dkD\x08", 13: b"\x1dkC\x0d"}[len(data)] + data
    coded = b"{B" + data.replace(b"{", b"{{")
    return b"\x1dkI" + bytes([len(coded)]) + coded


def _qr(text: str, profile: Profile, document: Any) -> Iterator[bytes]:
    if profile.qr == "raster":
        yield raster.draw_qr(text, profile.width_dots).as_command()
        return
    yield _ALIGN["center"]
    document.qr(text, native=True, size=6)
    yield _ALIGN["left"]
