"""How the villages did in a year: ledgers in time, points earned and redeemed, money put in and drawn (六)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import bindparam, func, select

from lizhi_pos.accounts.batches import batches, missing_batches
from lizhi_pos.accounts.eligibility import HouseholdFacts, PostedScore, VetoFact, standing
from lizhi_pos.accounts.models import batch, batch_step, household_state, objection, score, veto, village
from lizhi_pos.accounts.queries import RIGHT_TENTHS, register_on
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.checkout.models import redemption, redemption_return
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.donations.models import gift, voucher_void
from lizhi_pos.ids import Id
from lizhi_pos.money import Points, Yuan, format_hundredths, half_up
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.earned import earned_in
from lizhi_pos.reports.veto_rows import LIFTED_ON, VETOES
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.settlement.models import village_signature


class VillageCard(Struct, frozen=True, kw_only=True):
    """A village's year. `due` are ended months since the town's first batch, `disputes` months it disputed.

    `redemption_rate` is redeemed ÷ earned with two decimals, None over nothing; `households` are its active ones.
    """

    village: str
    due: int
    on_time: int
    missing: int
    sent_back: int
    objections: int
    disputes: int
    earned: Points
    redeemed: Points
    redemption_rate: str | None
    contributed: Yuan
    drawn: Yuan
    households: int
    eligible: int


class Scorecard(Struct, frozen=True):
    """Every village's year, in the order the villages were added."""

    year: int
    villages: tuple[VillageCard, ...]


class _Ledgers(NamedTuple):
    """What became of each village's ledgers of a year, by the village's name."""

    due: int
    on_time: Counter[str]
    missing: Counter[str]


_of_months = batch.c.month.between(bindparam("first"), bindparam("last"))
_PUBLISHED = (
    select(village.c.name, batch.c.month)
    .select_from(
        batch_step.join(batch, same_row(batch.c.batch_id, batch_step.c.batch_id)).join(
            village, same_row(village.c.village_id, batch.c.village_id)
        )
    )
    .where(of_town(batch_step), batch_step.c.step == "publish")
    .distinct()
)
_SENT_BACK = (
    select(batch.c.village_id, func.count().label("number_of"))
    .select_from(batch_step.join(batch, same_row(batch.c.batch_id, batch_step.c.batch_id)))
    .where(of_town(batch_step), batch_step.c.step == "reject", _of_months)
    .group_by(batch.c.village_id)
)
_OBJECTIONS = (
    select(batch.c.village_id, func.count().label("number_of"))
    .select_from(objection.join(batch, same_row(batch.c.batch_id, objection.c.batch_id)))
    .where(of_town(objection), _of_months)
    .group_by(batch.c.village_id)
)
_DISPUTES = (
    select(village_signature.c.village_id, func.count(village_signature.c.month.distinct()).label("number_of"))
    .where(
        of_town(village_signature),
        village_signature.c.kind == "disputed",
        village_signature.c.month.between(bindparam("first"), bindparam("last")),
    )
    .group_by(village_signature.c.village_id)
)
_TAKEN = (
    select(redemption.c.household_id, summed(redemption.c.total).label("points"))
    .where(of_town(redemption), redemption.c.on_date.between(bindparam("first"), bindparam("last")))
    .group_by(redemption.c.household_id)
)
_BACK = (
    select(redemption.c.household_id, summed(redemption_return.c.total).label("points"))
    .select_from(
        redemption_return.join(redemption, same_row(redemption.c.redemption_id, redemption_return.c.redemption_id))
    )
    .where(of_town(redemption_return), redemption_return.c.on_date.between(bindparam("first"), bindparam("last")))
    .group_by(redemption.c.household_id)
)
_PUT_IN = (
    select(gift.c.village_id, summed(gift.c.amount).label("amount"))
    .select_from(gift.outerjoin(voucher_void, same_row(voucher_void.c.voucher, gift.c.voucher)))
    .where(
        of_town(gift),
        gift.c.kind == "village",
        gift.c.on_date.between(bindparam("first"), bindparam("last")),
        voucher_void.c.voucher.is_(None),
    )
    .group_by(gift.c.village_id)
)
_HOMES = (
    select(household_state.c.household_id, household_state.c.village_id)
    .where(of_town(household_state), household_state.c.since <= bindparam("day"))
    .order_by(household_state.c.since, household_state.c.state_id)
)
_RECENT_SCORES = (
    select(score.c.household_id, score.c.quarter, RIGHT_TENTHS)
    .where(of_town(score), score.c.quarter >= bindparam("first"), score.c.posted_on <= bindparam("day"))
    .order_by(score.c.household_id, score.c.quarter)
)
_VETOES = (
    select(veto.c.household_id, veto.c.clause, veto.c.facts, veto.c.effective_on, LIFTED_ON)
    .select_from(VETOES)
    .where(of_town(veto))
)


