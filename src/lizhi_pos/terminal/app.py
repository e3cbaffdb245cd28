"""The till. Paints before it opens the books, which is done on the database thread meanwhile."""

import logging
import sys
from asyncio import TimerHandle, get_running_loop
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import constants, events
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.message import Message as TextualMessage

from lizhi_pos.database_failures import ServerLost
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.terminal.console import PlainSigns
from lizhi_pos.terminal.failures import keep_off_screen
from lizhi_pos.terminal.lost_terminal import TerminalLost
from lizhi_pos.terminal.navigation import Navigator
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.list_screen import ListScreen
from lizhi_pos.terminal.shell import Settings, Shell
from lizhi_pos.terminal.themes import THEMES
from lizhi_pos.till.customer_display import NOBODY, displayed
from lizhi_pos.till.notices import refusal_of

if TYPE_CHECKING:
    from textual.driver import Driver

    from lizhi_pos.terminal.background import Background
    from lizhi_pos.terminal.keymap import Key
    from lizhi_pos.terminal.menu import Target
    from lizhi_pos.till.service import TillService

_T = TypeVar("_T")
SWITCH_INTERVAL = 0.0005
"""Seconds after which a thread that waits gets its turn."""
SETTLES_S = 1.0
"""Seconds in which what was scanned before the terminal was lost is still taken."""
SHOW_AFTER_S = 0.02
"""Seconds until what changed is handed to the displays: painting the clerk's own screen has the machine to itself."""
_BY_HAND = events.Key | events.Paste | events.MouseDown | events.MouseScrollDown | events.MouseScrollUp
"""What shows that somebody is at the till."""
THEME_NAMES = {"light": "lizhi-light", "dark": "lizhi-dark", "contrast": "lizhi-contrast"}
"""The colours by the name that is kept of them."""


@dataclass
class Printed(TextualMessage):
    """The on-screen printer printed something."""

    text: str


