"""The record: one hash-chained list of every change of the documents that no journal entry carries."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import insert, select, update

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.locking import lock_rows
from lizhi_pos.record.documents import DOCUMENTS, FORMAT, Document, all_digests, key_text, stored_digests
from lizhi_pos.record.models import record_head, record_line

FIRST_HASH = bytes(32)

_HEAD = select(record_head.c.number, record_head.c.hash).where(of_town(record_head))
_LOCKED_HEAD = lock_rows(_HEAD)
_RECORD_LINES = select(record_line).where(of_town(record_line)).order_by(record_line.c.number)
_HASHED = tuple(sorted(str(column.name) for column in record_line.c if column.name != "hash"))


def touch(tx: Transaction, kind: Document, *key: Any) -> None:
    """Say that a document is new, other or gone: at the end of the transaction its digest goes on the record."""
    if not tx.touched:
        tx.at_end.append(_put_on_record)
    tx.touched.setdefault(kind.kind, {}).setdefault(key, [])


def sealed(tx: Transaction, kind: Document, *key: Any) -> bytes:
    """Put a document on the record as it stands, and return its digest for the entry that carries it out."""
    touch(tx, kind, *key)
    digest = stored_digests(tx, kind, [key])[key]
    tx.touched[kind.kind][key].append(digest)
    return digest


def put_all_on_record(tx: Transaction) -> None:
    """Put every document of the town on the record, for books that were begun before there was one."""
    for kind in DOCUMENTS.values():
        for key, _digest in all_digests(tx, kind):
            touch(tx, kind, *key)


def newest_line(tx: Transaction) -> tuple[int, bytes]:
    """Return the number and hash of the record's newest line, 0 and nulls before there is one."""
    row = tx.first(_HEAD)
    return (row.number, row.hash) if row else (0, FIRST_HASH)


def lines(tx: Transaction) -> Iterator[Any]:
    """Yield every line of the record in order."""
    yield from tx.connection.execute(_RECORD_LINES, {"town": tx.town})


def line_hash(fields: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a line's named fields. Pure."""
    told = {name: value for name in _HASHED if (value := fields[name]) is not None}
    return hashlib.sha256(msgspec.msgpack.encode(told)).digest()


def find_record_breaks(tx: Transaction) -> Iterator[str]:
    """Yield every place where a line is not what its hash, its number or the chain says.

    Others may write meanwhile: lines that came after the head was read are held against the head at the end.
    """
    number, previous = 0, FIRST_HASH
    head = newest_line(tx)
    for line in lines(tx):
        name = f"record {line.number} {line.kind} {line.key}"
        if line.number != number + 1:
            yield f"{name}: number {number + 1} is missing"
        if line.previous_hash != previous:
            yield f"{name}: does not follow the line before it"
        if line_hash(line._asdict()) != line.hash:
            yield f"{name}: is not what its hash says"
        number, previous = line.number, line.hash
    ended = newest_line(tx) if number > head[0] else head
    if number < head[0] or number > ended[0] or (number == ended[0] and previous != ended[1]):
        yield "record: the newest line is not the one kept as head"


def _put_on_record(tx: Transaction) -> None:
    # The head is locked last of all that an act holds, and before the digests are taken: whoever changes another row
    # of the same document has been committed by then, or takes its digest after this.
    head = tx.first(_LOCKED_HEAD)
    digests: list[tuple[str, str, bytes | None]] = []
    for name, keys in tx.touched.items():
        found = stored_digests(tx, DOCUMENTS[name], keys)
        for key in sorted(keys, key=key_text):
            told: list[bytes | None] = [*keys[key]]
            if told[-1:] != [found.get(key)]:
                told.append(found.get(key))
            digests += [(name, key_text(key), digest) for digest in told]
    tx.touched.clear()
    number, previous = (head.number, head.hash) if head else (0, FIRST_HASH)
    rows = []
    for kind, key_of_it, digest in digests:
        number += 1
        row: dict[str, Any] = {
            "town_id": tx.town,
            "number": number,
            "format": FORMAT,
            "kind": kind,
            "key": key_of_it,
            "document": digest,
            "recorded_at": tx.now,
            "previous_hash": previous,
        }
        previous = row["hash"] = line_hash(row)
        rows.append(row)
    tx.connection.execute(insert(record_line), rows)
    if head is None:
        tx.insert(record_head, {"number": number, "hash": previous})
    else:
        tx.change(update(record_head).where(of_town(record_head)).values(number=number, hash=previous))
