"""The page that faces the household: read-only, the same as `display` shows, in a browser."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from aiohttp.web_routedef import RouteDef

from lizhi_pos.i18n.catalogue import Translate, translator
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.terminal.panels.header_footer import SHOP
from lizhi_pos.till.customer_display import (
    TRAINING,
    CustomerDisplay,
    counted_words,
    figures,
    verdict_words,
    welcome_words,
)
from lizhi_pos.till.display_channel import BEAT_S, DisplayReader

DISPLAY = "/display"
LOOK_EVERY_S = 0.1
"""Seconds between two looks at what the till shows."""


class DisplayPage:
    """Follows one till. `windows` are those the server closes at its end, with this page's among them."""

    def __init__(self, channel: Path, till: str, lang: str, windows: set[web.WebSocketResponse]) -> None:
        self._channel = channel
        self._till = till
        self._lang = lang
        self._translate = translator(lang)
        self._windows = windows

    def routes(self) -> Sequence[RouteDef]:
        """Return the page and its socket."""
        return [web.get(DISPLAY, self._page), web.get(f"{DISPLAY}/ws", self._follow)]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        values = {"lang": "zh-CN" if self._lang == "zh" else "en", "shop": SHOP}
        return aiohttp_jinja2.render_template("display.html", request, values)

    async def _follow(self, request: web.Request) -> web.WebSocketResponse:
        window = web.WebSocketResponse()
        await window.prepare(request)
        self._windows.add(window)
        sending = asyncio.create_task(self._send(window))
        try:
            # what a page says is not listened to: the channel has one way
            async for _ in window:
                pass
        finally:
            self._windows.discard(window)
            sending.cancel()
        return window

    async def _send(self, window: web.WebSocketResponse) -> None:
        """Send each change at once, and the same again so often that the page sees whether it is still so."""
        reader = DisplayReader(self._channel)
        sent: CustomerDisplay | None = None
        looks = 0
        with suppress(ConnectionError):
            while True:
                # the server carries the till's keys too: a folder that hangs must not hold them up
                shown = await asyncio.to_thread(reader.look)
                if looks == 0 or shown != sent:
                    await window.send_json(page_values(shown, self._till, self._translate))
                    sent, looks = shown, 0
                looks = (looks + 1) % round(BEAT_S / LOOK_EVERY_S)
                await asyncio.sleep(LOOK_EVERY_S)


def page_values(shown: CustomerDisplay | None, till: str, translate: Translate) -> dict[str, object]:
    """Return what the page shows, in words."""
    training = render(TRAINING, translate) if shown is not None and shown.training else ""
    told = verdict_words(shown) if shown is not None else None
    if shown is None or told is None:
        return {"verdict": "none", "training": training, "welcome": render(welcome_words(shown, till), translate)}
    sign, words = told
    counted = counted_words(shown)
    last = shown.last
    return {
        "verdict": shown.verdict,
        "training": training,
        "head": shown.head,
        "village": shown.village,
        "words": f"{sign} {render(words, translate)}",
        "counted": render(counted, translate) if counted else "",
        "goods": last.name if last else "",
        "quantity": f"× {last.quantity}" if last else "",
        "amount": format_hundredths(last.amount) if last else "",
        "figures": [
            {"label": render(label, translate), "amount": format_hundredths(amount), "short": amount < 0}
            for label, amount in figures(shown)
        ],
    }
