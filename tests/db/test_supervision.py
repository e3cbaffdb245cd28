"""What a supervisor has to look at, each kind found and nothing else, on both databases (五, 六)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, add_user
from lizhi_pos.accounts.changes.correcting import correct_points
from lizhi_pos.accounts.import_rows import CorrectionRow
from lizhi_pos.accounts.veto_decisions import release_veto
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.checkout.market_session import close_session, open_session
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import unwrap
from lizhi_pos.reports.findings import Days, Finding
from lizhi_pos.reports.supervision import supervision
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    PIN,
    SALT,
    SOAP,
    SUPERVISOR,
    VILLAGE,
    act,
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

ALWAYS = Days(BEFORE_ALL, date.max)
BOOKLETS = [f"TQ{n:04}" for n in range(1, 6)]
LATER = date(2024, 5, 20)


@pytest.fixture
def shop(engine: Engine) -> Engine:
    """Five households with 100 points each, goods, and a session on the redemption day itself."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "XJ-1", date(2024, 4, 2), value="1000.00")
        gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=90, value="2.00", expires=date(2024, 12, 31))
        gift(tx, "SW-2", date(2024, 4, 3), code=SOAP, quantity=90, value="2.00")
        post(
            tx,
            workbook(
                households=[household(b) for b in BOOKLETS],
                scored=[s for b in BOOKLETS for s in scores(b, q2023_4="90", q2024_1="90")],
                acts=[act(b, date(2024, 3, 5), 10) for b in BOOKLETS],
            ),
        )
        unwrap(open_session(tx, Authority(CLERK, MARKET_DAY)))
    return engine


def looked(tx: Transaction, kind: str, days: Days = ALWAYS) -> list[tuple[Sequence[str], Sequence[str]]]:
    return [(f.facts, f.references) for f in findings(tx, days) if f.kind == kind]


def findings(tx: Transaction, days: Days = ALWAYS) -> Sequence[Finding]:
    return supervision(tx, days).findings


def alone(tx: Transaction, booklet: str, *wanted: tuple[str, int], **more: Any) -> str:
    """A redemption that nobody needs to approve; its receipt."""
    done = unwrap(redeem(tx, basket(booklet, *wanted, **more), Authority(CLERK, MARKET_DAY)))
    return str(done.receipt)


