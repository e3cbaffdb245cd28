"""Households split, merge and move to another village: points, members, vetoes, scores, limits and statements."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.changes.closing import close_household
from lizhi_pos.accounts.changes.correcting import correct_points, correct_score
from lizhi_pos.accounts.changes.freezing import freeze, release
from lizhi_pos.accounts.changes.merging import merge_households
from lizhi_pos.accounts.changes.moving import move_household
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.household_card import household_card
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import MemberRow, ProposalRow
from lizhi_pos.accounts.vetoes import lift_veto, proposals, record_veto, vetoes
from lizhi_pos.checkout.import_rows import SlipRow
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.checkout.offline_slips import RefusedSlip, Slip, post_slip, slips_in
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.checkout.till_queries import household_at_counter
from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.codes import give_booklet, split_household
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.findings import Days
from lizhi_pos.reports.supervision import supervision
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.details import details
from lizhi_pos.settlement.statement import StatementLine, compute_statement, load_statement
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OTHER_VILLAGE,
    SALT,
    SOAP,
    VILLAGE,
    act,
    amount,
    at,
    basket,
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

BY = Authority(ACCOUNTANT, MARKET_DAY, APPROVAL)
APRIL, MAY = Month(2024, 4), Month(2024, 5)
WHY = "示例:核实"
SOON, LATER = MARKET_DAY + timedelta(1), date(2024, 5, 20)


@pytest.fixture
def town(engine: Engine) -> Iterator[Engine]:
    """Two households of one village and one of another; each has 10.00 from its head, the first 20.00 from its son."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=200, value="2.00")
        gift(tx, "SW-2", date(2024, 4, 4), code=SOAP, quantity=200, value="3.00")
        numbers = ("TQ0001", "TQ0002")
        scored = [s for n in numbers for s in scores(n, q2023_3="88", q2023_4="90", q2024_1="90")]
        son = MemberRow("TQ0001", "示例儿子", at("成员"), "子")
        acts = [act(n, date(2024, 3, 5)) for n in numbers] + [act("TQ0001", date(2024, 3, 6), 2, name="示例儿子")]
        post(tx, workbook(households=[household(n) for n in numbers], members=[son], scored=scored, acts=acts))
        away = scores("HP0001", q2023_4="90", q2024_1="90")
        there = [act("HP0001", date(2024, 3, 5))]
        post(tx, workbook(village=OTHER_VILLAGE, households=[household("HP0001")], scored=away, acts=there))
        open_shop(tx)
    yield engine
    with reading(engine, noon(LATER)) as tx:
        assert [c for c in verify(tx).checks if not c.ok] == []


def points(text: str) -> Points:
    return Points(amount(text))


def on(day: date) -> Authority:
    return Authority(ACCOUNTANT, day, APPROVAL)


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def balance(tx: Transaction, number: str, day: date = MARKET_DAY) -> int:
    return unwrap(household_card(tx, number, day)).balance


def apart(text: str = "0.00", number: str = "TQ0009", **more: Any) -> Apart:
    return Apart(number, "示例儿子", points=points(text), **more)


def split(tx: Transaction, text: str = "0.00", day: date = MARKET_DAY, **more: Any) -> Any:
    return split_household(tx, "TQ0001", apart(text, **more), WHY, on(day))


def why(tx: Transaction, number: str, day: date = MARKET_DAY) -> set[str]:
    facts = unwrap(household_card(tx, number, day)).facts
    return {reason.code for reason in standing(facts, unwrap(rules_on(tx, day)), day)}


def veto(tx: Transaction, number: str, day: date = MARKET_DAY) -> Any:
    return record_veto(tx, number, clause="1", facts="示例", conduct_on=date(2024, 4, 2), authority=on(day))


def wrong(tx: Transaction, village: str = VILLAGE, month: Month = APRIL, **rows: Any) -> list[tuple[str, str]]:
    drafted = unwrap(draft(tx, workbook(village=village, month=month, **rows), ACCOUNTANT))
    return [(str(e.sheet), e.text.msgid) for e in drafted.errors]


