"""The till. Paints before it opens the books, which is done on the database thread meanwhile."""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from lizhi_pos.catalog import Translate, translator
from lizhi_pos.log import log_failure
from lizhi_pos.messages import refusal_words, tell
from lizhi_pos.refusal import Refusal, Text, say
from lizhi_pos.terminal.desk import Desk, Opened
from lizhi_pos.terminal.failures import keep_off_screen
from lizhi_pos.terminal.print_thread import PrintThread
from lizhi_pos.terminal.screens.ask import Ask
from lizhi_pos.terminal.screens.sell import SellScreen
from lizhi_pos.terminal.themes import THEMES
from lizhi_pos.terminal.widgets.status import printer_words
from lizhi_pos.terminal.work import Work

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lizhi_pos.access.operators import Operator
    from lizhi_pos.terminal.books import Books

QUIET = 5.0
"""Seconds without a scan after which there is time for other things."""
SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread that waits gets its turn."""
LOOK_AT_PRINTER = 3.0
"""Seconds between two looks at what waits to be printed."""


class Settings(Struct, frozen=True, kw_only=True):
    """What the till is started with. `open_engine` is called on the database thread and may raise.

    `log` answers where failures are written; it is asked only once something fails. `notes` stand on the sign-in
    screen, such as the sample town's names and PINs.
    """

    open_engine: "Callable[[], Engine]"
    log: Callable[[], Path]
    till: str = "1"
    lang: str = "zh"
    operator: str = ""
    pin: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class Printed(Message):
    """The on-screen printer printed something."""

    text: str


class TillApp(App[None]):
    """Sign in, open the session, sell. `failure` is what ended it, if something did."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "leave", show=False, priority=True)]

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.translate: Translate = translator(settings.lang)
        self.work = Work()
        self.failure: Exception | None = None
        self.printer: Text = say("no printer")
        self._books: Books | None = None
        self._clerk: Operator | None = None
        self._selling: SellScreen | None = None
        self._printing: PrintThread | None = None
        self._log_handler: logging.Handler | None = None

    @property
    def signed_in(self) -> "Operator":
        """Who is at the till."""
        if self._clerk is None:
            raise RuntimeError("nobody is signed in")
        return self._clerk

    async def books(self) -> "Books":
        """The way to the books, opened when they are first asked for; raises what goes wrong with that."""
        return self._books if self._books is not None else await self.work.do(self._open_books)

    def on_mount(self) -> None:
        # the thread that reads the keys must not wait while a scan is painted: it tells when each key came
        sys.setswitchinterval(SWITCH_INTERVAL)
        self.animation_level = "none"
        self._log_handler = keep_off_screen(self.settings.log)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        if self.settings.operator and self.settings.pin:
            self._show_counter()
        # the imports of the database would delay the first paint, also from another thread
        self.call_after_refresh(lambda: self.run_worker(self._begin()))

    def on_unmount(self) -> None:
        if self._log_handler:
            logging.getLogger().removeHandler(self._log_handler)

    def finish(self) -> None:
        """Waits for what the threads have begun; after the screen is gone."""
        if self._printing is not None:
            self._printing.end()
        self.work.close()

    async def sign_in(self, name: str, pin: str) -> str:
        """Signs somebody in and goes on to the counter; else the words why not."""
        books = await self.books()
        answer = await self.work.do(lambda: books.sign_in(name, pin))
        if isinstance(answer, Refusal):
            return "\n".join(refusal_words(answer, self.translate))
        self._clerk = answer
        refusal = await self.go_on()
        return "\n".join(refusal_words(refusal, self.translate)) if refusal else ""

    async def go_on(self) -> Refusal | None:
        """To the counter if today's session is open, else to its opening."""
        books, clerk = await self.books(), self.signed_in
        shop = await self.work.do(books.counter)
        if isinstance(shop, Refusal):
            return shop
        if shop.session is None:
            from lizhi_pos.terminal.screens.day import DayScreen

            self._replace_counter()
            self._to(DayScreen(shop))
            return None
        goods = await self.work.do(lambda: books.shelf(shop))
        self._show_counter().open(Opened(books, clerk, shop, goods))
        self._start_helpers()
        return None

    def sign_out(self) -> None:
        """Back to the sign-in screen."""
        self._clerk = None
        self._replace_counter()
        self._ask_who()

    def action_sign_out(self) -> None:
        self.sign_out()

    def action_next_theme(self) -> None:
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    async def action_leave(self) -> None:
        if isinstance(self.screen, Ask):
            self.screen.answer("ctrl+q")
            return
        if self._selling is None or not self._selling.desk.has_lines:
            self.exit()
            return
        question = say("Goods lie on the counter: end the till and forget them?")
        self.push_screen(Ask(question, "ctrl+q", "^Q"), lambda yes: self.exit() if yes else None)

    def action_help_quit(self) -> None:
        self.bell()

    def note_failure(self, error: Exception) -> None:
        """Writes a failure into the log."""
        log_failure(error, self.settings.log())

    def failure_words(self) -> str:
        """One sentence that the machine failed."""
        return tell(say("The machine failed at this; the till goes on. Try again"), self.translate)

    def _open_books(self) -> "Books":
        from lizhi_pos.terminal.books import Books

        if self._books is None:
            self._books = Books(self.settings.open_engine())
        return self._books

    async def _begin(self) -> None:
        try:
            await self.books()
        except Exception as error:
            self.failure = error
            self.exit()
            return
        if not (self.settings.operator and self.settings.pin):
            self._ask_who(self.settings.operator)
            return
        try:
            refused = await self.sign_in(self.settings.operator, self.settings.pin)
        except Exception as error:
            self.note_failure(error)
            refused = self.failure_words()
        if refused:
            self._replace_counter()
            self._ask_who(self.settings.operator, refused)

    def _ask_who(self, name: str = "", message: str = "") -> None:
        from lizhi_pos.terminal.screens.sign_in import SignIn

        self._to(SignIn(name, message))

    def _show_counter(self) -> SellScreen:
        if self._selling is None:
            desk = Desk(self.work, self.settings.till)
            desk.on_sold = self._sold
            self._selling = SellScreen(desk)
            self._to(self._selling)
        return self._selling

    def _to(self, screen: Screen[None]) -> None:
        # Textual's own empty screen stays at the bottom: it cannot be switched away from
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _replace_counter(self) -> None:
        self._selling = None

    def _sold(self) -> None:
        if self._printing is not None:
            self._printing.wake()

    def _printed(self, text: str) -> None:
        # posting a message is what another thread may do
        self.post_message(Printed(text))

    def on_printed(self, message: "Printed") -> None:
        if self._selling is not None:
            self._selling.desk.paper = message.text
            self._selling.show()

    def _start_helpers(self) -> None:
        if self._printing is None and self._books is not None:
            # what is there now stays: looking through all of it for garbage holds a scan up for a tenth of a second
            gc.freeze()
            self._printing = PrintThread(self._books.engine, self._printed)
            self.set_interval(LOOK_AT_PRINTER, lambda: self.run_worker(self._look_at_printer()))
            self.run_worker(self._learn_names())

    async def _look_at_printer(self) -> None:
        try:
            books = await self.books()
            has_printer, jobs = await self.work.do(books.printing)
        except Exception as error:
            self.note_failure(error)
            return
        words = printer_words(has_printer, [job.state for job in jobs])
        if words != self.printer:
            self.printer = words
            if self._selling is not None and self._selling.is_mounted:
                self._selling.query_one("#header").refresh()

    async def _learn_names(self) -> None:
        # in a thread of its own and while nobody scans: loading the readings holds everything up for a moment
        try:
            books, more = await self.books(), True
            while more:
                await asyncio.sleep(0.02)
                if self._selling is None or self._selling.quiet_for() < QUIET:
                    await asyncio.sleep(1)
                else:
                    more = await asyncio.to_thread(books.learn, 100)
        except Exception as error:
            self.note_failure(error)

    def _handle_exception(self, error: Exception) -> None:
        if self.is_headless:
            super()._handle_exception(error)
            return
        # A broken screen ends the till in words, not in a traceback on the clerk's terminal.
        self.failure = self.failure or error
        self.exit()
