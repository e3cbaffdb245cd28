"""The small town with an accountant and a keeper, and a pool with gifts of every kind; hands at its screens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from till_hands import Till, running
from till_town import AT, CLERK, RICE, SALT, SUPERVISOR, basket_of

from approvals import approval_of
from lizhi_pos.access.operators import Authority, Operator, add_user
from lizhi_pos.db import transaction
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.pledges import add_pledge
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.typed import add_gift, add_purchase
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.till.service import TillService

KEEPER, KEEPER_PIN = "保管示例", "232425"
ACCOUNTANT, ACCOUNTANT_PIN = "会计示例", "343536"
BY = Operator(ACCOUNTANT, "accountant")
DONOR, HIDDEN, SPONSOR = "向示例", "隐名示例", "示例商会"


def fill_pool(engine: Engine) -> None:
    """Gifts of money, one anonymous, a grant, an allocation, a purchase and a pledge that is overdue."""
    with transaction(engine) as tx:
        unwrap(add_user(tx, KEEPER, "keeper", KEEPER_PIN))
        unwrap(add_user(tx, ACCOUNTANT, "accountant", ACCOUNTANT_PIN))
        day = today(tx)
        for gift in (
            GiftRow("XJ-1", day - timedelta(5), "cash", DONOR, AT, Yuan(100000), purpose="助学"),
            GiftRow("XJ-2", day - timedelta(4), "cash", HIDDEN, AT, Yuan(20000), anonymous=True),
            GiftRow("ZZ-1", day - timedelta(3), "sponsor", SPONSOR, AT, Yuan(50000)),
            GiftRow("CJ-1", day - timedelta(2), "village", "古镇社区", AT, Yuan(30000), village="古镇社区"),
        ):
            unwrap(add_gift(tx, [gift], BY))
        bought = [
            PurchaseRow("CG-1", day - timedelta(1), "示例商行", SALT, 500, Yuan(200), AT, invoice="示例0001"),
            PurchaseRow("CG-1", day - timedelta(1), "示例商行", RICE, 5, Yuan(3000), AT, invoice="示例0001"),
        ]
        unwrap(add_purchase(tx, bought, BY, approval_of(SUPERVISOR, "")))
        earlier = Authority(BY, day - timedelta(20))
        unwrap(add_pledge(tx, SPONSOR, Yuan(80000), day - timedelta(3), "助老", earlier))


def take_goods(engine: Engine, booklet: str = "GZ0012", code: str = SALT, quantity: int = 204) -> None:
    """A household takes goods home."""
    basket = basket_of(booklet, (code, quantity), key=f"示例{code}")
    unwrap(TillService(engine).redeem(basket, Operator(CLERK, "clerk")))


@asynccontextmanager
async def at_pool(
    engine: Engine,
    log: Path,
    target: Target = "gifts",
    who: tuple[str, str] = (ACCOUNTANT, ACCOUNTANT_PIN),
    size: tuple[int, int] = (120, 40),
    lang: str = "en",
) -> AsyncIterator[Till]:
    """A till with one of the pool's screens, opened from home by somebody."""
    async with running(engine, log, *who, size=size, lang=lang) as till:
        await till.until_screen(HomeScreen)
        await go_to(till, target)
        yield till


async def go_to(till: Till, target: Target) -> None:
    """Open a job's screen and wait until it has read what it shows."""
    await till.app.navigator.go_to(target)

    def is_read() -> bool:
        screen = till.app.screen
        if not isinstance(screen, JobScreen) or not screen.is_mounted:
            return False
        return screen.notice is None or screen.notice.text.msgid != "One moment …"

    await till.until(is_read)


def rows_of(engine: Engine, query: str, **values: object) -> list[tuple[object, ...]]:
    """What stands in the books."""
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]
