"""The acts of the households' screen: the register, one household's card, where its points come from, every change.

On the database thread. Every act asks for its right when it runs, and who acts is asked again in its transaction.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import TypeVar

from msgspec import Struct

from lizhi_pos.access.operators import Approval, Authority, Operator, Right
from lizhi_pos.accounts.changes import closing, correcting, freezing, members, merging, moving
from lizhi_pos.accounts.changes.booklets import ReplacedBooklet
from lizhi_pos.accounts.changes.splitting import Apart, SplitHousehold
from lizhi_pos.accounts.household_list import NamedHousehold, Wanted, household_list, household_register, households_now
from lizhi_pos.accounts.queries import holds_now
from lizhi_pos.accounts.veto_decisions import Dismissed, Released, dismiss_proposal, release_veto
from lizhi_pos.accounts.vetoes import VetoView, lift_veto, proposals, record_veto
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.db import Transaction, reading
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.office.household_rows import RegisterRead
from lizhi_pos.office.job_service import JobService
from lizhi_pos.periods import Quarter
from lizhi_pos.receiving.codes import give_booklet, split_household
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.reports.household_look import (
    EntryKey,
    EntryStory,
    HouseholdLook,
    entry_of_receipt,
    entry_story,
    household_look,
)
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import Clause, Rulebook

_T = TypeVar("_T")


class Offered(Struct, frozen=True):
    """What the dialogs offer: today, the villages, the clauses of the negative list."""

    day: date
    villages: tuple[str, ...]
    clauses: tuple[Clause, ...]


class Conduct(Struct, frozen=True):
    """What a household did: the clause of the negative list, the facts, and the day."""

    clause: str
    facts: str
    on: date


class HouseholdsService(JobService):
    """The households of one database."""

    def register(self, by: Operator) -> RegisterRead | Refusal:
        """Return every household of today, and what is proposed to those who see the books."""
        return self._read(by, lambda tx, rules: household_register(tx, rules, today(tx)))

    def some(self, numbers: Collection[str], by: Operator) -> RegisterRead | Refusal:
        """Return the households of some booklets as they are now."""
        return self._read(by, lambda tx, rules: households_now(tx, numbers, rules, today(tx)))

    def with_digits(self, digits: str, by: Operator) -> tuple[str, ...] | Refusal:
        """Return the booklets of households somebody of whom has a phone or identity number with these last digits."""
        if refusal := by.refusal_to("see_households"):
            return refusal
        with reading(self.engine) as tx:
            rules = rules_on(tx, today(tx))
            if isinstance(rules, Refusal):
                return rules
            return tuple(row.booklet for row in household_list(tx, Wanted(search=digits), rules, today(tx)))

    def replaced_by(self, number: str, by: Operator) -> str | Refusal | None:
        """Return the booklet that holds now for one that was replaced; None for any other."""
        if refusal := by.refusal_to("see_households"):
            return refusal
        with reading(self.engine) as tx:
            return holds_now(tx, number)

    def look(self, number: str, by: Operator) -> HouseholdLook | Refusal:
        """Return a household's card."""
        if refusal := by.refusal_to("see_households"):
            return refusal
        with reading(self.engine) as tx:
            return household_look(tx, number, by)

    def story(self, key: EntryKey, by: Operator) -> EntryStory | Refusal:
        """Return where an entry comes from, what paid for it and what it paid for."""
        if refusal := by.refusal_to("see_households"):
            return refusal
        with reading(self.engine) as tx:
            return entry_story(tx, key, by)

    def of_receipt(self, receipt: str, by: Operator) -> EntryStory | Refusal:
        """Return the same of the entry by which a household paid for a receipt."""
        if refusal := by.refusal_to("see_households"):
            return refusal
        with reading(self.engine) as tx:
            key = entry_of_receipt(tx, receipt)
            return key if isinstance(key, Refusal) else entry_story(tx, key, by)

    def offered(self, by: Operator) -> Offered | Refusal:
        """Return what the dialogs offer."""
        if refusal := by.refusal_to("see_households"):
            return refusal
        with reading(self.engine) as tx:
            rules = rules_on(tx, today(tx))
            if isinstance(rules, Refusal):
                return rules
            return Offered(today(tx), tuple(village_names(tx).values()), rules.negative_list)

    def split(self, number: str, apart: Apart, approval: Approval, by: Operator) -> SplitHousehold | Refusal:
        """Let members leave with a booklet of their own."""
        return self._change(by, approval, lambda tx, a: split_household(tx, number, apart, approval.reason, a))

    def merge(
        self, number: str, into: str, told: Points, approval: Approval, by: Operator
    ) -> merging.MergedHouseholds | Refusal:
        """Let a household go into another with the points that somebody was told of."""

        def act(tx: Transaction, authority: Authority) -> merging.MergedHouseholds | Refusal:
            done = merging.merge_households(tx, number, into, approval.reason, authority)
            return done if isinstance(done, Refusal) else _as_told(number, told, done.transferred) or done

        return self._change(by, approval, act)

    def move(
        self, number: str, to: tuple[str, str], approval: Approval, by: Operator
    ) -> moving.MovedHousehold | Refusal:
        """Let a household live in another village and group from today on."""
        return self._change(by, approval, lambda tx, a: moving.move_household(tx, number, to, approval.reason, a))

    def close(
        self, number: str, status: closing.ClosedAs, told: Points, approval: Approval, by: Operator
    ) -> closing.ClosedHousehold | Refusal:
        """Take a household out of the register, and the points with it that somebody was told of."""

        def act(tx: Transaction, authority: Authority) -> closing.ClosedHousehold | Refusal:
            done = closing.close_household(tx, number, status, approval.reason, authority)
            return done if isinstance(done, Refusal) else _as_told(number, told, done.closed_out) or done

        return self._change(by, approval, act)

    def give_booklet(self, old: str, new: str, approval: Approval, by: Operator) -> ReplacedBooklet | Refusal:
        """Replace a lost booklet."""
        return self._change(by, approval, lambda tx, a: give_booklet(tx, old, new, approval.reason, a))

    def change_member(
        self, number: str, told: tuple[str, members.MemberStatus, str | None], reason: str, by: Operator
    ) -> members.ChangedMember | Refusal:
        """Add a member, or let one leave, die or come back."""
        return self._change(by, None, lambda tx, a: members.change_member(tx, number, told, reason, a))

    def change_head(self, number: str, name: str, reason: str, by: Operator) -> members.ChangedHead | Refusal:
        """Let another member become head."""
        return self._change(by, None, lambda tx, a: members.change_head(tx, number, name, reason, a))

    def freeze(self, number: str, points: Points, approval: Approval, by: Operator) -> freezing.Frozen | Refusal:
        """Freeze a disputed amount."""
        return self._change(by, approval, lambda tx, a: freezing.freeze(tx, number, points, approval.reason, a))

    def release(
        self, number: str, points: Points | None, approval: Approval, by: Operator
    ) -> freezing.Frozen | Refusal:
        """Release what is frozen, or some of it."""
        return self._change(by, approval, lambda tx, a: freezing.release(tx, number, points, approval.reason, a))

    def correct(
        self, number: str, told: tuple[Points, str], approval: Approval, by: Operator
    ) -> correcting.Corrected | Refusal:
        """Put points right; told are they, signed, and what they correct."""
        return self._change(
            by, approval, lambda tx, a: correcting.correct_points(tx, number, *told, (approval.reason, a))
        )

    def correct_score(
        self, number: str, told: tuple[Quarter, int], approval: Approval, by: Operator
    ) -> correcting.CorrectedScore | Refusal:
        """Put a posted score right; told are its quarter and the right tenths."""
        return self._change(
            by, approval, lambda tx, a: correcting.correct_score(tx, number, *told, (approval.reason, a))
        )

    def record_veto(
        self, number: str, conduct: Conduct, told: Points, approval: Approval, by: Operator
    ) -> VetoView | Refusal:
        """Record a veto, which clears the points that somebody was told of."""

        def act(tx: Transaction, authority: Authority) -> VetoView | Refusal:
            done = record_veto(
                tx,
                number,
                clause=conduct.clause,
                facts=conduct.facts,
                conduct_on=conduct.on,
                authority=authority,
            )
            return done if isinstance(done, Refusal) else _as_told(number, told, done.cleared) or done

        return self._change(by, approval, act, "record_veto")

    def lift_veto(self, number: str, approval: Approval, by: Operator) -> VetoView | Refusal:
        """Lift the latest veto of a household."""
        return self._change(
            by, approval, lambda tx, a: lift_veto(tx, number, facts=approval.reason, authority=a), "record_veto"
        )

    def dismiss(self, number: str, conduct_on: date, approval: Approval, by: Operator) -> Dismissed | Refusal:
        """Decide that a proposal is not followed."""
        return self._change(
            by, approval, lambda tx, a: dismiss_proposal(tx, number, conduct_on, approval.reason, a), "record_veto"
        )

    def release_veto(self, number: str, conduct_on: date, approval: Approval, by: Operator) -> Released | Refusal:
        """Release a veto for the black list."""
        return self._change(
            by, approval, lambda tx, a: release_veto(tx, number, conduct_on, approval.reason, a), "record_veto"
        )

    def _read(
        self, by: Operator, households: Callable[[Transaction, Rulebook], list[NamedHousehold]]
    ) -> RegisterRead | Refusal:
        if refusal := by.refusal_to("see_households"):
            return refusal
        with reading(self.engine) as tx:
            rules = rules_on(tx, today(tx))
            if isinstance(rules, Refusal):
                return rules
            proposed = tuple(proposals(tx)) if by.can("see_books") else ()
            return RegisterRead(tuple(households(tx, rules)), proposed)

    def _change(
        self,
        by: Operator,
        approval: Approval | None,
        act: Callable[[Transaction, Authority], _T | Refusal],
        right: Right = "change_households",
    ) -> _T | Refusal:
        refusal = by.refusal_to(right)
        if refusal is not None:
            return refusal
        return self.write(lambda tx: act(tx, Authority(by, today(tx), approval)), by)


def _as_told(number: str, told: Points, done: Points) -> Refusal | None:
    """Refuse what takes other points than the two people were told of before they signed: a till sold meanwhile."""
    if told == done:
        return None
    return refuse(
        "out_of_turn",
        "{0} has {1} points now, no longer {2}: nothing was written. Look again",
        *(number, format_hundredths(done), format_hundredths(told)),
    )
