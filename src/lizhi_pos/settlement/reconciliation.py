"""What a village's own ledger says of a closed month, held against our statement (三(四)2)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Row, bindparam, delete, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.queries import household_ids
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.cell_errors import CellError
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.periods import Month
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, message, refuse
from lizhi_pos.settlement.answer_states import AnswerState, answer_states
from lizhi_pos.settlement.closing import closed_statement
from lizhi_pos.settlement.differences import Difference, explained
from lizhi_pos.settlement.figures import unequal
from lizhi_pos.settlement.import_rows import AnswerRow, VillageAnswer
from lizhi_pos.settlement.models import ANSWER, difference, village_answer
from lizhi_pos.settlement.statement import StatementLine, VillageStatement


class Comparison(Struct, frozen=True):
    """One village's answer against our statement: households that agree, every difference, and what is odd in it."""

    village: str
    matched: int
    differences: tuple[Difference, ...]
    warnings: tuple[CellError, ...] = ()


_ANSWER = select(village_answer.c.content_hash).where(
    of_town(village_answer),
    village_answer.c.month == bindparam("month"),
    village_answer.c.village_id == bindparam("village"),
)
_FORGET_ANSWER = delete(village_answer).where(
    of_town(village_answer),
    village_answer.c.month == bindparam("month"),
    village_answer.c.village_id == bindparam("village"),
)
_of_village = (difference.c.month == bindparam("month")) & (difference.c.village_id == bindparam("village"))
_DIFFERENCES = select(difference).where(of_town(difference), _of_village).order_by(difference.c.booklet)
_FORGET_DIFFERENCES = delete(difference).where(of_town(difference), _of_village)


def compare(
    tx: Transaction, month: Month, answers: Sequence[VillageAnswer], authority: Authority
) -> tuple[Comparison, ...] | Refusal:
    """Compare villages' answers with a closed month and keep every difference; a later answer replaces an earlier.

    Refuses a village that has confirmed: it disputes first. The same answer again changes nothing.
    """
    lock_answers(tx, month)
    statement = closed_statement(tx, month)
    if isinstance(statement, Refusal):
        return statement
    places = _places(tx, statement.villages)
    unknown = [a.village for a in answers if a.village not in places]
    if unknown:
        return refuse("not_found", "{0} has no statement of {1}", unknown[0], str(month))
    states = {state.village_id: state for state in answer_states(tx, month)}
    told = [_Told(tx, month, places[answer.village], answer) for answer in answers]
    new = [one for one in told if not one.is_known]
    for one in new:
        if refusal := _why_not_answer(tx, states[one.ours.village_id], month, authority.on):
            return refusal
    for one in new:
        one.keep(authority)
    return tuple(one.comparison() for one in told)


def lock_answers(tx: Transaction, month: Month) -> None:
    """Hold what villages say of a month until the transaction ends: whoever reads their state decides by it."""
    lock_alone(tx, f"answers {month}")


def kept_differences(tx: Transaction, month: Month, village_id: Id) -> tuple[Difference, ...]:
    """Return the differences of a village's last answer, each with its cause."""
    return explained(tx, month, village_id, [_as_kept(row) for row in _kept(tx, month, village_id)])


def differences(ours: VillageStatement, theirs: Mapping[str, Points]) -> Iterator[Difference]:
    """Yield every household on which a statement and closing balances by booklet disagree, by booklet. Pure."""
    here = {line.booklet: line.closing for line in ours.households}
    for booklet, own, answered in unequal(here, theirs):
        yield Difference(
            booklet,
            "missing_here" if own is None else "missing_there" if answered is None else "amount",
            own,
            answered,
        )


def _places(tx: Transaction, villages: Sequence[VillageStatement]) -> Mapping[str, VillageStatement]:
    """Return the villages of a statement by the names they had when it was closed and those they have now."""
    names, by_key = village_names(tx), {v.village_id: v for v in villages}
    return {v.village: v for v in villages} | {names[key]: v for key, v in by_key.items()}


def _why_not_answer(tx: Transaction, state: AnswerState, month: Month, on: date) -> Refusal | None:
    if state.state == "confirmed":
        return refuse(
            "out_of_turn",
            "{0} has confirmed {1}: it answers again only after it disputes (month confirm)",
            state.village,
            str(month),
        )
    return refuse_unless_open(tx, on) or not_before(state, on)


def not_before(state: AnswerState, on: date) -> Refusal | None:
    """Refuse a day before the last step of a village's settlement."""
    if on >= state.last_on:
        return None
    return refuse(
        "out_of_turn",
        "{0} lies before the last step of {1}, which is of {2}",
        on.isoformat(),
        state.village,
        state.last_on.isoformat(),
    )


