"""The monthly batch (三(四)2, 四(三)) and how points arise (三(三))."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import batch_view, publish, reject, review
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import CorrectionRow, MemberRow, ProposalRow, VillageWorkbook
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.journal.queries import balance_on
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.rulebook.adopted import rules_on
from towns.small import (
    ACCOUNTANT,
    ADMIN,
    MARCH,
    MARKET_DAY,
    OTHER_VILLAGE,
    POSTED_ON,
    RULEBOOK,
    SUPERVISOR,
    VILLAGE,
    act,
    amount,
    at,
    found,
    household,
    noon,
    post,
    scores,
    signatures,
    workbook,
)

FIRST = workbook(
    households=[household("TQ0001"), household("TQ0002")],
    members=[MemberRow("TQ0001", "示例成员", at())],
    scored=scores("TQ0001", q2023_3="87.5", q2023_4="92"),
    acts=[act("TQ0001", date(2024, 3, 5), 2), act("TQ0001", date(2024, 3, 5), name="示例成员")],
)


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def points(tx: Transaction, booklet: str, on: date) -> int:
    facts = household_facts(tx, [booklet], on)[booklet]
    return balance_on(tx, facts.household_id, on)


def test_points_arise_from_scores_and_acts(engine: Engine) -> None:
    """87.5 and 92 → 89.75 → 8.975 → 8.98, and three acts at 10.00."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        posted = post(tx, FIRST)
        assert (posted.base, posted.volunteer) == (amount("8.98"), amount("30.00"))
        assert points(tx, "TQ0001", POSTED_ON) == amount("38.98")
        assert points(tx, "TQ0002", POSTED_ON) == 0


def test_the_steps_keep_their_order_and_their_people(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        day = date(2024, 4, 10)
        assert code(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, day))) == "not_found"
        unwrap(draft(tx, FIRST, ADMIN))
        assert code(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, day))) == "out_of_turn"
        assert code(post_batch(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, day))) == "out_of_turn"
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, day)))
        assert code(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, day))) == "out_of_turn"
        assert code(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, day + timedelta(6)))) == "rule_broken"
        assert code(review(tx, VILLAGE, MARCH, Authority(ADMIN, day + timedelta(7)))) == "not_allowed"
        unwrap(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, day + timedelta(7))))
        assert code(post_batch(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, day + timedelta(6)))) == "out_of_turn"
        unwrap(post_batch(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, day + timedelta(7))))
        assert code(post_batch(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, day + timedelta(8)))) == "out_of_turn"


def test_a_rejected_batch_starts_its_publicity_anew(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        unwrap(draft(tx, FIRST, ACCOUNTANT))
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 2))))
        unwrap(reject(tx, VILLAGE, MARCH, Authority(SUPERVISOR, date(2024, 4, 5)), "示例异议"))
        assert code(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 4)))) == "out_of_turn"
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 6))))
        assert code(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, date(2024, 4, 12)))) == "rule_broken"
        unwrap(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, date(2024, 4, 13))))


