"""A till whose server is stopped in the midst of a basket says so, keeps it, and finishes it once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from own_server import OwnServer
from sqlalchemy import Engine
from till_hands import Till, selling, sold

from databases import fresh_postgres
from lizhi_pos.access.operators import Operator
from lizhi_pos.db import reading, transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from towns.till import ADMIN, SALT, SOAP, build_town, veto

BOOKLET = "GZ0012"
ENGLISH = re.compile(r"[A-Za-z]{4,}")


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with OwnServer() as server:
        engine = open_engine(server.url)
        build_town(engine)
        engine.dispose()
        yield server


@pytest.fixture
def shop(server: OwnServer) -> Iterator[Engine]:
    """The town on a server that a test may stop; it runs again in the end, and the books are whole."""
    for url in fresh_postgres(server.admin_url, "town"):
        engine = open_engine(url)
        yield engine
        engine.dispose()
        server.start()
        engine = open_engine(url)
        with reading(engine) as tx:
            assert verify(tx).ok
        engine.dispose()


async def is_lost(till: Till) -> None:
    await till.until(lambda: till.app.work.link.is_lost)


async def is_back(till: Till) -> None:
    await till.until(lambda: not till.app.work.link.is_lost)
    await till.selling._events.join()
    await till.idle()


def server_away() -> None:
    raise ConnectionError


async def test_a_basket_is_finished_by_itself(server: OwnServer, shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        till.scan(BOOKLET, SALT)
        await till.idle()
        server.stop()
        till.scan(SOAP)
        await is_lost(till)
        # goods are known without the server
        assert till.wanted() == ((SALT, 1), (SOAP, 1))
        assert "F8 and a paper slip" in till.shown("#notice")
        assert "server ✘" in till.shown("#header")
        await till.enter()
        assert "No slip for 张建国" in till.shown("#notice")
        await till.enter()
        assert till.wanted() == ((SALT, 1), (SOAP, 1))
        server.start()
        await is_back(till)
        assert "Done: receipt" in till.shown("#notice")
        assert till.counter.basket is None
        assert "server" not in till.shown("#header") + till.shown("#notice")
    assert sold(shop) == [(BOOKLET, SALT, 1), (BOOKLET, SOAP, 1)]


async def test_a_basket_that_was_not_to_be_redeemed_waits(server: OwnServer, shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        till.scan(BOOKLET, SALT)
        await till.idle()
        server.stop()
        till.scan(SOAP)
        await is_lost(till)
        server.start()
        await is_back(till)
        assert "The server answers again" in till.shown("#notice")
        assert sold(shop) == []
        await till.enter()
    assert sold(shop) == [(BOOKLET, SALT, 1), (BOOKLET, SOAP, 1)]


async def test_before_a_scan_a_slip_is_advised(server: OwnServer, shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        server.stop()
        till.scan(BOOKLET)
        await is_lost(till)
        assert "Nothing was done" in till.shown("#notice")
        assert "Write paper slips meanwhile" in till.shown("#notice")
        assert till.counter.basket is None
        server.start()
        await is_back(till)
        till.scan(BOOKLET, SALT)
        await till.enter()
    assert sold(shop) == [(BOOKLET, SALT, 1)]


async def test_a_basket_not_begun_to_be_written_is_given_up_for_a_slip(
    server: OwnServer, shop: Engine, log: Path
) -> None:
    async with selling(shop, log) as till:
        till.scan(BOOKLET, SALT)
        await till.idle()
        server.stop()
        await till.enter()
        await is_lost(till)
        assert not till.counter.basket.uncertain
        till.keys("f8")
        await till.until_screen(Confirm)
        till.keys("f8")
        await till.until(lambda: till.selling.counter.basket is None)
        server.start()
        await is_back(till)
    assert sold(shop) == []


AT_COMMIT: dict[str, bool] = {"before it": False, "after it": True}


@pytest.mark.parametrize("committed", AT_COMMIT.values(), ids=AT_COMMIT.keys())
async def test_a_commit_that_nobody_answers(
    server: OwnServer, shop: Engine, log: Path, committed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect: Any = shop.dialect
    commit: Callable[[Any], None] = dialect.do_commit

    async with selling(shop, log) as till:
        till.scan(BOOKLET, SALT)
        await till.idle()

        def cut(connection: Any) -> None:
            monkeypatch.undo()
            if committed:
                commit(connection)
            server.stop()
            # the driver finds out as it does where the answer is lost on its way
            connection.execute("SELECT 1")

        monkeypatch.setattr(dialect, "do_commit", cut)
        await till.enter()
        await is_lost(till)
        assert till.counter.basket.uncertain
        till.keys("f8")
        await till.idle()
        assert till.wanted() == ((SALT, 1),)
        assert "No slip for 张建国" in till.shown("#notice")
        server.start()
        await is_back(till)
        assert "Done: receipt" in till.shown("#notice")
    assert sold(shop) == [(BOOKLET, SALT, 1)]


async def test_one_that_was_vetoed_meanwhile_is_refused(server: OwnServer, shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        till.scan(BOOKLET, SALT)
        await till.idle()
        probe, vetoed = till.app.work.link.probe, Event()
        assert probe is not None
        till.app.work.link.probe = lambda: probe() if vetoed.is_set() else server_away()
        server.stop()
        await till.enter()
        await is_lost(till)
        server.start()
        other = open_engine(shop.url.render_as_string(hide_password=False))
        with transaction(other) as tx:
            veto(tx, BOOKLET, today(tx), Operator(ADMIN, "admin"))
        other.dispose()
        vetoed.set()
        await is_back(till)
        assert "not redeemed" in till.shown("#household")
    assert sold(shop) == []


async def test_no_english_and_no_stuck_screen(server: OwnServer, shop: Engine, log: Path) -> None:
    async with selling(shop, log, lang="zh") as till:
        till.scan(BOOKLET, SALT)
        await till.idle()
        server.stop("fast")
        seen = []
        for keys in (
            ("f3",),
            ("f2",),
            ("f9",),
            ("escape",),
            ("f7",),
            (*BOOKLET, "enter"),
            ("f6",),
            ("escape",),
        ):
            till.keys(*keys)
            await till.idle()
            if till.app.screen is till.selling:
                seen.append(till.shown("#notice") + till.shown("#header") + till.shown("#household"))
        await till.enter()
        seen.append(till.shown("#notice"))
        told = "\n".join(seen)
        assert not ENGLISH.findall(told.replace(BOOKLET, "")), told
        assert "手写单" in told
        server.start()
        await is_back(till)
    assert sold(shop) == [(BOOKLET, SALT, 1)]


async def test_a_locked_till_says_why_nobody_gets_in(server: OwnServer, shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        till.scan(BOOKLET, SALT)
        await till.idle()
        till.keys("f12")
        await till.until_screen(SignIn)
        server.stop()
        till.keys(*"111222", "enter")
        await is_lost(till)
        await till.until(lambda: "The server does not answer" in till.shown("#message"))
        server.start()
        await is_back(till)
        till.keys(*"111222", "enter")
        await till.until(lambda: till.app.screen is till.selling)
        assert till.wanted() == ((SALT, 1),)
        await till.enter()
    assert sold(shop) == [(BOOKLET, SALT, 1)]
