"""Tills on one database, each a process of its own, see within a second what another one did."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pty_till import PtyTill
from sqlalchemy import Engine, make_url
from till_hands import selling

from databases import fresh_postgres
from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.products import take_goods
from lizhi_pos.money import Yuan
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from towns.till import ADMIN, AT, CLERK, CLERK_PIN, SALT, build_town, veto

NOODLES = "6920152414019"
BOOKLET = "GZ0012"
WITHIN_S = 1.0
ROUNDS = 3
"""How often each thing is done; the machine may be busy with something else at one of them."""


@pytest.fixture(scope="module")
def postgres_town(postgres_url: str) -> Iterator[str]:
    """A template of the town on PostgreSQL."""
    for url in fresh_postgres(postgres_url):
        engine = open_engine(url)
        build_town(engine)
        engine.dispose()
        name = make_url(url).database
        assert name is not None
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the town's database, on one file and on one server."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('town_file')}"
    else:
        template = request.getfixturevalue("postgres_town")
        yield from fresh_postgres(request.getfixturevalue("postgres_url"), template)


@pytest.fixture
def shop(address: str) -> Iterator[Engine]:
    engine = open_engine(address)
    yield engine
    engine.dispose()


def till_at(address: str, number: str) -> PtyTill:
    env: dict[str, Any] = {"LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN, "LIZHI_DB": address}
    till = PtyTill(Path("unused"), columns=100, command=("till", "--till", number), **env)
    shows(till, "scan or type its booklet")
    return till


def shows(till: PtyTill, *texts: str, without: str = "") -> None:
    """Waits until all of these stand on the screen, and the other does not."""

    def missing(till: PtyTill) -> str:
        screen = "\n".join(till.lines)
        if without and without in screen:
            return f"{without!r} is still shown"
        return next((f"{one!r} is not shown" for one in texts if one not in screen), "")

    till.until(missing)


def empty(till: PtyTill) -> None:
    till.send("\x1b[19~")  # F8
    shows(till, "F8 again")
    till.send("\x1b[19~")
    shows(till, "The counter is empty", "scan or type its booklet")


def took(wait: Callable[[], None]) -> float:
    began = time.monotonic()
    wait()
    return time.monotonic() - began


def test_a_held_basket_and_its_recall_are_seen(address: str) -> None:
    with till_at(address, "1") as one, till_at(address, "2") as two:
        seen: list[float] = []
        for _ in range(ROUNDS):
            one.send(f"{BOOKLET}\r{SALT}\r")
            shows(one, "× 1")
            one.send("\x1bOQ")  # F2
            shows(one, "is held")
            seen.append(took(lambda: shows(two, "1 held")))
            two.send("\x1bOR")  # F3
            shows(two, "is back on the counter")
            seen.append(took(lambda: shows(one, without="1 held")))
            shows(two, without="1 held")
            empty(two)
            one.send("\x1b")
        assert min(seen[::2]) < WITHIN_S
        assert min(seen[1::2]) < WITHIN_S


def test_a_sale_is_seen_on_the_list_of_receipts(address: str) -> None:
    with till_at(address, "1") as one, till_at(address, "2") as two:
        two.send("\x1b[20~")  # F9
        shows(two, "Esc")
        seen: list[float] = []
        for number in range(1, ROUNDS + 1):
            one.send(f"{BOOKLET}\r{SALT}\r")
            shows(one, "× 1")
            time.sleep(0.1)  # Enter by a hand comes later than a scanner's
            one.send("\r")
            shows(one, "Done: receipt", f"-{number:06}")
            seen.append(took(lambda number=number: shows(two, f"-{number:06}")))  # type: ignore[misc]
        assert min(seen) < WITHIN_S


def test_a_veto_is_seen_by_the_basket_it_meets(address: str, shop: Engine) -> None:
    with till_at(address, "1") as till:
        seen: list[float] = []
        for booklet in ("GZ0012", "GZ0013", "DT0012"):
            till.send(f"{booklet}\r{SALT}\r")
            shows(till, booklet, "✔ may redeem", "× 1")
            with transaction(shop) as tx:
                veto(tx, booklet, today(tx), Operator(ADMIN, "admin"))
            seen.append(took(lambda: shows(till, "may not redeem", "any more")))
            empty(till)
        assert min(seen) < WITHIN_S


def test_a_closed_session_is_left(address: str, shop: Engine) -> None:
    with till_at(address, "1") as till:
        with transaction(shop) as tx:
            unwrap(close_session(tx, Authority(Operator(ADMIN, "admin"), today(tx))))
        assert took(lambda: shows(till, "session was closed")) < 3 * WITHIN_S


async def test_stock_and_goods_are_seen_by_what_is_on_the_counter(address: str, shop: Engine, log: Path) -> None:
    other, by = open_engine(address), Operator(ADMIN, "admin")
    async with selling(shop, log) as till:
        till.scan(BOOKLET, SALT)
        await till.idle()
        counter = till.counter
        assert counter.basket.lines[0].goods.in_stock == 200
        seen: list[float] = []
        for left in (199, 198, 197):
            with transaction(other) as tx:
                basket = Basket(booklet="DT0012", wanted=(Wanted(SALT, 1),), key=str(left), till="2")
                unwrap(redeem(tx, basket, Authority(by, today(tx))))
            began = time.monotonic()
            await till.until(lambda left=left: counter.basket.lines[0].goods.in_stock == left)  # type: ignore[misc]
            seen.append(time.monotonic() - began)
        assert min(seen) < WITHIN_S
        assert counter.lookup.shelf.get(NOODLES) is None
        with transaction(other) as tx:
            assert take_goods(tx, [GoodsRow(NOODLES, "示例面条", Yuan(300), AT)], by).new == 1
        await till.until(lambda: counter.lookup.shelf.get(NOODLES) is not None)
    other.dispose()
