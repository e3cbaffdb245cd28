"""Posting a reviewed batch: its register, scores and acts take effect and its points can be spent from that day on."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.batch_checks import errors_in
from lizhi_pos.accounts.batch_facts import BatchFacts, batch_facts, personal_of_row, told_of_row, told_of_state
from lizhi_pos.accounts.batches import StoredBatch, locked_batch, not_before_last_step, record_step, workbook_of
from lizhi_pos.accounts.changed_household_checks import lived_here, new_heads
from lizhi_pos.accounts.import_rows import HouseholdRow, MemberRow, VillageWorkbook
from lizhi_pos.accounts.models import (
    BATCH,
    HOUSEHOLD,
    PROPOSAL,
    act,
    base_credit,
    batch,
    booklet,
    household,
    household_state,
    member,
    score,
    veto_proposal,
)
from lizhi_pos.accounts.personal import PersonalData, keep_digest, keep_personal
from lizhi_pos.accounts.posting_plan import Due
from lizhi_pos.cell_errors import CellError
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.entries import (
    Entry,
    EntryKind,
    PointsPosting,
    derived_key,
    open_household_accounts,
    post_points,
)
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.locking import lock_alone
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.record.chain import sealed, touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.text.normalize import comparable


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


AlsoChecked = Callable[[VillageWorkbook], Iterable[CellError]]


def nothing_else(_: VillageWorkbook) -> tuple[CellError, ...]:
    """Find nothing wrong."""
    return ()


_CONTRA = {"base": "earned_base", "volunteer": "earned_volunteer", "adjust": "adjusted"}
_CHANGE_MEMBER = (
    update(member)
    .where(of_town(member), member.c.household_id == bindparam("household"), member.c.name == bindparam("member_name"))
    .values(
        relation=bindparam("new_relation"),
        personal_id=bindparam("new_personal"),
        personal_hash=bindparam("new_personal_hash"),
    )
)
_FORGET_PERSONAL = (
    update(batch)
    .where(of_town(batch), batch.c.batch_id == bindparam("batch"))
    .values(personal_id=bindparam("new_personal"), personal_hash=bindparam("new_personal_hash"))
)
_PROPOSAL = select(veto_proposal.c.clause).where(
    of_town(veto_proposal),
    veto_proposal.c.household_id == bindparam("household"),
    veto_proposal.c.conduct_on == bindparam("conduct"),
    veto_proposal.c.clause == bindparam("number"),
)


def post_batch(
    tx: Transaction, village_name: str, month: Month, authority: Authority, also: AlsoChecked = nothing_else
) -> PostedBatch | Refusal:
    """Post a reviewed batch as a whole: register, scores, acts, and one entry for each kind of points.

    `also` says what else is wrong with its workbook by rooms that this one does not know.
    """
    stored = locked_batch(tx, village_name, month)
    if isinstance(stored, Refusal):
        return stored
    # where each household belongs is told by every ledger posted before
    lock_alone(tx, "ledgers")
    rules = rules_on(tx, authority.on)
    if isinstance(rules, Refusal):
        return rules
    workbook = workbook_of(tx, stored)
    books = batch_facts(tx, workbook)
    if isinstance(books, Refusal):
        return books
    refusal = refuse_unless_open(tx, authority.on) or _why_not_post(stored, workbook, books, also)
    if refusal := refusal or not_before_last_step(tx, stored, authority.on):
        return refusal
    due = Due(tx, workbook, books, rules, authority.on)
    if refusal := due.refusal():
        return refusal
    record_step(tx, stored, "post", authority)
    _Written(tx, due, stored).write(authority.by)
    return PostedBatch(
        village=workbook.village,
        month=str(month),
        state="posted",
        posted_on=authority.on,
        households=len(workbook.households),
        base=due.sum_of("base"),
        volunteer=due.sum_of("volunteer"),
        adjusted=due.sum_of("adjust"),
    )


def _why_not_post(
    stored: StoredBatch, workbook: VillageWorkbook, books: BatchFacts, also: AlsoChecked
) -> Refusal | None:
    if refusal := already_posted(stored):
        return refusal
    if stored.state != "reviewed":
        return refuse("out_of_turn", "Only a reviewed batch can be posted: publish it and have it reviewed first")
    return why_not_fitting((*errors_in(workbook, books), *also(workbook)))


def already_posted(stored: StoredBatch) -> Refusal | None:
    """Refuse a batch that is posted."""
    if stored.state == "posted":
        return refuse("out_of_turn", "This batch is posted already: it is posted once only")
    return None


def why_not_fitting(errors: Sequence[CellError]) -> Refusal | None:
    """Refuse a workbook in which the books as they stand now find something wrong."""
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


class _Written:
    """Writes what a posting owes: rows first, then the entries, sealed over the whole batch."""

    def __init__(self, tx: Transaction, due: Due, stored: StoredBatch) -> None:
        self.tx, self.due, self.ids, self.on = tx, due, due.ids, due.on
        self.workbook, self.books = due.workbook, due.books
        self.batch_id, self.village_id = stored.batch_id, stored.village_id
        self.batch_personal = stored.personal_id

    def write(self, by: Operator) -> None:
        """Write the register, scores, acts and proposals, then the entries."""
        self._write_households()
        self._write_members()
        self._write_scores()
        self._write_acts()
        self._write_proposals()
        kept = keep_digest(self.tx, self.batch_personal)
        self.tx.change(
            _FORGET_PERSONAL,
            batch=self.batch_id,
            new_personal=kept.personal_id,
            new_personal_hash=kept.personal_hash,
        )
        digest = sealed(self.tx, BATCH, self.batch_id)
        for kind in self.due.lines:
            self._post(kind, by, digest)

    def _write_households(self) -> None:
        s = self.tx
        new = [self.ids[r.booklet] for r in self.due.new]
        s.insert(household, *({"household_id": i, "registered_on": self.on} for i in new))
        s.insert(
            booklet,
            *(
                {"number": r.booklet, "household_id": self.ids[r.booklet], "replaced_by": None, "replaced_on": None}
                for r in self.due.new
            ),
        )
        open_household_accounts(s, new)
        changed = [r for r in self.workbook.households if self._is_told_anew(r)]
        kept = keep_personal(s, [personal_of_row(r) for r in changed])
        for r in changed:
            touch(s, HOUSEHOLD, self.ids[r.booklet])
        s.insert(
            household_state,
            *(
                {
                    "household_id": self.ids[r.booklet],
                    "since": self.on,
                    "state_id": s.new_id(),
                    "village_id": self.village_id,
                    "head": r.head,
                    "village_group": r.group,
                    "residence_start": r.residence_start,
                    "status": r.status,
                    "people": r.people,
                    **reference.columns(),
                }
                for r, reference in zip(changed, kept, strict=True)
            ),
        )

    def _is_told_anew(self, r: HouseholdRow) -> bool:
        """Return whether the register has it otherwise; what it says of a household that moved away changes nothing."""
        if lived_here(self.workbook, self.books, r.booklet):
            return False
        known = self.books.register.get(r.booklet)
        return known is None or told_of_row(r) != told_of_state(known, self.books.personal_of(known))

    def _write_members(self) -> None:
        new, changed = [], []
        for m in self.workbook.members:
            known = self.books.members.get(self.ids[m.booklet], {}).get(comparable(m.name))
            if known is None:
                new.append(m)
            elif (m.relation, m.id_number) != (known.relation, self.books.personal_of(known).id_number):
                changed.append(m)
        new += self._former_heads({(m.booklet, comparable(m.name)) for m in new})
        kept = iter(keep_personal(self.tx, [PersonalData(m.id_number) for m in (*new, *changed)]))
        for m in (*new, *changed):
            touch(self.tx, HOUSEHOLD, self.ids[m.booklet])
        self.tx.insert(member, *(self._member(m) | next(kept).columns() for m in new))
        for m in changed:
            reference = next(kept)
            self.tx.change(
                _CHANGE_MEMBER,
                household=self.ids[m.booklet],
                member_name=self.books.members[self.ids[m.booklet]][comparable(m.name)].name,
                new_relation=m.relation,
                new_personal=reference.personal_id,
                new_personal_hash=reference.personal_hash,
            )

    def _former_heads(self, added: set[tuple[str, str]]) -> list[MemberRow]:
        """Return the heads that another member takes over from, who stay members, where the register has them not."""
        found = []
        for r, known in new_heads(self.workbook, self.books):
            name = comparable(known.head)
            if name not in self.books.members.get(known.household_id, {}) and (r.booklet, name) not in added:
                found.append(MemberRow(r.booklet, known.head, r.at))
        return found

    def _member(self, m: MemberRow) -> dict[str, Any]:
        told = {"household_id": self.ids[m.booklet], "name": m.name, "relation": m.relation, "since": self.on}
        return told | {"gone": None, "gone_on": None}

    def _write_scores(self) -> None:
        self.tx.insert(
            score,
            *(
                {
                    "household_id": self.ids[r.booklet],
                    "quarter": str(r.quarter),
                    "tenths": r.score,
                    "posted_on": self.on,
                    "batch_id": self.batch_id,
                }
                for r in self.due.scores
            ),
        )
        self.tx.insert(
            base_credit,
            *(
                {
                    "household_id": c.household_id,
                    "window_name": c.window,
                    "points": c.points,
                    "batch_id": self.batch_id,
                }
                for c in self.due.credited
            ),
        )

    def _write_acts(self) -> None:
        kept = keep_personal(self.tx, [PersonalData(note=a.note) for a in self.workbook.acts])
        self.tx.insert(
            act,
            *(
                {
                    "household_id": self.ids[a.booklet],
                    "name": a.name,
                    "on_date": a.on,
                    "item": a.item,
                    "times": a.times,
                    "points": a.points,
                    "rulebook_id": self.books.rules[a.on.year].key,
                    "batch_id": self.batch_id,
                    **reference.columns(),
                }
                for a, reference in zip(self.workbook.acts, kept, strict=True)
            ),
        )

    def _write_proposals(self) -> None:
        for p in self.workbook.proposals:
            rules = self.books.rules.get(p.conduct_on.year)
            listed = rules.clause(p.clause) if rules is not None else None
            number = listed.clause if listed is not None else p.clause
            place = {"household": self.ids[p.booklet], "conduct": p.conduct_on, "number": number}
            if self.tx.value(_PROPOSAL, **place) is not None:
                continue
            touch(self.tx, PROPOSAL, self.ids[p.booklet], p.conduct_on, number)
            self.tx.insert(
                veto_proposal,
                {
                    "household_id": self.ids[p.booklet],
                    "conduct_on": p.conduct_on,
                    "clause": number,
                    "facts": p.facts,
                    "batch_id": self.batch_id,
                    "dismissed_on": None,
                    "dismissed_reason": None,
                },
            )

    def _post(self, kind: EntryKind, by: Operator, digest: bytes) -> None:
        lines = self.due.lines[kind]
        if not lines:
            return
        total = Points(-self.due.sum_of(kind))
        balancing = [PointsPosting(town_account(_CONTRA[kind]), total)] if total else []
        entry = Entry(
            kind=kind,
            on=self.on,
            key=derived_key(self.batch_id, kind),
            by=by.name,
            reference=f"{self.workbook.village} {self.workbook.month}",
            earned_month=str(self.workbook.month),
            document=self.batch_id,
            document_hash=digest,
        )
        post_points(self.tx, entry, [*lines, *balancing])