def lines(tx: Transaction, month: Month = APRIL) -> dict[tuple[str, str], StatementLine]:
    return {(v.village, x.booklet): x for v in compute_statement(tx, month).villages for x in v.households}


def transferred(tx: Transaction, month: Month = APRIL) -> int:
    """What was transferred in the whole town: nothing, in every month."""
    return sum(v.totals.transferred for v in compute_statement(tx, month).villages)


# 分户


def test_who_leaves_takes_what_they_earned_themselves(town: Engine) -> None:
    """三: base points stay; volunteer points of those who leave may go by one transfer of two lines."""
    with transaction(town, noon(MARKET_DAY)) as tx:
        assert code(split(tx, "20.01")) == "balance"
        done = unwrap(split(tx, "20.00"))
        # 88 and 90 of the second half of 2023 are 8.90
        assert (done.booklet, done.new, done.head, done.members) == ("TQ0001", "TQ0009", "示例儿子", ("示例儿子",))
        assert (done.transferred, done.balance, done.new_balance) == (2000, amount("18.90"), 2000)
        new = unwrap(household_card(tx, "TQ0009", MARKET_DAY))
        assert (new.facts.village, new.facts.head, new.facts.residence_start) == (
            VILLAGE,
            "示例儿子",
            date(2015, 8, 20),
        )
        assert [s.score for s in new.scores] == ["88.0", "90.0", "90.0"]
        assert [(m.name, m.status) for m in new.members] == [("示例儿子", "active")]
        old = unwrap(household_card(tx, "TQ0001", MARKET_DAY))
        assert [(m.name, m.status) for m in old.members] == [("示例儿子", "left")]
        assert unwrap(sell(tx, "TQ0009", (SALT, 8))).balance_after == 0
        assert lines(tx)[VILLAGE, "TQ0001"].transferred == -2000
        assert lines(tx)[VILLAGE, "TQ0009"].transferred == 2000
        assert transferred(tx) == 0


def test_what_was_transferred_once_is_not_transferred_again(town: Engine) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        unwrap(split(tx, "15.00"))
        unwrap(merge_households(tx, "TQ0009", "TQ0001", WHY, BY))
        assert code(split(tx, "5.01", number="TQ0010")) == "balance"
        assert unwrap(split(tx, "5.00", number="TQ0010")).new_balance == 500


def test_no_more_goes_than_is_available(town: Engine) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        unwrap(freeze(tx, "TQ0001", points("30.00"), WHY, BY))
        assert code(split(tx, "8.91")) == "balance"
        assert unwrap(split(tx, "8.90")).balance == amount("30.00")


@pytest.mark.parametrize(
    "apart",
    [
        Apart("TQ0009", "示例户主"),
        Apart("TQ0009", "示例儿子", ("示例户主",)),
        Apart("TQ0009", "示例某人"),
        Apart("TQ0002", "示例儿子"),
        Apart(SALT, "示例儿子"),
        Apart("", "示例儿子"),
        Apart("TQ0009", "示例儿子", points=Points(-1)),
    ],
)
def test_only_present_members_leave_and_under_a_free_number(town: Engine, apart: Apart) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        assert code(split_household(tx, "TQ0001", apart, WHY, BY)) == "rule_broken"


def test_a_split_needs_a_second_person_and_a_reason(town: Engine) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        alone = Authority(ACCOUNTANT, MARKET_DAY)
        assert code(split_household(tx, "TQ0001", apart(), WHY, alone)) == "approval_needed"
        assert code(split_household(tx, "TQ0001", apart(), " ", BY)) == "rule_broken"


