"""Every decision of `docs/locks.md`, made twice at once on PostgreSQL with the first commit held back.

The second act runs until it waits for the first, or is done; then the first commits. Whatever the second answers must
be what it would have answered had it come later, and the books must be whole.
"""

import re
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import Engine, text

from databases import fresh_postgres
from lizhi_pos.access.operators import Authority, add_user, set_pin, sign_in
from lizhi_pos.accounts.batches import publish, reject, review
from lizhi_pos.accounts.import_batch import Drafted, draft
from lizhi_pos.accounts.posting import PostedBatch, post_batch
from lizhi_pos.accounts.vetoes import VetoView, lift_veto, record_veto
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.checkout.basket import Wanted
from lizhi_pos.checkout.import_rows import SlipRow
from lizhi_pos.checkout.market_session import MarketView, close_session, open_session, open_session_now
from lizhi_pos.checkout.offline_slips import AlreadyPosted, PostedSlip, RefusedSlip, Slip, post_slip, slips_in
from lizhi_pos.checkout.open_baskets import hold, recall, save
from lizhi_pos.checkout.papers import queue_certificate
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.checkout.returns import Return, return_goods
from lizhi_pos.db import Transaction, transaction, write
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.engines import open_engine
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import Taken, products
from lizhi_pos.money import Yuan
from lizhi_pos.periods import Month
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.printers import add_printer
from lizhi_pos.receiving.codes import import_goods, post_workbook
from lizhi_pos.receiving.files import take_gifts, take_purchases
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.rulebook.adopted import adopt
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.import_rows import AnswerRow, VillageAnswer
from lizhi_pos.settlement.reconciliation import compare
from lizhi_pos.settlement.statement import Statement
from lizhi_pos.settlement.verification import verify
from lizhi_pos.town.settings import set_town_setting, settings
from lizhi_pos.town.town import create_town
from towns.small import (
    ACCOUNTANT,
    ADMIN,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OIL,
    PIN,
    RULEBOOK,
    SALT,
    SOAP,
    SUPERVISOR,
    VILLAGE,
    act,
    amount,
    at,
    basket,
    eligible,
    found,
    gift,
    goods,
    household,
    noon,
    open_shop,
    scores,
    sell,
    workbook,
)

Act = Callable[[Transaction], Any]

APRIL = Month(2024, 4)
MAY = date(2024, 5, 3)
LOCKS = Path(__file__).parents[2] / "docs" / "locks.md"
PATIENCE_S = 20.0


class Race(Struct, frozen=True, kw_only=True):
    """Two acts at once. `before` is what the town has done; `answers` says whether what both answered is right."""

    first: Act
    second: Act
    answers: Callable[[Any, Any], bool]
    before: tuple[Act, ...] = ()
    on: date = MARKET_DAY


def at_once(engine: Engine, first: Act, second: Act, on: date) -> tuple[Any, Any]:
    """What two acts answer of which the first commits only when the second waits for it, or is done."""
    with ThreadPoolExecutor(1) as pool, ExitStack() as held_back:
        tx = held_back.enter_context(transaction(engine, noon(on)))
        ours = first(tx)
        tx.settle()
        later = pool.submit(write, engine, second, noon(on))
        wait_for(engine, later)
        held_back.close()
        return ours, later.result(PATIENCE_S)


