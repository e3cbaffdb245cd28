"""The till's small town (示例) with an accountant and a keeper, and a pool with gifts of every kind."""

from datetime import timedelta

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.db import transaction
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.donations.pledges import add_pledge
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.typed import add_gift, add_purchase
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.till.service import TillService
from towns.approvals import approval_of
from towns.shelf import ACCOUNTANT, add_people
from towns.till import AT, CLERK, RICE, SALT, SUPERVISOR, basket_of

BY = Operator(ACCOUNTANT, "accountant")
DONOR, HIDDEN, SPONSOR = "向示例", "隐名示例", "示例商会"


def fill_pool(engine: Engine) -> None:
    """Gifts of money, one anonymous, a grant, an allocation, a purchase and a pledge that is overdue."""
    add_people(engine)
    with transaction(engine) as tx:
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
