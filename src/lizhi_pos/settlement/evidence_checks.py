"""Proof that no picture or paper was changed, and that none is gone: part of the proof that the books are whole."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import bindparam, select

from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.evidence.models import evidence, evidence_file

_FILES = (
    select(evidence_file.c.sha256, evidence_file.c.bytes, evidence.c.name)
    .select_from(evidence_file.outerjoin(evidence, same_row(evidence.c.sha256, evidence_file.c.sha256)))
    .where(of_town(evidence_file))
    .order_by(evidence_file.c.sha256, evidence.c.evidence_id)
)
_CONTENT = select(evidence_file.c.content).where(
    of_town(evidence_file), evidence_file.c.sha256 == bindparam("hash_of_it")
)
_WITHOUT_FILE = (
    select(evidence.c.name, evidence.c.subject, evidence.c.reference)
    .select_from(evidence.outerjoin(evidence_file, same_row(evidence_file.c.sha256, evidence.c.sha256)))
    .where(of_town(evidence), evidence_file.c.sha256.is_(None))
    .order_by(evidence.c.evidence_id)
)


def evidence_unchanged(tx: Transaction) -> Iterator[str]:
    """Check that every file is what its hash says, is kept for something, and is there where something says so."""
    looked_at: set[bytes] = set()
    for row in tx.all(_FILES):
        if row.sha256 in looked_at:
            continue
        looked_at.add(row.sha256)
        name = f"{row.name or '–'} {row.sha256.hex()}"
        if row.name is None:
            yield f"{name}: is kept for nothing"
        # one at a time: all of them together may be more than the machine's memory
        content = tx.value(_CONTENT, hash_of_it=row.sha256)
        if hashlib.sha256(content).digest() != row.sha256 or len(content) != row.bytes:
            yield f"{name}: is not what its hash says"
    for row in tx.all(_WITHOUT_FILE):
        yield f"{row.name} {row.subject}:{row.reference}: is missing"