def wait_for(engine: Engine, later: "Future[Any]") -> None:
    """Until a thread is done or its transaction waits for a lock."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = monotonic() + PATIENCE_S
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not later.done() and not connection.scalar(waits):
            assert monotonic() < until, "the second act neither waits nor ends"
            sleep(0.005)


# what the town has done before


def shop(tx: Transaction) -> None:
    """Two households with 50.00 and one with less, goods, money, and the market-day session."""
    found(tx)
    gift(tx, "XJ-1", date(2024, 4, 2), value="100.00")
    gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=20, value="2.00", expires=date(2024, 12, 31))
    gift(tx, "SW-2", date(2024, 4, 4), code=SOAP, quantity=20, value="3.00")
    gift(tx, "SW-3", date(2024, 4, 4), code=OIL, quantity=3, value="9.00")
    eligible(tx)
    eligible_too(tx)
    open_shop(tx)


def eligible_too(tx: Transaction) -> None:
    """A second household that may redeem, through the month's second ledger."""
    other = workbook(
        village="华平村",
        households=[household("HP0001")],
        scored=scores("HP0001", q2023_4="90", q2024_1="90"),
        acts=[act("HP0001", date(2024, 3, 5), 5)],
    )
    day = date(2024, 4, 20)
    unwrap(draft(tx, other, ACCOUNTANT))
    unwrap(publish(tx, "华平村", other.month, Authority(ACCOUNTANT, day - timedelta(10))))
    unwrap(review(tx, "华平村", other.month, Authority(SUPERVISOR, day - timedelta(2))))
    unwrap(post_batch(tx, "华平村", other.month, Authority(ACCOUNTANT, day)))


def sold(tx: Transaction) -> None:
    """One receipt of two pieces of salt."""
    unwrap(sell(tx, "TQ0001", (SALT, 2), key="sold", till="1"))


def shut(tx: Transaction) -> None:
    """The session is closed."""
    unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))


def drafted(tx: Transaction) -> None:
    """The village's ledger of April is read."""
    unwrap(draft(tx, april(), ACCOUNTANT))


def published(tx: Transaction) -> None:
    """… and published on the wall."""
    drafted(tx)
    unwrap(publish(tx, VILLAGE, APRIL, Authority(ACCOUNTANT, date(2024, 4, 20))))


def reviewed(tx: Transaction) -> None:
    """… and reviewed."""
    published(tx)
    unwrap(review(tx, VILLAGE, APRIL, Authority(SUPERVISOR, MARKET_DAY)))


def newcomer(tx: Transaction) -> None:
    """The village's ledger of April is reviewed, with a new household in it."""
    unwrap(draft(tx, april(households=[household("0012")]), ACCOUNTANT))
    unwrap(publish(tx, VILLAGE, APRIL, Authority(ACCOUNTANT, date(2024, 4, 20))))
    unwrap(review(tx, VILLAGE, APRIL, Authority(SUPERVISOR, MARKET_DAY)))


def april(times: int = 1, **more: Any) -> Any:
    """April's ledger."""
    return workbook(month=APRIL, acts=[act("TQ0001", date(2024, 4, 5), times)], **more)


def closed(tx: Transaction) -> None:
    """April is closed."""
    unwrap(close_month(tx, APRIL, Authority(ACCOUNTANT, MAY)))


def vetoed(tx: Transaction) -> None:
    """The household is under a veto."""
    unwrap(veto()(tx))


def on_the_counter(tx: Transaction) -> None:
    """A basket lies on the first till's counter."""
    assert put_down("open-1", "1")(tx) is None


def held(tx: Transaction) -> None:
    """… and is held."""
    on_the_counter(tx)
    assert hold(tx, "open-1", "1") is None


def printed(tx: Transaction) -> None:
    """A receipt waits to be printed."""
    sold(tx)


# the acts


def sale(booklet: str, *wanted: tuple[str, int], till: str = "1", key: str = "") -> Act:
    return lambda tx: sell(tx, booklet, *wanted, till=till, key=key)


def back(pieces: int) -> Act:
    return lambda tx: return_goods(
        tx,
        "1-2024-000001",
        [Wanted(SALT, pieces)],
        reason="示例:拿错",
        authority=Authority(ACCOUNTANT, MARKET_DAY, APPROVAL),
    )


def veto(booklet: str = "TQ0001") -> Act:
    return lambda tx: record_veto(
        tx,
        booklet,
        clause="1",
        facts="示例事实",
        conduct_on=date(2024, 4, 20),
        authority=Authority(ACCOUNTANT, MARKET_DAY, APPROVAL),
    )