def test_a_veto_in_force_bars_both_and_is_lifted_by_the_old_number(town: Engine) -> None:
    """Cleared points come back to the old one alone."""
    with transaction(town, noon(SOON)) as tx:
        assert unwrap(veto(tx, "TQ0001")).cleared == amount("38.90")
        unwrap(split(tx, day=SOON))
        assert "vetoed" in why(tx, "TQ0001", SOON)
        assert "vetoed" in why(tx, "TQ0009", SOON)
        both = {v.booklet: (v.effective_on, v.bars_until) for v in vetoes(tx)}
        assert both["TQ0001"] == both["TQ0009"]
        assert code(lift_veto(tx, "TQ0009", facts="示例", authority=on(SOON))) == "out_of_turn"
        assert unwrap(lift_veto(tx, "TQ0001", facts="示例", authority=on(SOON))).restored == amount("38.90")
        assert (balance(tx, "TQ0001", SOON), balance(tx, "TQ0009", SOON)) == (amount("38.90"), 0)
        assert "vetoed" not in why(tx, "TQ0009", SOON)


def test_a_veto_of_a_closed_month_still_bars_who_leaves_later(town: Engine) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        unwrap(veto(tx, "TQ0001"))
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
    with transaction(town, noon(LATER)) as tx:
        unwrap(close_month(tx, APRIL, on(LATER)))
        unwrap(split(tx, day=LATER))
        assert "vetoed" in why(tx, "TQ0009", LATER)


def test_a_window_that_was_credited_is_credited_to_neither_again(town: Engine) -> None:
    """From the next window completed on each is credited by its own scores, the copied ones among them."""
    with transaction(town, noon(LATER)) as tx:
        unwrap(split(tx, day=SOON))
        listed = [s for n in ("TQ0001", "TQ0009") for s in scores(n, q2023_3="88")]
        post(tx, workbook(month=APRIL, scored=listed), on=date(2024, 5, 18))
        assert (balance(tx, "TQ0001", LATER), balance(tx, "TQ0009", LATER)) == (amount("38.90"), 0)
    with transaction(town, noon(date(2024, 8, 1))) as tx:
        rows = [s for n, score in (("TQ0001", "92"), ("TQ0009", "100")) for s in scores(n, **{"q2024_2": score})]
        post(tx, workbook(month=Month(2024, 6), scored=rows), on=date(2024, 7, 20))
        # 90 and 92, 90 and 100
        assert balance(tx, "TQ0001", date(2024, 8, 1)) == amount("38.90") + 910
        assert balance(tx, "TQ0009", date(2024, 8, 1)) == 950


def test_a_copied_score_put_right_gives_no_base_points(town: Engine) -> None:
    """They were credited to the old household and stay there."""
    with transaction(town, noon(MARKET_DAY)) as tx:
        unwrap(split(tx))
        assert unwrap(correct_score(tx, "TQ0009", Quarter(2023, 4), 1000, (WHY, BY))).adjusted == 0
        assert unwrap(correct_score(tx, "TQ0001", Quarter(2023, 4), 1000, (WHY, BY))).adjusted == 50


def test_what_was_done_before_the_split_is_the_old_households(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        unwrap(split(tx, day=SOON))
        before, after = MARKET_DAY - timedelta(3), SOON
        assert wrong(tx, acts=[act("TQ0001", before, name="示例儿子"), act("TQ0009", after, name="示例儿子")]) == []
        assert wrong(tx, acts=[act("TQ0009", before, name="示例儿子")]) == [
            ("志愿服务", "{0} came out of a split on {1}: what was done before belongs to the old household")
        ]
        assert wrong(tx, acts=[act("TQ0001", after, name="示例儿子")]) == [
            ("志愿服务", "{0} earns nothing for {1} after {2}")
        ]


def test_limits_are_shared_in_the_month_of_the_split(town: Engine) -> None:
    """每户限量: soap is two a month and household."""
    with transaction(town, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SOAP, 1)))
        unwrap(split(tx, "10.00"))
        refused = sell(tx, "TQ0009", (SOAP, 2))
        assert isinstance(refused, Refusal)
        assert [r.code for r in refused.reasons] == ["limit"]
        unwrap(sell(tx, "TQ0009", (SOAP, 1)))
        assert {r.code for r in sell(tx, "TQ0001", (SOAP, 1)).reasons} == {"limit"}
        unwrap(sell(tx, "TQ0002", (SOAP, 2)))


