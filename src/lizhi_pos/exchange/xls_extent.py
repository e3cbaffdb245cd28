"""How far the sheets of an .xls reach; see `extent` for why that is asked before loading.

An .xls is two layers: a small file system of chained sectors, and in it a stream of records. Both are walked
without trusting what they claim, and every claim that the library reserves memory for is compared with the size
of the file: a damaged file is refused here, by ValueError or struct.error.
"""

from collections.abc import Iterator
from struct import unpack_from

from lizhi_pos.cells import CellError
from lizhi_pos.exchange.extent import Extent, Faults
from lizhi_pos.exchange.failures import PROTECTED

_DIFAT_IN_HEADER = 109
_LAST_SECTOR = 0xFFFFFFFA
_SHORT_STREAM, _SHORT_SECTOR = 4096, 64
# Kinds of records.
_FORMULA, _END, _PASSWORD, _SHEET, _ROW_OF_NUMBERS, _STRINGS = 0x0006, 0x000A, 0x002F, 0x0085, 0x00BD, 0x00FC
_DIMENSIONS, _TRUTH_OR_ERROR = 0x0200, 0x0205
_CELLS = frozenset({_FORMULA, _ROW_OF_NUMBERS, 0x00D6, 0x00FD, 0x0203, 0x0204, _TRUTH_OR_ERROR, 0x027E})
_XLS_ROWS, _XLS_COLUMNS = 65_536, 256


def check_xls(data: bytes) -> CellError | Faults:
    """The first cell of an .xls that lies too far out, else the faults; raises ValueError or struct.error."""
    stream = workbook_stream(data)
    faults: Faults = {}
    for kind, start, size in _records(stream, 0):
        if kind == _PASSWORD:
            return PROTECTED
        if kind == _STRINGS:
            (count,) = unpack_from("<i", stream, start + 4)
            _believe(0 <= count <= len(stream))
        if kind == _SHEET:
            (offset,) = unpack_from("<I", stream, start)
            name = _sheet_name(stream[start + 6 : start + size])
            extent = _measure_sheet(stream, offset)
            far = extent.check(name)
            if far:
                return far
            faults[name] = extent.faults
    return faults


def _measure_sheet(stream: bytes, offset: int) -> Extent:
    extent = Extent()
    for kind, start, size in _records(stream, offset):
        if kind in _CELLS:
            row, column = unpack_from("<HH", stream, start)
            if kind == _ROW_OF_NUMBERS:
                column += (size - 6) // 6 - 1
            _believe(column < _XLS_COLUMNS)
            extent.add(row, column)
            if (kind == _TRUTH_OR_ERROR and stream[start + 7] == 1) or (
                kind == _FORMULA and stream[start + 6] == 2 and stream[start + 12 : start + 14] == b"\xff\xff"
            ):
                extent.faults.append((row, column))
        elif kind == _DIMENSIONS:
            # Reserved by the library as claimed, filled or not.
            top, bottom, left, right = unpack_from("<IIHH" if size == 14 else "<HHHH", stream, start)
            _believe(top <= max(bottom, 1) <= _XLS_ROWS and left <= max(right, 1) <= _XLS_COLUMNS)
    return extent


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start and size of each record from `offset` up to the end of its part of the stream."""
    while True:
        kind, size = unpack_from("<HH", stream, offset)
        offset += 4
        _believe(offset + size <= len(stream))
        if kind == _END:
            return
        yield kind, offset, size
        offset += size


def _sheet_name(field: bytes) -> str:
    _believe(len(field) >= 2)
    wide = field[1] & 1
    return field[2 : 2 + field[0] * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace")


def workbook_stream(data: bytes) -> bytes:
    """The stream of records in an .xls; raises ValueError or struct.error where there is none."""
    (shift,) = unpack_from("<H", data, 30)
    _believe(shift in (9, 12))
    sector = 1 << shift
    fat = _allocation_table(data, sector)
    (first_directory,) = unpack_from("<I", data, 48)
    directory = _chain(data, sector, fat, first_directory, sector)
    _believe(len(directory) % sector == 0 and len(directory) > 0)
    entries = [_entry(directory, at, sector) for at in range(0, len(directory), 128)]
    _, first_short_sector, short_size = entries[0]
    _believe(short_size <= len(data))
    for wanted in ("workbook", "book"):
        for name, first, size in entries:
            if name.lower() == wanted:
                _believe(size <= len(data))
                if size >= _SHORT_STREAM:
                    return _chain(data, sector, fat, first, sector)[:size]
                short_streams = _chain(data, sector, fat, first_short_sector, sector)
                (first_table,) = unpack_from("<I", data, 60)
                table = _chain(data, sector, fat, first_table, sector)
                numbers = unpack_from(f"<{len(table) // 4}I", table)
                return _chain(short_streams, _SHORT_SECTOR, numbers, first, 0)[:size]
    raise ValueError("no workbook")


def _entry(directory: bytes, at: int, sector: int) -> tuple[str, int, int]:
    """Name, first sector and size of a stream."""
    name = directory[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
    first, size = unpack_from("<IQ" if sector == 4096 else "<II", directory, at + 116)
    return name, first, size


def _allocation_table(data: bytes, sector: int) -> tuple[int, ...]:
    """For each sector the number of the one that follows it in its chain."""
    sectors = len(data) // sector + 1
    directories, tables = unpack_from("<II", data, 40)
    # The library takes the number of further lists from offset 62, ten bytes before its place.
    misread, short_tables, more = unpack_from("<I", data, 62)[0], *unpack_from("<II", data, 64)
    _believe(max(directories, tables, short_tables) <= sectors and misread < 1 << 26)
    listed = list(unpack_from(f"<{_DIFAT_IN_HEADER}I", data, 76))
    while more < _LAST_SECTOR:
        _believe(len(listed) <= sectors + _DIFAT_IN_HEADER)
        *numbers, more = unpack_from(f"<{sector // 4}I", data, (more + 1) * sector)
        listed += numbers
    table: list[int] = []
    for number in listed:
        if number != 0xFFFFFFFF:
            table += unpack_from(f"<{sector // 4}I", data, (number + 1) * sector)
    return tuple(table)


def _chain(data: bytes, sector: int, table: tuple[int, ...], first: int, header: int) -> bytes:
    """The sectors of one chain, joined; `header` bytes stand before sector 0."""
    pieces: list[bytes] = []
    while first < _LAST_SECTOR:
        _believe(first < len(table) and len(pieces) <= len(table))
        start = header + first * sector
        pieces.append(data[start : start + sector])
        first = table[first]
    return b"".join(pieces)


def _believe(claim: bool) -> None:
    if not claim:
        raise ValueError("damaged")