def scorecard(tx: Transaction, year: int) -> Scorecard | Refusal:
    """Return what each village did in a year; a household counts where it lives at the year's end, or today."""
    day = today(tx)
    end = min(date(year, 12, 31), day)
    rules = rules_on(tx, end)
    if isinstance(rules, Refusal):
        return rules
    months = {"first": f"{year:04}-01", "last": f"{year:04}-12"}
    days = {"first": date(year, 1, 1), "last": date(year, 12, 31)}
    homes = {row.household_id: Id(row.village_id) for row in tx.all(_HOMES, day=end)}
    ledgers = _ledgers(tx, year)
    sent_back, objections, disputes = (
        {row.village_id: int(row.number_of) for row in tx.all(q, **months)}
        for q in (_SENT_BACK, _OBJECTIONS, _DISPUTES)
    )
    earned = _by_village(homes, earned_in(tx, year, day).items())
    redeemed = _by_village(homes, ((r.household_id, int(r.points)) for r in tx.all(_TAKEN, **days)))
    redeemed.subtract(_by_village(homes, ((r.household_id, int(r.points)) for r in tx.all(_BACK, **days))))
    put_in = {row.village_id: int(row.amount) for row in tx.all(_PUT_IN, **days)}
    households, eligible = _people(tx, rules, end)
    return Scorecard(
        year,
        tuple(
            VillageCard(
                village=name,
                due=ledgers.due,
                on_time=ledgers.on_time[name],
                missing=ledgers.missing[name],
                sent_back=sent_back.get(key, 0),
                objections=objections.get(key, 0),
                disputes=disputes.get(key, 0),
                earned=Points(earned[key]),
                redeemed=Points(redeemed[key]),
                redemption_rate=rate(redeemed[key], earned[key]),
                contributed=Yuan(put_in.get(key, 0)),
                drawn=Yuan(redeemed[key]),
                households=households[key],
                eligible=eligible[key],
            )
            for key, name in village_names(tx).items()
        ),
    )


def rate(part: int, whole: int) -> str | None:
    """Return a ratio with two decimals, half up; None over nothing. Pure."""
    return format_hundredths(half_up(Fraction(part * 100, whole))) if whole else None


def _by_village(homes: Mapping[Id, Id], points: Iterable[tuple[Id, int]]) -> Counter[Id]:
    found: Counter[Id] = Counter()
    for household, amount in points:
        if household in homes:
            found[homes[household]] += amount
    return found


def _ledgers(tx: Transaction, year: int) -> _Ledgers:
    """Return the months that are due, and how each village published them."""
    now, kept = Month.of(today(tx)), batches(tx)
    begun = min((Month.parse(b.month) for b in kept), default=now)
    ended = {str(m) for m in (Month(year, n) for n in range(1, 13)) if begun <= m < now}
    published = {(row.name, row.month) for row in tx.all(_PUBLISHED)}
    in_time = (b.village for b in kept if b.month in ended and not b.late and (b.village, b.month) in published)
    missing = (m.village for m in missing_batches(tx) if m.month in ended)
    return _Ledgers(len(ended), Counter(in_time), Counter(missing))


def _people(tx: Transaction, rules: Rulebook, end: date) -> tuple[Counter[Id], Counter[Id]]:
    """Return how many active households live in each village at the end of a day, and how many may redeem then."""
    base = rules.base_score
    oldest = Quarter.last_ended_before(end).index - base.max_age_quarters - base.consecutive_quarters
    scores: dict[Id, list[PostedScore]] = {}
    for row in tx.all(_RECENT_SCORES, first=str(Quarter.at_index(oldest)), day=end):
        scores.setdefault(row.household_id, []).append(PostedScore(Quarter.parse(row.quarter), row.tenths))
    vetoes: dict[Id, list[VetoFact]] = {}
    for row in tx.all(_VETOES):
        vetoes.setdefault(row.household_id, []).append(VetoFact(row.clause, row.facts, row.effective_on, row.lifted_on))
    there: Counter[Id] = Counter()
    eligible: Counter[Id] = Counter()
    for one in register_on(tx, end).values():
        if one.status != "active":
            continue
        facts = HouseholdFacts(
            household_id=one.household_id,
            booklet=one.number,
            head=one.head,
            village=one.village_name,
            village_group=one.village_group,
            status="active",
            residence_start=one.residence_start,
            scores=tuple(scores.get(one.household_id, ())),
            vetoes=tuple(vetoes.get(one.household_id, ())),
        )
        there[one.village_id] += 1
        eligible[one.village_id] += not standing(facts, rules, end)
    return there, eligible