def lifting(tx: Transaction) -> Any:
    return lift_veto(tx, "TQ0001", facts="示例:申诉成立", authority=Authority(ACCOUNTANT, MAY, APPROVAL))


def closing(tx: Transaction) -> Any:
    return close_session(tx, Authority(CLERK, MARKET_DAY))


def opening(tx: Transaction) -> Any:
    return open_session(tx, Authority(CLERK, MARKET_DAY, APPROVAL), "示例")


def month_end(tx: Transaction) -> Any:
    return close_month(tx, APRIL, Authority(ACCOUNTANT, MAY))


def posting(month: Month = APRIL, on: date = MARKET_DAY) -> Act:
    return lambda tx: post_batch(tx, VILLAGE, month, Authority(ACCOUNTANT, on))


def posting_newcomer(tx: Transaction) -> Any:
    return post_workbook(tx, VILLAGE, APRIL, Authority(ACCOUNTANT, MARKET_DAY))


def goods_of_its_number(tx: Transaction) -> Any:
    return import_goods(tx, [GoodsRow("0012", "示例新货", Yuan(100), at())], ACCOUNTANT)


def money(voucher: str, village: str = "") -> Act:
    def take(tx: Transaction) -> Any:
        kind: Any = "village" if village else "cash"
        row = GiftRow(voucher, MARKET_DAY, kind, "示例新捐赠人", at(), amount=Yuan(5000), village=village)
        return take_gifts(tx, [row], ACCOUNTANT)

    return take


def bought(voucher: str, cost: str = "80.00") -> Act:
    def take(tx: Transaction) -> Any:
        row = PurchaseRow(voucher, MARKET_DAY, "示例批发部", OIL, 1, Yuan(amount(cost)), at())
        return take_purchases(tx, [row], ACCOUNTANT, APPROVAL)

    return take


def paper(number: str, code: str = SALT) -> Act:
    def enter(tx: Transaction) -> Any:
        (one,) = slips_in([SlipRow(number, MARKET_DAY, "TQ0001", code, 1, at())])
        assert isinstance(one, Slip)
        return post_slip(tx, one, CLERK, APPROVAL)

    return enter


def put_down(key: str, till: str) -> Act:
    def keep(tx: Transaction) -> Any:
        market = open_session_now(tx)
        assert market is not None
        return save(tx, basket("TQ0001", (SALT, 1), key=key, till=till), market.session_id, CLERK)

    return keep


def priced(price: str) -> Act:
    def take(tx: Transaction) -> Any:
        goods(tx, (SALT, "海星加碘盐400g", price, None))
        return {p.code: p.price for p in products(tx)}[SALT]

    return take


def new_goods(tx: Transaction) -> Any:
    goods(tx, ("6901234567892", "示例新货", "1.00", None))
    return True


def rulebook(filing: str) -> Act:
    def take(tx: Transaction) -> Any:
        rules = read_rulebook(RULEBOOK)
        assert isinstance(rules, Rulebook)
        return adopt(tx, RULEBOOK, rules, filing, ADMIN.name)

    return take


def answered(points: str) -> Act:
    def take(tx: Transaction) -> Any:
        rows = (AnswerRow("TQ0001", amount(points), at()),)  # type: ignore[arg-type]
        return compare(tx, APRIL, [VillageAnswer(VILLAGE, rows)], Authority(ACCOUNTANT, MAY))

    return take


def claimed(owner: str) -> Act:
    def take(tx: Transaction) -> Any:
        (job, *_) = print_jobs.waiting(tx)
        return print_jobs.claim(tx, job.id, printer="示例柜台", owner=owner)

    return take


def printed_again(tx: Transaction) -> Any:
    redemption = tx.value(text("SELECT redemption_id FROM redemption WHERE town_id = :town"))
    job = print_jobs.reprint(tx, redemption)
    return tx.value(text("SELECT copy FROM print_job WHERE town_id = :town AND job_id = :job"), job=job)