class TillApp(Shell):
    """Sign in, open the session, sell; home and lock above. `failure` is what ended it, if something did."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "leave", show=False, priority=True)]

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.failure: Exception | None = None
        self.navigator: Navigator = Navigator(self, self._start_background)
        self._background: Background | None = None
        self._log_handler: logging.Handler | None = None
        self._showing: TimerHandle | None = None
        self.work.link.on_change = self.server_changed
        self.work.link.on_back = self.server_is_back

    @property
    def selling(self) -> SellScreen | None:
        """The counter, while a session is open."""
        return self.navigator.selling

    def on_mount(self) -> None:
        # the thread that reads the keys must not wait while a scan is painted: it tells when each key came
        sys.setswitchinterval(SWITCH_INTERVAL)
        self.animation_level = "none"
        self._log_handler = keep_off_screen(self.settings.log)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEME_NAMES["contrast" if self.on_console else "light"]
        if self.settings.operator and self.settings.pin:
            self.navigator.counter()
        # the imports of the database would delay the first paint, also from another thread
        self.call_after_refresh(lambda: self.run_worker(self._begin()))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what is done to every line before it goes to the terminal."""
        return [*super().get_line_filters(), *([PlainSigns()] if self.on_console else [])]

    def get_driver_class(self) -> "type[Driver]":
        """Return the driver named by the environment, such as the browser's, else one that sleeps until a key comes."""
        if constants.DRIVER is not None or sys.platform == "win32":
            return super().get_driver_class()
        from lizhi_pos.terminal.keys import TerminalDriver

        return TerminalDriver

    def on_unmount(self) -> None:
        if self._log_handler:
            logging.getLogger().removeHandler(self._log_handler)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, _BY_HAND) and self._background is not None:
            self._background.key_came()
        await super().on_event(event)

    def finish(self) -> None:
        """Wait for what the threads have begun; after the screen is gone."""
        if self._background is not None:
            self._background.end()
        self.work.close()

    async def sign_in(self, name: str, pin: str) -> Refusal | None:
        """Signs somebody in and goes on; else why not."""
        office = await self.office()
        answer = await self.work.run(lambda: office.sign_in(name, pin, self.settings.till))
        if isinstance(answer, Refusal):
            return answer
        self.shift.begin(answer)
        self.navigator.came_to(2)
        return await self.navigator.signed_in()

    def action_home(self) -> None:
        self.navigator.home()

    def action_help(self) -> None:
        from lizhi_pos.terminal.screens.shared.help import Help

        self.push_screen(Help(getattr(self.screen, "KEYS", ()), getattr(self.screen, "FIELD", ())))

    def action_palette(self) -> None:
        from lizhi_pos.terminal.keymap import place_key
        from lizhi_pos.terminal.menu import job_places
        from lizhi_pos.terminal.screens.shared.palette import Palette

        below = self.screen
        more: Sequence[Key] = below.more_keys() if isinstance(below, ListScreen) else ()
        keys = [*(key for key in getattr(below, "KEYS", ()) if key.key != "ctrl+p"), *more]

        def do(key: "Key | None") -> None:
            if key is not None:
                self.run_worker(self.run_action(key.action, default_namespace=below))

        # from training nobody goes to real work by the way
        jobs = [] if getattr(below, "IS_TRAINING", False) else job_places(self.signed_in)
        places = [place_key(job.number, job.label, job.target) for job in jobs]
        self.push_screen(Palette(keys, places=places), do)

    async def action_go_to(self, target: "Target") -> None:
        await self.navigator.go_to(target)

    def action_lock(self) -> None:
        self.navigator.lock()

    def action_sign_out(self) -> None:
        self.navigator.sign_out()

    def action_next_theme(self) -> None:
        names = list(THEME_NAMES.values())
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]
        if self.shift.name and self._office is not None:
            kept = next(name for name, theme in THEME_NAMES.items() if theme == self.theme)
            back, till, clerk = self._office, self.settings.till, self.shift.operator
            self.run_worker(self.try_to(lambda: back.keep_theme(till, kept, clerk)))

    def action_other_language(self) -> None:
        self.lang = "zh" if self.lang == "en" else "en"
        self.translate = translator(self.lang)
        for screen in self.screen_stack:
            screen.refresh(recompose=False, layout=True)
            for part in screen.query("*"):
                part.refresh(layout=True)
            if isinstance(screen, SellScreen | ListScreen):
                screen.show()

    async def action_leave(self) -> None:
        if isinstance(self.screen, Confirm):
            self.screen.answer("ctrl+q")
            return
        counters = [screen for screen in self.screen_stack if isinstance(screen, SellScreen)]
        if any(screen.is_training for screen in counters):
            question = message("This is training, and ends with the till: nothing of it is kept. End the till?")
        elif self.selling is not None and self.selling.counter.has_lines:
            question = message("Goods lie on the counter: they stay here for when the till starts again. End it?")
        else:
            self.exit()
            return
        self.push_screen(Confirm(question, "ctrl+q", "^Q"), lambda yes: self.exit() if yes else None)

    async def on_terminal_lost(self, message: TerminalLost) -> None:
        """Keep what was scanned, and end: nobody can see or use the till any more."""
        if not self.terminal_lost:
            self.terminal_lost = True
            self.run_worker(self._end_alone())

    async def _end_alone(self) -> None:
        from asyncio import timeout

        try:
            async with timeout(SETTLES_S):
                if self.selling is not None:
                    await self.selling.settled()
        except Exception as error:
            self.note_failure(error)
        self.exit()

    def action_help_quit(self) -> None:
        self.bell()

    def printed(self, text: str) -> None:
        """Take notice that the on-screen printer printed something; may be called on any thread."""
        self.post_message(Printed(text))

    def on_printed(self, message: "Printed") -> None:
        # what comes out while the till ends has no screen any more
        if self.selling is not None and self.is_running:
            self.selling.counter.paper = message.text
            self.selling.show()

    def show_to_household(self) -> None:
        """Hand what lies on the counter to the displays that face the household, once the clerk's screen is painted."""
        if self._background is not None and self._showing is None:
            self._showing = get_running_loop().call_later(SHOW_AFTER_S, self._show_to_household)

    def _show_to_household(self) -> None:
        """Hand over the uppermost counter: training stands above the real one."""
        self._showing = None
        if self._background is not None:
            counters = (screen for screen in reversed(self.screen_stack) if isinstance(screen, SellScreen))
            top, thanks_s = next(counters, None), self.settings.pauses.thanks_s
            shown = displayed(top.counter, thanks_s, training=top.IS_TRAINING) if top is not None else NOBODY
            self._background.show_to_household(shown)

    def server_changed(self) -> None:
        """Show how it stands with the server."""
        if self.selling is not None:
            self.selling.show()
            self.navigator.printer_changed()

    def server_is_back(self) -> None:
        """Finish what the server was lost in the midst of: it answers again."""
        if self.selling is not None:
            self.selling.server_is_back()
        self.server_changed()
        self.wake_printing()

    def wake_printing(self) -> None:
        """There is something to print."""
        if self._background is not None:
            self._background.wake_printing()

    def sold(self) -> None:
        """Take notice of a redemption: there is a paper to print, and less on the shelf."""
        if self._background is not None:
            self._background.sold()

    async def _start_background(self, service: "TillService") -> None:
        """Start what goes on behind the screens, once, and take over what is set for this till."""
        from lizhi_pos.terminal.background import Background

        if self._background is None:
            office, till = await self.office(), self.settings.till
            self._background = Background(self, service, office)
            kept = await self.work.run(lambda: office.settings(till))
            if not self.on_console:
                self.theme = THEME_NAMES.get(kept["theme"], self.theme)
            self._background.lock_after(kept["lock-after"])

    async def _begin(self) -> None:
        try:
            await self.service()
        except Exception as error:
            cause = error.__cause__
            self.failure = cause if isinstance(error, ServerLost) and isinstance(cause, Exception) else error
            self.exit()
            return
        self.navigator.came_to(1)
        if not (self.settings.operator and self.settings.pin):
            self.navigator.ask_who(self.settings.operator)
            return
        try:
            refused = await self.sign_in(self.settings.operator, self.settings.pin)
        except Exception as error:
            self.note_failure(error)
            refused = refusal_of(error)
        if refused:
            self.navigator.selling = None
            self.navigator.ask_who(self.settings.operator, refused)

    def _handle_exception(self, error: Exception) -> None:
        if self.is_headless:
            super()._handle_exception(error)
            return
        # A broken screen ends the till in words, not in a traceback on the clerk's terminal.
        self.failure = self.failure or error
        self.exit()
