"""The small file system of chained sectors in which an .xls keeps its stream of records.

It is walked without trusting what it claims: a damaged file is refused by ValueError or struct.error.
"""

from struct import unpack_from

_DIFAT_IN_HEADER = 109
_LAST_SECTOR = 0xFFFFFFFA
_SHORT_STREAM, _SHORT_SECTOR = 4096, 64


def workbook_stream(data: bytes) -> bytes:
    """Return the stream of records in an .xls; raise ValueError or struct.error where there is none."""
    (shift,) = unpack_from("<H", data, 30)
    believe(shift in (9, 12))
    sector = 1 << shift
    fat = _allocation_table(data, sector)
    (first_directory,) = unpack_from("<I", data, 48)
    directory = _chain(data, sector, fat, first_directory, sector)
    believe(len(directory) % sector == 0 and len(directory) > 0)
    entries = [_entry(directory, at, sector) for at in range(0, len(directory), 128)]
    _, first_short_sector, short_size = entries[0]
    believe(short_size <= len(data))
    for wanted in ("workbook", "book"):
        for name, first, size in entries:
            if name.lower() == wanted:
                believe(size <= len(data))
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
    believe(max(directories, tables, short_tables) <= sectors and misread < 1 << 26)
    listed = list(unpack_from(f"<{_DIFAT_IN_HEADER}I", data, 76))
    while more < _LAST_SECTOR:
        believe(len(listed) <= sectors + _DIFAT_IN_HEADER)
        *numbers, more = unpack_from(f"<{sector // 4}I", data, (more + 1) * sector)
        listed += numbers
    table: list[int] = []
    for number in listed:
        if number != 0xFFFFFFFF:
            table += unpack_from(f"<{sector // 4}I", data, (number + 1) * sector)
    return tuple(table)


def _chain(data: bytes, sector: int, table: tuple[int, ...], first: int, header: int) -> bytes:
    """Return the sectors of one chain, joined; `header` bytes stand before sector 0."""
    pieces: list[bytes] = []
    while first < _LAST_SECTOR:
        believe(first < len(table) and len(pieces) <= len(table))
        start = header + first * sector
        pieces.append(data[start : start + sector])
        first = table[first]
    return b"".join(pieces)


def believe(claim: bool) -> None:
    """Raise ValueError where a file claims what cannot be."""
    if not claim:
        raise ValueError("damaged")
