"""What the sheets of an .xls look like, found in its records before it is loaded.

Every claim that the library reserves memory for is compared with the size of the file: a damaged file is refused
here, by ValueError or struct.error.
"""

from collections.abc import Iterator
from struct import unpack_from

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange.appearance import Appearance, fails
from lizhi_pos.exchange.file_errors import PROTECTED
from lizhi_pos.exchange.number_format import BUILT_IN
from lizhi_pos.exchange.ole import believe, workbook_stream

# Kinds of records.
_FORMULA, _END, _PASSWORD, _SHEET, _STRINGS = 0x0006, 0x000A, 0x002F, 0x0085, 0x00FC
_DIMENSIONS, _TRUTH_OR_ERROR, _NUMBER, _SMALL_NUMBER, _SMALL_NUMBERS = 0x0200, 0x0205, 0x0203, 0x027E, 0x00BD
_LABEL, _SHARED_LABEL, _RICH_LABEL = 0x0204, 0x00FD, 0x00D6
_ROW, _COLUMNS, _MERGED, _FORMAT, _STYLE, _CODE_PAGE, _BEGIN = 0x0208, 0x007D, 0x00E5, 0x041E, 0x00E0, 0x0042, 0x0809
_NUMBERS = frozenset({_FORMULA, _NUMBER, _SMALL_NUMBER, _SMALL_NUMBERS})
_LABELS = frozenset({_LABEL, _SHARED_LABEL, _RICH_LABEL})
_CELLS = _NUMBERS | _LABELS | {_TRUTH_OR_ERROR}
_XLS_ROWS, _XLS_COLUMNS = 65_536, 256
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01
_BIFF8 = 0x0600
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def scan_xls(data: bytes) -> CellError | dict[str, Appearance]:
    """Return the sheets' appearances by name, or the first cell that lies too far out.

    Raise ValueError or struct.error.
    """
    stream = workbook_stream(data)
    book = _Book(stream)
    if book.protected:
        return PROTECTED
    found: dict[str, Appearance] = {}
    for name, offset in book.sheets:
        look = _scan_sheet(stream, offset, book.formats)
        far = look.extent.check(name)
        if far:
            return far
        found[name] = look
    return found


class _Book:
    """The part of the stream before the sheets: where they begin, and the number format of each cell style."""

    def __init__(self, stream: bytes) -> None:
        self.sheets: list[tuple[str, int]] = []
        self.protected = False
        self._codes = dict(BUILT_IN)
        self._wide = True
        styles: list[int] = []
        for kind, start, size in _records(stream, 0):
            if kind == _PASSWORD:
                self.protected = True
                break
            if kind == _BEGIN:
                self._wide = unpack_from("<H", stream, start)[0] >= _BIFF8
            elif kind == _STRINGS:
                (count,) = unpack_from("<i", stream, start + 4)
                believe(0 <= count <= len(stream))
            elif kind == _SHEET:
                (offset,) = unpack_from("<I", stream, start)
                self.sheets.append((_sheet_name(stream[start + 6 : start + size]), offset))
            elif kind == _FORMAT:
                self._note_format(stream[start : start + size])
            elif kind == _STYLE:
                styles.append(unpack_from("<H", stream, start + 2)[0])
        codes = [self._codes.get(number, "") for number in styles]
        self.formats = ["" if code.lower() in ("general", "@") else code for code in codes]

    def _note_format(self, record: bytes) -> None:
        (number,) = unpack_from("<H", record, 0)
        if not self._wide:
            self._codes[number] = record[3 : 3 + record[2]].decode("gb18030", "replace")
            return
        (length,) = unpack_from("<H", record, 2)
        two_bytes = record[4] & 1
        text = record[5 : 5 + length * (2 if two_bytes else 1)]
        self._codes[number] = text.decode("utf-16-le" if two_bytes else "latin-1", "replace")


def _scan_sheet(stream: bytes, offset: int, formats: list[str]) -> Appearance:
    look = Appearance()
    for kind, start, size in _records(stream, offset):
        if kind in _CELLS:
            _cell(look, stream, kind, start, size, formats)
        elif kind == _DIMENSIONS:
            # Reserved by the library as claimed, filled or not.
            top, bottom, left, right = unpack_from("<IIHH" if size == 14 else "<HHHH", stream, start)
            believe(top <= max(bottom, 1) <= _XLS_ROWS and left <= max(right, 1) <= _XLS_COLUMNS)
        elif kind == _MERGED:
            (count,) = unpack_from("<H", stream, start)
            for at in range(start + 2, start + 2 + 8 * count, 8):
                top, bottom, left, right = unpack_from("<HHHH", stream, at)
                believe(top <= bottom and left <= right)
                look.merged.append((top, left, bottom, right))
        elif kind == _ROW:
            (row,) = unpack_from("<H", stream, start)
            if unpack_from("<H", stream, start + 12)[0] & _ROW_HIDDEN:
                look.hidden_rows.append((row, row))
        elif kind == _COLUMNS:
            first, last, _, _, flags = unpack_from("<HHHHH", stream, start)
            if flags & _COLUMN_HIDDEN:
                look.hidden_columns.append((first, last))
    return look


def _cell(look: Appearance, stream: bytes, kind: int, start: int, size: int, formats: list[str]) -> None:
    row, first, style = unpack_from("<HHH", stream, start)
    last = first + ((size - 6) // 6 - 1 if kind == _SMALL_NUMBERS else 0)
    believe(last < _XLS_COLUMNS)
    look.extent.add(row, last)
    error: int | None = None
    if kind == _TRUTH_OR_ERROR and stream[start + 7] == 1:
        error = stream[start + 6]
    elif kind == _FORMULA and stream[start + 12 : start + 14] == b"\xff\xff" and stream[start + 6] == 2:
        error = stream[start + 8]
    if error is not None:
        look.values.append(((row, first, row, first), fails(_ERRORS.get(error, "#ERROR!"))))
        return
    for column in range(first, last + 1):
        if kind == _SMALL_NUMBERS:
            (style,) = unpack_from("<H", stream, start + 4 + 6 * (column - first))
        code = formats[style] if style < len(formats) else ""
        if code and (kind in _NUMBERS or (kind in _LABELS and ("@" in code or ";" in code))):
            look.formats.setdefault(code, []).append((row, column))


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start and size of each record from `offset` up to the end of its part of the stream."""
    while True:
        kind, size = unpack_from("<HH", stream, offset)
        offset += 4
        believe(offset + size <= len(stream))
        if kind == _END:
            return
        yield kind, offset, size
        offset += size


def _sheet_name(field: bytes) -> str:
    believe(len(field) >= 2)
    wide = field[1] & 1
    return field[2 : 2 + field[0] * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")
