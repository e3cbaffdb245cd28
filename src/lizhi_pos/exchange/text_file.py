"""Text files as sheets: comma, semicolon or tab between the cells, in any of the encodings Chinese offices use."""

import codecs
import csv
import io
import re

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange import file_errors
from lizhi_pos.exchange.file_errors import NO_WORKBOOK
from lizhi_pos.exchange.sheet import Cell, Sheet
from lizhi_pos.exchange.size_guard import Extent
from lizhi_pos.refusal import message

_TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
_OTHER_KINDS = (
    ("%PDF", file_errors.PDF),
    ("{\\rtf", file_errors.LETTER),
    ("<", file_errors.WEB_PAGE),
)
_WEB_ARCHIVE = re.compile(r"^MIME-Version:", re.MULTILINE | re.IGNORECASE)
"""A line that every web archive (MHTML) has among its first."""
_HEAD_SIGNS = 2000
_HEAD_LINES = 20


def read_text(data: bytes, suffix: str) -> list[Sheet] | CellError:
    """Return the one sheet of a text file, named ``""``; an error where the text is no table.

    Under the name of another kind of file (`suffix`) it must look like a table: two rows of the same width.
    """
    if data.startswith(b"%PDF"):
        return file_errors.PDF
    text = _decoded(data)
    if text is None or _BINARY.search(text):
        return NO_WORKBOOK
    for beginning, failure in _OTHER_KINDS:
        if text.lstrip().startswith(beginning):
            return failure
    if _WEB_ARCHIVE.search(text, 0, _HEAD_SIGNS):
        return file_errors.WEB_PAGE
    rows = _split(text)
    if isinstance(rows, CellError):
        return rows
    widths = [len(row) for row in rows.values() if len(row) > 1]
    if suffix not in _TEXT_SUFFIXES and len(widths) == len(set(widths)):
        return NO_WORKBOOK
    width = max(map(len, rows.values()), default=0)
    filled = {n: row for n, row in rows.items() if any(cell != "" for cell in row)}
    sheet = Sheet("", [row + [""] * (width - len(row)) for row in filled.values()], list(filled))
    return [sheet] if sheet.rows else NO_WORKBOOK


def _decoded(data: bytes) -> str | None:
    """Return the text, or None where it is none. Detectors guess wrong on short lists of names.

    Each encoding is tried.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif data.startswith(codecs.BOM_UTF8):
        encodings = ("utf-8-sig",)
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _split(text: str) -> dict[int, list[Cell]] | CellError:
    """Return the rows that hold anything, by their numbers from 1."""
    rows: dict[int, list[Cell]] = {}
    extent = Extent()
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, fields in enumerate(reader, 1):
            while fields and not fields[-1].strip():
                fields.pop()
            if fields:
                extent.add(number - 1, len(fields) - 1)
                if far := extent.check(""):
                    return far
                rows[number] = [_unwrapped(field) for field in fields]
    except csv.Error:
        return CellError("", f"A{number + 1}", message("The quotation marks in this row do not match."))
    return rows


def _delimiter(text: str) -> str:
    """Return what stands between the cells: the mark of which most of the first rows have equally many."""
    head = text.split("\n", _HEAD_LINES)[:_HEAD_LINES]

    def weight(mark: str) -> tuple[int, int]:
        counts = [count for line in head if (count := line.count(mark))]
        return max(((counts.count(count), count) for count in counts), default=(0, 0))

    return max(",\t;", key=weight)


def _unwrapped(field: str) -> str:
    """Return a code written ``="0123"`` to keep a spreadsheet program from reading it as a number."""
    return field[2:-1] if field.startswith('="') and field.endswith('"') else field