@pytest.mark.parametrize(
    "signed",
    [signatures()[:-1], signatures()[1:], (*signatures()[:-1], signatures()[-2]), (*signatures(), signatures()[0])],
)
def test_a_batch_without_its_signatures_is_not_published(engine: Engine, signed: tuple[object, ...]) -> None:
    """三(四): five of the assessment group, three of the supervision group, all different."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        unwrap(draft(tx, workbook(households=[household("TQ0001")], signed=signed), ACCOUNTANT))  # type: ignore[arg-type]
        assert code(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 10)))) == "rule_broken"


def test_reading_again_changes_nothing_and_a_correction_sets_back_to_draft(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        first = unwrap(draft(tx, FIRST, ACCOUNTANT))
        assert (first.households.new, first.households.changed) == (2, 0)
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 10))))
        same = unwrap(draft(tx, FIRST, ACCOUNTANT))
        assert (same.households.new, same.households.changed, same.households.same) == (0, 0, 2)
        assert unwrap(batch_view(tx, VILLAGE, MARCH)).state == "publicised"
        moved = workbook(households=[household("TQ0001", "改名示例"), household("TQ0002"), household("TQ0003")])
        again = unwrap(draft(tx, moved, ACCOUNTANT))
        assert (again.households.new, again.households.changed, again.households.same) == (1, 1, 1)
        assert unwrap(batch_view(tx, VILLAGE, MARCH)).state == "draft"


def test_a_posted_month_is_put_right_in_a_later_one(engine: Engine) -> None:
    with transaction(engine, noon(date(2024, 5, 30))) as tx:
        found(tx)
        post(tx, FIRST)
        assert not unwrap(draft(tx, FIRST, ACCOUNTANT)).errors
        assert unwrap(draft(tx, workbook(households=[household("TQ0001")]), ACCOUNTANT)).errors
        april = Month(2024, 4)
        too_much = CorrectionRow("TQ0001", Points(amount("-39.00")), "2024-03", "示例", at())
        unwrap(draft(tx, workbook(month=april, corrections=[too_much]), ACCOUNTANT))
        unwrap(publish(tx, VILLAGE, april, Authority(ACCOUNTANT, date(2024, 5, 8))))
        unwrap(review(tx, VILLAGE, april, Authority(SUPERVISOR, date(2024, 5, 18))))
        assert code(post_batch(tx, VILLAGE, april, Authority(ACCOUNTANT, date(2024, 5, 18)))) == "rule_broken"
        unwrap(reject(tx, VILLAGE, april, Authority(SUPERVISOR, date(2024, 5, 18)), "示例"))
        right = CorrectionRow("TQ0001", Points(amount("-38.98")), "2024-03", "示例", at())
        post(tx, workbook(month=april, corrections=[right]), date(2024, 5, 28))
        assert points(tx, "TQ0001", date(2024, 5, 28)) == 0


WRONG: dict[str, tuple[VillageWorkbook, str]] = {
    "a booklet twice": (workbook(households=[household("TQ0001"), household("TQ0001")]), "户籍"),
    "an unknown booklet": (workbook(scored=scores("TQ0009", q2023_4="90")), "基础评分"),
    "a score twice": (
        workbook(households=[household("TQ0001")], scored=scores("TQ0001", q2023_4="90") * 2),
        "基础评分",
    ),
    "a quarter that has not ended": (
        workbook(households=[household("TQ0001")], scored=scores("TQ0001", q2024_2="90")),
        "基础评分",
    ),
    "an act outside the month": (
        workbook(households=[household("TQ0001")], acts=[act("TQ0001", date(2024, 4, 1))]),
        "志愿服务",
    ),
    "an act of a stranger": (
        workbook(households=[household("TQ0001")], acts=[act("TQ0001", date(2024, 3, 1), name="生人示例")]),
        "志愿服务",
    ),
    "an act twice": (
        workbook(households=[household("TQ0001")], acts=[act("TQ0001", date(2024, 3, 1))] * 2),
        "志愿服务",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_workbook_with_an_error_is_not_taken(engine: Engine, what: str) -> None:
    wrong, sheet = WRONG[what]
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        errors = unwrap(draft(tx, wrong, ACCOUNTANT)).errors
        assert errors
        assert isinstance(batch_view(tx, VILLAGE, MARCH), Refusal)
        assert sheet in {e.sheet for e in errors} or what == "a score twice"


def test_an_item_and_its_value_stand_in_the_rulebook(engine: Engine) -> None:
    from msgspec import structs

    right = act("TQ0001", date(2024, 3, 1), 2, "心灵呵护")
    wrong = [structs.replace(right, item="无此项目"), structs.replace(right, points=Points(550))]
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        for row in wrong:
            assert unwrap(draft(tx, workbook(households=[household("TQ0001")], acts=[row]), ACCOUNTANT)).errors
        assert not unwrap(draft(tx, workbook(households=[household("TQ0001")], acts=[right]), ACCOUNTANT)).errors


def test_a_booklet_is_one_households_in_the_whole_town(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        post(tx, FIRST)
        other = workbook(village=OTHER_VILLAGE, households=[household("TQ0001")])
        assert unwrap(draft(tx, other, ACCOUNTANT)).errors


def test_two_drafts_of_one_new_booklet_are_not_both_posted(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        other = workbook(village=OTHER_VILLAGE, households=[household("TQ0001")])
        unwrap(draft(tx, other, ACCOUNTANT))
        post(tx, FIRST)
        unwrap(publish(tx, OTHER_VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 10))))
        unwrap(review(tx, OTHER_VILLAGE, MARCH, Authority(SUPERVISOR, date(2024, 4, 18))))
        assert code(post_batch(tx, OTHER_VILLAGE, MARCH, Authority(ACCOUNTANT, POSTED_ON))) == "rule_broken"


def test_a_posted_score_is_passed_over_and_never_changed(engine: Engine) -> None:
    april = Month(2024, 4)
    with transaction(engine, noon(date(2024, 5, 30))) as tx:
        found(tx)
        post(tx, FIRST)
        again = workbook(month=april, scored=scores("TQ0001", q2023_4="92", q2024_1="80"))
        assert unwrap(draft(tx, workbook(month=april, scored=scores("TQ0001", q2023_4="91")), ACCOUNTANT)).errors
        assert post(tx, again, date(2024, 5, 20)).base == 0


def test_rolling_windows_pay_every_quarter(engine: Engine) -> None:
    """**D** window = "rolling" pays every quarter for it and the one before; a gap completes nothing."""
    book = workbook(
        households=[household("TQ0001")],
        scored=scores("TQ0001", q2023_1="90", q2023_2="90", q2023_4="80", q2024_1="86"),
    )
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx, RULEBOOK.replace("threshold = 85", 'threshold = 85\nwindow = "rolling"'))
        assert post(tx, book).base == amount("17.30")


def test_a_household_is_known_from_its_posting_and_judged_as_it_stood(engine: Engine) -> None:
    """三(一): a changed 户籍 takes effect on the day its batch is posted."""
    may = date(2024, 5, 20)
    with transaction(engine, noon(date(2024, 5, 30))) as tx:
        found(tx)
        post(tx, FIRST)
        post(tx, workbook(month=Month(2024, 4), households=[household("TQ0001", status="moved_out")]), may)
        rules = unwrap(rules_on(tx, may))
        assert not household_facts(tx, ["TQ0001"], POSTED_ON - timedelta(1))
        before = household_facts(tx, ["TQ0001"], may - timedelta(1))["TQ0001"]
        after = household_facts(tx, ["TQ0001"], may)["TQ0001"]
        assert "inactive" not in {r.code for r in standing(before, rules, may)}
        assert "inactive" in {r.code for r in standing(after, rules, may)}
        assert [s.quarter for s in after.scores] == [Quarter(2023, 3), Quarter(2023, 4)]


def test_a_cap_refuses_the_posting(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx, RULEBOOK.replace("[market_days]", '[batch]\ncap_per_village = "38.97"\n[market_days]'))
        unwrap(draft(tx, FIRST, ACCOUNTANT))
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, date(2024, 4, 8))))
        unwrap(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, date(2024, 4, 18))))
        assert code(post_batch(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, POSTED_ON))) == "rule_broken"


def test_a_proposal_vetoes_nobody(engine: Engine) -> None:
    from lizhi_pos.accounts.vetoes import proposals

    book = workbook(
        households=[household("TQ0001")], proposals=[ProposalRow("TQ0001", date(2024, 3, 3), "1", "示例事实", at())]
    )
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        post(tx, book)
        assert [(p.booklet, p.clause) for p in proposals(tx)] == [("TQ0001", "1")]
        facts = household_facts(tx, ["TQ0001"], MARKET_DAY)["TQ0001"]
        assert not facts.vetoes
