"""The hash that seals an entry: over its named fields and those of its postings, under a format version."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from lizhi_pos.journal.models import journal_entry, posting

FORMAT = 2
"""How entries are hashed now. The first way, kept for entries of before, was by columns without their names."""

_FIRST_ENTRY = (
    "town_id",
    "entry_id",
    "unit",
    "kind",
    "on_date",
    "earned_month",
    "reference",
    "document_id",
    "linked_entry",
    "by_user",
    "approved_by",
    "recorded_at",
    "key",
    "till",
    "number",
    "previous_hash",
)
_FIRST_POSTING = ("town_id", "entry_id", "line", "unit", "account_id", "amount", "note")
_ENTRY = tuple(sorted(str(column.name) for column in journal_entry.c if column.name != "hash"))
_POSTING = tuple(sorted(str(column.name) for column in posting.c))

Row = Mapping[str, Any]
_encode = msgspec.msgpack.Encoder().encode


def entry_hash(entry: Row, postings: Iterable[Row]) -> bytes:
    """Return the SHA-256 of an entry and its postings, in order of their lines, in the entry's own format. Pure.

    A field that is empty is left out, so that a column which comes later breaks no old chain.
    """
    if entry["format"] is None:
        told: Any = [
            [entry[name] for name in _FIRST_ENTRY],
            [[line[name] for name in _FIRST_POSTING] for line in postings],
        ]
    else:
        told = [
            {name: value for name in _ENTRY if (value := entry[name]) is not None},
            [{name: value for name in _POSTING if (value := line[name]) is not None} for line in postings],
        ]
    return hashlib.sha256(_encode(told)).digest()
