"""`serve`'s /display: what the household sees, in a browser; read-only, for as many windows as like."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from chromium import Chromium, find_chromium
from pty_till import PtyTill
from served_till import ServedTill, Window, wait_until, words_of

from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.till.customer_display import CustomerDisplay, DisplayedLine
from lizhi_pos.web.display import page_values
from towns.till import CLERK, CLERK_PIN, SALT

SIGNED_IN: dict[str, Any] = {"LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN}
NOBODYS = {"verdict": "none", "training": "", "welcome": "Welcome: have your booklet ready"}
AWAY = {"verdict": "none", "training": "", "welcome": "Till 1 is not open here"}
pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")


class Page:
    """What the page does, without a browser: it keeps what was said last, and when."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.last: dict[str, Any] = {}
        self.messages = 0
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.socket:
            assert message.type is WSMsgType.TEXT
            self.last, self.messages = message.json(), self.messages + 1

    async def until(self, right: Callable[[dict[str, Any]], bool], seconds: float = 20) -> None:
        await wait_until(lambda: right(self.last), seconds)


@asynccontextmanager
async def page_of(serving: ServedTill) -> AsyncIterator[Page]:
    async with ClientSession() as tx:
        socket = await tx.ws_connect(f"{serving.address}/display/ws", origin=serving.address)
        yield Page(socket)
        await socket.close()


async def test_the_page_follows_the_till_in_the_next_window(town_file: Path) -> None:
    with ServedTill(town_file) as serving:
        async with page_of(serving) as page, Window(serving) as window:
            await page.until(lambda said: said == AWAY)
            await wait_until(lambda: "Who is at the till?" in words_of(window.received))
            await window.keys(f"{CLERK}\r")
            await asyncio.sleep(1)
            await window.keys(f"{CLERK_PIN}\r")
            await page.until(lambda said: said == NOBODYS)
            # the till is open before its field is painted: what comes in between goes nowhere
            await wait_until(lambda: "scan or type its booklet" in words_of(window.received))
            await window.keys(f"GZ0012\r{SALT}\r")
            await page.until(lambda said: said.get("amount") == "2.50")
            assert page.last == {
                "verdict": "may",
                "training": "",
                "head": "张*国",
                "village": "古镇社区",
                "words": "✔ You may redeem",
                "counted": "1 product, 1 piece",
                "goods": "海星加碘盐 400g",
                "quantity": "× 1",
                "amount": "2.50",
                "figures": [
                    {"label": "Total", "amount": "2.50", "short": False},
                    {"label": "Left", "amount": "597.50", "short": False},
                ],
            }
            said = page.messages
            await wait_until(lambda: page.messages > said + 1, 5)
            await window.keys("\r")
            await page.until(lambda said: said["words"] == "✔ Thank you!")


