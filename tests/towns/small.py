"""A small made-up town (示例) for tests: two villages, everyday goods, a clock that the test sets."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator, add_user
from lizhi_pos.accounts.batches import publish, review
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import (
    ActRow,
    CorrectionRow,
    HouseholdRow,
    MemberRow,
    ProposalRow,
    ScoreRow,
    SignatureRow,
    VillageWorkbook,
)
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.checkout.basket import Basket, Wanted, added_up
from lizhi_pos.checkout.market_session import open_session
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import take_goods
from lizhi_pos.money import Points, Yuan, parse_hundredths
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.files import take_gifts, take_purchases
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.rulebook.adopted import adopt
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.town.town import create_town
from lizhi_pos.which_town import named_town
from towns.approvals import approval_of

PIN = "135790"
ADMIN = Operator("站长示例", "admin")
ACCOUNTANT = Operator("会计示例", "accountant")
SUPERVISOR = Operator("监督示例", "supervisor")
CLERK = Operator("收银示例", "clerk")
APPROVAL = approval_of(SUPERVISOR.name)

RULEBOOK = """
town = "示例镇"
year = 2024
[base_score]
threshold = 85
points_per_score = "0.1"
[market_days]
solar_endings = [2, 5, 8]
[[negative_list]]
clause = "1"
text = "示例条款"
[[category]]
name = "圆梦使者"
[[category.item]]
name = "圆梦使者"
points = "10.00"
[[category.item]]
name = "心灵呵护"
points = "5.50"
"""

SALT, SOAP, OIL = "6920181360936", "6903148144541", "6902007030087"
VILLAGE, OTHER_VILLAGE = "天桥村", "华平村"
MARCH = Month(2024, 3)
POSTED_ON = date(2024, 4, 20)
MARKET_DAY = date(2024, 4, 28)


def noon(day: date) -> datetime:
    """Noon of a day in the town."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def at(sheet: str = "", row: int = 2) -> RowAt:
    """Where a made-up row stands."""
    return RowAt(sheet, row, 1, {})


def amount(text: str) -> int:
    """Hundredths, written as people do."""
    return parse_hundredths(text)


def refused(answer: Any) -> set[str]:
    """The reasons of a refused basket."""
    assert isinstance(answer, Refusal), answer
    return {reason.code for reason in answer.reasons}


def found(tx: Transaction, rulebook: str = RULEBOOK) -> None:
    """The town with its people, villages, rulebook and goods, and nothing in the pool."""
    unwrap(create_town(tx, named_town(tx.connection) or "示例镇", ADMIN.name, PIN))
    for user in (ACCOUNTANT, SUPERVISOR, CLERK):
        unwrap(add_user(tx, user.name, user.role, PIN))
    rulebook = rulebook.replace("示例镇", tx.town_name)
    rules = read_rulebook(rulebook)
    assert isinstance(rules, Rulebook), rules
    unwrap(adopt(tx, rulebook, rules, "示例备案1", ADMIN.name))
    for name in (VILLAGE, OTHER_VILLAGE):
        unwrap(add_village(tx, name))
    goods(
        tx,
        (SALT, "海星加碘盐400g", "2.50", None),
        (SOAP, "舒肤佳香皂", "3.80", 2),
        (OIL, "菜籽油1L", "15.00", None),
    )


def goods(tx: Transaction, *rows: tuple[str, str, str, int | None]) -> None:
    """Products: code, name, tag price, limit."""
    read = [GoodsRow(c, n, Yuan(amount(p)), at(row=i), monthly_limit=m) for i, (c, n, p, m) in enumerate(rows, 2)]
    taken = take_goods(tx, read, ACCOUNTANT)
    assert not taken.errors, taken


def gift(
    tx: Transaction,
    voucher: str,
    on: date,
    *,
    code: str = "",
    quantity: int | None = None,
    value: str = "0.00",
    expires: date | None = None,
    village: str = "",
) -> None:
    """One gift: goods where a code is given, an allocation where a village is, money otherwise."""
    kind: Any = "in_kind" if code else "village" if village else "cash"
    row = GiftRow(
        voucher,
        on,
        kind,
        "示例捐赠人",
        at(),
        amount=None if code else Yuan(amount(value)),
        code=code,
        quantity=quantity,
        unit_value=Yuan(amount(value)) if code else None,
        expires_on=expires,
        village=village,
    )
    taken = take_gifts(tx, [row], ACCOUNTANT)
    assert not taken.errors, taken


