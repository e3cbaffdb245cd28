"""Documents: the rows that say one thing together, such as a redemption with its lines, and their digest.

Each room declares its documents beside its tables. A digest is taken over named fields: columns that are empty are
left out, so that a column which comes later breaks no old chain.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, LargeBinary, Select, Table, bindparam, select

from lizhi_pos.db import Transaction, of_town

FORMAT = 1
"""How documents are hashed; a later way gets a later number, and both are kept."""

_ROWS_AT_ONCE = 500
"""How many documents are read in one go: a list that fits one statement, a stretch that fits the memory."""

Key = tuple[Any, ...]
Row = Mapping[str, Any]

_encoder = msgspec.msgpack.Encoder()


class Part(Struct, frozen=True, kw_only=True):
    """The rows of one table that belong to a document: those that have its key in the columns `key`.

    `names` are the columns that are hashed. `only` says which rows of the table belong to documents at all;
    `told` gives what a row says where that is less than its columns hold.
    """

    table: Table
    key: tuple[str, ...]
    names: tuple[str, ...]
    only: ColumnElement[bool] | None = None
    told: Callable[[Row], Row] | None = None

    def encoded(self, row: Row) -> bytes:
        """Return a row as it is hashed: its table, and each field that is not empty under its name."""
        told = self.told(row) if self.told else row
        fields = {name: value for name in self.names if (value := told[name]) is not None}
        return _encoder.encode((str(self.table.name), fields))


class Document(Struct, frozen=True):
    """A kind of document and the tables its rows lie in, the one that has a row for each document first."""

    kind: str
    parts: tuple[Part, ...]

    def part_of(self, table: Table) -> Part:
        """Return the part whose rows lie in a table."""
        return next(part for part in self.parts if part.table is table)


DOCUMENTS: dict[str, Document] = {}
"""Every kind of document that was declared; complete once `lizhi_pos.migrations.metadata` is imported."""


def part(
    table: Table,
    *key: str,
    exempt: Collection[str] = (),
    names: Collection[str] = (),
    only: ColumnElement[bool] | None = None,
    told: Callable[[Row], Row] | None = None,
) -> Part:
    """Return a part: rows of `table` that have a document's key in the columns `key`.

    Hashed are the columns `names`, by default all but `exempt`.
    """
    left_out = {"town_id", *exempt}
    hashed = names or [column.name for column in table.c if column.name not in left_out]
    return Part(table=table, key=key, names=tuple(sorted(str(name) for name in hashed)), only=only, told=told)


def document(kind: str, *parts: Part) -> Document:
    """Declare a kind of document."""
    DOCUMENTS[kind] = Document(kind, parts)
    return DOCUMENTS[kind]


def key_text(key: Key) -> str:
    """Return a document's key as the record writes it."""
    return " ".join(k.hex() if isinstance(k, bytes) else k.isoformat() if isinstance(k, date) else str(k) for k in key)


def digest_of(kind: Document, key: Key, rows: Mapping[Table, Iterable[Row]]) -> bytes:
    """Return a document's digest from rows that are being written, SHA-256 of all of them. Pure."""
    return _digest(kind, key, [kind.part_of(table).encoded(row) for table, found in rows.items() for row in found])


def stored_digests(tx: Transaction, kind: Document, keys: Collection[Key]) -> dict[Key, bytes]:
    """Return the digests of some documents as they are stored; of one that has no rows there is none."""
    found: dict[Key, list[bytes]] = {}
    for part in kind.parts:
        for statement, values in _some(part, sorted(keys)):
            _collect(part, tx.connection.execute(statement, {"town": tx.town, **values}), found)
    return {key: _digest(kind, key, rows) for key, rows in found.items()}


def all_digests(tx: Transaction, kind: Document) -> Iterator[tuple[Key, bytes]]:
    """Yield the key and digest of every document of a kind, also where only parts of it are left."""
    for values in _stretches(tx, kind):
        found: dict[Key, list[bytes]] = {}
        for part in kind.parts:
            statement = _within(part) if values else _rows(part)
            _collect(part, tx.connection.execute(statement, {"town": tx.town, **values}), found)
        for key, rows in found.items():
            yield key, _digest(kind, key, rows)


def _digest(kind: Document, key: Key, rows: list[bytes]) -> bytes:
    rows.sort()
    digest = hashlib.sha256(_encoder.encode((FORMAT, kind.kind, key_text(key))))
    for row in rows:
        digest.update(row)
    return digest.digest()


def _collect(part: Part, rows: Iterable[Any], found: dict[Key, list[bytes]]) -> None:
    for row in rows:
        fields = row._mapping
        found.setdefault(tuple(fields[name] for name in part.key), []).append(part.encoded(fields))


def _rows(part: Part) -> Select[Any]:
    statement = select(part.table).where(of_town(part.table))
    return statement if part.only is None else statement.where(part.only)


def _within(part: Part) -> Select[Any]:
    owner = part.table.c[part.key[0]]
    return _rows(part).where(owner > bindparam("after"), owner <= bindparam("to"))


def _some(part: Part, keys: Sequence[Key]) -> Iterator[tuple[Select[Any], dict[str, Any]]]:
    if len(part.key) == 1:
        owner = part.table.c[part.key[0]]
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            some = [key[0] for key in keys[start : start + _ROWS_AT_ONCE]]
            yield _rows(part).where(owner.in_(bindparam("owners", expanding=True))), {"owners": some}
        return
    for key in keys:
        conditions = [part.table.c[name] == value for name, value in zip(part.key, key, strict=True)]
        yield _rows(part).where(*conditions), {}


def _stretches(tx: Transaction, kind: Document) -> Iterator[dict[str, bytes]]:
    """Yield stretches of keys that together hold every key; one without bounds where keys are words."""
    root = kind.parts[0]
    owner = root.table.c[root.key[0]]
    if not isinstance(owner.type, LargeBinary):
        yield {}
        return
    keys = tx.all(select(owner).where(of_town(root.table)).distinct().order_by(owner))
    bounds = [b"", *(keys[at][0] for at in range(_ROWS_AT_ONCE, len(keys), _ROWS_AT_ONCE)), b"\xff" * 17]
    for after, to in pairwise(bounds):
        yield {"after": after, "to": to}