class _Told:
    """One village's answer beside its statement."""

    def __init__(self, tx: Transaction, month: Month, ours: VillageStatement, answer: VillageAnswer) -> None:
        self._tx, self._month, self.ours, self._answer = tx, month, ours, answer
        self._warnings: list[CellError] = []
        self._theirs = self._by_booklet()
        self._found = tuple(differences(ours, self._theirs))
        self._digest = _digest(self._theirs)

    @property
    def is_known(self) -> bool:
        """Whether this is the answer that is kept already."""
        return self._tx.value(_ANSWER, **self._place) == self._digest and _same(
            _kept(self._tx, self._month, self.ours.village_id), self._found
        )

    @property
    def _place(self) -> dict[str, Any]:
        return {"month": str(self._month), "village": self.ours.village_id}

    @property
    def _matched(self) -> int:
        """How many households both sides have with one amount."""
        both = {line.booklet for line in self.ours.households} & self._theirs.keys()
        return len(both) - sum(d.kind == "amount" for d in self._found)

    def comparison(self) -> Comparison:
        """Return what came of it."""
        found = explained(self._tx, self._month, self.ours.village_id, self._found)
        return Comparison(self.ours.village, self._matched, found, tuple(self._warnings))

    def keep(self, authority: Authority) -> None:
        """Keep the answer instead of the one before."""
        tx, month = self._tx, str(self._month)
        tx.change(_FORGET_DIFFERENCES, **self._place)
        tx.change(_FORGET_ANSWER, **self._place)
        tx.insert(
            village_answer,
            {
                "month": month,
                "village_id": self.ours.village_id,
                "content_hash": self._digest,
                "matched": self._matched,
                "read_at": tx.now,
                "read_by": authority.by.name,
                "on_date": authority.on,
                "file": self._answer.file or None,
            },
        )
        tx.insert(difference, *(_row(month, self.ours.village_id, d) for d in self._found))
        touch(tx, ANSWER, month, self.ours.village_id)

    def _by_booklet(self) -> dict[str, Points]:
        """Return the closing balances under the numbers of the statement, warning of other numbers of a household."""
        lines = {line.booklet: line for line in self.ours.households}
        listed = {line.household_id: line for line in self.ours.households}
        whose = household_ids(self._tx, [row.booklet for row in self._answer.rows if row.booklet not in lines])
        found: dict[str, Points] = {}
        for row in self._answer.rows:
            key = whose.get(row.booklet)
            line = lines.get(row.booklet) or (listed.get(key) if key is not None else None)
            if line is not None and line.booklet != row.booklet:
                told = message("{0} is read as {1}: the household has that booklet", row.booklet, line.booklet)
                self._warnings.append(row.at.error("手册编号", told))
            booklet = line.booklet if line is not None else row.booklet
            if booklet in found:
                told = message("{0} stands here twice, under two numbers; this row is passed over", booklet)
                self._warnings.append(row.at.error("手册编号", told))
                continue
            found[booklet] = row.closing
            if line is not None:
                self._warnings.extend(_changed(row, line))
        return found


def _changed(row: AnswerRow, ours: StatementLine) -> Iterator[CellError]:
    """Yield the figures of our own workbook that came back as others."""
    for figure in row.figures:
        own = getattr(ours, figure.name)
        if figure.value != own:
            told = message("This is not ours any more: {0} in our statement", format_hundredths(own))
            yield row.at.error(figure.header, told)


def _kept(tx: Transaction, month: Month, village_id: Id) -> Sequence[Row[Any]]:
    return tx.all(_DIFFERENCES, month=str(month), village=village_id)


def _same(kept: Sequence[Row[Any]], found: Sequence[Difference]) -> bool:
    return [(r.booklet, r.ours, r.theirs) for r in kept] == [(d.booklet, d.ours, d.theirs) for d in found]


def _as_kept(row: Row[Any]) -> Difference:
    return Difference(row.booklet, row.kind, row.ours, row.theirs)


def _row(month: str, village_id: Id, d: Difference) -> dict[str, object]:
    return {
        "month": month,
        "village_id": village_id,
        "booklet": d.booklet,
        "kind": d.kind,
        "ours": d.ours,
        "theirs": d.theirs,
    }


def _digest(theirs: Mapping[str, Points]) -> bytes:
    return hashlib.sha256(msgspec.json.encode(sorted(theirs.items()))).digest()