def wrong_pin(tx: Transaction) -> Any:
    sign_in(tx, CLERK.name, "000000")
    return tx.value(text("SELECT wrong_pins FROM app_user WHERE town_id = :town AND name = :who"), who=CLERK.name)


def certificate(tx: Transaction) -> Any:
    job = queue_certificate(tx, "XJ-1")
    return tx.value(text("SELECT copy FROM print_job WHERE town_id = :town AND job_id = :job"), job=job)


# what may be answered


def of(first: type, second: type) -> Callable[[Any, Any], bool]:
    """Answers of two kinds."""
    return lambda a, b: isinstance(a, first) and isinstance(b, second)


def refused_for(kind: type, *codes: str) -> Callable[[Any, Any], bool]:
    """The second is refused: with a code, or for a reason."""

    def right(a: Any, b: Any) -> bool:
        if not isinstance(a, kind) or not isinstance(b, Refusal | RefusedSlip):
            return False
        told = {reason.code for reason in b.reasons} | ({b.code} if isinstance(b, Refusal) else set())
        return bool(told & set(codes))

    return right


def same_receipt(a: Any, b: Any) -> bool:
    return of(Redemption, Redemption)(a, b) and (a.receipt, a.total) == (b.receipt, b.total)


def both(a: Any, b: Any) -> bool:
    return not isinstance(a, Refusal) and not isinstance(b, Refusal)


def nothing_new(a: Any, b: Any) -> bool:
    return of(Taken, Taken)(a, b) and (a.new, a.same, b.new, b.same) == (1, 0, 0, 1)


def one_after_the_other(a: Any, b: Any) -> bool:
    return bool((a, b) == (1, 2))


