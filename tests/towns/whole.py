"""A made-up town (示例) in which everything has happened once: no table of its books is empty."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish, reject
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import CorrectionRow, MemberRow, ProposalRow, VillageWorkbook
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.checkout.basket import Wanted
from lizhi_pos.checkout.import_rows import SlipRow
from lizhi_pos.checkout.market_session import close_session, open_session
from lizhi_pos.checkout.offline_slips import Slip, post_slip, slips_in
from lizhi_pos.checkout.open_baskets import save
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.printqueue.printers import add_printer
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.import_rows import AnswerRow, VillageAnswer
from lizhi_pos.settlement.reconciliation import compare
from lizhi_pos.settlement.village_signing import dispute, resolve
from lizhi_pos.town.settings import set_town_setting
from towns.changes import change_households
from towns.goods import keep_shelf, receive_goods, take_stock, void_vouchers
from towns.oversight import oversee
from towns.small import (
    ACCOUNTANT,
    ADMIN,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OIL,
    SALT,
    SOAP,
    SUPERVISOR,
    VILLAGE,
    act,
    amount,
    at,
    basket,
    found,
    gift,
    goods,
    household,
    noon,
    open_shop,
    post,
    purchase,
    scores,
    sell,
    workbook,
)
from towns.villages import change_officials, object_to_batch

APRIL = Month(2024, 4)
LATER = date(2024, 5, 8)


def march() -> VillageWorkbook:
    """The village's first month: three households, with numbers and notes about people."""
    return workbook(
        households=[
            household("TQ0001", id_number="110101199003070011", phone="13900000001", note="示例备注一", people=3),
            household("TQ0002", "示例乙", phone="13900000002"),
            household("TQ0003", "示例丙"),
        ],
        members=[MemberRow("TQ0001", "示例妻", at("成员"), "配偶", "110101199203070022")],
        scored=[
            s for b in ("TQ0001", "TQ0002", "TQ0003") for s in scores(b, q2023_3="88", q2023_4="90", q2024_1="90.5")
        ],
        acts=[act("TQ0001", date(2024, 3, 5), 5), act("TQ0001", date(2024, 3, 6), 2, name="示例妻")]
        + [act(b, date(2024, 3, 7), 4, name=n) for b, n in (("TQ0002", "示例乙"), ("TQ0003", "示例丙"))],
        proposals=[ProposalRow("TQ0003", date(2024, 3, 9), "1", "示例事实", at("负面清单"))],
    )


def april() -> VillageWorkbook:
    """The village's second month, not posted yet, with a correction."""
    return workbook(
        month=APRIL,
        households=[household("TQ0001", id_number="110101199003070011", phone="13900000009", people=3)],
        acts=[act("TQ0001", date(2024, 4, 5))],
        corrections=[CorrectionRow("TQ0001", Points(-100), "天桥村/2024-03", "示例:多记", at("更正"))],
    )


def live(engine: Engine) -> None:
    """Everything up to the eighth of May 2024."""
    with transaction(engine, noon(MARKET_DAY)) as s:
        found(s)
        unwrap(set_town_setting(s, "village-copy", "yes", ADMIN))
        add_printer(s, name="示例柜台", profile="generic-58", device="file:/dev/null", till="1")
        gift(s, "XJ-1", date(2024, 4, 2), value="1000.00")
        gift(s, "CJT-1", date(2024, 4, 2), value="500.00", village=VILLAGE)
        gift(s, "SW-1", date(2024, 4, 3), code=SALT, quantity=20, value="2.00", expires=date(2024, 12, 31))
        gift(s, "SW-2", date(2024, 4, 4), code=SOAP, quantity=20, value="3.00")
        unwrap(purchase(s, "CG-1", date(2024, 4, 5), OIL, 10, "11.00"))
        post(s, march())
    with transaction(engine, noon(MARKET_DAY)) as s:
        open_shop(s)
        sell(s, "TQ0001", (SALT, 2), (SOAP, 1), proxy="示例妻", relation="配偶", key="sale-1")
        receipt = unwrap(sell(s, "TQ0002", (SALT, 3), (OIL, 1), key="sale-2")).receipt
        authority = Authority(ACCOUNTANT, MARKET_DAY, APPROVAL)
        unwrap(return_goods(s, receipt, [Wanted(SALT, 1)], reason="示例:拿错", authority=authority))
        rows = [SlipRow("ZD-1", MARKET_DAY, "TQ0003", SALT, 1, at())]
        (paper,) = slips_in(rows)
        assert isinstance(paper, Slip)
        unwrap(post_slip(s, paper, CLERK, APPROVAL))
        told: dict[str, Any] = {"clause": "1", "facts": "示例事实", "conduct_on": date(2024, 4, 20)}
        for number in ("TQ0002", "TQ0003"):
            unwrap(record_veto(s, number, **told, authority=authority))
        unwrap(close_session(s, Authority(CLERK, MARKET_DAY)))
    with transaction(engine, noon(LATER)) as s:
        unwrap(lift_veto(s, "TQ0002", facts="示例:申诉成立", authority=Authority(ACCOUNTANT, LATER, APPROVAL)))
        goods(s, (SALT, "海星加碘盐400g", "2.60", None))
        unwrap(close_month(s, APRIL, Authority(ACCOUNTANT, LATER)))
        answer = VillageAnswer(VILLAGE, tuple(AnswerRow(b, Points(amount(v)), at()) for b, v in ANSWERED))
        day = Authority(ACCOUNTANT, LATER)
        unwrap(compare(s, APRIL, [answer], day))
        for booklet, *_ in ANSWERED:
            if not isinstance(done := resolve(s, (APRIL, VILLAGE), booklet, ("示例:村里漏记", ""), day), Refusal):
                assert done.month == str(APRIL)
        unwrap(dispute(s, APRIL, VILLAGE, "示例:还要核对", day))
        unwrap(draft(s, april(), ACCOUNTANT, "示例台账.xlsx"))
        unwrap(publish(s, VILLAGE, APRIL, Authority(ACCOUNTANT, LATER)))
        unwrap(reject(s, VILLAGE, APRIL, Authority(SUPERVISOR, LATER), "示例:有异议"))
        unwrap(publish(s, VILLAGE, APRIL, Authority(ACCOUNTANT, LATER)))
        object_to_batch(s, APRIL, LATER)
        running = unwrap(open_session(s, Authority(CLERK, LATER, APPROVAL), "示例"))
        assert running.state == "open"
    with transaction(engine, noon(LATER)) as s:
        oversee(s, LATER)
    with transaction(engine, noon(LATER)) as s:
        change_households(s, LATER)
        change_officials(s, LATER)
    with transaction(engine, noon(LATER)) as s:
        receive_goods(s, LATER - timedelta(1))
        void_vouchers(s, LATER)
        keep_shelf(s, LATER)
        take_stock(s, LATER)
    with transaction(engine, noon(LATER)) as s:
        from lizhi_pos.checkout.market_session import open_session_now

        market = open_session_now(s)
        assert market is not None
        save(s, basket("TQ0001", (SALT, 1), key="open-1"), market.session_id, CLERK)


ANSWERED = (("TQ0001", "70.00"), ("TQ0002", "0.00"), ("TQ0009", "1.00"))
