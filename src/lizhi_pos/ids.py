"""Keys of rows: made by us before a row is written, in the order of time."""

import secrets
import time
from threading import Lock
from typing import NewType

Id = NewType("Id", bytes)
"""A row's key: a UUIDv7 of 16 bytes, made by us before the row is written."""

_ids = Lock()
_last_id = 0


def new_id() -> Id:
    """Return a new UUIDv7: sorts by the moment it was made, within one process strictly."""
    global _last_id
    with _ids:
        # 48 bits of milliseconds, then 12 that grow within one millisecond, as RFC 9562 section 6.2 allows
        tick = max(time.time_ns() * 4096 // 1_000_000, _last_id + 1)
        _last_id = tick
    milliseconds, rest = divmod(tick, 4096)
    value = (milliseconds << 80) | (7 << 76) | (rest << 64) | (2 << 62) | secrets.randbits(62)
    return Id(value.to_bytes(16, "big"))