RACES: dict[str, Race] = {
    "redeem: balance": Race(
        before=(shop,),
        first=sale("TQ0001", (OIL, 2)),
        second=sale("TQ0001", (SOAP, 2), (SALT, 6), till="2"),
        answers=refused_for(Redemption, "balance"),
    ),
    "redeem: stock": Race(
        before=(shop,),
        first=sale("TQ0001", (OIL, 2)),
        second=sale("HP0001", (OIL, 2), till="2"),
        answers=refused_for(Redemption, "stock"),
    ),
    "redeem: limit": Race(
        before=(shop,),
        first=sale("TQ0001", (SOAP, 2)),
        second=sale("TQ0001", (SOAP, 1), till="2"),
        answers=refused_for(Redemption, "limit"),
    ),
    "redeem: key": Race(
        before=(shop,),
        first=sale("TQ0001", (SALT, 1), key="once"),
        second=sale("TQ0001", (SALT, 1), key="once"),
        answers=same_receipt,
    ),
    "redeem: veto": Race(
        before=(shop,), first=veto(), second=sale("TQ0001", (SALT, 1)), answers=refused_for(VetoView, "vetoed")
    ),
    "redeem: session": Race(
        before=(shop,),
        first=closing,
        second=sale("TQ0001", (SALT, 1)),
        answers=refused_for(MarketView, "no_session"),
    ),
    "redeem: receipt number": Race(
        before=(shop,),
        first=sale("TQ0001", (SALT, 1)),
        second=sale("HP0001", (SALT, 1)),
        answers=lambda a, b: (a.receipt, b.receipt) == ("1-2024-000001", "1-2024-000002"),
    ),
    "session: close": Race(
        before=(shop,),
        first=sale("TQ0001", (SALT, 1)),
        second=closing,
        answers=lambda a, b: of(Redemption, MarketView)(a, b) and b.redemptions == 1,
    ),
    "session: close over a basket": Race(
        before=(shop,), first=put_down("open-1", "1"), second=closing, answers=refused_for(type(None), "out_of_turn")
    ),
    "session: open": Race(
        before=(shop, shut), first=opening, second=opening, answers=refused_for(MarketView, "out_of_turn")
    ),
    "return: pieces": Race(
        before=(shop, sold), first=back(2), second=back(1), answers=refused_for(Return, "out_of_turn")
    ),
    "return: veto": Race(
        before=(shop, sold),
        first=veto(),
        second=back(2),
        answers=lambda a, b: of(VetoView, Return)(a, b) and b.balance_after == 0,
    ),
    "veto: twice": Race(before=(shop,), first=veto(), second=veto(), answers=refused_for(VetoView, "out_of_turn")),
    "veto: balance": Race(
        before=(shop,),
        first=sale("TQ0001", (SALT, 1)),
        second=veto(),
        answers=lambda a, b: of(Redemption, VetoView)(a, b) and b.cleared == a.balance_after,
    ),
    "veto: lift": Race(
        before=(shop, vetoed),
        on=MAY,
        first=lifting,
        second=lifting,
        answers=refused_for(VetoView, "out_of_turn"),
    ),
    "slip: number": Race(
        before=(shop,), first=paper("ZD-1"), second=paper("ZD-1"), answers=of(PostedSlip, AlreadyPosted)
    ),
    "slip: another content": Race(
        before=(shop,),
        first=paper("ZD-1"),
        second=paper("ZD-1", SOAP),
        answers=refused_for(PostedSlip, "slip_conflict"),
    ),
    "gift: voucher": Race(before=(shop,), first=money("XJ-2"), second=money("XJ-2"), answers=nothing_new),
    "gift: donor": Race(before=(shop,), first=money("XJ-2"), second=money("XJ-3"), answers=both),
    "purchase: cash": Race(
        before=(shop,), first=bought("CG-1"), second=bought("CG-2"), answers=refused_for(Taken, "rule_broken")
    ),
    "purchase: voucher": Race(
        before=(shop,), first=bought("CG-1", "10.00"), second=bought("CG-1", "10.00"), answers=nothing_new
    ),
    "goods: price": Race(
        before=(shop,), first=priced("2.60"), second=priced("2.50"), answers=lambda a, b: (a, b) == (260, 250)
    ),
    "goods: code": Race(before=(shop,), first=new_goods, second=new_goods, answers=both),
    "goods: a new booklet's number": Race(
        before=(shop, newcomer),
        first=goods_of_its_number,
        second=posting_newcomer,
        answers=lambda a, b: not a.errors and isinstance(b, Refusal) and b.code == "rule_broken",
    ),
    "ledger: a new product's code": Race(
        before=(shop, newcomer),
        first=posting_newcomer,
        second=goods_of_its_number,
        answers=lambda a, b: of(PostedBatch, Taken)(a, b) and bool(b.errors),
    ),
    "ledger: draft": Race(
        before=(shop,),
        first=lambda s: draft(s, april(), ACCOUNTANT),
        second=lambda s: draft(s, april(2), ACCOUNTANT),
        answers=of(Drafted, Drafted),
    ),
    "ledger: draft over a posting": Race(
        before=(shop, reviewed),
        first=posting(),
        second=lambda s: draft(s, april(2), ACCOUNTANT),
        answers=lambda a, b: of(PostedBatch, Drafted)(a, b) and bool(b.errors),
    ),
    "ledger: publish": Race(
        before=(shop, drafted),
        first=lambda s: publish(s, VILLAGE, APRIL, Authority(ACCOUNTANT, date(2024, 4, 20))),
        second=lambda s: publish(s, VILLAGE, APRIL, Authority(ACCOUNTANT, date(2024, 4, 20))),
        answers=lambda a, b: not isinstance(a, Refusal) and b.code == "out_of_turn",
    ),
    "ledger: review": Race(
        before=(shop, published),
        first=lambda s: reject(s, VILLAGE, APRIL, Authority(SUPERVISOR, MARKET_DAY), "示例:有异议"),
        second=lambda s: review(s, VILLAGE, APRIL, Authority(SUPERVISOR, MARKET_DAY)),
        answers=lambda a, b: not isinstance(a, Refusal) and b.code == "out_of_turn",
    ),
    "ledger: post": Race(
        before=(shop, reviewed), first=posting(), second=posting(), answers=refused_for(PostedBatch, "out_of_turn")
    ),
    "ledger: post and redeem": Race(
        before=(shop, reviewed),
        first=posting(),
        second=sale("TQ0001", (SALT, 1)),
        answers=lambda a, b: of(PostedBatch, Redemption)(a, b) and b.balance_before == a.volunteer + amount("50.00"),
    ),
    "month: post": Race(
        before=(shop, shut, reviewed),
        on=MAY,
        first=month_end,
        second=posting(),
        answers=refused_for(Statement, "month_closed"),
    ),
    "month: allocation": Race(
        before=(shop, shut),
        on=MAY,
        first=month_end,
        second=money("CJT-1", VILLAGE),
        answers=lambda a, b: of(Statement, Taken)(a, b) and bool(b.errors),
    ),
    "month: purchase": Race(
        before=(shop, shut),
        on=MAY,
        first=month_end,
        second=bought("CG-1"),
        answers=lambda a, b: of(Statement, Taken)(a, b) and bool(b.errors),
    ),
    "month: veto": Race(
        before=(shop, shut), on=MAY, first=month_end, second=veto(), answers=refused_for(Statement, "month_closed")
    ),
    "month: return": Race(
        before=(shop, sold, shut),
        on=MAY,
        first=month_end,
        second=back(1),
        answers=refused_for(Statement, "month_closed"),
    ),
    "month: session": Race(
        before=(shop, shut), on=MAY, first=month_end, second=opening, answers=refused_for(Statement, "month_closed")
    ),
    "month: what is on its way": Race(
        before=(shop, shut, reviewed),
        on=MAY,
        first=posting(),
        second=month_end,
        answers=lambda a, b: (
            of(PostedBatch, Statement)(a, b)
            and {v.village: v.totals.volunteer for v in b.villages}[VILLAGE] == a.volunteer + amount("50.00")
        ),
    ),
    "month: allocation on its way": Race(
        before=(shop, shut),
        on=MAY,
        first=money("CJT-1", VILLAGE),
        second=month_end,
        answers=lambda a, b: (
            of(Taken, Statement)(a, b) and {v.village: v.contributed for v in b.villages}[VILLAGE] == amount("50.00")
        ),
    ),
    "month: session on its way": Race(
        before=(shop, shut), on=MAY, first=opening, second=month_end, answers=refused_for(MarketView, "out_of_turn")
    ),
    "month: close": Race(
        before=(shop, shut), on=MAY, first=month_end, second=month_end, answers=refused_for(Statement, "out_of_turn")
    ),
    "answer: village": Race(
        before=(shop, shut, closed), on=MAY, first=answered("70.00"), second=answered("60.00"), answers=both
    ),
    "basket: counter": Race(
        before=(shop,),
        first=put_down("open-1", "1"),
        second=put_down("open-2", "1"),
        answers=refused_for(type(None), "out_of_turn"),
    ),
    "basket: recall": Race(
        before=(shop, held),
        first=lambda s: recall(s, "open-1", "1"),
        second=lambda s: recall(s, "open-1", "2"),
        answers=lambda a, b: not isinstance(a, Refusal) and b.code == "out_of_turn",
    ),
    "basket: redeemed": Race(
        before=(shop, on_the_counter),
        first=sale("TQ0001", (SALT, 1), key="open-1"),
        second=put_down("open-1", "1"),
        answers=refused_for(Redemption, "out_of_turn"),
    ),
    "paper: claim": Race(
        before=(shop, printed), first=claimed("a"), second=claimed("b"), answers=lambda a, b: (a, b) == (True, False)
    ),
    "paper: copy": Race(before=(shop, printed), first=printed_again, second=printed_again, answers=one_after_the_other),
    "paper: certificate": Race(
        before=(shop,), first=certificate, second=certificate, answers=lambda a, b: (a, b) == (0, 1)
    ),
    "user: name": Race(
        before=(shop,),
        first=lambda s: add_user(s, "新人示例", "clerk", PIN),
        second=lambda s: add_user(s, "新人示例", "keeper", PIN),
        answers=lambda a, b: not isinstance(a, Refusal) and b.code == "out_of_turn",
    ),
    "user: tries": Race(before=(shop,), first=wrong_pin, second=wrong_pin, answers=one_after_the_other),
    "user: pin": Race(
        before=(shop,),
        first=lambda s: set_pin(s, CLERK.name, "975310"),
        second=lambda s: isinstance(sign_in(s, CLERK.name, PIN), Refusal),
        answers=lambda a, b: not isinstance(a, Refusal) and b,
    ),
    "village: name": Race(
        before=(shop,),
        first=lambda s: add_village(s, "示例村"),
        second=lambda s: add_village(s, "示例村"),
        answers=lambda a, b: not isinstance(a, Refusal) and b.code == "out_of_turn",
    ),
    "setting: value": Race(
        before=(shop,),
        first=lambda s: set_town_setting(s, "theme", "dark", ADMIN),
        second=lambda s: set_town_setting(s, "theme", "contrast", ADMIN) or settings(s)["theme"],
        answers=lambda a, b: (a, b) == (None, "contrast"),
    ),
    "printer: name": Race(
        before=(shop,),
        first=lambda s: add_printer(s, name="示例", profile="generic-58", device="screen:"),
        second=lambda s: add_printer(s, name="示例", profile="generic-80", device="screen:"),
        answers=both,
    ),
    "rulebook: version": Race(before=(shop,), first=rulebook("示例备案2"), second=rulebook("示例备案3"), answers=both),
    "town: founding": Race(
        first=lambda s: create_town(s, "示例镇", ADMIN.name, PIN),
        second=lambda s: create_town(s, "示例二镇", ADMIN.name, PIN),
        answers=lambda a, b: not isinstance(a, Refusal) and b.code == "out_of_turn",
    ),
}


