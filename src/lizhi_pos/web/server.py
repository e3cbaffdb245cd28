"""The till in a browser on this machine: textual-serve on the loopback address, one window at a time."""

import asyncio
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Handler
from textual_serve.server import Server

from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.terminal.panels.header_footer import SHOP
from lizhi_pos.text.font import font_file
from lizhi_pos.till.display_channel import channel_file
from lizhi_pos.web.display import DISPLAY, DisplayPage
from lizhi_pos.web.page_messages import NotOfThePage, Pinged, Resized, Typed, read_message, read_size
from lizhi_pos.web.till_process import END_GRACE_S, TillProcess

ADDRESS = "127.0.0.1"
TURN_WAIT_S = 5.0
"""Seconds a window waits for the till of the one before it, as when a page is loaded again."""
BUSY = 4001
"""How a socket is closed while the till is open in another window; `page.js` knows it too."""

_PAGE = Path(__file__).with_name("page")
_CLOSED_TO_OTHERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def listen(port: int) -> socket.socket:
    """Return a socket on the loopback address and nowhere else; 0 takes any free port. Raise OSError."""
    listening = socket.socket()
    # on Windows this option would let two servers share a port
    if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((ADDRESS, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


class TillServer(Server):
    """Serves one till. Only pages of its own origin may talk to it."""

    def __init__(
        self, command: Sequence[str], database: str, listening: socket.socket, lang: str, till: str = "1"
    ) -> None:
        port: int = listening.getsockname()[1]
        super().__init__(" ".join(command), ADDRESS, port, title=SHOP, templates_path=_PAGE)
        self._words = command
        self._database = database
        self._listening = listening
        self._lang = lang
        self._turn = asyncio.Lock()
        self._windows: set[web.WebSocketResponse] = set()
        self._display = DisplayPage(channel_file(database, till), till, lang, self._windows)

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until Ctrl+C or SIGTERM, then end the till. `ready` is called once a browser may come."""
        with suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(self._run(ready))

    async def _run(self, ready: Callable[[], None]) -> None:
        task = asyncio.current_task()
        if task is not None:
            with suppress(NotImplementedError):
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=END_GRACE_S + TURN_WAIT_S)
        try:
            await runner.setup()
            await web.SockSite(runner, self._listening).start()
            ready()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[self._only_own_pages])
        environment = aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(self.templates_path))
        environment.globals["words"] = _words(self._lang)
        app.add_routes(
            [
                web.get("/", self.handle_index, name="index"),
                web.get("/ws", self.handle_websocket, name="websocket"),
                web.get("/font", self.handle_font, name="font"),
                *self._display.routes(),
                web.static("/static", self.statics_path, name="static"),
                web.static("/page", _PAGE, name="page"),
            ]
        )
        app.on_shutdown.append(self.on_shutdown)
        return app

    async def on_shutdown(self, app: web.Application) -> None:
        """Close every window; the till behind it then ends."""
        for window in tuple(self._windows):
            await window.close(code=WSCloseCode.GOING_AWAY)

    async def handle_font(self, request: web.Request) -> web.StreamResponse:
        """Return a font with Chinese characters, for a machine that has none."""
        path = font_file()
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Return a till of its own for the window that asks, as soon as the one before has ended."""
        size = read_size(request.query.get("width"), request.query.get("height"))
        if size is None:
            raise web.HTTPBadRequest
        # no heartbeat: on this machine a socket that is gone says so, and a slow browser keeps its basket
        window = web.WebSocketResponse()
        await window.prepare(request)
        self._windows.add(window)
        try:
            await asyncio.wait_for(self._turn.acquire(), TURN_WAIT_S)
        except TimeoutError:
            await window.close(code=BUSY)
        else:
            try:
                await self._show_till(window, size)
            finally:
                self._turn.release()
        finally:
            self._windows.discard(window)
        return window

    async def _show_till(self, window: web.WebSocketResponse, size: Resized) -> None:
        till = TillProcess(self._words, self._database, window)
        try:
            if not window.closed:
                await till.start(size.width, size.height)
                await _take_messages(window, till)
        finally:
            await till.stop()

    @web.middleware
    async def _only_own_pages(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        # A page from elsewhere in the same browser reaches this port too, under its own name (Origin), or under a
        # name of its own that it lets lead to this machine (Host).
        if request.host == f"localhost:{self.port}" and request.path in ("/", DISPLAY):
            raise web.HTTPFound(self.public_url + request.path.rstrip("/"))
        if request.host != f"{ADDRESS}:{self.port}":
            raise web.HTTPForbidden
        origin = request.headers.get("Origin")
        if origin != self.public_url and (origin is not None or request.path.endswith("/ws")):
            raise web.HTTPForbidden
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_CLOSED_TO_OTHERS)
        return response


async def _take_messages(window: web.WebSocketResponse, till: TillProcess) -> None:
    """Hand what the page says to its till, until the window closes or says what the page never would."""
    async for said in window:
        try:
            message = read_message(said.data)
        except NotOfThePage:
            await window.close(code=WSCloseCode.POLICY_VIOLATION)
            return
        match message:
            case Typed(text):
                await till.send_bytes(text.encode())
            case Resized(width, height):
                await till.set_terminal_size(width, height)
            case Pinged(value):
                await window.send_json(["pong", value])
            case "focus":
                await till.focus()
            case "blur":
                await till.blur()


def _words(lang: str) -> dict[str, str]:
    """Return what the page itself says, around the till."""
    translate = translator(lang)
    return {
        "lang": "zh-CN" if lang == "zh" else "en",
        "opening": translate("Opening the till …"),
        "ended": translate("The till has ended."),
        "busy": translate("The till is open in another window: end it there first."),
        "again": translate("Open the till"),
    }