def test_an_ordinary_day_has_nothing_to_look_at(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        alone(tx, BOOKLETS[0], (SALT, 1))
        alone(tx, BOOKLETS[1], (SALT, 1), proxy="示例妻", relation="配偶")
        alone(tx, BOOKLETS[2], (SALT, 2))
        assert findings(tx) == ()


def test_one_who_collects_for_three_households(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        receipts = [alone(tx, b, (SALT, n), proxy="示例代", relation="邻居") for n, b in enumerate(BOOKLETS[:2], 1)]
        receipts.append(alone(tx, BOOKLETS[1], (SOAP, 1), proxy="示例代", relation="邻居"))
        assert looked(tx, "one_collector") == []
        receipts.append(alone(tx, BOOKLETS[2], (SALT, 3), proxy="示例代", relation="邻居"))
        assert looked(tx, "one_collector") == [(("示例代", "2024-04-28", "3"), tuple(receipts))]
        assert looked(tx, "one_collector", Days(date(2024, 4, 29), LATER)) == []


def test_three_equal_baskets_in_a_row(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        alone(tx, BOOKLETS[0], (SALT, 2), (SOAP, 1))
        alone(tx, BOOKLETS[1], (SALT, 2), (SOAP, 1))
        alone(tx, BOOKLETS[1], (SALT, 1))
        alone(tx, BOOKLETS[2], (SALT, 2), (SOAP, 1))
        assert looked(tx, "same_baskets") == []
        row = [alone(tx, b, (SOAP, 1), (SALT, 3)) for b in BOOKLETS[2:]]
        assert looked(tx, "same_baskets") == [(("1", "2024-04-28", "3", CLERK.name), tuple(row))]


def test_what_was_entered_on_another_day(shop: Engine) -> None:
    with transaction(shop, noon(date(2024, 4, 29))) as tx:
        receipt = unwrap(sell(tx, BOOKLETS[0], (SALT, 1))).receipt
        told = ("2024-04-28", "2024-04-29", CLERK.name, SUPERVISOR.name)
        assert looked(tx, "entered_late") == [(told, (receipt,))]


def test_a_session_on_an_odd_day(shop: Engine) -> None:
    with transaction(shop, noon(LATER)) as tx:
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        assert looked(tx, "odd_session") == []
        open_shop(tx, LATER)
        told = ("2024-05-20", CLERK.name, SUPERVISOR.name, "示例")
        assert looked(tx, "odd_session") == [(told, ("2024-05-20",))]


def test_somebodys_own_household(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        user = unwrap(add_user(tx, "收银二示例", "clerk", PIN, BOOKLETS[0]))
        other = alone(tx, BOOKLETS[1], (SALT, 1))
        authority = Authority(user, MARKET_DAY, APPROVAL)
        receipt = unwrap(redeem(tx, basket(BOOKLETS[0], (SALT, 2)), authority)).receipt
        unwrap(return_goods(tx, receipt, (), reason="示例", authority=authority))
        unwrap(return_goods(tx, other, (), reason="示例", authority=authority))
        told = (user.name, BOOKLETS[0], "2024-04-28")
        assert looked(tx, "own_household") == [(told, (receipt,)), (told, (receipt,))]


def veto(tx: Transaction, number: str, conduct: date, on: date) -> None:
    told: dict[str, Any] = {"clause": "1", "facts": "示例", "conduct_on": conduct}
    unwrap(record_veto(tx, number, **told, authority=Authority(ACCOUNTANT, on, APPROVAL)))


def test_a_redemption_beside_a_veto(shop: Engine) -> None:
    with transaction(shop, noon(LATER)) as tx:
        receipts = [unwrap(sell(tx, b, (SALT, 1))).receipt for b in BOOKLETS]
        veto(tx, BOOKLETS[0], date(2024, 4, 27), MARKET_DAY)  # on its effective day
        veto(tx, BOOKLETS[1], date(2024, 4, 20), date(2024, 5, 8))  # between conduct and effect
        veto(tx, BOOKLETS[2], date(2024, 4, 29), date(2024, 5, 8))  # before the conduct
        assert looked(tx, "after_veto") == [
            ((BOOKLETS[0], "2024-04-28", "1", "2024-04-27", "2024-04-28"), (receipts[0], BOOKLETS[0])),
            ((BOOKLETS[1], "2024-04-28", "1", "2024-04-20", "2024-05-08"), (receipts[1], BOOKLETS[1])),
        ]


def test_every_approval_by_approver(shop: Engine) -> None:
    with transaction(shop, noon(LATER)) as tx:
        receipt = unwrap(sell(tx, BOOKLETS[0], (SALT, 1))).receipt
        by = Authority(ACCOUNTANT, LATER, APPROVAL)
        unwrap(return_goods(tx, receipt, (), reason="示例", authority=Authority(CLERK, LATER, APPROVAL)))
        veto(tx, BOOKLETS[1], date(2024, 4, 20), date(2024, 5, 8))
        unwrap(release_veto(tx, BOOKLETS[1], date(2024, 4, 20), "示例", by))
        unwrap(lift_veto(tx, BOOKLETS[1], facts="示例", authority=by))
        unwrap(correct_points(tx, BOOKLETS[2], Points(100), "2024-03", ("示例", by)))
        facts = (SUPERVISOR.name, "6", "redemption 1", "return 1", "veto 1", "lifting 1", "release 1", "household 1")
        references = (receipt, BOOKLETS[1], BOOKLETS[2])
        assert [(f, sorted(r)) for f, r in looked(tx, "approvals")] == [(facts, sorted(references))]
        assert looked(tx, "approvals", Days(date(2024, 5, 9), date(2024, 5, 9))) == []


def test_many_returns_by_one_clerk(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        receipts = [alone(tx, b, (SALT, n)) for n, b in enumerate(BOOKLETS[:3], 1)]
        authority = Authority(CLERK, MARKET_DAY, APPROVAL)
        for receipt in receipts[:2]:
            unwrap(return_goods(tx, receipt, (), reason="示例", authority=authority))
        assert looked(tx, "many_returns") == []
        unwrap(return_goods(tx, receipts[2], (), reason="示例", authority=authority))
        assert looked(tx, "many_returns") == [((CLERK.name, "2024-04-28", "3"), tuple(receipts))]


def test_corrections_that_a_reviewer_was_warned_of_and_large_ones(shop: Engine) -> None:
    with transaction(shop, noon(LATER)) as tx:
        rows = [
            CorrectionRow(BOOKLETS[0], Points(1000), "2024-03", "示例", at("更正")),
            CorrectionRow(BOOKLETS[1], Points(1001), "2024-03", "示例", at("更正")),
            CorrectionRow(BOOKLETS[2], Points(-100), "无此事", "示例", at("更正")),
        ]
        post(tx, workbook(month=Month(2024, 4), corrections=rows), date(2024, 5, 19))
        by = Authority(ACCOUNTANT, LATER, APPROVAL)
        unwrap(correct_points(tx, BOOKLETS[3], Points(1000), "2024-03", ("示例", by)))
        unwrap(correct_points(tx, BOOKLETS[4], Points(-1001), "2024-03", ("示例", by)))
        batch = (f"{VILLAGE}/2024-04",)
        assert looked(tx, "big_corrections") == [
            ((BOOKLETS[1], "10.01", "2024-03", "示例"), batch),
            ((BOOKLETS[2], "-1.00", "无此事", "示例"), batch),
            ((BOOKLETS[4], "-10.01", "2024-03", "示例"), (BOOKLETS[4],)),
        ]
        assert looked(tx, "big_corrections", Days(BEFORE_ALL, date(2024, 5, 18))) == []
