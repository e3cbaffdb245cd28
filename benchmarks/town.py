"""A town for benchmarks: 300 products, 300 households or as many as asked for, lots of everything, the session open."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event

from lizhi_pos.access.operators import Approval, Authority, Operator, add_user, approve
from lizhi_pos.accounts.batches import publish, review
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import ActRow, HouseholdRow, ScoreRow, SignatureRow, VillageWorkbook
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.checkout.market_session import open_session
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.engines import open_engine
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import take_goods
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.rulebook.adopted import adopt
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.town.town import create_town
from lizhi_pos.upgrade import upgrade

DAY = date(2024, 4, 28)
NOON = datetime(2024, 4, 28, 4, tzinfo=UTC)
TOWN, VILLAGE = "示例镇", "示例村"
ADMIN, PIN = Operator("站长示例", "admin"), "135790"
SUPERVISOR = Operator("监督示例", "supervisor")
RULES = """
town = "{town}"
year = {year}
[base_score]
threshold = 85
points_per_score = "0.1"
[[category]]
name = "示例"
[[category.item]]
name = "示例"
points = "10.00"
"""
HERE = RowAt("", 2, 1, {})


def codes(products: int) -> list[str]:
    """In-store codes."""
    return [f"20{number:05}" for number in range(products)]


def booklets(households: int) -> list[str]:
    """Booklet numbers."""
    return [f"SL{number:05}" for number in range(households)]


def sample(
    where: Path | Engine,
    products: int = 300,
    households: int = 300,
    *,
    sync: bool = True,
    day: date = DAY,
    now: datetime | None = NOON,
    town: str = TOWN,
) -> Engine:
    """The town in a fresh SQLite file or an empty database, on its market day; without `sync` no file is waited for."""
    engine = where if isinstance(where, Engine) else open_engine(f"sqlite:///{where}")
    if not sync:

        @event.listens_for(engine, "connect")
        def unsafe(connection: object, _record: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]

    upgrade(engine)
    source = RULES.format(year=day.year - 1, town=town)
    rules = read_rulebook(source)
    assert isinstance(rules, Rulebook)
    with transaction(engine, now) as tx:
        create_town(tx, town, ADMIN.name, PIN)
        add_user(tx, SUPERVISOR.name, "supervisor", PIN)
        adopt(tx, source, rules, "示例", ADMIN.name)
        add_village(tx, VILLAGE)
        goods = [GoodsRow(code, f"示例商品{code}", Yuan(100), HERE) for code in codes(products)]
        take_goods(tx, goods, ADMIN)
        gifts = [
            GiftRow(
                f"SW-{c}-{n}",
                day - timedelta(n + 1),
                "in_kind",
                "示例",
                HERE,
                code=c,
                quantity=9999,
                unit_value=Yuan(90),
            )
            for c in codes(products)
            for n in range(3)
        ]
        take_gifts(tx, gifts, ADMIN)
        month = Month.of(day.replace(day=1) - timedelta(1))
        draft(tx, month_of(households, month), Operator("会计示例", "accountant"))
        publish(tx, VILLAGE, month, Authority(ADMIN, day - timedelta(9)))
        review(tx, VILLAGE, month, Authority(SUPERVISOR, day - timedelta(2)))
        post_batch(tx, VILLAGE, month, Authority(ADMIN, day - timedelta(1)))
        open_session(tx, Authority(ADMIN, day, approved(tx)), "示例")
    return engine


def approved(tx: Transaction) -> Approval:
    """The supervisor's approval, by the right PIN."""
    answer = approve(tx, SUPERVISOR.name, PIN, ADMIN, "示例")
    assert isinstance(answer, Approval), answer
    return answer


def month_of(households: int, month: Month) -> VillageWorkbook:
    """A village's month in which every household may redeem."""
    numbers = booklets(households)
    heads = tuple(HouseholdRow(b, "示例户主", date(2015, 1, 1), HERE) for b in numbers)
    last = Quarter.last_ended_before(month.last_day + timedelta(1))
    quarters = (Quarter.at_index(last.index - 1), last)
    scores = tuple(ScoreRow(b, q, 900, HERE) for b in numbers for q in quarters)
    acts = tuple(ActRow(b, "示例户主", month.first_day, "示例", Points(100000), HERE, times=100) for b in numbers)
    signed = tuple(SignatureRow("assessment", f"评议示例{n}", HERE) for n in range(5)) + tuple(
        SignatureRow("supervision", f"监督示例{n}", HERE) for n in range(3)
    )
    return VillageWorkbook(VILLAGE, month, heads, (), scores, acts, (), signed)