def begin(engine: Engine, race: Race) -> None:
    """What comes before a race."""
    for one in race.before:
        with transaction(engine, noon(MAY if one is closed else MARKET_DAY)) as tx:
            one(tx)


def run(engine: Engine, race: Race) -> None:
    """The race; the books are whole after it."""
    ours, theirs = at_once(engine, race.first, race.second, race.on)
    assert race.answers(ours, theirs), (ours, theirs)
    with transaction(engine, noon(race.on)) as tx:
        proof = verify(tx)
        assert proof.ok, [check for check in proof.checks if not check.ok]


@pytest.mark.parametrize("name", RACES)
def test_what_decides_is_held_until_it_is_committed(postgres: Engine, name: str) -> None:
    begin(postgres, RACES[name])
    run(postgres, RACES[name])


SOAK_S = 8
"""How long each race is run again and again in the soak, fifty times at most."""


@pytest.mark.soak
@pytest.mark.parametrize("name", RACES)
def test_it_is_held_fifty_times(postgres: Engine, postgres_url: str, name: str) -> None:
    begin(postgres, RACES[name])
    template = postgres.url.database
    assert template
    postgres.dispose()
    until = time.monotonic() + SOAK_S
    for _time in range(50):
        if time.monotonic() > until:
            break
        for url in fresh_postgres(postgres_url, template):
            engine = open_engine(url)
            run(engine, RACES[name])
            engine.dispose()


def test_every_decision_is_on_the_list_and_has_its_race() -> None:
    table, _, _of_goods = LOCKS.read_text(encoding="utf-8").partition("\n## Goods\n")
    listed = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert listed == list(RACES)