def purchase(tx: Transaction, voucher: str, on: date, code: str, quantity: int, cost: str) -> Any:
    """One purchase with its approval."""
    row = PurchaseRow(voucher, on, "示例批发部", code, quantity, Yuan(amount(cost)), at())
    return take_purchases(tx, [row], ACCOUNTANT, APPROVAL)


def household(booklet: str, head: str = "示例户主", since: date = date(2015, 8, 20), **more: Any) -> HouseholdRow:
    """A row of `户籍`."""
    return HouseholdRow(booklet, head, since, at("户籍"), **more)


def scores(booklet: str, **quarters: str) -> list[ScoreRow]:
    """Rows of `基础评分`: ``scores("TQ0001", q2023_4="90")``."""
    rows = []
    for name, score in quarters.items():
        year, _, quarter = name.removeprefix("q").partition("_")
        rows.append(ScoreRow(booklet, Quarter(int(year), int(quarter)), amount(score) // 10, at("基础评分")))
    return rows


def act(booklet: str, on: date, times: int = 1, item: str = "圆梦使者", name: str = "示例户主") -> ActRow:
    """A row of `志愿服务` at the sample rulebook's value."""
    value = {"圆梦使者": 1000, "心灵呵护": 550}[item]
    return ActRow(booklet, name, on, item, Points(value * times), at("志愿服务"), times=times)


def signatures() -> tuple[SignatureRow, ...]:
    """Five of the assessment group, three of the supervision group."""
    return tuple(
        [SignatureRow("assessment", f"评议示例{n}", at("签字")) for n in range(5)]
        + [SignatureRow("supervision", f"监督示例{n}", at("签字")) for n in range(3)]
    )


def workbook(
    *,
    village: str = VILLAGE,
    month: Month = MARCH,
    households: Iterable[HouseholdRow] = (),
    members: Iterable[MemberRow] = (),
    scored: Iterable[ScoreRow] = (),
    acts: Iterable[ActRow] = (),
    proposals: Iterable[ProposalRow] = (),
    corrections: Iterable[CorrectionRow] = (),
    signed: Sequence[SignatureRow] | None = None,
) -> VillageWorkbook:
    """A village's month."""
    return VillageWorkbook(
        village,
        month,
        tuple(households),
        tuple(members),
        tuple(scored),
        tuple(acts),
        tuple(proposals),
        signatures() if signed is None else tuple(signed),
        tuple(corrections),
    )


def post(tx: Transaction, book: VillageWorkbook, on: date = POSTED_ON) -> Any:
    """A workbook all the way from reading to posting."""
    drafted = unwrap(draft(tx, book, ACCOUNTANT))
    assert not drafted.errors, drafted.errors
    unwrap(publish(tx, book.village, book.month, Authority(ACCOUNTANT, on - timedelta(10))))
    unwrap(review(tx, book.village, book.month, Authority(SUPERVISOR, on - timedelta(2))))
    return unwrap(post_batch(tx, book.village, book.month, Authority(ACCOUNTANT, on)))


def eligible(tx: Transaction, booklet: str = "TQ0001", times: int = 5, on: date = POSTED_ON, **more: Any) -> None:
    """A household that may redeem on the market day, with 10 points for each act."""
    post(
        tx,
        workbook(
            households=[household(booklet, **more)],
            scored=scores(booklet, q2023_4="90", q2024_1="90"),
            acts=[act(booklet, date(2024, 3, 5), times)],
        ),
        on,
    )


def open_shop(tx: Transaction, on: date = MARKET_DAY) -> None:
    """The market-day session."""
    unwrap(open_session(tx, Authority(CLERK, on, APPROVAL), "示例"))


def basket(booklet: str, *wanted: tuple[str, int], key: str = "", **more: Any) -> Basket:
    """A basket with a key of its own."""
    rows = added_up(Wanted(code, quantity) for code, quantity in wanted)
    return Basket(booklet=booklet, wanted=rows, key=key or MACHINE_CLOCK.new_id().hex(), **more)


def sell(tx: Transaction, booklet: str, *wanted: tuple[str, int], on: date = MARKET_DAY, **more: Any) -> Any:
    """A redemption, or its refusal."""
    return redeem(tx, basket(booklet, *wanted, **more), Authority(CLERK, on, APPROVAL))


def stocked_shop(engine: Engine) -> None:
    """Founded, stocked, one eligible household with 50.00 points, session open on the market day."""
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "XJ-1", date(2024, 4, 2), value="1000.00")
        gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=20, value="2.00", expires=date(2024, 12, 31))
        gift(tx, "SW-2", date(2024, 4, 4), code=SOAP, quantity=20, value="3.00")
        eligible(tx)
        open_shop(tx)
