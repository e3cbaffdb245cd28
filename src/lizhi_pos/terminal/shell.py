"""What every screen stands in: the language, the till's shift, the way to its acts, and questions over a screen.

Screens know this frame and not the app, which knows them.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec import Struct
from textual.app import App
from textual.screen import Screen

from lizhi_pos.database_failures import ServerLost
from lizhi_pos.i18n.catalogue import Translate, translator
from lizhi_pos.log import log_failure
from lizhi_pos.refusal import Message, Refusal, Refused, message
from lizhi_pos.terminal.console import is_linux_console, wants_no_colour
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.pauses import Pauses
from lizhi_pos.till.database_thread import DatabaseThread
from lizhi_pos.till.notices import refusal_of
from lizhi_pos.till.shift import SignedIn

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from lizhi_pos.access.operators import Operator
    from lizhi_pos.office.market_day import OfficeService
    from lizhi_pos.till.service import TillService

_T = TypeVar("_T")


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
    pauses: Pauses = Pauses()


class Navigation(Protocol):
    """Which screen comes when, as the screens ask for it."""

    @property
    def is_locked(self) -> bool:
        """Whether somebody has to sign in before anything else is shown."""
        ...

    async def go_to(self, target: Target) -> None:
        """Go where a row of the home screen leads."""
        ...

    async def go_on(self) -> Refusal | None:
        """Go where signing in leads; not while the till is locked."""
        ...

    async def start_over(self) -> None:
        """Go back to where signing in leads: the day changed under the till."""
        ...

    async def go_on_with_left_open(self) -> Refusal | None:
        """To the counter of a session that was left open, to finish what is open in it."""
        ...

    async def look_for_new_day(self) -> None:
        """Past midnight: begin the new day once the session of the day before is closed."""
        ...

    def leave_home(self) -> None:
        """From home back to the counter, where there is one."""
        ...

    def session_closed(self) -> None:
        """Nothing is sold here any more."""
        ...

    def lock(self) -> None:
        """Cover the counter until somebody signs in."""
        ...

    async def look_around(self) -> None:
        """Read anew what the counter shows, where there is one."""
        ...

    async def changed_elsewhere(self, kinds: Collection[str]) -> None:
        """Read anew what is shown of what another till changed."""
        ...

    def printer_changed(self) -> None:
        """Say anew how it stands with the printer, where that is shown."""
        ...


class Shell(App[None]):
    """The frame of every screen. `terminal_lost` says that nobody can see or use the till any more."""

    navigator: Navigation

    def __init__(self, settings: Settings) -> None:
        self.on_console = is_linux_console()
        # Textual's other way of doing without colour sends greys
        super().__init__(ansi_color=True if wants_no_colour() else None)
        self.settings = settings
        self.lang = settings.lang
        self.translate: Translate = translator(settings.lang)
        self.work = DatabaseThread()
        self.shift = SignedIn(settings.till)
        self.printer: Message = message("no printer")
        self.terminal_lost = False
        self._service: TillService | None = None
        self._office: OfficeService | None = None
        self._jobs: dict[object, Any] = {}

    @property
    def signed_in(self) -> "Operator":
        """Who is at the till."""
        return self.shift.operator

    @property
    def signed_in_name(self) -> str:
        """Who is at the till, empty for nobody."""
        return self.shift.name

    @abstractmethod
    async def sign_in(self, name: str, pin: str) -> Refusal | None:
        """Sign somebody in and go on; else why not."""

    @abstractmethod
    def sold(self) -> None:
        """Take notice of a redemption: there is a paper to print, and less on the shelf."""

    @abstractmethod
    def wake_printing(self) -> None:
        """There is something to print."""

    @abstractmethod
    def printed(self, text: str) -> None:
        """Take notice that the on-screen printer printed something; may be called on any thread."""

    @abstractmethod
    def show_to_household(self) -> None:
        """Hand what lies on the counter to the displays that face the household."""

    async def ask(self, screen: Screen[_T]) -> _T | None:
        """Return the answer of a screen over the present one.

        None where it is left, or the till is locked meanwhile.
        """
        if self.navigator.is_locked:
            return None
        answer = await self.push_screen_wait(screen)
        return answer

    async def service(self) -> "TillService":
        """Return the way to the books, opened when they are first asked for; raise what goes wrong with that."""
        return self._service if self._service is not None else await self.work.run(self._open_services)

    async def office(self) -> "OfficeService":
        """Return the acts behind the counter, on the same database."""
        await self.service()
        assert self._office is not None
        return self._office

    async def job(self, kind: Callable[["Engine"], _T]) -> _T:
        """Return the acts of one job behind the counter, made once, on the same database."""
        engine = (await self.office()).engine
        if kind not in self._jobs:
            self._jobs[kind] = kind(engine)
        found: _T = self._jobs[kind]
        return found

    def _open_services(self) -> "TillService":
        from lizhi_pos.engines import answers
        from lizhi_pos.office.market_day import OfficeService
        from lizhi_pos.till.service import TillService

        if self._service is None or self._office is None:
            engine = self.settings.open_engine()
            self._service, self._office = TillService(engine), OfficeService(engine)
            self.work.link.probe = lambda: answers(engine)
        return self._service

    async def try_to(self, job: Callable[[], object]) -> None:
        """Do something on the database thread that nobody waits for."""
        try:
            await self.work.run(job)
        except Exception as error:
            self.note_failure(error)

    async def attempt(self, act: Callable[[], Awaitable[_T]]) -> _T | Refusal:
        """Do an act of a screen; where the machine fails at it, that is written down and said like a refusal."""
        try:
            return await act()
        except Refused as refused:
            return refused.refusal
        except Exception as error:
            self.note_failure(error)
            return refusal_of(error)

    def note_failure(self, error: Exception) -> None:
        """Write a failure into the log; that the server is lost once, not with each act that waits for it."""
        if not isinstance(error, ServerLost):
            log_failure(error, self.settings.log())
        elif error.__cause__ is not None:
            log_failure(error.__cause__, self.settings.log())

    def show_printer(self, words: Message) -> None:
        """Show how it stands with what waits to be printed."""
        if words != self.printer:
            self.printer = words
            self.navigator.printer_changed()
