"""Posting a reviewed batch: its register, scores and acts take effect and its points can be spent from that day on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select, update

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.base_points import credits
from lizhi_pos.accounts.batch_checks import Books, errors_in
from lizhi_pos.accounts.batches import content_of, locked_batch, not_before_last_step, record_step
from lizhi_pos.accounts.drafting import books_for, told_of_row, told_of_state
from lizhi_pos.accounts.models import (
    act,
    base_credit,
    booklet,
    household,
    household_state,
    member,
    score,
    veto,
    veto_proposal,
)
from lizhi_pos.accounts.queries import chunks
from lizhi_pos.accounts.workbook import HouseholdRow, VillageWorkbook
from lizhi_pos.cells import CellError
from lizhi_pos.db import Id, Session, new_id, of_town
from lizhi_pos.journal.entries import (
    Entry,
    EntryKind,
    PointsPosting,
    derived_key,
    open_household_accounts,
    post_points,
    town_account,
)
from lizhi_pos.journal.queries import least_since
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.rulebook.rules import Rulebook


class PostedBatch(Struct, frozen=True, kw_only=True):
    """What a posting credited, in hundredths of points."""

    village: str
    month: str
    state: str
    posted_on: date
    households: int
    base: Points
    volunteer: Points
    adjusted: Points


_SCORES = select(score.c.quarter, score.c.tenths, score.c.household_id).where(
    of_town(score), score.c.household_id.in_(bindparam("households", expanding=True))
)
_PAID = select(base_credit.c.household_id, base_credit.c.window_name).where(
    of_town(base_credit), base_credit.c.household_id.in_(bindparam("households", expanding=True))
)
_RELATION = (
    update(member)
    .where(of_town(member), member.c.household_id == bindparam("household"), member.c.name == bindparam("member_name"))
    .values(relation=bindparam("new_relation"), id_number=bindparam("new_id_number"))
)
_PROPOSAL = select(veto_proposal.c.clause).where(
    of_town(veto_proposal),
    veto_proposal.c.household_id == bindparam("household"),
    veto_proposal.c.conduct_on == bindparam("conduct"),
    veto_proposal.c.clause == bindparam("number"),
)

_LATER_VETOES = select(veto.c.household_id, veto.c.effective_on).where(
    of_town(veto), veto.c.effective_on > bindparam("day"), veto.c.lifted_on.is_(None)
)


def post_batch(session: Session, village_name: str, month: Month, on: date, by: Operator) -> PostedBatch | Refusal:
    """Posts a reviewed batch as a whole: register, scores, acts, and one entry for each kind of points."""
    row = locked_batch(session, village_name, month)
    if isinstance(row, Refusal):
        return row
    rules = rules_on(session, on)
    if isinstance(rules, Refusal):
        return rules
    workbook = content_of(row)
    books = books_for(session, workbook)
    if isinstance(books, Refusal):
        return books
    if refusal := _may_post(row, workbook, books) or not_before_last_step(session, row, on):
        return refusal
    due = _Due(session, workbook, books, rules, row, on)
    due.collect()
    if refusal := due.refusal():
        return refusal
    due.write(by)
    record_step(session, row, "post", on, by)
    return PostedBatch(
        village=village_name,
        month=str(month),
        state="posted",
        posted_on=on,
        households=len(workbook.households),
        base=due.sum_of("base"),
        volunteer=due.sum_of("volunteer"),
        adjusted=due.sum_of("adjust"),
    )


def _may_post(row: Row[Any], workbook: VillageWorkbook, books: Books) -> Refusal | None:
    if row.state == "posted":
        return refuse("out_of_turn", "This batch is posted already: it is posted once only")
    if row.state != "reviewed":
        return refuse("out_of_turn", "Only a reviewed batch can be posted: publish it and have it reviewed first")
    return _no_longer_fits(errors_in(workbook, books))


def _no_longer_fits(errors: Sequence[CellError]) -> Refusal | None:
    if errors:
        first = errors[0]
        return refuse(
            "rule_broken",
            "The workbook no longer fits the books ({0} {1}: {2}): send the batch back and read it again",
            first.sheet or "",
            first.cell or "",
            first.text,
        )
    return None


class _Due:
    """What one posting owes: the households it touches, and lines of points by kind of entry."""

    def __init__(
        self, session: Session, workbook: VillageWorkbook, books: Books, rules: Rulebook, batch: Row[Any], on: date
    ) -> None:
        self.session, self.workbook, self.books, self.rules, self.on = session, workbook, books, rules, on
        self.batch_id, self.village_id = Id(batch.batch_id), Id(batch.village_id)
        self.ids: dict[str, Id] = {number: row.household_id for number, row in books.register.items()}
        self.new = [r for r in workbook.households if r.booklet not in self.ids]
        self.ids.update((r.booklet, new_id()) for r in self.new)
        self.scores = [r for r in workbook.scores if str(r.quarter) not in books.scores.get(self.ids[r.booklet], {})]
        self.lines: dict[EntryKind, list[PointsPosting]] = {"base": [], "volunteer": [], "adjust": []}
        self.credited: list[dict[str, Any]] = []

    def collect(self) -> None:
        """Works out every line of points."""
        for number, quarters in self._new_quarters().items():
            self._credit(self.ids[number], quarters)
        for a in self.workbook.acts:
            note = f"{a.on.isoformat()} {a.name} {a.item}×{a.times}"
            self._line("volunteer", self.ids[a.booklet], a.points, note)
        for c in self.workbook.corrections:
            self._line("adjust", self.ids[c.booklet], c.points, f"{c.corrects} {c.note}".strip())

    def refusal(self) -> Refusal | None:
        """A cap that would be broken, or a balance that would become negative."""
        cap = self.rules.batch.cap_per_village
        earned = self.sum_of("base") + self.sum_of("volunteer")
        if cap is not None and earned > cap:
            return refuse(
                "rule_broken",
                "This batch earns {0}, the rulebook's cap for a village and month is {1}",
                format_hundredths(earned),
                format_hundredths(cap),
            )
        return self._overdrawn() or self._before_veto()

    def _before_veto(self) -> Refusal | None:
        touched = {line.account for lines in self.lines.values() for line in lines}
        for row in self.session.all(_LATER_VETOES, day=self.on):
            if row.household_id in touched:
                return refuse(
                    "rule_broken",
                    "A veto took effect on {0}, after this posting: post on that day or later",
                    row.effective_on.isoformat(),
                )
        return None

    def _overdrawn(self) -> Refusal | None:
        changes: dict[Id, int] = {}
        for line in (line for lines in self.lines.values() for line in lines):
            changes[line.account] = changes.get(line.account, 0) + line.amount
        for c in self.workbook.corrections:
            household_id = self.ids[c.booklet]
            if least_since(self.session, household_id, self.on) + changes[household_id] < 0:
                return refuse("rule_broken", "The correction of {0} takes more points than it has", c.booklet)
        return None

    def sum_of(self, kind: EntryKind) -> Points:
        """The points of one kind of entry."""
        return Points(sum(line.amount for line in self.lines[kind]))

    def write(self, by: Operator) -> None:
        """Writes the register, scores, acts and proposals, then the entries."""
        self._write_households()
        self._write_members()
        s = self.session
        s.insert(
            score,
            *(
                {
                    "household_id": self.ids[r.booklet],
                    "quarter": str(r.quarter),
                    "tenths": r.score,
                    "posted_on": self.on,
                    "batch_id": self.batch_id,
                }
                for r in self.scores
            ),
        )
        s.insert(base_credit, *self.credited)
        self._write_acts()
        self._write_proposals()
        for kind in self.lines:
            self._post(kind, by)

    def _line(self, kind: EntryKind, household_id: Id, points: int, note: str) -> None:
        if points:
            self.lines[kind].append(PointsPosting(household_id, Points(points), note))

    def _new_quarters(self) -> Mapping[str, list[Quarter]]:
        quarters: dict[str, list[Quarter]] = {}
        for r in self.scores:
            quarters.setdefault(r.booklet, []).append(r.quarter)
        ids = [self.ids[number] for number in quarters]
        self.known: dict[Id, dict[Quarter, int]] = {i: {} for i in ids}
        self.paid: dict[Id, set[str]] = {i: set() for i in ids}
        for some in chunks(ids):
            for row in self.session.all(_SCORES, households=some):
                self.known[row.household_id][Quarter.parse(row.quarter)] = row.tenths
            for row in self.session.all(_PAID, households=some):
                self.paid[row.household_id].add(row.window_name)
        for r in self.scores:
            self.known[self.ids[r.booklet]][r.quarter] = r.score
        return quarters

    def _credit(self, household_id: Id, quarters: Sequence[Quarter]) -> None:
        found = credits(self.known[household_id], quarters, self.paid[household_id], self.rules.base_score)
        for credit in found:
            self.credited.append({"household_id": household_id, "window_name": credit.window, "points": credit.points})
            self._line("base", household_id, credit.points, credit.window)

    def _write_households(self) -> None:
        s = self.session
        new = [self.ids[r.booklet] for r in self.new]
        s.insert(household, *({"household_id": i, "registered_on": self.on} for i in new))
        s.insert(
            booklet,
            *({"number": r.booklet, "household_id": self.ids[r.booklet], "replaced_by": None} for r in self.new),
        )
        open_household_accounts(s, new)
        register = self.books.register
        changed = [
            r
            for r in self.workbook.households
            if r.booklet not in register or told_of_row(r) != told_of_state(register[r.booklet])
        ]
        s.insert(household_state, *(self._state(r) for r in changed))

    def _state(self, r: HouseholdRow) -> dict[str, Any]:
        return {
            "household_id": self.ids[r.booklet],
            "since": self.on,
            "state_id": new_id(),
            "village_id": self.village_id,
            "head": r.head,
            "village_group": r.group,
            "residence_start": r.residence_start,
            "status": r.status,
            "id_number": r.id_number,
            "phone": r.phone,
            "people": r.people,
            "note": r.note,
        }

    def _write_members(self) -> None:
        new = []
        for m in self.workbook.members:
            household_id = self.ids[m.booklet]
            if m.name in self.books.members.get(household_id, ()):
                self.session.change(
                    _RELATION,
                    household=household_id,
                    member_name=m.name,
                    new_relation=m.relation,
                    new_id_number=m.id_number,
                )
            else:
                new.append(
                    {
                        "household_id": household_id,
                        "name": m.name,
                        "relation": m.relation,
                        "id_number": m.id_number,
                        "since": self.on,
                    }
                )
        self.session.insert(member, *new)

    def _write_acts(self) -> None:
        rules = self.books.rules
        self.session.insert(
            act,
            *(
                {
                    "household_id": self.ids[a.booklet],
                    "name": a.name,
                    "on_date": a.on,
                    "item": a.item,
                    "times": a.times,
                    "points": a.points,
                    "rulebook_id": rules[a.on.year].key,
                    "batch_id": self.batch_id,
                    "note": a.note,
                }
                for a in self.workbook.acts
            ),
        )

    def _write_proposals(self) -> None:
        for p in self.workbook.proposals:
            place = {"household": self.ids[p.booklet], "conduct": p.conduct_on, "number": p.clause}
            if self.session.value(_PROPOSAL, **place) is None:
                self.session.insert(
                    veto_proposal,
                    {
                        "household_id": self.ids[p.booklet],
                        "conduct_on": p.conduct_on,
                        "clause": p.clause,
                        "facts": p.facts,
                        "batch_id": self.batch_id,
                        "dismissed_on": None,
                        "dismissed_reason": None,
                    },
                )

    def _post(self, kind: EntryKind, by: Operator) -> None:
        lines = self.lines[kind]
        if not lines:
            return
        contra = {"base": "earned_base", "volunteer": "earned_volunteer"}.get(kind, "adjusted")
        total = Points(-self.sum_of(kind))
        balancing = [PointsPosting(town_account(contra), total)] if total else []
        entry = Entry(
            kind=kind,
            on=self.on,
            key=derived_key(self.batch_id, kind),
            by=by.name,
            reference=f"{self.workbook.village} {self.workbook.month}",
            earned_month=str(self.workbook.month),
            document=self.batch_id,
        )
        post_points(self.session, entry, [*lines, *balancing])
