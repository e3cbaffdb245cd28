"""Supervision at the screen: what is to be looked at, where it leads, and the supervisor's own signature."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Literal

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.batch_card import batch_card
from lizhi_pos.accounts.queries import facts_of_any
from lizhi_pos.checkout.receipt_summaries import lines_of_receipt, receipt_numbered
from lizhi_pos.db import Transaction, reading
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.report_tables import ReportColumn, ReportRow, ReportTable, Word
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.finding_words import FINDING_WORDS, fact_words
from lizhi_pos.reports.findings import Days, Finding
from lizhi_pos.reports.supervision import supervision
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.sign_off import SignOff, sign_off, signed_off
from lizhi_pos.text.masking import masked

SupervisionView = Literal["findings", "signed"]
VIEWS: tuple[SupervisionView, ...] = ("findings", "signed")
VIEW_WORDS: Mapping[SupervisionView, Message] = {"findings": message("findings"), "signed": message("signed")}
MOST_REFERENCES = 40
"""So many of a finding's receipts and batches are looked up; the others are counted."""


def sign_days(tx: Transaction, days: Days, note: str, authority: Authority) -> SignOff | Refusal:
    """Keep that a supervisor has looked through the findings of some days, and what there is to say of them."""
    found = supervision(tx, days).findings
    return sign_off(tx, (days.first, days.last), len(found), note, authority)


class SupervisionService(JobService):
    """Supervision on one database. The findings read last are kept: looking for them reads all of the days."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._found: Mapping[str, Finding] = {}

    def day(self, by: Operator) -> date | Refusal:
        """Return the town's day."""
        if refusal := by.refusal_to("supervise"):
            return refusal
        with reading(self.engine) as tx:
            return today(tx)

    def table(self, view: SupervisionView, days: Days, by: Operator) -> ReportTable | Refusal:
        """Return what is to be looked at of some days, or what was signed."""
        if refusal := by.refusal_to("supervise"):
            return refusal
        with reading(self.engine) as tx:
            if view == "signed":
                return _signed(signed_off(tx))
            found = supervision(tx, days).findings
            self._found = {_key(one): one for one in found}
            return findings_table(found)

    def told_of(self, key: str, by: Operator) -> tuple[Word, ...] | Refusal:
        """Return a finding of the table that was read last, with what it refers to."""
        if refusal := by.refusal_to("supervise"):
            return refusal
        found = self._found.get(key)
        if found is None:
            return ()
        with reading(self.engine) as tx:
            facts = tuple(_fact(fact) for fact in found.facts)
            led = tuple(word for name in found.references[:MOST_REFERENCES] for word in _referred(tx, name))
            more = len(found.references) - MOST_REFERENCES
            rest = (message("and {0} more", more),) if more > 0 else ()
            return (FINDING_WORDS[found.kind], *facts, "", *led, *rest)

    def sign(self, days: Days, note: str, by: Operator) -> SignOff | Refusal:
        """Sign that some days were looked through."""
        if refusal := by.refusal_to("sign_off"):
            return refusal
        return self.write(lambda tx: sign_days(tx, days, note, Authority(by, today(tx))), by)


def findings_table(found: Sequence[Finding], references: int = 1) -> ReportTable:
    """Return findings as screens and papers say them, each with so many of what it refers to."""
    columns = (
        ReportColumn(message("What"), 22),
        ReportColumn(message("Facts")),
        ReportColumn(message("Where"), 16),
    )
    rows = (
        ReportRow(
            _key(one),
            (FINDING_WORDS[one.kind], _facts(one), " ".join(one.references[:references])),
            is_hint=one.kind != "approvals",
        )
        for one in found
    )
    return ReportTable(VIEW_WORDS["findings"], columns, tuple(rows), message("There is nothing to look at"))


def _signed(found: list[SignOff]) -> ReportTable:
    columns = (
        ReportColumn(message("From"), 11),
        ReportColumn(message("To"), 11),
        ReportColumn(message("Findings"), 9, is_figure=True),
        ReportColumn(message("Signer"), 10),
        ReportColumn(message("Note")),
    )
    rows = (
        ReportRow(
            str(at),
            (one.from_date.isoformat(), one.to_date.isoformat(), str(one.findings), one.by_user, one.note),
        )
        for at, one in enumerate(reversed(found))
    )
    return ReportTable(VIEW_WORDS["signed"], columns, tuple(rows), message("Nothing was signed yet"))


def _key(one: Finding) -> str:
    return "|".join((one.kind, *one.facts, *one.references))


def _facts(one: Finding) -> Word:
    """Return all facts of a finding in one line."""
    return reduce(lambda line, fact: message("{0} {1}", line, _fact(fact)), one.facts[1:], _fact(one.facts[0]))


def _fact(told: str) -> Word:
    what, often = fact_words(told)
    return message("{0} {1}", what, often) if often else what


def _referred(tx: Transaction, name: str) -> tuple[Word, ...]:
    """Return what a reference is: a receipt with its goods, a batch with its steps, a household."""
    for look in _LOOKS:
        if words := look(tx, name):
            return words
    return (name,)


def _receipt(tx: Transaction, name: str) -> tuple[Word, ...]:
    found = receipt_numbered(tx, name)
    if found is None:
        return ()
    told = (name, found.booklet, masked(found.head), format_hundredths(found.total), found.clerk)
    goods = (f"    {x.name} × {x.quantity}" for x in lines_of_receipt(tx, found.redemption_id))
    return (message("{0}  {1} {2}  {3}  clerk {4}", *told), *goods)


def _batch(tx: Transaction, name: str) -> tuple[Word, ...]:
    village, _, month = name.partition("/")
    try:
        found = batch_card(tx, village, Month.parse(month))
    except ValueError:
        return ()
    if isinstance(found, Refusal):
        return ()
    steps = (f"    {s.on.isoformat()} {s.step} {s.by} {s.reason}".rstrip() for s in found.steps)
    return (f"{name}  {found.file or ''}".rstrip(), *steps)


def _household(tx: Transaction, name: str) -> tuple[Word, ...]:
    found = facts_of_any(tx, name, today(tx))
    if isinstance(found, Refusal):
        return ()
    vetoes = (f"    {v.effective_on.isoformat()} {v.clause} {v.facts}" for v in found.vetoes)
    return (f"{name}  {masked(found.head)}  {found.village}", *vetoes)


_LOOKS: tuple[Callable[[Transaction, str], tuple[Word, ...]], ...] = (_receipt, _batch, _household)
