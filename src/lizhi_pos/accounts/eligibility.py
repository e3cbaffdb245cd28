"""Who may redeem on a given day (三(一), 三(三), 三(五)1): pure, facts in, every failing reason out."""

from datetime import date

from msgspec import Struct

from lizhi_pos.accounts.import_rows import HouseholdStatus
from lizhi_pos.ids import Id
from lizhi_pos.money import format_tenths
from lizhi_pos.periods import Quarter, add_months
from lizhi_pos.refusal import Message, Reason, message
from lizhi_pos.rulebook.rules import BaseScoreRules, Rulebook


class PostedScore(Struct, frozen=True, order=True):
    """A posted base score in tenths."""

    quarter: Quarter
    tenths: int


class VetoFact(Struct, frozen=True):
    """A veto as it was recorded; `lifted_on` is the day the household was free again, if it was."""

    clause: str
    facts: str
    effective_on: date
    lifted_on: date | None

    @property
    def last_day(self) -> date:
        """The last day it bars: 31 December of its year (三(五)1)."""
        return date(self.effective_on.year, 12, 31)

    def in_force(self, on: date) -> bool:
        """Return whether it bars redemption on this day."""
        return self.effective_on <= on <= self.last_day and (self.lifted_on is None or on < self.lifted_on)


class HouseholdFacts(Struct, frozen=True, kw_only=True):
    """What the books hold of a household as it stood on a day; scores in order of quarter."""

    household_id: Id
    booklet: str
    head: str
    village: str
    village_group: str
    status: HouseholdStatus
    residence_start: date
    scores: tuple[PostedScore, ...]
    vetoes: tuple[VetoFact, ...]


def standing(facts: HouseholdFacts, rules: Rulebook, on: date) -> tuple[Reason, ...]:
    """Return every rule above `balance` that the household fails on this day, each once with all its facts."""
    reasons: list[Reason] = []
    if facts.status != "active":
        reasons.append(Reason("inactive", (facts.status,)))
    since = add_months(facts.residence_start, rules.residence_months)
    if on < since:
        reasons.append(Reason("residence", (facts.residence_start.isoformat(), since.isoformat())))
    reasons.extend(_score_reasons(facts.scores, rules.base_score, on))
    vetoes = [v for v in facts.vetoes if v.in_force(on)]
    if vetoes:
        reasons.append(Reason("vetoed", tuple(fact for v in vetoes for fact in _veto_facts(v))))
    return tuple(reasons)


def _veto_facts(veto: VetoFact) -> tuple[str, ...]:
    return (veto.clause, veto.facts, veto.effective_on.isoformat(), veto.last_day.isoformat())


def _score_reasons(scores: tuple[PostedScore, ...], rules: BaseScoreRules, on: date) -> list[Reason]:
    needed = rules.consecutive_quarters
    last = [s for s in scores if s.quarter.last_day < on][-needed:]
    if len(last) < needed or last[-1].quarter.index - last[0].quarter.index != needed - 1:
        return [Reason("scores_missing", tuple(_quarter(s.quarter) for s in last))]
    reasons = []
    below = [s for s in last if s.tenths < rules.threshold_tenths]
    if below:
        reasons.append(Reason("score_below", tuple(_below(s, rules.threshold_tenths) for s in below)))
    ended = Quarter.last_ended_before(on)
    if last[-1].quarter.index < ended.index - rules.max_age_quarters:
        reasons.append(Reason("scores_stale", (_quarter(last[-1].quarter), _quarter(ended))))
    return reasons


def _below(score: PostedScore, bound: int) -> Message:
    short = message("{0} < {1}", format_tenths(score.tenths), format_tenths(bound).removesuffix(".0"))
    return message("{0} {1}", _quarter(score.quarter), short)


def _quarter(quarter: Quarter) -> Message:
    return message("{0}Q{1}", quarter.year, quarter.quarter)
