"""The XML parts of .xlsx and .ods files, read as a stream and believed only as far as they are there."""

import zipfile
from collections.abc import Callable
from xml.parsers import expat

MAX_UNPACKED = 256 << 20
"""The largest file that is read, in bytes when it is unpacked."""
_CHUNK = 1 << 20

Start = Callable[[str, dict[str, str]], None]
Text = Callable[[str], None]
End = Callable[[str], None]


def unpacks_within_bounds(archive: zipfile.ZipFile) -> bool:
    """Return whether all parts together stay within what is read.

    Raise BadZipFile or ValueError where one is not sound.

    The directory of a zip only claims sizes: each part is unpacked to its end and counted.
    """
    members = archive.infolist()
    if len({member.filename for member in members}) < len(members):
        raise ValueError("two parts of one name")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        return False
    for member in members:
        claimed, member.file_size = member.file_size, MAX_UNPACKED + 1
        size = 0
        with archive.open(member) as stream:
            while size <= claimed and (chunk := stream.read(_CHUNK)):
                size += len(chunk)
        member.file_size = claimed
        if size != claimed:
            raise ValueError("a part of another size than claimed")
    return True


def parse(archive: zipfile.ZipFile, part: str, start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Tell of every element of a part. Raises ValueError for a document type, which no spreadsheet has: entities
    declared there can grow without end."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
        parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def _refuse_doctype(*_declared: object) -> None:
    raise ValueError("a document type in a spreadsheet")
