"""The red list, the black list, the candidates and the villages' scorecard, on both databases (六)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish, reject
from lizhi_pos.accounts.changes.closing import close_household
from lizhi_pos.accounts.changes.correcting import correct_points, correct_score
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import CorrectionRow
from lizhi_pos.accounts.models import veto
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.accounts.veto_decisions import release_veto
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.honours import Village, black_list, candidates, red_list
from lizhi_pos.reports.scorecard import scorecard
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OTHER_VILLAGE,
    SALT,
    SUPERVISOR,
    VILLAGE,
    act,
    amount,
    at,
    found,
    gift,
    household,
    noon,
    open_shop,
    post,
    scores,
    sell,
    workbook,
)

LATER = date(2024, 6, 20)
NEXT_YEAR = date(2025, 2, 20)
BY = Authority(ACCOUNTANT, date(2024, 5, 10), APPROVAL)


def people(numbers: Sequence[int], **more: Any) -> dict[str, Any]:
    """Households TQ0001 … with 10 points for each of so many acts, heads of three signs, and scores that count."""
    booklets = [f"TQ{n:04}" for n in range(1, len(numbers) + 1)]
    heads = [f"示例{'甲乙丙丁戊己庚辛壬癸子丑寅卯'[i]}" for i in range(len(numbers))]
    return {
        "households": [household(b, h) for b, h in zip(booklets, heads, strict=True)],
        "scored": [s for b in booklets for s in scores(b, q2023_4="90", q2024_1="90")],
        "acts": [
            act(b, date(2024, 3, 5), times, name=h)
            for b, h, times in zip(booklets, heads, numbers, strict=True)
            if times
        ],
        **more,
    }


@pytest.fixture
def town(engine: Engine) -> Engine:
    """A town on which nothing was posted yet."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
    return engine


def red(tx: Transaction, year: int = 2024, **more: Any) -> list[tuple[int, str, int]]:
    return [(r.rank, r.booklet, r.earned) for r in unwrap(red_list(tx, Village(VILLAGE, year, **more)))]


def points(*amounts: int) -> list[int]:
    return [a * 100 for a in amounts]


