"""A copy that appears whole or not at all: written under a hidden name in its folder, then given its own."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from lizhi_pos.database_file import remove
from lizhi_pos.file_writing import in_time, keep_name

_ENDING = ".lizhi-copy.part"
_LEFT_BEHIND_S = 3600
"""What nobody has written into for so long, a process that is no more has left half-way."""


@contextmanager
def new_copy(folder: Path) -> Iterator[Path]:
    """Yield a path in a folder for a copy to be written to; what was not put in place by then is taken away.

    So is what a process left there that was killed. Raise FolderSilent where the folder does not answer, OSError
    where it cannot be written.
    """
    path = folder / f".{token_hex(8)}{_ENDING}"
    in_time(lambda: _begin(path))
    try:
        yield path
    finally:
        remove(path)


def _begin(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    now = path.stat().st_mtime
    for other in path.parent.glob(f".*{_ENDING}*"):
        with contextlib.suppress(OSError):
            if now - other.stat().st_mtime > _LEFT_BEHIND_S:
                other.unlink()


def written_through(path: Path) -> tuple[int, str]:
    """Wait until a file is on the disk; return its size and the SHA-256 of its content."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def put_in_place(path: Path, place: Path) -> None:
    """Give a copy its name, over a file that has it."""
    os.replace(path, place)
    keep_name(place.parent)