# 合户


def test_points_and_members_go_over_and_the_booklet_is_refused(town: Engine) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        done = unwrap(merge_households(tx, "TQ0001", "TQ0002", WHY, BY))
        assert (done.giving, done.into, done.transferred) == ("TQ0001", "TQ0002", amount("38.90"))
        assert done.balance == amount("38.90") + amount("18.90")
        assert {m.name for m in unwrap(household_card(tx, "TQ0002", MARKET_DAY)).members} >= {"示例儿子"}
        refused = sell(tx, "TQ0001", (SALT, 1))
        assert [(r.code, r.facts) for r in refused.reasons] == [("booklet_replaced", ("TQ0001", "TQ0002"))]
        assert code(freeze(tx, "TQ0001", points("1.00"), WHY, BY)) == "booklet_replaced"
        past = unwrap(household_card(tx, "TQ0001", MARKET_DAY))
        assert (past.facts.status, past.balance, past.replaced_by) == ("merged", 0, "TQ0002")
        assert past.booklets == ("TQ0001",)
        assert wrong(tx, households=[household("TQ0001")]) == [("户籍", "Booklet {0} was replaced: take {1}")]
        assert wrong(tx, acts=[act("TQ0001", date(2024, 4, 2))]) == [("志愿服务", "Booklet {0} was replaced: take {1}")]
        assert wrong(tx, acts=[act("TQ0002", date(2024, 4, 2), name="示例儿子")]) == []
        assert (lines(tx)[VILLAGE, "TQ0001"].transferred, transferred(tx)) == (-amount("38.90"), 0)
        unwrap(give_booklet(tx, "TQ0002", "TQ0202", WHY, BY))
        assert unwrap(household_card(tx, "TQ0001", MARKET_DAY)).replaced_by == "TQ0202"


def test_frozen_points_are_released_before_a_merge(town: Engine) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        unwrap(freeze(tx, "TQ0001", points("1.00"), WHY, BY))
        assert code(merge_households(tx, "TQ0001", "TQ0002", WHY, BY)) == "rule_broken"
        unwrap(release(tx, "TQ0001", None, WHY, BY))
        assert code(merge_households(tx, "TQ0001", "TQ0001", WHY, BY)) == "rule_broken"
        unwrap(merge_households(tx, "TQ0001", "TQ0002", WHY, BY))
        assert code(merge_households(tx, "TQ0001", "TQ0002", WHY, BY)) == "booklet_replaced"


def test_nothing_goes_into_a_household_that_left(town: Engine) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        unwrap(close_household(tx, "TQ0002", "moved_out", WHY, BY))
        assert code(merge_households(tx, "TQ0001", "TQ0002", WHY, BY)) == "rule_broken"
        assert code(merge_households(tx, "TQ0002", "TQ0001", WHY, BY)) == "out_of_turn"
        assert code(split_household(tx, "TQ0002", apart(), WHY, BY)) == "rule_broken"
        assert code(move_household(tx, "TQ0002", (OTHER_VILLAGE, None), WHY, BY)) == "out_of_turn"


def test_a_bar_on_either_bars_the_one_until_it_is_lifted_there(town: Engine) -> None:
    """On INTO, FROM's cleared points come back too."""
    with transaction(town, noon(LATER)) as tx:
        unwrap(veto(tx, "TQ0001"))
        unwrap(merge_households(tx, "TQ0001", "TQ0002", WHY, on(SOON)))
        assert "vetoed" in why(tx, "TQ0002", SOON)
        assert "vetoed" not in why(tx, "TQ0002", MARKET_DAY), "before the merge it was free"
        assert balance(tx, "TQ0002", LATER) == amount("18.90")
        assert code(lift_veto(tx, "TQ0002", facts="示例", authority=on(SOON))) == "rule_broken"
        lifted = unwrap(lift_veto(tx, "TQ0002", facts="示例", authority=on(LATER)))
        assert lifted.restored == amount("38.90")
        assert balance(tx, "TQ0002", LATER) == amount("38.90") + amount("18.90")
        assert "vetoed" not in why(tx, "TQ0002", LATER)


