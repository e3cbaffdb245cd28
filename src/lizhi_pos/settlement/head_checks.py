"""A head that stands on an earlier paper is still in the books: the past was not written anew, nothing was cut off.

A receipt, sticker or certificate carries the hash of its entry, a day's slip and a month's statement one over the
newest links of the whole books. Of which links is kept when such a paper is made (`checkout/printed_heads.py`), so
that it can be worked out again; of what was only shown on a screen, or is older, every state of the books is tried.
"""

import heapq
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from lizhi_pos.checkout.printed_heads import kept_heads
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.chain import Newest
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.record.chain import FIRST_HASH
from lizhi_pos.record.models import record_line

LEAST, OF_THE_BOOKS = 8, 16
"""So many hex digits has the short form of an entry's hash on paper, and that of a head of the whole books."""

_ENTRIES = (
    select(journal_entry.c.till, journal_entry.c.number, journal_entry.c.hash, journal_entry.c.recorded_at)
    .where(of_town(journal_entry))
    .order_by(journal_entry.c.till, journal_entry.c.number)
)
_LINES = (
    select(record_line.c.number, record_line.c.hash, record_line.c.recorded_at)
    .where(of_town(record_line))
    .order_by(record_line.c.number)
)
_ENTRY = select(journal_entry.c.hash).where(
    of_town(journal_entry), journal_entry.c.till == bindparam("of_till"), journal_entry.c.number == bindparam("nth")
)
_LINE = select(record_line.c.hash).where(of_town(record_line), record_line.c.number == bindparam("nth"))


class _Link(NamedTuple):
    """An entry of a till, or a line of the record, in the order in which links were made."""

    at: datetime
    is_line: bool
    till: str
    number: int
    hash: bytes


def as_head(text: str) -> str | None:
    """Return a head as people read it off a paper, in small digits alone; None for what is none. Pure.

    >>> as_head(" 9F3A-00C1 "), as_head("9F3A")
    ('9f3a00c1', None)
    """
    digits = re.sub(r"[\s\-–—·]", "", text).lower()
    return digits if re.fullmatch(rf"[0-9a-f]{{{LEAST},64}}", digits) else None


def heads_not_found(tx: Transaction, heads: Collection[str]) -> Iterator[str]:
    """Yield each head, as `as_head` writes it, that no entry and no state of these books has."""
    missing = set(heads) - _of_entries(tx, heads)
    of_the_books = {head for head in missing if len(head) >= OF_THE_BOOKS}
    for states in (_kept_states, _all_states):
        if of_the_books:
            found = _found(of_the_books, states(tx))
            missing -= found
            of_the_books -= found
    yield from (head for head in heads if head in missing)


def _of_entries(tx: Transaction, heads: Collection[str]) -> set[str]:
    """Return those of the heads that are an entry's hash, or its beginning."""
    begun: dict[str, list[str]] = {}
    for head in heads:
        begun.setdefault(head[:LEAST], []).append(head)
    hashes = (row.hash.hex() for row in tx.all(_ENTRIES))
    return {head for found in hashes for head in begun.get(found[:LEAST], ()) if found.startswith(head)}


def _found(heads: Collection[str], states: Iterator[Newest]) -> set[str]:
    wanted, found = set(heads), set[str]()
    for state in states:
        head = state.head.hex()
        found |= {one for one in wanted - found if head.startswith(one)}
        if found == wanted:
            break
    return found


def _kept_states(tx: Transaction) -> Iterator[Newest]:
    """Yield the states whose head went on paper, with the links as they are now."""
    for kept in kept_heads(tx):
        tills = {till: (n, tx.value(_ENTRY, of_till=till, nth=n) or b"") for till, n in kept.tills.items()}
        yield Newest(tills, (kept.line, tx.value(_LINE, nth=kept.line) or FIRST_HASH))


def _all_states(tx: Transaction) -> Iterator[Newest]:
    """Yield every state that the books went through, one link after the other.

    What two tills did at the same moment may have come in another order: that is why those on paper are kept.
    """
    tills: dict[str, tuple[int, bytes]] = {}
    line = (0, FIRST_HASH)
    yield Newest(tills, line)
    for link in heapq.merge(_entries(tx), _lines(tx), key=lambda link: link[:4]):
        if link.is_line:
            line = (link.number, link.hash)
        else:
            tills[link.till] = (link.number, link.hash)
        yield Newest(tills, line)


def _entries(tx: Transaction) -> Iterator[_Link]:
    by_till: dict[str, list[_Link]] = {}
    for row in tx.all(_ENTRIES):
        links = by_till.setdefault(row.till, [])
        links.append(_Link(_not_before(row.recorded_at, links), False, row.till, row.number, row.hash))
    return heapq.merge(*by_till.values(), key=lambda link: link[:4])


def _lines(tx: Transaction) -> list[_Link]:
    links: list[_Link] = []
    for row in tx.all(_LINES):
        links.append(_Link(_not_before(row.recorded_at, links), True, "", row.number, row.hash))
    return links


def _not_before(moment: datetime, links: Sequence[_Link]) -> datetime:
    # the clock may have been put back: a link still comes after the one it follows
    return max(moment, links[-1].at) if links else moment
