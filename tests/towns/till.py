"""A small town whose households may redeem today: every person in it is a sample (示例)."""

import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import Engine, text

from lizhi_pos.access.operators import Authority, Operator, add_user
from lizhi_pos.accounts.batches import publish, review
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import ActRow, HouseholdRow, MemberRow, ScoreRow, SignatureRow, VillageWorkbook
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.vetoes import record_veto
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.market_session import open_session
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import take_goods
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import adopt, today
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.town.town import create_town
from towns.approvals import approval_of

_T = TypeVar("_T")
AT = RowAt("示例", 1, 1, {})
ADMIN, ADMIN_PIN = "站长", "135790"
CLERK, CLERK_PIN = "王晓燕", "111222"
SUPERVISOR, SUPERVISOR_PIN = "监督员", "246801"
SALT, VINEGAR, SOAP, RICE, SOON, SCARCE = (
    "6901234567892",
    "6902083886455",
    "6903148042441",
    "2000001",
    "6901028075831",
    "0012345",
)
GOODS = (
    GoodsRow(SALT, "海星加碘盐", Yuan(250), AT, "400g", "袋"),
    GoodsRow(VINEGAR, "恒顺香醋", Yuan(600), AT, "340ml", "瓶"),
    GoodsRow(SOAP, "[/]促销 舒肤佳香皂", Yuan(380), AT, "115g", "块"),
    GoodsRow(RICE, "大米", Yuan(3990), AT, "10kg", "袋"),
    GoodsRow(SOON, "挂面", Yuan(500), AT, "800g", "把"),
    GoodsRow(SCARCE, "食用油", Yuan(1500), AT, "1L", "瓶", monthly_limit=1),
)
RULES = """town = "大同镇"
year = {year}
filing = "示例"
[base_score]
threshold = 85
consecutive_quarters = 2
points_per_score = "0.1"
window = "half-year"
max_age_quarters = 1
[household]
residence_months = 6
[batch]
publicity_days = 7
deadline_day = 10
assessment_group = 5
supervision_group = 3
[redemption]
months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
[market_days]
{market_days}
[honours]
red_list = 10
[[negative_list]]
clause = "1"
text = "示例: 乱倒垃圾屡教不改"
[[category]]
name = "示例"
[[category.item]]
name = "清扫"
points = "10.00"
"""


def build_town(
    engine: Engine,
    *,
    redemption_day: bool = True,
    open_it: bool = True,
    villages: "Villages | None" = None,
    vetoed: Sequence[str] = ("GZ0015",),
    goods: Sequence[GoodsRow] = GOODS,
    each: int = 200,
) -> None:
    """大同镇 with two villages, or those given, `each` of the goods on the shelf, and today's session open."""
    with transaction(engine) as tx:
        admin = unwrap(create_town(tx, "大同镇", ADMIN, ADMIN_PIN))
        clerk = unwrap(add_user(tx, CLERK, "clerk", CLERK_PIN))
        unwrap(add_user(tx, SUPERVISOR, "supervisor", SUPERVISOR_PIN))
        day = today(tx)
        _adopt(tx, day, redemption_day, admin)
        for village, rows in (villages or HOUSEHOLDS).items():
            unwrap(add_village(tx, village))
            _post(tx, village, rows, day, admin)
        for booklet in vetoed:
            veto(tx, booklet, day, admin)
        _fill_shelf(tx, day, admin, goods, each)
        if open_it:
            unwrap(open_session(tx, Authority(clerk, day, approval_of(SUPERVISOR, "")), "示例"))


def veto(tx: Transaction, booklet: str, day: date, by: Operator) -> None:
    """A veto of that day."""
    approval = approval_of(SUPERVISOR, "")
    unwrap(
        record_veto(tx, booklet, clause="1", facts="示例事实", conduct_on=day, authority=Authority(by, day, approval))
    )


Villages = Mapping[str, Sequence[tuple[str, str, int, int]]]
"""By village: booklet, head, both scores in tenths, and how often they swept for ten points."""
HOUSEHOLDS: Villages = {
    "古镇社区": (
        ("GZ0012", "张建国", 900, 60),
        ("GZ0013", "单小芳", 900, 1),
        ("GZ0014", "李淑芬", 800, 5),
        ("GZ0015", "赵强", 900, 5),
    ),
    "大同社区": (("DT0012", "张建国", 900, 3), ("DT0037", "王芳", 950, 3)),
}


def _adopt(tx: Transaction, day: date, redemption_day: bool, by: Operator) -> None:
    days = f'dates = ["{day.isoformat()}"]' if redemption_day else f'dates = ["{(day - timedelta(1)).isoformat()}"]'
    source = RULES.format(year=day.year - 1, market_days=days)
    rules = read_rulebook(source)
    assert isinstance(rules, Rulebook), rules
    unwrap(adopt(tx, source, rules, "示例", by.name))


def _post(tx: Transaction, village: str, rows: Sequence[tuple[str, str, int, int]], day: date, by: Operator) -> None:
    month = Month.of(day.replace(day=1) - timedelta(1))
    last = Quarter.last_ended_before(month.last_day + timedelta(1))
    quarters = (Quarter.at_index(last.index - 1), last)
    groups = (("assessment", "甲乙丙丁戊"), ("supervision", "己庚辛"))
    workbook = VillageWorkbook(
        village,
        month,
        households=tuple(HouseholdRow(b, head, date(2020, 1, 1), AT, "1组") for b, head, _, _ in rows),
        members=tuple(MemberRow(b, head, AT) for b, head, _, _ in rows),
        scores=tuple(ScoreRow(b, q, tenths, AT) for b, _, tenths, _ in rows for q in quarters),
        acts=tuple(ActRow(b, h, month.first_day, "清扫", Points(1000 * n), AT, n) for b, h, _, n in rows),
        signatures=tuple(SignatureRow(g, f"示例{n}", AT) for g, names in groups for n in names),  # type: ignore[arg-type]
    )
    unwrap(draft(tx, workbook, by))
    unwrap(publish(tx, village, month, Authority(by, day - timedelta(9))))
    unwrap(review(tx, village, month, Authority(Operator(SUPERVISOR, "supervisor"), day - timedelta(2))))
    unwrap(post_batch(tx, village, month, Authority(by, day - timedelta(1))))


def _fill_shelf(tx: Transaction, day: date, by: Operator, goods: Sequence[GoodsRow], each: int) -> None:
    unwrap(take_goods(tx, goods, by))
    expiry = {SOON: day + timedelta(5)}
    gifts = [
        GiftRow("示例1", day - timedelta(1), "in_kind", "示例", AT, None, g.code, each, g.price, expiry.get(g.code))
        for g in goods
    ]
    unwrap(take_gifts(tx, gifts, by))


def redeemed(engine: Engine) -> dict[str, int]:
    """How many of each product were redeemed, by its code."""
    with engine.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT p.code, SUM(l.quantity) FROM redemption_line l JOIN product p USING (town_id, product_id) "
                "GROUP BY p.code"
            )
        )
        return {code: int(quantity) for code, quantity in rows}


def wait_until_redeemed(engine: Engine, seconds: float = 20) -> dict[str, int]:
    end = time.monotonic() + seconds
    while not (found := redeemed(engine)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def basket_of(booklet: str, *wanted: tuple[str, int], key: str, **more: str) -> Basket:
    """A basket at till 1."""
    return Basket(booklet=booklet, wanted=tuple(Wanted(code, n) for code, n in wanted), key=key, **more)
