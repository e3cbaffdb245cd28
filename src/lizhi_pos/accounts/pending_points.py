"""Points on their way: written down in a village's ledger, and not posted yet (三(四))."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Row, bindparam, select

from lizhi_pos.accounts.batches import unpacked
from lizhi_pos.accounts.models import batch, village
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.money import Points


class _Earned(Struct):
    booklet: str
    points: int


class _Acts(Struct):
    acts: tuple[_Earned, ...] = ()


_acts = msgspec.json.Decoder(_Acts)
_WAITING = (
    select(batch.c.content_hash, batch.c.batch_id)
    .select_from(batch.join(village, same_row(village.c.village_id, batch.c.village_id)))
    .where(of_town(batch), village.c.name == bindparam("village_name"), batch.c.state != "posted")
)
_CONTENT = select(batch.c.content).where(of_town(batch), batch.c.batch_id == bindparam("key"))


class PendingPoints:
    """Volunteer points of batches that are drafted, in publicity or reviewed; base points are worked out at posting.

    Reads each batch once: what a batch says is known by its hash.
    """

    def __init__(self) -> None:
        self._read: dict[bytes, Mapping[str, Points]] = {}

    def of(self, tx: Transaction, booklet: str, village_name: str) -> Points:
        """Return what a household is to get once its village's batches are posted; it cannot be redeemed before."""
        waiting = tx.all(_WAITING, village_name=village_name)
        return Points(sum(self._batch(tx, row).get(booklet, 0) for row in waiting))

    def _batch(self, tx: Transaction, row: Row[Any]) -> Mapping[str, Points]:
        known = self._read.get(row.content_hash)
        if known is None:
            earned: dict[str, Points] = {}
            for act in _acts.decode(unpacked(tx.value(_CONTENT, key=row.batch_id))).acts:
                earned[act.booklet] = Points(earned.get(act.booklet, 0) + act.points)
            known = self._read[row.content_hash] = earned
        return known
