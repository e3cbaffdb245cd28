"""Households change beside their village's ledgers: members, heads, booklets, freezes, corrections, closing."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.booklets import ReplacedBooklet
from lizhi_pos.accounts.changes.closing import close_household
from lizhi_pos.accounts.changes.correcting import correct_points, correct_score
from lizhi_pos.accounts.changes.freezing import freeze, release
from lizhi_pos.accounts.changes.members import change_head, change_member
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.household_card import household_card
from lizhi_pos.accounts.household_list import Wanted as Looked
from lizhi_pos.accounts.household_list import household_list
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import MemberRow
from lizhi_pos.accounts.models import household_change, household_state
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.checkout.import_rows import SlipRow
from lizhi_pos.checkout.offline_slips import Slip, post_slip, slips_in
from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.codes import give_booklet
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.rulebook.adopted import rules_on
from lizhi_pos.settlement.statement import compute_statement
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    SALT,
    act,
    amount,
    at,
    household,
    noon,
    post,
    scores,
    sell,
    stocked_shop,
    workbook,
)

BY = Authority(ACCOUNTANT, MARKET_DAY, APPROVAL)
ALONE = Authority(ACCOUNTANT, MARKET_DAY)
APRIL = Month(2024, 4)
WHY = "示例:核实"
FIRST_QUARTER = Quarter(2024, 1)


@pytest.fixture
def shop(engine: Engine) -> Iterator[Engine]:
    """One household with 50.00 volunteer points; its scores are of two half-years, so no window was credited."""
    stocked_shop(engine)
    yield engine
    with reading(engine, noon(MARKET_DAY)) as tx:
        assert [c for c in verify(tx).checks if not c.ok] == []


def points(text: str) -> Points:
    return Points(amount(text))


def balance(tx: Transaction, number: str = "TQ0001") -> int:
    return unwrap(household_card(tx, number, MARKET_DAY)).balance


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def errors(tx: Transaction, **rows: Any) -> list[tuple[str, str]]:
    """What is wrong with a workbook of April, by sheet and message."""
    drafted = unwrap(draft(tx, workbook(month=APRIL, **rows), ACCOUNTANT))
    return [(str(e.sheet), e.text.msgid) for e in drafted.errors]


def warnings(tx: Transaction, **rows: Any) -> list[tuple[str, str]]:
    drafted = unwrap(draft(tx, workbook(month=APRIL, **rows), ACCOUNTANT))
    assert not drafted.errors
    return [(str(e.sheet), e.text.msgid) for e in drafted.warnings]


def changes(tx: Transaction) -> int:
    return int(tx.value(select(func.count()).select_from(household_change)))


def test_a_member_comes_leaves_and_is_told_on_the_card(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        come = unwrap(change_member(tx, "TQ0001", ("李示例", "active", "配偶"), WHY, ALONE))
        assert (come.name, come.relation, come.status) == ("李示例", "配偶", "active")
        left = unwrap(change_member(tx, "TQ0001", ("李 示例", "left", None), WHY, ALONE))
        assert (left.name, left.relation, left.status) == ("李示例", "配偶", "left")
        card = unwrap(household_card(tx, "TQ0001", MARKET_DAY))
        assert [(m.name, m.status) for m in card.members] == [("李示例", "left")]
        back = unwrap(change_member(tx, "TQ0001", ("李示例", "active", None), WHY, ALONE))
        assert back.status == "active"


def test_who_left_or_died_earns_nothing_after_that_day(shop: Engine) -> None:
    """An act dated later is an error at 姓名; what was earned before stays, and 成员 brings nobody back."""
    gone, came = date(2024, 4, 21), Authority(ACCOUNTANT, date(2024, 4, 22))
    with transaction(shop, noon(MARKET_DAY)) as tx:
        unwrap(change_member(tx, "TQ0001", ("李示例", "active", "配偶"), WHY, came))
        unwrap(change_member(tx, "TQ0001", ("李示例", "died", None), WHY, Authority(ACCOUNTANT, gone)))
        later = [act("TQ0001", gone + timedelta(1), name="李示例")]
        assert errors(tx, acts=later) == [("志愿服务", "{0} earns nothing for {1} after {2}")]
        assert errors(tx, acts=[act("TQ0001", gone, name="李示例")]) == []
        listed = [MemberRow("TQ0001", "李示例", at("成员"), "配偶")]
        assert ("成员", "{0} left the household on {1} and is not brought back") in warnings(tx, members=listed)


def test_the_head_neither_leaves_nor_dies_before_another_is_head(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert code(change_member(tx, "TQ0001", ("示例户主", "died", None), WHY, ALONE)) == "rule_broken"
        assert code(change_head(tx, "TQ0001", "李示例", WHY, ALONE)) == "rule_broken"
        unwrap(change_member(tx, "TQ0001", ("李示例", "active", "配偶"), WHY, ALONE))
        done = unwrap(change_head(tx, "TQ0001", "李示例", WHY, ALONE))
        assert (done.head, done.was) == ("李示例", "示例户主")
        assert code(change_head(tx, "TQ0001", "李示例", WHY, ALONE)) == "out_of_turn"
        unwrap(change_member(tx, "TQ0001", ("示例户主", "died", None), WHY, ALONE))
        card = unwrap(household_card(tx, "TQ0001", MARKET_DAY))
        assert card.facts.head == "李示例"
        assert {m.name: m.status for m in card.members} == {"李示例": "active", "示例户主": "died"}
        assert balance(tx) == amount("50.00"), "a death changes a member, not the household"


def test_a_workbook_names_another_present_member_as_head(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        rows = [household("TQ0001", "李示例")]
        assert errors(tx, households=rows) == [("户籍", "{0} is not a member of household {1}")]
        listed = [MemberRow("TQ0001", "李示例", at("成员"), "配偶")]
        assert ("户籍", "The head changes from {0} to {1}") in warnings(tx, households=rows, members=listed)


def test_a_lost_booklet_is_refused_everywhere_and_points_to_the_new(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        sold = unwrap(sell(tx, "TQ0001", (SALT, 1)))
        assert unwrap(give_booklet(tx, "TQ0001", "TQ0101", WHY, BY)) == ReplacedBooklet("TQ0001", "TQ0101")
    with transaction(shop, noon(MARKET_DAY)) as tx:
        refused = sell(tx, "TQ0001", (SALT, 1))
        assert isinstance(refused, Refusal)
        assert [(r.code, r.facts) for r in refused.reasons] == [("booklet_replaced", ("TQ0001", "TQ0101"))]
        again = freeze(tx, "TQ0001", points("1.00"), WHY, BY)
        assert code(again) == "booklet_replaced"
        assert isinstance(again, Refusal)
        assert dict(again.details) == {"booklet": "TQ0001", "replaced_by": "TQ0101"}
        assert unwrap(sell(tx, "TQ0101", (SALT, 1))).balance_before == sold.balance_after
        assert errors(tx, households=[household("TQ0001")]) == [("户籍", "Booklet {0} was replaced: take {1}")]
        unwrap(give_booklet(tx, "TQ0101", "TQ0102", WHY, BY))
        card = unwrap(household_card(tx, "TQ0001", MARKET_DAY))
        assert (card.booklets, card.replaced_by) == (("TQ0102", "TQ0101", "TQ0001"), "TQ0102")
        assert unwrap(household_card(tx, "TQ0102", MARKET_DAY)).replaced_by is None


@pytest.mark.parametrize("new", ["TQ0001", SALT, "", "TQ 9"])
def test_a_new_booklet_must_be_free_in_the_whole_town(shop: Engine, new: str) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert code(give_booklet(tx, "TQ0001", new, WHY, BY)) == "rule_broken"
        assert changes(tx) == 0


def test_a_paper_slip_of_before_the_replacement_still_counts(shop: Engine) -> None:
    later = MARKET_DAY + timedelta(2)
    with transaction(shop, noon(later)) as tx:
        unwrap(give_booklet(tx, "TQ0001", "TQ0101", WHY, Authority(ACCOUNTANT, later, APPROVAL)))
        for number, day, taken in (("ZD-1", MARKET_DAY, True),):
            (slip,) = slips_in([SlipRow(number, day, "TQ0001", SALT, 1, at())])
            assert isinstance(slip, Slip)
            answer = post_slip(tx, slip, CLERK, APPROVAL)
            assert isinstance(answer, Refusal) is not taken, answer


def test_frozen_points_are_not_spent_and_the_rest_is(shop: Engine) -> None:
    """`balance` compares what is available; a veto clears what is frozen too and ends the freeze."""
    with transaction(shop, noon(MARKET_DAY)) as tx:
        frozen = unwrap(freeze(tx, "TQ0001", points("47.50"), WHY, BY))
        assert (frozen.frozen, frozen.available) == (amount("47.50"), amount("2.50"))
        refused = sell(tx, "TQ0001", (SALT, 2))
        assert isinstance(refused, Refusal)
        assert [r.code for r in refused.reasons] == ["balance"]
        unwrap(sell(tx, "TQ0001", (SALT, 1)))
        assert code(freeze(tx, "TQ0001", points("0.01"), WHY, BY)) == "balance"
        part = unwrap(release(tx, "TQ0001", points("6.50"), WHY, BY))
        assert (part.frozen, part.available) == (amount("41.00"), amount("6.50"))
        assert code(release(tx, "TQ0001", points("41.01"), WHY, BY)) == "balance"
        told: dict[str, Any] = {"clause": "1", "facts": "示例", "conduct_on": MARKET_DAY}
        assert unwrap(record_veto(tx, "TQ0001", **told, authority=BY)).cleared == amount("47.50")
        card = unwrap(household_card(tx, "TQ0001", MARKET_DAY))
        assert (card.balance, card.frozen) == (0, 0)
        assert code(release(tx, "TQ0001", None, WHY, BY)) == "out_of_turn"
    with transaction(shop, noon(MARKET_DAY + timedelta(1))) as tx:
        lifting = Authority(ACCOUNTANT, MARKET_DAY + timedelta(1), APPROVAL)
        assert unwrap(lift_veto(tx, "TQ0001", facts="示例", authority=lifting)).restored == amount("47.50")


def test_the_database_spends_no_frozen_points(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        unwrap(freeze(tx, "TQ0001", points("50.00"), WHY, BY))
    with pytest.raises(Exception, match="never_negative"), transaction(shop, noon(MARKET_DAY)) as tx:
        tx.connection.execute(text("UPDATE balance SET amount = amount - 1 WHERE frozen > 0"))


def test_points_are_put_right_by_an_entry_that_names_what_it_corrects(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        receipt = unwrap(sell(tx, "TQ0001", (SALT, 1))).receipt
        more = unwrap(correct_points(tx, "TQ0001", points("3.50"), receipt, (WHY, BY)))
        assert (more.adjusted, more.balance) == (amount("3.50"), amount("51.00"))
        assert code(correct_points(tx, "TQ0001", points("1.00"), "没有这张", (WHY, BY))) == "rule_broken"
        assert code(correct_points(tx, "TQ0001", points("-51.01"), receipt, (WHY, BY))) == "balance"
        unwrap(freeze(tx, "TQ0001", points("10.00"), WHY, BY))
        assert code(correct_points(tx, "TQ0001", points("-41.01"), receipt, (WHY, BY))) == "balance"
        for named in ("天桥村/2024-03", "2024-03"):
            unwrap(correct_points(tx, "TQ0001", points("-1.00"), named, (WHY, BY)))
        (village,) = [v for v in compute_statement(tx, APRIL).villages if v.households]
        assert village.totals.adjusted == amount("1.50")


def test_a_posted_score_is_put_right_with_the_points_it_had_earned(shop: Engine) -> None:
    """2023Q4 and 2024Q1 are of two half-years: neither window was credited. A second quarter of 2024 completes one."""
    with transaction(shop, noon(MARKET_DAY)) as tx:
        done = unwrap(correct_score(tx, "TQ0001", FIRST_QUARTER, 845, (WHY, BY)))
        assert (done.was, done.score, done.adjusted) == ("90.0", "84.5", 0)
        rules = unwrap(rules_on(tx, MARKET_DAY))
        now = household_facts(tx, ["TQ0001"], MARKET_DAY)["TQ0001"]
        assert [r.code for r in standing(now, rules, MARKET_DAY)] == ["score_below"]
        day_before = MARKET_DAY - timedelta(1)
        then = household_facts(tx, ["TQ0001"], day_before)["TQ0001"]
        assert standing(then, rules, day_before) == (), "an earlier day is answered as it stood"
        assert code(correct_score(tx, "TQ0001", FIRST_QUARTER, 845, (WHY, BY))) == "out_of_turn"
        assert code(correct_score(tx, "TQ0001", Quarter(2022, 1), 845, (WHY, BY))) == "rule_broken"
        assert errors(tx, scored=scores("TQ0001", q2024_1="84.5")) == []
        stale = errors(tx, scored=scores("TQ0001", q2024_1="90"))
        assert stale == [("基础评分", "{0} was posted with {1}: a posted score is not changed here")]


def test_a_household_leaves_and_what_is_left_is_closed_out(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        unwrap(freeze(tx, "TQ0001", points("1.00"), WHY, BY))
        assert code(close_household(tx, "TQ0001", "moved_out", WHY, BY)) == "rule_broken"
        unwrap(release(tx, "TQ0001", None, WHY, BY))
        before = Authority(ACCOUNTANT, date(2024, 4, 19), APPROVAL)
        assert isinstance(close_household(tx, "TQ0001", "closed", WHY, before), Refusal)
        done = unwrap(close_household(tx, "TQ0001", "moved_out", WHY, BY))
        assert (done.status, done.closed_out) == ("moved_out", amount("50.00"))
        refused = sell(tx, "TQ0001", (SALT, 1))
        assert isinstance(refused, Refusal)
        assert {r.code for r in refused.reasons} == {"inactive", "balance"}
        assert code(close_household(tx, "TQ0001", "closed", WHY, BY)) == "out_of_turn"
        back = errors(tx, households=[household("TQ0001")])
        assert back == [("户籍", "{0} is out of the register, no workbook brings it back")]
        assert errors(tx, households=[household("TQ0001", status="moved_out")]) == []
        (village,) = [v for v in compute_statement(tx, APRIL).villages if v.households]
        assert (village.totals.adjusted, village.totals.closing) == (-amount("50.00"), 0)


ACTS: dict[str, Callable[[Transaction, Authority], Any]] = {
    "booklet": lambda tx, who: give_booklet(tx, "TQ0001", "TQ0101", WHY, who),
    "freeze": lambda tx, who: freeze(tx, "TQ0001", points("1.00"), WHY, who),
    "release": lambda tx, who: release(tx, "TQ0001", points("1.00"), WHY, who),
    "correct": lambda tx, who: correct_points(tx, "TQ0001", points("1.00"), "2024-03", (WHY, who)),
    "score": lambda tx, who: correct_score(tx, "TQ0001", FIRST_QUARTER, 900, (WHY, who)),
    "close": lambda tx, who: close_household(tx, "TQ0001", "closed", WHY, who),
}


@pytest.mark.parametrize("name", ACTS)
def test_what_needs_two_people_is_refused_to_one_and_writes_nothing(shop: Engine, name: str) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert code(ACTS[name](tx, ALONE)) == "approval_needed"
        late = Authority(ACCOUNTANT, MARKET_DAY + timedelta(1), APPROVAL)
        assert isinstance(ACTS[name](tx, late), Refusal), "a day to come"
        assert changes(tx) == 0
        assert tx.value(select(func.count()).select_from(household_state)) == 1


@pytest.mark.parametrize("name", [*ACTS, "member", "head"])
def test_every_change_says_why(shop: Engine, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.WHY", " ")
    more: dict[str, Callable[[Transaction, Authority], Any]] = {
        "member": lambda tx, who: change_member(tx, "TQ0001", ("李示例", "active", None), WHY, who),
        "head": lambda tx, who: change_head(tx, "TQ0001", "李示例", WHY, who),
    }
    with transaction(shop, noon(MARKET_DAY)) as tx:
        answer = (ACTS | more)[name](tx, BY)
        assert isinstance(answer, Refusal)
        assert answer.text is not None
        assert answer.text.msgid == "Say why"
        assert changes(tx) == 0


def test_a_change_is_not_dated_before_one_that_it_would_hide_behind(shop: Engine) -> None:
    """The register says since 20 April who is head; of a member, a freeze or a booklet an earlier day may be told."""
    earlier = Authority(ACCOUNTANT, date(2024, 4, 20) - timedelta(5), APPROVAL)
    on_the_day = Authority(ACCOUNTANT, date(2024, 4, 20), APPROVAL)
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert code(freeze(tx, "TQ0001", points("1.00"), WHY, earlier)) == "unknown_household", "not registered yet"
        unwrap(change_member(tx, "TQ0001", ("李示例", "active", "配偶"), WHY, on_the_day))
        unwrap(change_head(tx, "TQ0001", "李示例", WHY, BY))
        assert code(change_head(tx, "TQ0001", "示例户主", WHY, on_the_day)) == "rule_broken"
        unwrap(correct_score(tx, "TQ0001", FIRST_QUARTER, 880, (WHY, BY)))
        assert code(correct_score(tx, "TQ0001", FIRST_QUARTER, 870, (WHY, on_the_day))) == "rule_broken"
        unwrap(freeze(tx, "TQ0001", points("2.00"), WHY, BY))
        assert unwrap(release(tx, "TQ0001", points("1.00"), WHY, on_the_day)).frozen == amount("1.00")


@pytest.mark.parametrize(
    "typed",
    ["TQ0001", "tq0001", "0001", "示例户主", "户主", "slhz", "shilihuzhu", "shili", "李示例", "1组", "4321", "567X"],
)
def test_a_household_is_found_by_whatever_is_known_of_it(engine: Engine, typed: str) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        listed = [household("TQ0001", group="1组", id_number="52010119800101567X", phone="13800004321")]
        people = [MemberRow("TQ0001", "李示例", at("成员"), "配偶")]
        others = [household("TQ0202", "王甲", group="2组")]
        post(tx, workbook(month=APRIL, households=[*listed, *others], members=people), MARKET_DAY)
        rules = unwrap(rules_on(tx, MARKET_DAY))
        found = household_list(tx, Looked(search=typed), rules, MARKET_DAY)
        assert [x.booklet for x in found] == ["TQ0001"]
        (one,) = found
        assert (one.balance, one.frozen, one.eligible) == (amount("50.00"), 0, True)
        assert household_list(tx, Looked(search="没有此人"), rules, MARKET_DAY) == []
        assert len(household_list(tx, Looked(), rules, MARKET_DAY)) == 2
        assert household_list(tx, Looked(status="closed"), rules, MARKET_DAY) == []
