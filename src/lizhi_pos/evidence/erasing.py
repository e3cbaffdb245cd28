"""Pictures of a household are taken away for good, with what was said of them; that they were there stays on record."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, delete, select

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.evidence.models import evidence, evidence_content, evidence_told
from lizhi_pos.ids import Id
from lizhi_pos.locking import lock_alone

_OF_PEOPLE = ("household", "veto")
"""What is kept for these shows people; the others prove gifts, goods and batches."""

_PIECES = select(evidence.c.evidence_id, evidence.c.file_id).where(
    of_town(evidence),
    evidence.c.subject.in_(_OF_PEOPLE),
    evidence.c.reference.in_(bindparam("booklets", expanding=True)),
)
_OTHERS = select(evidence.c.evidence_id).where(
    of_town(evidence),
    evidence.c.file_id == bindparam("key"),
    evidence.c.evidence_id.not_in(bindparam("pieces", expanding=True)),
)


def _of(column: Any) -> Any:
    return of_town(column.table) & (column == bindparam("key"))


_SHA256 = select(evidence_content.c.sha256).where(_of(evidence_content.c.file_id))
_ERASE_CONTENT = delete(evidence_content).where(_of(evidence_content.c.file_id))
_ERASE_TOLD = delete(evidence_told).where(_of(evidence_told.c.evidence_id))


def erase_pictures(tx: Transaction, booklets: Collection[str]) -> list[Id]:
    """Take away what is kept for these booklets' household and its vetoes; return the keys of what is gone.

    A picture that is also kept for something else stays; what was said of it here goes.
    """
    pieces = tx.all(_PIECES, booklets=sorted(booklets))
    own = [row.evidence_id for row in pieces]
    gone: list[Id] = []
    for file_id in sorted({Id(row.file_id) for row in pieces}):
        if (sha256 := tx.value(_SHA256, key=file_id)) is None:
            continue
        # the same picture may be handed in for something else just now
        lock_alone(tx, f"evidence {sha256.hex()}")
        if tx.first(_OTHERS, key=file_id, pieces=own) is None and tx.change(_ERASE_CONTENT, key=file_id):
            gone.append(file_id)
    return [*gone, *(Id(key) for key in own if tx.change(_ERASE_TOLD, key=key))]
