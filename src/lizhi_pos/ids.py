"""Keys of rows: made by us before a row is written, in the order of time."""

from typing import NewType

Id = NewType("Id", bytes)
"""A row's key: a UUIDv7 of 16 bytes, made by us before the row is written."""

TICKS_PER_MS = 4096
"""How many keys of one millisecond can be told apart by their order: 12 bits, as RFC 9562 section 6.2 allows."""


def uuid7(tick: int, random: int) -> Id:
    """Return the UUIDv7 of a moment, in ticks since 1970, and of 62 random bits. Pure."""
    milliseconds, rest = divmod(tick, TICKS_PER_MS)
    value = (milliseconds << 80) | (7 << 76) | (rest << 64) | (2 << 62) | random
    return Id(value.to_bytes(16, "big"))
