"""A headless Chromium, driven through its DevTools socket: a page, keys, a picture."""

import asyncio
import base64
import itertools
import shutil
import subprocess
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
_KEYS = {"Enter": ("\r", 13), "Escape": ("", 27), "F11": ("", 122), "F12": ("", 123)}


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Chromium:
    """One page in a browser of its own; ends the browser on leaving, whatever happens."""

    def __init__(self, folder: Path, *, size: tuple[int, int] = (1280, 720)) -> None:
        self._folder = folder
        self._size = size
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.asked: list[str] = []
        """Every address the page asked for."""
        self.received = b""
        """Every byte that came through the page's sockets."""
        self.sent: list[str] = []
        """Every message that the page sent through them."""

    async def __aenter__(self) -> "Chromium":
        program = find_chromium()
        assert program is not None
        size = f"--window-size={self._size[0]},{self._size[1]}"
        self._process = subprocess.Popen(
            [program, *FLAGS, size, f"--user-data-dir={self._folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._session = ClientSession()
        port = (await self._told_port()).split()[0]
        async with self._session.get(f"http://127.0.0.1:{port}/json/list") as response:
            (page,) = [target for target in await response.json() if target["type"] == "page"]
        self._socket: ClientWebSocketResponse = await self._session.ws_connect(
            page["webSocketDebuggerUrl"], max_msg_size=0
        )
        self._reading = asyncio.create_task(self._read())
        await self("Network.enable")
        await self("Page.enable")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        await self._socket.close()
        await self._session.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    async def __call__(self, method: str, **params: Any) -> Any:
        return await self.send(method, **params)

    def send(self, method: str, **params: Any) -> "asyncio.Future[Any]":
        """Queues a command at once, behind all before it; its answer may be awaited, or not."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        message = self._socket.send_json({"id": number, "method": method, "params": params})
        answer.sending = asyncio.ensure_future(message)  # type: ignore[attr-defined]
        return answer

    async def open(self, address: str) -> None:
        await self("Page.navigate", url=address)

    async def value(self, script: str) -> Any:
        """What a script in the page comes to."""
        answer = await self("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, script: str, seconds: float = 20) -> None:
        """Waits until a script in the page comes to something true."""
        end = asyncio.get_running_loop().time() + seconds
        while not await self.value(script):
            assert asyncio.get_running_loop().time() < end, f"never true: {script}"
            await asyncio.sleep(0.02)

    async def keys(self, *keys: str) -> None:
        """Key events without a pause, as a scanner sends them: characters, or keys by name."""
        await asyncio.gather(*[answer for key in keys for answer in self._press(key)])

    async def write(self, text: str) -> None:
        """Text that is not on the keyboard, as an input method hands it over."""
        await self("Input.insertText", text=text)

    async def click(self, x: float, y: float) -> None:
        """Press and let go the left button at a place in the window."""
        for kind in ("mousePressed", "mouseReleased"):
            await self("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def picture(self, path: Path) -> None:
        shot = await self("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def _press(self, key: str) -> "list[asyncio.Future[Any]]":
        text, code = _KEYS.get(key, (key, ord(key[0].upper())))
        event = {"key": key, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
        if len(key) > 1:
            event["code"] = key
        typed = {"text": text} if text else {}
        return [
            self.send("Input.dispatchKeyEvent", type="keyDown", **event, **typed),
            self.send("Input.dispatchKeyEvent", type="keyUp", **event),
        ]

    async def _read(self) -> None:
        async for message in self._socket:
            said = message.json()
            if said.get("method") == "Network.requestWillBeSent":
                self.asked.append(said["params"]["request"]["url"])
            elif said.get("method") == "Network.webSocketFrameReceived":
                frame = said["params"]["response"]
                self.received += base64.b64decode(frame["payloadData"]) if frame["opcode"] == 2 else b""
            elif said.get("method") == "Network.webSocketFrameSent":
                self.sent.append(said["params"]["response"]["payloadData"])
            elif (answer := self._answers.pop(said.get("id"), None)) and not answer.done():
                if "error" in said:
                    answer.set_exception(AssertionError(said["error"]))
                else:
                    answer.set_result(said["result"])

    async def _told_port(self) -> str:
        told = self._folder / "DevToolsActivePort"
        end = asyncio.get_running_loop().time() + 30
        while not (told.exists() and told.read_text()):
            assert self._process.poll() is None, "the browser ended"
            assert asyncio.get_running_loop().time() < end, "the browser never opened its port"
            await asyncio.sleep(0.05)
        return told.read_text()
