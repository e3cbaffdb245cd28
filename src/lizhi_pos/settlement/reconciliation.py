"""What a village's own ledger says of a closed month, held against our statement (三(四)2)."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, delete

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.settlement.closing import closed_statement
from lizhi_pos.settlement.figures import unequal
from lizhi_pos.settlement.import_rows import VillageAnswer
from lizhi_pos.settlement.models import ANSWER, difference, village_answer
from lizhi_pos.settlement.statement import VillageStatement


class Difference(Struct, frozen=True):
    """One household the two books disagree on; the side that has no such booklet is None."""

    booklet: str
    kind: Literal["amount", "missing_here", "missing_there"]
    ours: Points | None
    theirs: Points | None


class Comparison(Struct, frozen=True):
    """One village's answer against our statement: households that agree, and every difference."""

    village: str
    matched: int
    differences: tuple[Difference, ...]


_FORGET_ANSWER = delete(village_answer).where(
    of_town(village_answer),
    village_answer.c.month == bindparam("month"),
    village_answer.c.village_id == bindparam("village"),
)
_FORGET_DIFFERENCES = delete(difference).where(
    of_town(difference), difference.c.month == bindparam("month"), difference.c.village_id == bindparam("village")
)


def compare(
    tx: Transaction, month: Month, answers: Sequence[VillageAnswer], by: Operator
) -> tuple[Comparison, ...] | Refusal:
    """Compare villages' answers with a closed month and keep every difference; a later answer replaces an earlier."""
    statement = closed_statement(tx, month)
    if isinstance(statement, Refusal):
        return statement
    ours = {v.village: v for v in statement.villages}
    unknown = [a.village for a in answers if a.village not in ours]
    if unknown:
        return refuse("not_found", "{0} has no statement of {1}", unknown[0], str(month))
    return tuple(_keep(tx, str(month), ours[answer.village], answer, by) for answer in answers)


def differences(ours: VillageStatement, theirs: VillageAnswer) -> Iterator[Difference]:
    """Yield every household on which a statement and an answer disagree, by booklet. Pure."""
    here = {line.booklet: line.closing for line in ours.households}
    there = {row.booklet: row.closing for row in theirs.rows}
    for booklet, own, answered in unequal(here, there):
        yield Difference(
            booklet,
            "missing_here" if own is None else "missing_there" if answered is None else "amount",
            own,
            answered,
        )


def _keep(tx: Transaction, month: str, ours: VillageStatement, answer: VillageAnswer, by: Operator) -> Comparison:
    found = tuple(differences(ours, answer))
    both = {line.booklet for line in ours.households} & {row.booklet for row in answer.rows}
    matched = len(both) - sum(d.kind == "amount" for d in found)
    place = {"month": month, "village": ours.village_id}
    tx.change(_FORGET_DIFFERENCES, **place)
    tx.change(_FORGET_ANSWER, **place)
    tx.insert(
        village_answer,
        {
            "month": month,
            "village_id": ours.village_id,
            "content_hash": _digest(answer),
            "matched": matched,
            "read_at": tx.now,
            "read_by": by.name,
        },
    )
    tx.insert(difference, *(_row(month, ours.village_id, d) for d in found))
    touch(tx, ANSWER, month, ours.village_id)
    return Comparison(ours.village, matched, found)


def _row(month: str, village_id: Id, d: Difference) -> dict[str, object]:
    return {
        "month": month,
        "village_id": village_id,
        "booklet": d.booklet,
        "kind": d.kind,
        "ours": d.ours,
        "theirs": d.theirs,
    }


def _digest(answer: VillageAnswer) -> bytes:
    rows = sorted((row.booklet, row.closing) for row in answer.rows)
    return hashlib.sha256(msgspec.json.encode(rows)).digest()
