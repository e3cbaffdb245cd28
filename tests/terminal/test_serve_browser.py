"""`serve`: the till in a real browser and through the page's own socket; nobody else gets in."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from chromium import Chromium, find_chromium
from served_till import ServedTill, Window, wait_until, words_of
from sqlalchemy import Engine

from towns.till import CLERK, CLERK_PIN, SALT, SOAP, VINEGAR, redeemed, wait_until_redeemed

WHO, COUNTER = "Who is at the till?", "scan or type its booklet"


async def rest(shown: Chromium | Window, after: int = -1) -> None:
    """Until something has been painted after so many bytes, and nothing more for a moment."""
    await wait_until(lambda: len(shown.received) > after)
    seen = -1
    while seen != len(shown.received):
        seen = len(shown.received)
        await asyncio.sleep(0.3)


async def shows(shown: Chromium | Window, text: str) -> None:
    try:
        await wait_until(lambda: text in words_of(shown.received))
    except AssertionError as error:
        raise AssertionError(f"{text!r} never came: {words_of(shown.received)[-2000:]}") from error


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine")
async def test_three_scans_back_to_back_in_a_browser(town: Engine, town_file: Path, tmp_path: Path) -> None:
    with ServedTill(town_file) as till:
        async with Chromium(tmp_path / "browser") as page:
            await page.open(till.address)
            await shows(page, CLERK)
            assert WHO in words_of(page.received)
            await page.write(CLERK)
            await rest(page)
            painted = len(page.received)
            await page.keys("Enter")
            await rest(page, painted)
            assert COUNTER not in words_of(page.received)
            await page.keys(*CLERK_PIN, "Enter")
            await shows(page, COUNTER)
            assert redeemed(town) == {}
            await page.keys(*"GZ0012", "Enter", *SALT, "Enter", *VINEGAR, "Enter", *SALT, "Enter")
            await asyncio.sleep(0.2)
            await page.keys("Enter")
            assert await asyncio.to_thread(wait_until_redeemed, town) == {SALT: 2, VINEGAR: 1}
            assert await page.value("document.title") == "励志超市"
            assert page.asked
            assert all(asked.startswith((f"{till.address}/", "data:")) for asked in page.asked)


async def test_three_scans_in_one_burst_through_the_pages_socket(town: Engine, town_file: Path) -> None:
    with ServedTill(town_file) as till:
        async with Window(till) as window:
            await sign_in(window)
            assert redeemed(town) == {}
            await window.keys(f"GZ0012\r{SALT}\r{VINEGAR}\r{SOAP}\r")
            await asyncio.sleep(0.2)
            await window.keys("\r")
            assert await asyncio.to_thread(wait_until_redeemed, town) == {SALT: 1, VINEGAR: 1, SOAP: 1}


async def sign_in(window: Window) -> None:
    await name_and_pin(window)
    await shows(window, COUNTER)


async def name_and_pin(window: Window) -> None:
    """Type both, each once the screen has taken what was typed before it."""
    await shows(window, WHO)
    await rest(window)
    for typed in (CLERK, "\r"):
        painted = len(window.received)
        await window.keys(typed)
        await rest(window, painted)
    assert COUNTER not in words_of(window.received)
    await window.keys(f"{CLERK_PIN}\r")


async def test_pages_from_elsewhere_are_refused(town_file: Path) -> None:
    with ServedTill(town_file) as till:
        async with ClientSession() as tx:
            for origin in ("http://other.example", f"http://localhost:{till.port}", "http://127.0.0.1:1", "null", None):
                with pytest.raises(WSServerHandshakeError) as refused:
                    await tx.ws_connect(f"{till.address}/ws", origin=origin)
                assert refused.value.status == 403
            own = {"Host": f"127.0.0.1:{till.port}"}
            other = {"Host": f"other.example:{till.port}"}
            for path in ("/", "/ws", "/static/js/textual.js", "/page/page.js"):
                async with tx.get(till.address + path, headers=other) as answer:
                    assert answer.status == 403
            async with tx.get(till.address, headers={**own, "Origin": "http://other.example"}) as answer:
                assert answer.status == 403
            async with tx.get(till.address) as answer:
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
                assert "//" not in (await answer.text()).replace(f"ws://127.0.0.1:{till.port}/ws", "")
            named = {"Host": f"localhost:{till.port}"}
            async with tx.get(till.address, headers=named, allow_redirects=False) as answer:
                assert answer.headers["Location"] == till.address
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", till.port), 5).close()


@pytest.mark.parametrize("size", ["width=99999&height=24", "width=80&height=0", "width=80", "", "width=-5&height=x"])
async def test_a_window_of_no_size_is_told_400_and_starts_no_till(town_file: Path, size: str) -> None:
    with ServedTill(town_file) as till:
        async with ClientSession() as session:
            with pytest.raises(WSServerHandshakeError) as refused:
                await session.ws_connect(f"{till.address}/ws?{size}", origin=till.address)
        assert refused.value.status == 400
        assert psutil.Process(till.process.pid).children(recursive=True) == []


@pytest.mark.parametrize("said", ["[", '["resize", {"width": 99999, "height": 9}]', '["stdin", 5]', '["stdin"]', "7"])
async def test_a_page_that_says_what_ours_never_would_is_closed(town_file: Path, said: str) -> None:
    with ServedTill(town_file) as till:
        async with Window(till) as window:
            await shows(window, WHO)
            await window.socket.send_str(said)
            await wait_until(lambda: window.socket.closed)
            assert window.socket.close_code == 1008
        async with Window(till) as again:
            await shows(again, WHO)
        till.process.send_signal(signal.SIGTERM)
        await wait_until(lambda: till.process.poll() is not None)
        assert till.process.communicate() == ("", "")


async def test_a_page_that_is_closed_for_what_it_said_keeps_its_basket(town: Engine, town_file: Path) -> None:
    with ServedTill(town_file) as till:
        async with Window(till) as window:
            await sign_in(window)
            await window.keys(f"GZ0012\r{SALT}\r{VINEGAR}\r")
            await shows(window, "恒顺香醋")
            await window.socket.send_json(["resize", {"width": 80, "height": True}])
            await wait_until(lambda: window.socket.closed)
            assert window.socket.close_code == 1008
        async with Window(till) as again:
            await name_and_pin(again)
            await shows(again, "恒顺香醋")
            await rest(again)
            await again.keys("\r")
            assert await asyncio.to_thread(wait_until_redeemed, town) == {SALT: 1, VINEGAR: 1}


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine")
async def test_a_key_is_clicked_in_a_browser_and_a_scan_lands_after_it(
    town: Engine, town_file: Path, tmp_path: Path
) -> None:
    with ServedTill(town_file) as till:
        async with Chromium(tmp_path / "browser") as page:
            await page.open(till.address)
            await shows(page, CLERK)
            await page.write(CLERK)
            await rest(page)
            await page.keys("Enter", *CLERK_PIN, "Enter")
            await shows(page, COUNTER)
            await page.keys(*"GZ0012", "Enter", *SALT, "Enter", *VINEGAR, "Enter")
            await shows(page, "恒顺香醋")
            await rest(page)
            painted = len(page.received)
            # F1 stands at the end of the last line
            await page.click(*await place(page, 84, -1))
            await wait_until(lambda: "What the field takes" in words_of(page.received[painted:]))
            await rest(page)
            await page.keys("Escape")
            await rest(page)
            # the first line of the basket
            await page.click(*await place(page, 10, 6))
            await rest(page)
            await page.keys("+", *SALT, "Enter")
            await rest(page)
            await asyncio.sleep(0.2)
            await page.keys("Enter")
            assert await asyncio.to_thread(wait_until_redeemed, town) == {SALT: 3, VINEGAR: 1}


async def place(page: Chromium, column: int, row: int) -> tuple[float, float]:
    """Where the middle of a cell is in the window, counted from 1; the last row is -1."""
    x, y, width, height = await page.value(
        "(({x, y, width, height}) => [x, y, width, height])"
        "(document.querySelector('.xterm-screen').getBoundingClientRect())"
    )
    size = next(json.loads(said)[1] for said in reversed(page.sent) if said.startswith('["resize"'))
    row = row if row > 0 else size["height"] + 1 + row
    return x + (column - 0.5) * width / size["width"], y + (row - 0.5) * height / size["height"]


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine")
async def test_the_letters_follow_the_window(town_file: Path, tmp_path: Path) -> None:
    with ServedTill(town_file) as till:
        async with Chromium(tmp_path / "browser", size=(1280, 720)) as page:
            await page.open(till.address)
            await shows(page, CLERK)
            for wide, high in ((390, 844), (1920, 1080), (768, 1024)):
                painted = len(page.received)
                await page(
                    "Emulation.setDeviceMetricsOverride", width=wide, height=high, deviceScaleFactor=2, mobile=False
                )
                await rest(page, painted)
                size = next(json.loads(said)[1] for said in reversed(page.sent) if said.startswith('["resize"'))
                assert size["width"] >= 80
                assert size["height"] >= 24
                # on a telephone the letters are as large as eighty columns of them can be
                assert wide > 390 or size["width"] < 90
                # no more than a column and a row of the window are left over
                room = await page.value(
                    "(({width, height}) => [innerWidth - width, innerHeight - height])"
                    "(document.querySelector('.xterm-screen').getBoundingClientRect())"
                )
                assert 0 <= room[0] < 30
                assert 0 <= room[1] < 40
            assert WHO in words_of(page.received[painted:])


async def test_a_till_is_open_in_one_window_at_a_time(town_file: Path) -> None:
    with ServedTill(town_file) as till:
        async with Window(till) as first:
            await shows(first, WHO)
            async with Window(till) as second:
                await wait_until(lambda: second.socket.closed)
                assert second.socket.close_code == 4001
                assert second.received == b""
            assert not first.socket.closed
        async with Window(till) as again:
            await shows(again, WHO)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM", "SIGKILL"])
async def test_the_till_ends_with_its_server(town_file: Path, sent: str) -> None:
    with ServedTill(town_file, "--till", "2") as till:
        assert till.said == (f"Till 2 is open in a browser on this machine at {till.address} (Ctrl+C ends it)\n")
        async with Window(till) as window:
            await shows(window, WHO)
            behind = psutil.Process(till.process.pid).children(recursive=True)
            assert len(behind) == 1
            till.process.send_signal(getattr(signal, sent))
            await wait_until(lambda: till.process.poll() is not None)
            await wait_until(lambda: not psutil.wait_procs(behind, 0)[1])
            assert till.process.returncode == (0 if sent != "SIGKILL" else -signal.SIGKILL)
        assert till.process.communicate() == ("", "")


async def test_the_page_ends_with_the_till(town_file: Path) -> None:
    with ServedTill(town_file) as till:
        async with Window(till) as window:
            await shows(window, WHO)
            await window.keys("\x11")
            await wait_until(lambda: window.socket.closed)
            assert window.socket.close_code == 1000


def test_a_taken_port_is_said_in_one_sentence(town_file: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "lizhi_pos", "--lang", "en", "--db", str(town_file), "serve", "--port", port]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"Port {port} is taken: give another with --port\n"
