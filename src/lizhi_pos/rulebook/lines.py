"""On which line of a TOML text a key stands, for errors that name it."""

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""A key's place: table names, and the index within an array of tables."""

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""")


def key_lines(text: str) -> Mapping[Path, int]:
    """Return the line, from 1, of every table and of every key that begins a line."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            here = _table(header[2], header[1] == "[[", counts)
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            lines.setdefault(here + tuple(_bare(part) for part in key[1].split(".")), number)
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a key, or of the nearest table around it; 1 where there is neither."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _bare(part: str) -> str:
    return part.strip().strip("\"'")


def _table(name: str, repeated: bool, counts: dict[Path, int]) -> Path:
    parts = [_bare(part) for part in name.split(".")]
    path: Path = ()
    for part in parts[:-1]:
        path += (part,)
        if path in counts:
            path += (counts[path],)
    path += (parts[-1],)
    if repeated:
        counts[path] = counts.get(path, -1) + 1
        path += (counts[path],)
    return path
