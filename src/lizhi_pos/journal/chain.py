"""The chain of hashes through each till's entries: recomputed, and summed up with the record in one head."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import func, select

from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.journal.entries import FIRST_HASH
from lizhi_pos.journal.hashing import entry_hash
from lizhi_pos.journal.models import journal_entry, journal_head, posting
from lizhi_pos.record.chain import newest_line

_HEADS = (
    select(journal_head.c.till, journal_head.c.number, journal_head.c.hash)
    .where(of_town(journal_head))
    .order_by(journal_head.c.till)
)
_ENTRIES = select(journal_entry).where(of_town(journal_entry)).order_by(journal_entry.c.till, journal_entry.c.number)
_POSTINGS = (
    select(posting, journal_entry.c.till, journal_entry.c.number)
    .select_from(
        posting.outerjoin(
            journal_entry,
            same_row(posting.c.entry_id, journal_entry.c.entry_id),
        )
    )
    .where(of_town(posting))
    .order_by(journal_entry.c.till, journal_entry.c.number, posting.c.line)
)
_ORPHANS = (
    select(func.count(posting.c.entry_id.distinct()))
    .select_from(
        posting.outerjoin(
            journal_entry,
            same_row(posting.c.entry_id, journal_entry.c.entry_id),
        )
    )
    .where(of_town(posting), journal_entry.c.entry_id.is_(None))
)
_COUNT = select(func.count()).select_from(journal_entry).where(of_town(journal_entry))


class Newest(Struct, frozen=True):
    """The newest links of the books at one moment, each by its number and hash: every till's, and the record's."""

    tills: Mapping[str, tuple[int, bytes]]
    line: tuple[int, bytes]

    @property
    def head(self) -> bytes:
        """One hash over all of them: whoever cuts links off, or makes one anew, cannot make it come out the same."""
        digest = hashlib.sha256()
        for till in sorted(self.tills):
            number, link = self.tills[till]
            digest.update(till.encode() + b"\0" + number.to_bytes(8, "big") + link)
        number, link = self.line
        digest.update(b"record\0" + number.to_bytes(8, "big") + link)
        return digest.digest()


def newest_links(tx: Transaction) -> Newest:
    """Return the newest links as they stand."""
    return Newest({row.till: (row.number, row.hash) for row in tx.all(_HEADS)}, newest_line(tx))


def chain_head(tx: Transaction) -> bytes:
    """One hash over the whole books: printed on the day's slip and in the month's statement."""
    return newest_links(tx).head


def entry_count(tx: Transaction) -> int:
    """Return how many entries the journal holds."""
    return int(tx.value(_COUNT))


def find_chain_breaks(tx: Transaction) -> Iterator[str]:
    """Yield every place where an entry is not what its hash, its number or the chain says.

    Tills may sell meanwhile: what came after the heads were read is held against the heads as they are at the end.
    """
    heads: Mapping[str, Any] = {row.till: row for row in tx.all(_HEADS)}
    newest: dict[str, Any] = {}
    further: dict[str, int] = {}
    for entry, lines in _sealed(tx):
        if entry.till not in heads or entry.number > heads[entry.till].number:
            further[entry.till] = entry.number
            continue
        before = newest.get(entry.till)
        number, previous = (before.number, before.hash) if before else (0, FIRST_HASH)
        name = f"{entry.till} {entry.number} {entry.kind} {entry.reference}"
        if entry.number != number + 1:
            yield f"{name}: number {number + 1} is missing"
        if entry.previous_hash != previous:
            yield f"{name}: does not follow the entry before it"
        if before is not None and before.format is not None and entry.format is None:
            yield f"{name}: is hashed in a way that was given up before it"
        if entry_hash(entry._mapping, lines) != entry.hash:
            yield f"{name}: is not what its hash says"
        newest[entry.till] = entry
    for till, kept in heads.items():
        last = newest.get(till)
        if last is None or (kept.number, kept.hash) != (last.number, last.hash):
            yield f"{till}: the newest entry is not the one kept as head"
    now = {row.till: row.number for row in tx.all(_HEADS)} if further else {}
    for till, number in further.items():
        if number > now.get(till, 0):
            yield f"{till}: the newest entry is not the one kept as head"
    if orphans := tx.value(_ORPHANS):
        yield f"{orphans} entries have postings but no entry"


def _sealed(tx: Transaction) -> Iterator[tuple[Any, Iterable[Any]]]:
    """Yield every entry with its postings, both read once in the same order."""
    values = {"town": tx.town}
    postings = iter(tx.connection.execute(_POSTINGS, values))
    waiting = next(postings, None)
    for entry in tx.connection.execute(_ENTRIES, values):
        lines = []
        while waiting is not None and waiting.till is None:
            waiting = next(postings, None)
        while waiting is not None and waiting.entry_id == entry.entry_id:
            lines.append(waiting._mapping)
            waiting = next(postings, None)
        yield entry, lines
