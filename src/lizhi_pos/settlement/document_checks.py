"""Checks that every document is what the entry that carries it, or the record, says: part of the proof.

What was changed, what is missing and what is too many are all found.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

import lizhi_pos.migrations.metadata  # noqa: F401 - every room declares its documents when it is loaded
from lizhi_pos.accounts.models import BATCH, CHANGE, VETO
from lizhi_pos.accounts.personal import false_commitments
from lizhi_pos.checkout.models import REDEMPTION, RETURN
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.donations.models import VOID, VOUCHER
from lizhi_pos.inventory.models import GOODS
from lizhi_pos.journal.models import journal_entry
from lizhi_pos.record import chain
from lizhi_pos.record.documents import DOCUMENTS, Document, all_digests, key_text

CARRIED: Mapping[str, tuple[Document, str]] = {
    "redeem": (REDEMPTION, "document_id"),
    "return": (RETURN, "document_id"),
    "goods_out": (GOODS, "entry_id"),
    "goods_back": (GOODS, "entry_id"),
    "gift_money": (VOUCHER, "entry_id"),
    "gift_in_kind": (VOUCHER, "entry_id"),
    "allocation": (VOUCHER, "entry_id"),
    "purchase": (VOUCHER, "entry_id"),
    "loss": (GOODS, "entry_id"),
    "count": (GOODS, "entry_id"),
    "void": (VOID, "entry_id"),
    "base": (BATCH, "document_id"),
    "volunteer": (BATCH, "document_id"),
    "transfer": (CHANGE, "document_id"),
    "close_out": (CHANGE, "document_id"),
    "veto": (VETO, "document_id"),
    "restore": (VETO, "document_id"),
}
"""Which document an entry of a kind carries out, and the column that holds its key."""

ADJUSTS = (BATCH, CHANGE)
"""What an adjustment may carry out: a batch's corrections, or a change of one household."""

SEALED_BY_ENTRY = frozenset(
    (
        *("redeem", "return", "goods_out", "goods_back"),
        *("gift_money", "gift_in_kind", "allocation", "purchase", "loss", "count", "void"),
    )
)
"""Entries whose digest is the only one of their document; that of the others is on the record too."""

_ENTRIES = (
    select(
        journal_entry.c.entry_id,
        journal_entry.c.kind,
        journal_entry.c.document_id,
        journal_entry.c.reference,
        journal_entry.c.document_hash,
    )
    .where(of_town(journal_entry), journal_entry.c.format.is_not(None))
    .order_by(journal_entry.c.entry_id)
)


def record_unbroken(tx: Transaction) -> Iterator[str]:
    """Check that every line of the record is what its hash says and follows the one before it."""
    return chain.find_record_breaks(tx)


def documents_unchanged(tx: Transaction) -> Iterator[str]:
    """Check that every document is what its entry or the record says, none is missing and none is too many."""
    told: dict[str, dict[str, bytes]] = {kind: {} for kind in DOCUMENTS}
    ever: dict[str, set[tuple[str, bytes]]] = {kind: set() for kind in DOCUMENTS}
    for line in chain.lines(tx):
        of_kind = told.setdefault(line.kind, {})
        if line.document is None:
            of_kind.pop(line.key, None)
        else:
            of_kind[line.key] = line.document
            ever.setdefault(line.kind, set()).add((line.key, line.document))
    for entry in tx.connection.execute(_ENTRIES, {"town": tx.town}):
        yield from _carried(entry, told, ever)
    for name, expected in told.items():
        yield from _differences(tx, name, expected)


def personal_parts_unchanged(tx: Transaction) -> Iterator[str]:
    """Check that every personal row is what the row it belongs to commits itself to."""
    return false_commitments(tx)


def _carried(entry: Any, told: dict[str, dict[str, bytes]], ever: dict[str, set[tuple[str, bytes]]]) -> Iterator[str]:
    if entry.kind == "adjust":
        if not any((key_text((entry.document_id,)), entry.document_hash) in ever[kind.kind] for kind in ADJUSTS):
            yield f"{entry.kind} {entry.reference}: what it carries out was never on the record"
        return
    kind, column = CARRIED.get(entry.kind, (None, ""))
    key = entry.document_id if column == "document_id" else entry.entry_id
    if kind is None or key is None or entry.document_hash is None:
        yield f"{entry.kind} {entry.reference}: carries no document"
    elif entry.kind in SEALED_BY_ENTRY:
        told[kind.kind][key_text((key,))] = entry.document_hash
    elif (key_text((key,)), entry.document_hash) not in ever[kind.kind]:
        yield f"{entry.kind} {entry.reference}: its {kind.kind} was never on the record"


def _differences(tx: Transaction, name: str, expected: Mapping[str, bytes]) -> Iterator[str]:
    missing = dict(expected)
    if name in DOCUMENTS:
        for key, digest in all_digests(tx, DOCUMENTS[name]):
            words = key_text(key)
            if words not in expected:
                yield f"{name} {words}: is on no record"
            elif missing.pop(words) != digest:
                yield f"{name} {words}: is not what the record says"
    for words in missing:
        yield f"{name} {words}: is missing"