async def test_a_till_in_a_terminal_is_followed_within_three_tenths_of_a_second(town_file: Path) -> None:
    with ServedTill(town_file) as serving, PtyTill(town_file, **SIGNED_IN) as till:
        await asyncio.to_thread(till.wait_for, "scan or type its booklet")
        async with page_of(serving) as page, page_of(serving) as other:
            await page.until(lambda said: said == NOBODYS)
            till.send("GZ0012\r")
            late = []
            for quantity in range(1, 8):
                on_till, on_page = on_screen(f"× {quantity} "), said_quantity(f"× {quantity}")
                till.send(f"{SALT}\r")
                await asyncio.to_thread(till.until, on_till)
                shown_at = time.perf_counter()
                await page.until(on_page)
                late.append(time.perf_counter() - shown_at)
            assert sorted(late)[len(late) // 2] <= 0.3, late
            await other.until(lambda said: said == page.last)
            till.process.send_signal(signal.SIGKILL)
            await page.until(lambda said: said == AWAY, 6)


def on_screen(text: str) -> Callable[[PtyTill], str]:
    return lambda till: "" if text in "\n".join(till.lines) else text


def said_quantity(text: str) -> Callable[[dict[str, Any]], bool]:
    return lambda said: said.get("quantity") == text


async def test_a_page_that_hangs_or_ends_is_not_missed(town_file: Path) -> None:
    with ServedTill(town_file) as serving, PtyTill(town_file, **SIGNED_IN) as till:
        await asyncio.to_thread(till.wait_for, "scan or type its booklet")
        async with ClientSession() as tx:
            # one that never reads what it is told
            deaf = await tx.ws_connect(f"{serving.address}/display/ws", origin=serving.address)
            gone = await tx.ws_connect(f"{serving.address}/display/ws", origin=serving.address)
            await gone.close()
            till.send(f"GZ0012\r{SALT}\r")
            async with page_of(serving) as page:
                await page.until(lambda said: said.get("quantity") == "× 1")
            await deaf.close()


async def test_the_server_ends_with_displays_open(town_file: Path) -> None:
    with ServedTill(town_file) as serving:
        async with page_of(serving) as page:
            await page.until(lambda said: said == AWAY)
            serving.process.send_signal(signal.SIGTERM)
            await wait_until(lambda: page.socket.closed, 5)
            await wait_until(lambda: serving.process.poll() == 0, 10)


async def test_pages_from_elsewhere_learn_nothing(town_file: Path) -> None:
    with ServedTill(town_file) as serving:
        async with ClientSession() as tx:
            for origin in ("http://other.example", f"http://localhost:{serving.port}", "null", None):
                with pytest.raises(WSServerHandshakeError) as refused:
                    await tx.ws_connect(f"{serving.address}/display/ws", origin=origin)
                assert refused.value.status == 403
            for path in ("/display", "/display/ws"):
                other = {"Host": f"other.example:{serving.port}"}
                async with tx.get(serving.address + path, headers=other) as answer:
                    assert answer.status == 403
            async with tx.get(f"{serving.address}/display") as answer:
                assert answer.status == 200
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                assert "style=" not in await answer.text()
            named = {"Host": f"localhost:{serving.port}"}
            async with tx.get(f"{serving.address}/display", headers=named, allow_redirects=False) as answer:
                assert answer.headers["Location"] == f"{serving.address}/display"


def test_the_page_shows_every_moment_in_words() -> None:
    chinese = translator("zh")
    assert page_values(None, "7", chinese)["welcome"] == "7号机没有在这台机器上打开"
    short = CustomerDisplay("short", "王*", "大同社区", DisplayedLine("[/]促销", 2, 760), 1, 2, 760, -120, True)
    values = page_values(short, "1", chinese)
    assert values["words"] == "▲ 积分不够，超出 1.20"
    assert values["training"] == "训练 · 都不算数"
    assert values["goods"] == "[/]促销"
    assert values["figures"] == [
        {"label": "合计", "amount": "7.60", "short": False},
        {"label": "兑后", "amount": "-1.20", "short": True},
    ]


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("size", [(390, 844), (1280, 720), (1920, 1080)])
async def test_the_page_fits_its_window_and_is_blank_without_its_server(
    town_file: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    with ServedTill(town_file) as serving, PtyTill(town_file, **SIGNED_IN) as till:
        await asyncio.to_thread(till.wait_for, "scan or type its booklet")
        async with Chromium(tmp_path / "browser", size=size) as page:
            await page.open(f"{serving.address}/display")
            till.send(f"GZ0012\r{SALT}\r")
            await page.until("document.querySelector('#amount').textContent === '2.50'")
            assert await page.value("[...document.querySelectorAll('.figure b')].map((b) => b.textContent).join()") == (
                "2.50,597.50"
            )
            assert await page.value("document.documentElement.scrollWidth <= innerWidth")
            assert await page.value("document.querySelector('main#turn').scrollHeight <= innerHeight")
            serving.process.send_signal(signal.SIGKILL)
            await page.until("document.querySelector('#head').textContent === ''", 5)
            assert await page.value("document.body.dataset.verdict") == "none"