def test_a_bar_that_came_with_a_merge_is_no_veto_of_what_was_done_before(town: Engine) -> None:
    """What INTO redeemed between the conduct and the merge is nothing to look at; its ledgers are still posted."""
    with transaction(town, noon(LATER)) as tx:
        unwrap(sell(tx, "TQ0002", (SALT, 1)))
        unwrap(veto(tx, "TQ0001"))
        unwrap(merge_households(tx, "TQ0001", "TQ0002", WHY, on(LATER)))
        found = supervision(tx, Days(date(2024, 4, 1), LATER)).findings
        assert [one for one in found if one.kind == "after_veto"] == []
        post(tx, workbook(month=APRIL, acts=[act("TQ0002", date(2024, 4, 9))]), on=date(2024, 5, 18))


def test_a_proposal_against_who_went_over_stands_against_the_one(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        rows = [ProposalRow("TQ0001", date(2024, 4, 9), "1", "示例事实", at("负面清单"))]
        post(tx, workbook(month=APRIL, proposals=rows), on=date(2024, 5, 18))
        unwrap(merge_households(tx, "TQ0001", "TQ0002", WHY, on(LATER)))
        assert [(p.booklet, p.conduct_on) for p in proposals(tx)] == [("TQ0002", date(2024, 4, 9))]


def test_what_comes_back_of_who_went_over_is_the_ones(town: Engine) -> None:
    with transaction(town, noon(SOON)) as tx:
        sold = unwrap(sell(tx, "TQ0001", (SALT, 4)))
        unwrap(merge_households(tx, "TQ0001", "TQ0002", WHY, on(SOON)))
        back = unwrap(return_goods(tx, sold.receipt, (), reason="示例", authority=on(SOON)))
        assert (back.total, back.balance_after) == (1000, amount("38.90") + amount("18.90"))
        assert balance(tx, "TQ0001", SOON) == 0


def test_what_comes_back_from_before_a_veto_is_cleared_and_restored_where_the_points_are(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        sold = unwrap(sell(tx, "TQ0001", (SALT, 4)))
        unwrap(veto(tx, "TQ0001", SOON))
        unwrap(merge_households(tx, "TQ0001", "TQ0002", WHY, on(SOON)))
        back = unwrap(return_goods(tx, sold.receipt, (), reason="示例", authority=on(SOON)))
        assert (back.cleared, back.balance_after) == (1000, amount("18.90"))
        assert unwrap(lift_veto(tx, "TQ0002", facts="示例", authority=on(LATER))).restored == amount("38.90")


def slip(number: str, day: date, booklet: str, quantity: int) -> Slip:
    (read,) = slips_in([SlipRow(number, day, booklet, SALT, quantity, at())])
    assert isinstance(read, Slip)
    return read


def why_not(answer: Any) -> set[str]:
    assert isinstance(answer, RefusedSlip), answer
    return {reason.code for reason in answer.reasons}


def test_a_paper_slip_of_before_the_merge_still_counts(town: Engine) -> None:
    """What it takes had gone over, and is taken of what the one has of it since."""
    with transaction(town, noon(LATER)) as tx:
        unwrap(merge_households(tx, "TQ0001", "TQ0002", WHY, on(SOON)))
        both = amount("38.90") + amount("18.90")
        assert why_not(post_slip(tx, slip("ZD-0", MARKET_DAY, "TQ0001", 16), CLERK, APPROVAL)) == {"balance"}
        unwrap(post_slip(tx, slip("ZD-1", MARKET_DAY, "TQ0001", 15), CLERK, APPROVAL))
        assert balance(tx, "TQ0002", LATER) == both - 3750
        assert why_not(post_slip(tx, slip("ZD-2", MARKET_DAY, "TQ0001", 1), CLERK, APPROVAL)) == {"balance"}
        unwrap(post_slip(tx, slip("ZD-3", MARKET_DAY, "TQ0002", 1), CLERK, APPROVAL))
        assert balance(tx, "TQ0002", LATER) == both - 3750 - 250
        line = lines(tx)[VILLAGE, "TQ0001"]
        assert (line.redeemed, line.transferred, line.closing) == (3750, -140, 0)
        assert transferred(tx) == 0


def test_villages_may_differ_and_the_statement_says_so(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        unwrap(merge_households(tx, "TQ0001", "HP0001", WHY, on(SOON)))
        now = lines(tx)
        assert now[VILLAGE, "TQ0001"].transferred == -amount("38.90") == -now[OTHER_VILLAGE, "HP0001"].transferred
        assert transferred(tx) == 0
        closed = unwrap(close_month(tx, APRIL, on(LATER)))
        assert closed == load_statement(tx, APRIL)
        assert (VILLAGE, "TQ0001") not in lines(tx, MAY), "in the month of the merge for the last time"


# 迁村


def test_a_household_moves_with_its_number_and_points(town: Engine) -> None:
    with transaction(town, noon(MARKET_DAY)) as tx:
        done = unwrap(move_household(tx, "TQ0001", (OTHER_VILLAGE, "2组"), WHY, BY))
        assert (done.booklet, done.village, done.was) == ("TQ0001", OTHER_VILLAGE, VILLAGE)
        card = unwrap(household_card(tx, "TQ0001", MARKET_DAY))
        assert (card.facts.village, card.facts.village_group, card.balance) == (OTHER_VILLAGE, "2组", amount("38.90"))
        assert code(move_household(tx, "TQ0001", (OTHER_VILLAGE, None), WHY, BY)) == "out_of_turn"
        assert code(move_household(tx, "TQ0001", ("示例村", None), WHY, BY)) == "not_found"
        unwrap(sell(tx, "TQ0001", (SALT, 1)))


def test_in_the_month_of_a_move_both_villages_list_it(town: Engine) -> None:
    """The old one up to the day before, closing 0.00; a sale on the day itself is the new village's."""
    with transaction(town, noon(LATER)) as tx:
        moved = MARKET_DAY
        unwrap(move_household(tx, "TQ0001", (OTHER_VILLAGE, None), WHY, on(moved)))
        sold = unwrap(sell(tx, "TQ0001", (SALT, 2)))
        old, new = lines(tx)[VILLAGE, "TQ0001"], lines(tx)[OTHER_VILLAGE, "TQ0001"]
        assert (old.opening, old.base, old.volunteer, old.transferred, old.closing) == (0, 890, 3000, -3890, 0)
        assert (new.opening, new.transferred, new.redeemed, new.closing) == (0, 3890, 500, 3390)
        assert (old.receipts, new.receipts) == ((), (sold.receipt,))
        assert transferred(tx) == 0
        by_village = {v.village: v for v in compute_statement(tx, APRIL).villages}
        assert (by_village[VILLAGE].drawn, by_village[OTHER_VILLAGE].drawn) == (0, 500)
        goods = details(tx, APRIL)
        assert [x.receipt for x in goods[by_village[OTHER_VILLAGE].village_id].goods] == [sold.receipt]
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        assert unwrap(close_month(tx, APRIL, on(LATER))) == compute_statement(tx, APRIL)
        may = lines(tx, MAY)
        assert (VILLAGE, "TQ0001") not in may
        assert may[OTHER_VILLAGE, "TQ0001"].opening == 3390


def test_there_and_back_in_one_month_is_one_line_in_each(town: Engine) -> None:
    with transaction(town, noon(LATER)) as tx:
        unwrap(move_household(tx, "TQ0001", (OTHER_VILLAGE, None), WHY, on(MARKET_DAY)))
        unwrap(correct_points(tx, "TQ0001", points("1.10"), "2024-03", (WHY, on(MARKET_DAY))))
        unwrap(move_household(tx, "TQ0001", (VILLAGE, None), WHY, on(SOON)))
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        old, new = lines(tx)[VILLAGE, "TQ0001"], lines(tx)[OTHER_VILLAGE, "TQ0001"]
        assert (old.transferred, old.closing) == (110, 4000)
        assert (new.adjusted, new.transferred, new.closing) == (110, -110, 0)
        unwrap(close_month(tx, APRIL, on(LATER)))


def test_what_was_done_before_a_move_may_come_in_either_workbook(town: Engine) -> None:
    moved = date(2024, 4, 26)
    text = "{0} moved to {1} on {2}: what is dated from then on belongs there"
    with transaction(town, noon(LATER)) as tx:
        unwrap(move_household(tx, "TQ0001", (OTHER_VILLAGE, None), WHY, on(moved)))
        before, after = [act("TQ0001", date(2024, 4, 25))], [act("TQ0001", moved)]
        assert wrong(tx, acts=before) == []
        assert wrong(tx, acts=after) == [("志愿服务", text)]
        assert wrong(tx, village=OTHER_VILLAGE, acts=[*before, *after]) == []
        assert wrong(tx, month=MAY, households=[household("TQ0001")]) == [
            ("户籍", "Booklet {0} belongs to a household of {1}")
        ]


def test_a_ledger_that_was_drafted_before_a_move_can_still_be_posted(town: Engine) -> None:
    """What it says of the household that moved changes nothing in the register."""
    with transaction(town, noon(LATER)) as tx:
        unwrap(move_household(tx, "TQ0001", (OTHER_VILLAGE, None), WHY, on(date(2024, 5, 2))))
        rows = [household("TQ0001", since=date(2011, 1, 1)), household("TQ0002")]
        post(tx, workbook(month=APRIL, households=rows, acts=[act("TQ0001", date(2024, 4, 9))]), on=LATER)
        card = unwrap(household_card(tx, "TQ0001", LATER))
        assert (card.facts.village, card.facts.residence_start) == (OTHER_VILLAGE, date(2015, 8, 20))
        assert card.balance == amount("48.90")


def test_a_booklet_replaced_after_the_month_stands_once_in_its_statement(town: Engine) -> None:
    """By the number that held at the month's end, though the month is closed later."""
    with transaction(town, noon(LATER)) as tx:
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        unwrap(give_booklet(tx, "TQ0001", "TQ0101", WHY, on(date(2024, 5, 6))))
        closed = unwrap(close_month(tx, APRIL, on(LATER)))
        numbers = [x.booklet for v in closed.villages for x in v.households]
        assert sorted(numbers) == ["HP0001", "TQ0001", "TQ0002"]
        assert (VILLAGE, "TQ0101") in lines(tx, MAY)


def test_a_clerk_does_not_serve_their_household_by_another_number(town: Engine) -> None:
    clerk = Operator("收银示例", "clerk", "TQ0001")
    with transaction(town, noon(MARKET_DAY)) as tx:
        unwrap(give_booklet(tx, "TQ0001", "TQ0101", WHY, BY))
        assert unwrap(household_at_counter(tx, "TQ0101", MARKET_DAY, clerk)).own
        assert not unwrap(household_at_counter(tx, "TQ0002", MARKET_DAY, clerk)).own
        alone = Authority(clerk, MARKET_DAY)
        assert code(redeem(tx, basket("TQ0101", (SALT, 1)), alone)) == "approval_needed"
        unwrap(merge_households(tx, "TQ0101", "TQ0002", WHY, BY))
        assert code(redeem(tx, basket("TQ0002", (SALT, 1)), alone)) == "approval_needed"
