"""Which screen comes when: from signing in to the counter, home and what it leads to, locking, and back."""

from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING

from textual.screen import Screen

from lizhi_pos.refusal import Refusal
from lizhi_pos.terminal.jobs import job_screen
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.list_screen import ListScreen
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.till.counter import Counter
from lizhi_pos.till.shift import Shift

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import TradingDay
    from lizhi_pos.till.service import TillService


class Navigator:
    """The screens of one till. `selling` is the counter, with what lies on it, while a session is open."""

    def __init__(self, app: Shell, start_background: Callable[["TillService"], Awaitable[None]]) -> None:
        self.app = app
        self._start_background = start_background
        self.selling: SellScreen | None = None

    @property
    def is_locked(self) -> bool:
        """Whether somebody has to sign in before anything else is shown."""
        return any(isinstance(screen, SignIn) for screen in self.app.screen_stack)

    async def signed_in(self) -> Refusal | None:
        """Somebody signed in: on with what the lock covers, else from the begin."""
        if isinstance(self.app.screen, SignIn) and self.app.screen.locked and await self.unlock():
            return None
        return await self._begin()

    async def go_on(self) -> Refusal | None:
        """To where signing in leads; not while the till is locked."""
        return None if self.is_locked else await self._begin()

    async def _begin(self) -> Refusal | None:
        """To the counter if today's session is open, else to its opening; home for those who do not sell."""
        service, clerk = await self.app.service(), self.app.signed_in
        await self._start_background(service)
        if not clerk.can("sell"):
            # a basket that lies here is on the disk: it comes back with the next clerk
            self.selling = None
            self._show(self._home())
            return None
        shop = await self.app.work.run(service.trading_day)
        if isinstance(shop, Refusal):
            return shop
        if shop.market_session is None:
            from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen

            self.selling = None
            self._show(OpenSessionScreen(shop))
            return None
        screen = self.counter()
        screen.open(await self._opening(service, shop))
        return None

    async def go_on_with_left_open(self) -> Refusal | None:
        """To the counter of a session that was left open, to finish what is open in it."""
        service = await self.app.service()
        shop = await self.app.work.run(lambda: service.trading_day(left_open=True))
        if isinstance(shop, Refusal):
            return shop
        if shop.market_session is None:
            return await self.go_on()
        if not self.is_locked:
            self.counter().open(await self._opening(service, shop))
        return None

    async def look_for_new_day(self) -> None:
        """Past midnight: begin the new day once the session of the day before is closed."""
        try:
            back = await self.app.office()
            left_open = await self.app.work.run(back.left_open)
            is_at_counter = self.selling is not None and self.app.screen is self.selling
            if left_open is None and is_at_counter and self.selling is not None and self.selling.counter.basket is None:
                await self.start_over()
        except Exception as error:
            self.app.note_failure(error)

    def came_to(self, step: int) -> None:
        """Show how far opening the counter has come, where it is waited for."""
        if self.selling is not None and self.selling.counter.opened is None:
            self.selling.counter.opening = step
            self.selling.show()

    async def start_over(self) -> None:
        """Go back to where signing in leads: the day changed under the till."""
        if self.is_locked:
            return
        try:
            self.selling = None
            await self.go_on()
        except Exception as error:
            self.app.note_failure(error)

    async def go_to(self, target: Target) -> None:
        """Goes where a row of the home screen leads; nowhere while the till is locked."""
        if self.is_locked:
            return
        if target == "train":
            await self._train()
        elif (screen := job_screen(target)) is not None:
            self._show_above(screen)
        elif target == "close":
            from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen

            service = await self.app.service()
            shop = await self.app.work.run(service.trading_day)
            if not isinstance(shop, Refusal):
                self._show_above(CloseSessionScreen(shop.other_open or shop.day))
        elif self.selling is not None and self.selling in self.app.screen_stack:
            self._close_down_to(self.selling)
            if target == "today":
                self.selling.action_today()
        else:
            await self.go_on()

    def home(self) -> None:
        """Home over whatever is shown."""
        self._show_above(self._home())

    def leave_home(self) -> None:
        """From home back to the counter, where there is one."""
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        else:
            self.app.bell()

    def session_closed(self) -> None:
        """Nothing is sold here any more."""
        self.selling = None

    async def look_around(self) -> None:
        """Read anew what the counter shows, where there is one."""
        if self.selling is not None:
            await self.selling.look_around()

    async def changed_elsewhere(self, kinds: Collection[str]) -> None:
        """Read anew what is shown of what another till changed."""
        if self.app.work.link.is_lost or self.is_locked:
            # the end of either reads all of it anew
            return
        if "session" in kinds:
            await self._session_changed()
        if self.selling is not None:
            self.selling.changed_elsewhere(kinds)
        if isinstance(self.app.screen, ListScreen):
            self.app.screen.changed_elsewhere()

    async def _session_changed(self) -> None:
        """Begin to sell where another till opened the session; sell no more where it closed it."""
        from lizhi_pos.terminal.screens.selling.open_session import OpenSessionScreen

        service, screen = await self.app.service(), self.app.screen
        if isinstance(screen, OpenSessionScreen):
            shop = await self.app.work.run(service.trading_day)
            if not isinstance(shop, Refusal) and shop != screen.shop and self.app.screen is screen:
                await self.go_on()
        elif screen is self.selling and self.selling.counter.opened is not None and self.selling.counter.basket is None:
            opened = self.selling.counter.at_work
            shop = await self.app.work.run(service.trading_day)
            is_other = isinstance(shop, Refusal) or shop.market_session != opened.shop.market_session
            if is_other and not opened.is_past and self.app.screen is screen and self.selling.counter.basket is None:
                await self.start_over()

    def printer_changed(self) -> None:
        """Says anew how it stands with the printer, where that is shown."""
        if self.selling is not None and self.selling.is_mounted:
            self.selling.query_one("#header").refresh()

    def lock(self) -> None:
        """Covers the counter until somebody signs in, and closes what stands above it.

        A dialog or a list that was opened by one clerk is not another's to go on with.
        """
        if self.app.signed_in_name and not self.is_locked:
            self._close_down_to(self.selling)
            self.app.push_screen(SignIn(self.app.signed_in_name, locked=True))

    def sign_out(self) -> None:
        """Nobody is at the till; with goods on the counter it is locked instead."""
        if self.selling is not None and self.selling.counter.has_lines:
            self.lock()
        else:
            self.selling = None
            self.app.shift.end()
            self.ask_who()

    async def unlock(self) -> bool:
        """Uncovers the counter, for the same clerk or another one who sells; whether that could be."""
        if self.selling is None or self.selling not in self.app.screen_stack or not self.app.signed_in.can("sell"):
            return False
        service, opened = await self.app.service(), self.selling.counter.opened
        shop = await self.app.work.run(service.trading_day)
        if not isinstance(shop, Refusal) and opened is not None and shop.other_open == opened.shop.day:
            # past midnight the session of the day before goes on until it is closed
            shop = await self.app.work.run(lambda: service.trading_day(left_open=True))
        if isinstance(shop, Refusal) or shop.market_session is None:
            return False
        self.selling.open(await self._opening(service, shop))
        if self.selling.counter.basket is not None:
            await self.selling.counter.look_again(self.selling.counter.basket)
        self.app.pop_screen()
        self.selling.show()
        return True

    def ask_who(self, name: str = "", refusal: Refusal | None = None) -> None:
        """Show the sign-in screen, with why somebody is not signed in."""
        self._show(SignIn(name, refusal))

    def counter(self) -> SellScreen:
        """Return the counter on the screen, a new one where there is none."""
        if self.selling is None:
            counter = Counter(self.app.work, self.app.settings.till)
            counter.on_sold = self.app.sold
            counter.on_trouble = self.app.note_failure
            self.selling = SellScreen(counter)
        if self.selling not in self.app.screen_stack:
            self._show(self.selling)
        return self.selling

    async def _opening(self, service: "TillService", shop: "TradingDay") -> Shift:
        shift, till = self.app.shift, self.app.settings.till
        service.sell_on(shop.day)
        goods = await self.app.work.run(lambda: service.shelf(shop))
        self.came_to(3)
        shop_status = await self.app.work.run(lambda: service.shop_status(shop))
        here = await self.app.work.run(lambda: service.left_here(shop, till, shift.operator))
        return Shift(service, shift, shop, goods, shop_status, *here)

    async def _train(self) -> None:
        from lizhi_pos.terminal.screens.selling.training import TrainingScreen
        from lizhi_pos.till.training import TrainingService

        service = await self.app.service()
        training = TrainingService(service.engine)
        shop = await self.app.work.run(training.trading_day)
        if isinstance(shop, Refusal):
            return
        opened = await self._opening(training, shop)
        if not self.is_locked:
            screen = TrainingScreen(Counter(self.app.work, self.app.settings.till))
            self.app.push_screen(screen)
            screen.open(opened)

    def _home(self) -> Screen[None]:
        from lizhi_pos.terminal.screens.shared.home import HomeScreen

        return HomeScreen()

    def _show(self, screen: Screen[None]) -> None:
        """Show a screen alone; Textual's own empty one stays at the bottom, it cannot be switched away from."""
        while len(self.app.screen_stack) > 2:
            self._close_top()
        if len(self.app.screen_stack) > 1:
            self.app.switch_screen(screen)
        else:
            self.app.push_screen(screen)

    def _show_above(self, screen: Screen[None]) -> None:
        """Show a screen over the present one, unless the till was locked meanwhile."""
        if not self.is_locked:
            self.app.push_screen(screen)

    def _close_down_to(self, screen: Screen[None] | None) -> None:
        """Close what stands above a screen; where that is not shown, above the lowest one."""
        stack = self.app.screen_stack
        lowest = stack.index(screen) if screen is not None and screen in stack else 1
        while len(self.app.screen_stack) > lowest + 1:
            self._close_top()

    def _close_top(self) -> None:
        # whoever waits for its answer gets none, and is not left waiting for ever
        self.app.screen.dismiss(None)
