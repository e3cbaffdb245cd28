"""A folder that appears whole or not at all: filled under a hidden name beside its place, then renamed."""

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from lizhi_pos.file_writing import in_time
from lizhi_pos.refusal import Refusal, refuse

_ENDING = ".archive.part"
FIRST_FILE = "README.txt"
"""The file that is written first: a folder without it is not filled yet."""

_FILLED = frozenset({errno.ENOTEMPTY, errno.EEXIST})


def why_not_folder(folder: Path) -> Refusal | None:
    """Refuse what is neither a new folder nor an empty one. Raise OSError where it cannot be looked at."""
    return in_time(lambda: _why_not(Path(os.path.realpath(folder))))


def _why_not(folder: Path) -> Refusal | None:
    if not folder.exists():
        return None
    if not folder.is_dir():
        return refuse("rule_broken", "{0} is there and is no folder: name a new one", str(folder))
    if any(folder.iterdir()):
        return filled(folder)
    if folder == Path(os.path.realpath(os.curdir)):
        # it is replaced as a whole: whoever stands in it would see nothing of it
        return refuse("rule_broken", "{0} is the folder you are in: go out of it, then name it", str(folder))
    if folder.is_mount():
        return refuse("rule_broken", "{0} is a whole disk: name a new folder in it", str(folder))
    return None


def filled(folder: Path) -> Refusal:
    """Return the refusal of a folder that holds something."""
    return refuse("rule_broken", "There is something in {0}: name a new folder or an empty one", str(folder))


class NewFolder:
    """A folder being filled. `path` is where its files go until it is given its name."""

    def __init__(self, place: Path, path: Path) -> None:
        self.place = place
        self.path = path

    def put_in_place(self) -> Refusal | None:
        """Give the folder its name; refuse where something has come there meanwhile."""
        if self.place.exists():
            # whoever made the folder said who may look into it
            os.chmod(self.path, stat.S_IMODE(self.place.stat().st_mode))
        try:
            if os.name == "nt" and self.place.exists():
                self.place.rmdir()
            os.rename(self.path, self.place)
        except OSError as error:
            if error.errno in _FILLED:
                return filled(self.place)
            raise
        _keep_names(self.place.parent)
        return None


@contextmanager
def new_folder(place: Path) -> Iterator[NewFolder]:
    """Make a folder to be filled, which nobody else may look into; what was not put in place is taken away again.

    So is what a process left there that was killed before it came so far.
    """
    place = Path(os.path.realpath(place))
    made = [parent for parent in place.parents if not parent.exists()]
    path = place.parent / f".{token_hex(8)}{_ENDING}"
    in_time(lambda: _make(path))
    lock = _locked(path)
    try:
        _remove_left_behind(place.parent)
        yield NewFolder(place, path)
    finally:
        if path.exists():
            shutil.rmtree(path, ignore_errors=True)
        if lock is not None:
            os.close(lock)
        if not place.exists():
            for parent in made:
                with contextlib.suppress(OSError):
                    parent.rmdir()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700)


def _remove_left_behind(parent: Path) -> None:
    """Remove folders that were being filled by a process that is no more: they hold what is not to lie about."""
    for path in parent.glob(f".*{_ENDING}"):
        # one without a file is just being made, and not locked yet
        if not (path / FIRST_FILE).exists():
            continue
        lock = _locked(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """Lock a folder until it is closed; None where another process has it, or this system locks no folders."""
    if os.name == "nt":
        return None
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def write_through(path: Path, content: bytes) -> None:
    """Write a file of the folder, and wait until it is on the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep_names(folder: Path) -> None:
    # not every file system lets a folder be synced
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
