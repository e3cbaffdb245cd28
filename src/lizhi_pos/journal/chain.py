"""The chain of hashes through each till's entries: recomputed, and summed up in one head."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from lizhi_pos.db import Session, of_town
from lizhi_pos.journal.entries import FIRST_HASH, entry_hash
from lizhi_pos.journal.models import journal_entry, journal_head, posting

_HEADS = (
    select(journal_head.c.till, journal_head.c.number, journal_head.c.hash)
    .where(of_town(journal_head))
    .order_by(journal_head.c.till)
)
_ENTRIES = select(journal_entry).where(of_town(journal_entry)).order_by(journal_entry.c.till, journal_entry.c.number)
_POSTINGS = select(posting).where(of_town(posting)).order_by(posting.c.entry_id, posting.c.line)
_COUNT = select(func.count()).select_from(journal_entry).where(of_town(journal_entry))


def head(session: Session) -> bytes:
    """One hash over every till's newest one: printed on the day's slip and in the month's statement.

    Whoever cuts the newest entries off a chain cannot make it come out the same.
    """
    digest = hashlib.sha256()
    for row in session.all(_HEADS):
        digest.update(row.till.encode() + b"\0" + row.number.to_bytes(8, "big") + row.hash)
    return digest.digest()


def entry_count(session: Session) -> int:
    """How many entries the journal holds."""
    return int(session.value(_COUNT))


def breaks(session: Session) -> Iterator[str]:
    """Every place where an entry is not what its hash, its number or the chain says."""
    lines: dict[bytes, list[list[Any]]] = {}
    for p in session.all(_POSTINGS):
        lines.setdefault(p.entry_id, []).append(list(p))
    heads: Mapping[str, Any] = {row.till: row for row in session.all(_HEADS)}
    last: dict[str, tuple[int, bytes]] = {}
    for e in session.all(_ENTRIES):
        number, previous = last.get(e.till, (0, FIRST_HASH))
        name = f"{e.till} {e.number} {e.kind} {e.reference}"
        if e.number != number + 1:
            yield f"{name}: number {number + 1} is missing"
        if e.previous_hash != previous:
            yield f"{name}: does not follow the entry before it"
        if entry_hash(list(e)[:-1], lines.pop(e.entry_id, [])) != e.hash:
            yield f"{name}: is not what its hash says"
        last[e.till] = (e.number, e.hash)
    for till in sorted(heads.keys() | last.keys()):
        kept = heads.get(till)
        if kept is None or (kept.number, kept.hash) != last.get(till):
            yield f"{till}: the newest entry is not the one kept as head"
    if lines:
        yield f"{len(lines)} entries have postings but no entry"
