"""A folder that never answers: a file system in user space whose program is silent. Needs the right to mount."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DETACH = 2


@contextmanager
def hanging(folder: Path, kind: bytes = b"fuse") -> Iterator[bool]:
    """Makes `folder` hang until the end of the block; False where this machine does not allow it."""
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        yield False
        return
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
    mounted = libc.mount(b"hanging", os.fsencode(folder), kind, 0, options.encode()) == 0
    try:
        yield mounted
    finally:
        if mounted:
            libc.umount2(os.fsencode(folder), _DETACH)
        # whoever still waits for an answer gets an error now
        os.close(device)