def test_ten_ranks_stand_on_the_red_list_with_all_ties(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        post(tx, workbook(**people([12, 9, 9, 8, 7, 6, 5, 4, 3, 2, 2, 2, 1, 0])))
        listed = red(tx)
    assert [rank for rank, _, _ in listed] == [1, 2, 2, 4, 5, 6, 7, 8, 9, 10, 10, 10]
    assert [b for _, b, _ in listed][1:3] == ["TQ0002", "TQ0003"]
    assert [e for _, _, e in listed][:2] == points(120, 90)


def test_heads_are_masked_unless_they_are_asked_for(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        post(tx, workbook(**people([1], scored=scores("TQ0001", q2023_3="90", q2023_4="90"))))
        place = Village(VILLAGE, 2024)
        assert [r.head for r in unwrap(red_list(tx, place))] == ["示*甲"]
        assert unwrap(candidates(tx, place)) == []
        full = Village(VILLAGE, 2024, full=True)
        assert [r.head for r in unwrap(red_list(tx, full))] == ["示例甲"]


def test_earned_are_windows_batches_and_corrections_of_the_year(town: Engine) -> None:
    with transaction(town, noon(NEXT_YEAR)) as tx:
        post(tx, workbook(**people([1, 0], scored=scores("TQ0001", q2023_3="90", q2023_4="90", q2024_1="90"))))
        quarter = workbook(
            month=Month(2024, 7),
            scored=scores("TQ0001", q2024_2="90"),
            corrections=[CorrectionRow("TQ0001", Points(-150), "2024-03", "示例", at("更正"))],
        )
        post(tx, quarter, date(2024, 8, 20))
        # December is posted in the next year, and is the old year's all the same
        december = workbook(
            month=Month(2024, 12),
            acts=[act("TQ0002", date(2024, 12, 5), 2, name="示例乙")],
            corrections=[CorrectionRow("TQ0001", Points(25), "2024-03", "示例", at("更正"))],
        )
        post(tx, december, date(2025, 1, 20))
        unwrap(correct_points(tx, "TQ0002", Points(75), "2024-03", ("示例", BY)))
        unwrap(
            correct_score(
                tx, "TQ0001", Quarter(2024, 1), 880, ("示例", Authority(ACCOUNTANT, date(2024, 9, 1), APPROVAL))
            )
        )
        late = Authority(ACCOUNTANT, date(2025, 1, 25), APPROVAL)
        unwrap(correct_points(tx, "TQ0002", Points(10), "2024-12", ("示例", late)))
        # 10 of March, 9.00 of 2024H1 and −0.10 of its score put right, −1.50 and 0.25; 2023H2 is another year's
        assert red(tx) == [(1, "TQ0002", 2075), (2, "TQ0001", 1000 + 900 - 10 - 150 + 25)]
        assert red(tx, 2025) == [(1, "TQ0002", 10)]
        assert red(tx, on=date(2024, 12, 31)) == [(1, "TQ0001", 1000 + 900 - 10 - 150), (2, "TQ0002", 75)]


def veto_of(tx: Transaction, number: str, on: date = date(2024, 5, 10), conduct: date = date(2024, 4, 25)) -> None:
    told: dict[str, Any] = {"clause": "1", "facts": "示例事实", "conduct_on": conduct}
    unwrap(record_veto(tx, number, **told, authority=Authority(ACCOUNTANT, on, APPROVAL)))


def test_who_is_vetoed_or_gone_is_on_no_list_of_honour(town: Engine) -> None:
    with transaction(town, noon(NEXT_YEAR)) as tx:
        post(tx, workbook(**people([5, 4, 3, 2])))
        for number in ("TQ0001", "TQ0002"):
            veto_of(tx, number)
        unwrap(lift_veto(tx, "TQ0002", facts="示例", authority=Authority(ACCOUNTANT, date(2024, 6, 1), APPROVAL)))
        unwrap(close_household(tx, "TQ0003", "moved_out", "示例", BY))
        assert [b for _, b, _ in red(tx)] == ["TQ0002", "TQ0004"]
        assert [r.booklet for r in unwrap(candidates(tx, Village(VILLAGE, 2024)))] == []
        # before they took effect they were nobody's fault, and before it was lifted one stood
        assert [b for _, b, _ in red(tx, on=date(2024, 5, 9))] == ["TQ0001", "TQ0002", "TQ0003", "TQ0004"]
        assert [b for _, b, _ in red(tx, on=date(2024, 5, 20))] == ["TQ0004"]


def test_a_veto_that_was_copied_bars_as_the_one_it_was_copied_from(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        post(tx, workbook(**people([5, 4])))
        veto_of(tx, "TQ0001")
        facts = household_facts(tx, ["TQ0001", "TQ0002"], LATER)
        stored = tx.all(veto.select().where(veto.c.town_id == tx.town))[0]._asdict()
        copy = stored | {"veto_id": tx.new_id(), "copied_from": stored["veto_id"], "cleared": 0}
        tx.connection.execute(insert(veto).values(copy | {"household_id": facts["TQ0002"].household_id}))
        assert red(tx) == []
        assert unwrap(scorecard(tx, 2024)).villages[0].eligible == 0
        unwrap(lift_veto(tx, "TQ0001", facts="示例", authority=Authority(ACCOUNTANT, LATER, APPROVAL)))
        assert [b for _, b, _ in red(tx)] == ["TQ0001", "TQ0002"]
        assert unwrap(scorecard(tx, 2024)).villages[0].eligible == 2


def test_candidates_have_two_scored_quarters_and_none_below_the_threshold(town: Engine) -> None:
    with transaction(town, noon(NEXT_YEAR)) as tx:
        scored = [
            *scores("TQ0001", q2024_1="85", q2024_2="85.5"),
            *scores("TQ0002", q2024_1="85"),
            *scores("TQ0003", q2024_1="84.9", q2024_2="99"),
            *scores("TQ0004", q2023_4="70", q2024_1="90", q2024_2="90"),
            *scores("TQ0005", q2024_1="84", q2024_2="90"),
        ]
        post(tx, workbook(month=Month(2024, 7), **people([0] * 5, scored=scored)), date(2024, 8, 20))
        put_right = Authority(ACCOUNTANT, date(2024, 9, 1), APPROVAL)
        unwrap(correct_score(tx, "TQ0005", Quarter(2024, 1), 850, ("示例", put_right)))
        rows = unwrap(candidates(tx, Village(VILLAGE, 2024)))
        assert [(r.rank, r.booklet) for r in rows] == [(1, "TQ0004"), (2, "TQ0005"), (3, "TQ0001")]
        assert [(s.quarter, s.score) for s in rows[2].scores] == [("2024Q1", "85.0"), ("2024Q2", "85.5")]
        before = unwrap(candidates(tx, Village(VILLAGE, 2024, on=date(2024, 8, 31))))
        assert [(r.booklet, r.head) for r in before] == [("TQ0004", "示*丁"), ("TQ0001", "示*甲")]
        full = Village(VILLAGE, 2024, on=date(2024, 8, 31), full=True)
        assert [r.head for r in unwrap(candidates(tx, full))] == ["示例丁", "示例甲"]


def test_the_black_list_shows_what_two_people_released(town: Engine) -> None:
    with transaction(town, noon(NEXT_YEAR)) as tx:
        post(tx, workbook(**people([5, 4, 3])))
        for number in ("TQ0001", "TQ0002", "TQ0003"):
            veto_of(tx, number)
        place = Village(VILLAGE, 2024)
        assert unwrap(black_list(tx, place)) == []
        for number in ("TQ0001", "TQ0002"):
            unwrap(release_veto(tx, number, date(2024, 4, 25), "示例:村民代表会议", BY))
        rows = unwrap(black_list(tx, place))
        assert [(r.booklet, r.head, r.clause, r.released_by) for r in rows] == [
            ("TQ0001", "示*甲", "1", SUPERVISOR.name),
            ("TQ0002", "示*乙", "1", SUPERVISOR.name),
        ]
        unwrap(lift_veto(tx, "TQ0001", facts="示例", authority=Authority(ACCOUNTANT, date(2024, 6, 1), APPROVAL)))
        assert [r.booklet for r in unwrap(black_list(tx, place))] == ["TQ0002"]
        assert unwrap(black_list(tx, Village(VILLAGE, 2025))) == []
        assert unwrap(black_list(tx, Village(OTHER_VILLAGE, 2024))) == []


def test_a_village_nobody_knows_and_a_day_to_come_are_refused(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        for report in (red_list, black_list, candidates):
            answer = report(tx, Village("无名村", 2024))
            assert isinstance(answer, Refusal)
            assert answer.code == "not_found"
        answer = red_list(tx, Village(VILLAGE, 2024, on=date(2024, 6, 21)))
        assert isinstance(answer, Refusal)
        assert answer.code == "rule_broken"


def test_the_scorecard_counts_batches_points_and_households(town: Engine) -> None:
    with transaction(town, noon(date(2024, 6, 15))) as tx:
        gift(tx, "CJT-1", date(2024, 4, 2), value="500.00", village=VILLAGE)
        gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=20, value="2.00", expires=date(2024, 12, 31))
        post(tx, workbook(**people([5, 4, 0])))  # first published on 10 April
        open_shop(tx)
        unwrap(sell(tx, "TQ0001", (SALT, 4)))
        back = unwrap(sell(tx, "TQ0002", (SALT, 2)))
        unwrap(return_goods(tx, back.receipt, (), reason="示例", authority=Authority(CLERK, MARKET_DAY, APPROVAL)))
        unwrap(draft(tx, workbook(month=Month(2024, 4)), ACCOUNTANT))
        unwrap(publish(tx, VILLAGE, Month(2024, 4), Authority(ACCOUNTANT, date(2024, 5, 11))))
        unwrap(reject(tx, VILLAGE, Month(2024, 4), Authority(SUPERVISOR, date(2024, 5, 12)), "示例"))
        veto_of(tx, "TQ0002")
        cards = unwrap(scorecard(tx, 2024)).villages
        ours, theirs = cards
        assert (ours.village, ours.due, ours.on_time, ours.missing, ours.sent_back) == (VILLAGE, 3, 1, 1, 1)
        assert (ours.objections, ours.disputes) == (0, 0)
        assert (ours.earned, ours.redeemed, ours.redemption_rate) == (9000, 1000, "0.11")
        assert (ours.contributed, ours.drawn) == (amount("500.00"), 1000)
        assert (ours.households, ours.eligible) == (3, 2)
        assert (theirs.village, theirs.due, theirs.missing, theirs.earned) == (OTHER_VILLAGE, 3, 3, 0)
        assert theirs.redemption_rate is None
        assert (theirs.households, theirs.eligible) == (0, 0)
    with transaction(town, noon(NEXT_YEAR)) as tx:
        (ours, _) = unwrap(scorecard(tx, 2025)).villages
        assert (ours.due, ours.missing, ours.earned, ours.redeemed) == (1, 1, 0, 0)
        assert isinstance(scorecard(tx, 2023), Refusal)  # no rules were in force then
