"""Proof that no picture or paper was changed, and that none is gone but what was erased: part of the whole proof."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import bindparam, select

from lizhi_pos.accounts.personal import erased_parts
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.evidence.keeping import as_told
from lizhi_pos.evidence.models import evidence, evidence_content, evidence_file, evidence_told
from lizhi_pos.record.commitments import commitment

_FILES = select(evidence_file).where(of_town(evidence_file)).order_by(evidence_file.c.file_id)
_USED = select(evidence.c.file_id).where(of_town(evidence)).distinct()
_CONTENT = select(evidence_content).where(of_town(evidence_content), evidence_content.c.file_id == bindparam("key"))
_CONTENTS = select(evidence_content.c.file_id).where(of_town(evidence_content))
_PIECES = (
    select(evidence, evidence_told.c.name, evidence_told.c.note, evidence_told.c.salt)
    .select_from(
        evidence.outerjoin(evidence_told, same_row(evidence_told.c.evidence_id, evidence.c.evidence_id)),
    )
    .where(of_town(evidence))
    .order_by(evidence.c.evidence_id)
)
_TOLD = select(evidence_told.c.evidence_id).where(of_town(evidence_told))


def evidence_unchanged(tx: Transaction) -> Iterator[str]:
    """Check that every file and what was said of it is what stands under the chain, is used, and there or erased."""
    erased = erased_parts(tx)
    files, used = tx.all(_FILES), {row.file_id for row in tx.all(_USED)}
    for file in files:
        # one at a time: all of them together may be more than the machine's memory
        row = tx.first(_CONTENT, key=file.file_id)
        name = row.sha256.hex() if row else file.file_id.hex()
        if file.file_id not in used:
            yield f"{name}: is kept for nothing"
        if row is None:
            if file.file_id not in erased:
                yield f"{name}: is missing"
        elif file.file_id in erased:
            yield f"{name}: was erased, and is there again"
        elif (
            commitment(file.file_id, row.salt, row.content) != file.commitment
            or hashlib.sha256(row.content).digest() != row.sha256
            or len(row.content) != file.bytes
        ):
            yield f"{name}: is not what its hash says"
    yield from _pieces(tx, {file.file_id for file in files}, erased)
    known = {row.file_id for row in files}
    yield from (f"{row.file_id.hex()}: belongs to nothing" for row in tx.all(_CONTENTS) if row.file_id not in known)


def _pieces(tx: Transaction, files: set[bytes], erased: frozenset[bytes]) -> Iterator[str]:
    """Yield every piece whose file is gone, or whose name and note are not what stands under the chain."""
    pieces = tx.all(_PIECES)
    for piece in pieces:
        name = f"{piece.name or '–'} {piece.subject}:{piece.reference}"
        if piece.file_id not in files:
            yield f"{name}: is missing"
        if piece.salt is None:
            if piece.evidence_id not in erased:
                yield f"{name}: what was said of it is missing"
        elif piece.evidence_id in erased:
            yield f"{name}: what was said of it was erased, and is there again"
        elif commitment(piece.evidence_id, piece.salt, as_told(piece.name, piece.note)) != piece.commitment:
            yield f"{name}: what was said of it is not what stands under the chain"
    known = {piece.evidence_id for piece in pieces}
    yield from (f"{row.evidence_id.hex()}: belongs to nothing" for row in tx.all(_TOLD) if row.evidence_id not in known)
