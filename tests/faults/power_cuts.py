"""A disk as a power cut leaves it: what was synced is there, of what was not some sectors are and some are not."""

import random
import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

SECTOR = 512
_HEAD = struct.Struct("<ciqq")


class Step(NamedTuple):
    """One thing that was done to a file: O made, Z emptied, W written, T cut to a size, S synced, U removed."""

    what: str
    name: str
    at: int
    content: bytes


def steps_in(log: bytes) -> Iterator[Step]:
    """Yield what a process did, in order."""
    place = 0
    while place < len(log):
        what, name_size, at, size = _HEAD.unpack_from(log, place)
        place += _HEAD.size
        name = log[place : place + name_size].decode()
        place += name_size
        held = size if what == b"W" else 0
        yield Step(what.decode(), Path(name).name, at, log[place : place + held])
        place += held


class Disk:
    """Files as they are on the disk for sure, and what was written to them since they were synced last.

    With `lies` a sync does nothing: a disk that only says that it has written.
    """

    def __init__(self, folder: Path, *, lies: bool = False) -> None:
        self.sure = {path.name: bytearray(path.read_bytes()) for path in folder.iterdir() if path.is_file()}
        self.unsure: dict[str, list[Step]] = {}
        self._lies = lies

    def take(self, step: Step) -> None:
        """Do one more step."""
        if step.what == "U":
            self.sure.pop(step.name, None)
            self.unsure.pop(step.name, None)
            return
        self.sure.setdefault(step.name, bytearray())
        waiting = self.unsure.setdefault(step.name, [])
        if step.what == "S" and not self._lies:
            for one in waiting:
                _apply(self.sure[step.name], one, None)
            waiting.clear()
        elif step.what != "S":
            waiting.append(step)

    def cut(self, folder: Path, chance: random.Random) -> None:
        """Leave in a folder what a power cut leaves now: every sector that was not synced is there, or it is not."""
        for name, content in self.sure.items():
            held, share = bytearray(content), chance.choice((0.0, 0.5, 0.9, 1.0))
            for step in self.unsure.get(name, ()):
                _apply(held, step, partial(_happens, chance, share))
            # what lies in shared memory alone is gone
            if not name.endswith("-shm"):
                (folder / name).write_bytes(held)


def _happens(chance: random.Random, share: float) -> bool:
    return chance.random() < share


def _apply(held: bytearray, step: Step, arrives: Callable[[], bool] | None) -> None:
    if step.what in ("T", "Z"):
        if arrives is None or arrives():
            size = step.at if step.what == "T" else 0
            del held[size:]
            held.extend(bytes(size - len(held)))
        return
    at = step.at
    while at < step.at + len(step.content):
        end = min((at // SECTOR + 1) * SECTOR, step.at + len(step.content))
        if arrives is None or arrives():
            held.extend(bytes(max(0, end - len(held))))
            held[at:end] = step.content[at - step.at : end - step.at]
        at = end
