"""What the posting of a batch owes: lines of points by kind of entry, and what they do to cap and balances (三(四))."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.base_points import base_credits
from lizhi_pos.accounts.batch_facts import BatchFacts
from lizhi_pos.accounts.import_rows import CorrectionRow, VillageWorkbook
from lizhi_pos.accounts.models import base_credit, score, veto
from lizhi_pos.accounts.queries import RIGHT_TENTHS, chunks
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import frozen_now, lock_balances
from lizhi_pos.journal.entries import EntryKind, PointsPosting
from lizhi_pos.journal.queries import lowest_balance_since
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.periods import Quarter
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.rulebook.rules import Rulebook


class Credited(Struct, frozen=True):
    """A window of scores that a posting completes for a household, and the points it earns."""

    household_id: Id
    window: str
    points: Points


_SCORES = select(score.c.quarter, RIGHT_TENTHS, score.c.household_id).where(
    of_town(score), score.c.household_id.in_(bindparam("households", expanding=True))
)
_PAID = select(base_credit.c.household_id, base_credit.c.window_name).where(
    of_town(base_credit), base_credit.c.household_id.in_(bindparam("households", expanding=True))
)
_LATER_VETOES = select(veto.c.household_id, veto.c.effective_on).where(
    of_town(veto),
    veto.c.effective_on > bindparam("day"),
    veto.c.lifted_on.is_(None),
    # a copy has no points of its household to clear
    veto.c.copied_from.is_(None),
)


class Due:
    """What one posting owes, worked out before anything of it is written.

    `ids` are the keys of its households by booklet, new ones for those of `new`. Holds the balance of every household
    it touches until the transaction ends.
    """

    def __init__(
        self, tx: Transaction, workbook: VillageWorkbook, books: BatchFacts, rules: Rulebook, on: date
    ) -> None:
        self.tx, self.workbook, self.books, self.rules, self.on = tx, workbook, books, rules, on
        self.ids: dict[str, Id] = {number: row.household_id for number, row in books.register.items()}
        self.new = [r for r in workbook.households if r.booklet not in self.ids]
        self.ids.update((r.booklet, tx.new_id()) for r in self.new)
        self.scores = [r for r in workbook.scores if str(r.quarter) not in books.scores.get(self.ids[r.booklet], {})]
        self.lines: dict[EntryKind, list[PointsPosting]] = {"base": [], "volunteer": [], "adjust": []}
        self.credited: list[Credited] = []
        self._hold()
        self._collect()

    def sum_of(self, kind: EntryKind) -> Points:
        """Return the points of one kind of entry."""
        return Points(sum(line.amount for line in self.lines[kind]))

    def refusal(self) -> Refusal | None:
        """Refuse where a cap would be broken, a balance become negative, or a veto take effect later."""
        if (over := self.over_cap()) is not None:
            return Refusal("rule_broken", text=over)
        for row in self.overdrawn():
            return refuse("rule_broken", "The correction of {0} takes more points than it has", row.booklet)
        return self._why_not_before_veto()

    def over_cap(self) -> Message | None:
        """Return what is wrong where the batch earns more than the rulebook's cap for a village and month."""
        cap = self.rules.batch.cap_per_village
        earned = self.sum_of("base") + self.sum_of("volunteer")
        if cap is None or earned <= cap:
            return None
        return message(
            "This batch earns {0}, the rulebook's cap for a village and month is {1}",
            format_hundredths(earned),
            format_hundredths(cap),
        )

    def overdrawn(self) -> Iterator[CorrectionRow]:
        """Yield the corrections that take more points than their household has, now and ever since."""
        changes: dict[Id, int] = {}
        for line in (line for lines in self.lines.values() for line in lines):
            changes[line.account] = changes.get(line.account, 0) + line.amount
        for row in self.workbook.corrections:
            household_id = self.ids[row.booklet]
            if row.points >= 0:
                continue
            least = lowest_balance_since(self.tx, household_id, self.on) - frozen_now(self.tx, household_id)
            if least + changes[household_id] < 0:
                yield row

    def _why_not_before_veto(self) -> Refusal | None:
        touched = {line.account for lines in self.lines.values() for line in lines}
        for row in self.tx.all(_LATER_VETOES, day=self.on):
            if row.household_id in touched:
                return refuse(
                    "rule_broken",
                    "A veto took effect on {0}, after this posting: post on that day or later",
                    row.effective_on.isoformat(),
                )
        return None

    def _hold(self) -> None:
        book = self.workbook
        rows: tuple[Sequence[Any], ...] = (book.households, book.members, book.scores, book.acts, book.corrections)
        register = self.books.register
        known = {register[row.booklet].household_id for sheet in rows for row in sheet if row.booklet in register}
        lock_balances(self.tx, known)

    def _collect(self) -> None:
        for number, quarters in self._new_quarters().items():
            self._credit(self.ids[number], quarters)
        for a in self.workbook.acts:
            self._line("volunteer", self.ids[a.booklet], a.points, f"{a.on.isoformat()} {a.name} {a.item}×{a.times}")
        for c in self.workbook.corrections:
            self._line("adjust", self.ids[c.booklet], c.points, f"{c.corrects} {c.note}".strip())

    def _line(self, kind: EntryKind, household_id: Id, points: int, note: str) -> None:
        if points:
            self.lines[kind].append(PointsPosting(household_id, Points(points), note))

    def _new_quarters(self) -> Mapping[str, list[Quarter]]:
        quarters: dict[str, list[Quarter]] = {}
        for r in self.scores:
            quarters.setdefault(r.booklet, []).append(r.quarter)
        ids = [self.ids[number] for number in quarters]
        self._known: dict[Id, dict[Quarter, int]] = {i: {} for i in ids}
        self._paid: dict[Id, set[str]] = {i: set() for i in ids}
        for some in chunks(ids):
            for row in self.tx.all(_SCORES, households=some, day=self.on):
                self._known[row.household_id][Quarter.parse(row.quarter)] = row.tenths
            for row in self.tx.all(_PAID, households=some):
                self._paid[row.household_id].add(row.window_name)
        for r in self.scores:
            self._known[self.ids[r.booklet]][r.quarter] = r.score
        return quarters

    def _credit(self, household_id: Id, quarters: Sequence[Quarter]) -> None:
        for credit in base_credits(
            self._known[household_id], quarters, self._paid[household_id], self.rules.base_score
        ):
            self.credited.append(Credited(household_id, credit.window, credit.points))
            self._line("base", household_id, credit.points, credit.window)
