"""A running `serve`, and the page's own socket without a browser."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from towns.till import CLERK, CLERK_PIN

_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=$]*[A-Za-z]")


def words_of(painted: bytes) -> str:
    """What a screen says, without the escapes."""
    return _ESCAPES.sub(b"", painted).decode(errors="replace")


async def wait_until(answer: Callable[[], Any], seconds: float = 20) -> None:
    """Waits until something is true."""
    end = asyncio.get_running_loop().time() + seconds
    while not answer():
        assert asyncio.get_running_loop().time() < end, "it never came true"
        await asyncio.sleep(0.02)


class ServedTill:
    """Starts `serve` on any free port, with a name and a PIN in its environment that it must keep to itself."""

    def __init__(self, database: Path, *more: str) -> None:
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("LIZHI_", "TEXTUAL", "NO_COLOR"))}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lizhi_pos", "--lang", "en", "--db", str(database), "serve", "--port", "0", *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**plain, "LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN},
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.said)
        assert found, self.said
        self.address, self.port = found[0], int(found[1])

    def __enter__(self) -> "ServedTill":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=30)
        finally:
            self.process.kill()


class Window:
    """What the page does, without a browser: keys into its socket, the screen out of it."""

    def __init__(self, till: ServedTill) -> None:
        self._till = till
        self.received = b""

    async def __aenter__(self) -> "Window":
        self._session = ClientSession()
        address = f"{self._till.address}/ws?width=100&height=30"
        self.socket: ClientWebSocketResponse = await self._session.ws_connect(address, origin=self._till.address)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.socket.close()
        await self._reading
        await self._session.close()

    async def keys(self, text: str) -> None:
        await self.socket.send_json(["stdin", text])

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is WSMsgType.BINARY:
                self.received += message.data
