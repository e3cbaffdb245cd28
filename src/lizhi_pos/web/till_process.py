"""One till behind the page: a process of its own, its keys and its screen going through the page's socket."""

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence

from aiohttp.web import WebSocketResponse
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

END_GRACE_S = 15.0
"""Seconds a till has to finish what it has begun, such as a checkout or a receipt."""


class TillProcess(AppService):
    """Runs `command`, a program and its arguments, for one window; closes the window when the till has ended."""

    def __init__(self, command: Sequence[str], database: str, window: WebSocketResponse) -> None:
        super().__init__(
            " ".join(command),
            write_bytes=window.send_bytes,
            write_str=window.send_str,
            close=self._close,
            download_manager=DownloadManager(),
        )
        self._words = command
        self._database = database
        self._window = window

    async def run(self) -> None:
        """Carries the screen to the window until the till has ended."""
        await super().run()
        process = self._process
        if process is not None and process.stdout is not None:
            # a till that cannot write does not end
            while await process.stdout.read(65536):
                pass
            await process.wait()
        await self._close()

    async def stop(self) -> None:
        """Asks the till to end and waits for it; ends it where it does not."""
        try:
            await asyncio.wait_for(super().stop(), END_GRACE_S)
        except TimeoutError:
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
                await self._process.wait()

    async def _close(self) -> None:
        await self._window.close()

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        """Return the server's own environment without its PINs: who stands at the till is asked in the browser."""
        built = super()._build_environment(width, height)
        kept = {name: value for name, value in built.items() if not name.startswith("LIZHI_")}
        # in the environment and not among the arguments, which everybody on the machine may read
        kept["LIZHI_DB"] = self._database
        kept["TEXTUAL_DRIVER"] = "lizhi_pos.web.driver:TillDriver"
        # the page is its terminal, wherever the server was started
        kept["TERM"] = "xterm-256color"
        kept["TEXTUAL_FPS"] = os.environ.get("TEXTUAL_FPS", "60")
        return kept

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            # Ctrl+C is the server's, which then ends the till in order
            start_new_session=True,
        )
        self._process, self._stdin = process, process.stdin
        return process
