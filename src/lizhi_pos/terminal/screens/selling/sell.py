"""The selling screen: one field, the household, three figures, the basket. It paints what the counter holds."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from time import monotonic
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen

from lizhi_pos.refusal import message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.panels.basket import basket_lines
from lizhi_pos.terminal.panels.header_footer import counter_hint, header_line, key_line, notice_lines, server_lines
from lizhi_pos.terminal.panels.household import household_lines
from lizhi_pos.terminal.panels.totals import totals_lines
from lizhi_pos.terminal.screens.selling.dialogs import ask_approval, ask_copy, ask_proxy
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.help import FIELD
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.terminal.widgets.scan_field import ScanField
from lizhi_pos.till.counter import Counter
from lizhi_pos.till.scanner import Event, Move
from lizhi_pos.till.shift import Shift

_Act = Callable[[], Awaitable[None] | None]


class SellScreen(Screen[None]):
    """Takes every scan into one queue with one consumer, so that each is done in its turn and none is lost."""

    IS_TRAINING: ClassVar[bool] = False
    KEYS: ClassVar[Sequence[Key]] = keymap.SELL
    FIELD = FIELD
    is_training: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.SELL]
    AUTO_FOCUS = "ScanField"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own name and type
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012

    app: Shell

    def __init__(self, counter: Counter) -> None:
        super().__init__()
        self.counter = counter
        self._events: asyncio.Queue[Event | _Act] = asyncio.Queue()
        self._opened = asyncio.Event()
        self._painted: object = None
        self._changed: set[str] = set()

    def compose(self) -> ComposeResult:
        # the console has no half blocks to draw big digits with
        self.set_class(not self.app.on_console, "-big-digits")
        yield PaintedLines(self._header, id="header")
        with Horizontal(id="top"):
            yield PaintedLines(lambda w, h: household_lines(self.counter, self.app.translate, w), id="household")
            yield PaintedLines(
                lambda w, h: totals_lines(self.counter.basket, self.counter.just_done, self.app.translate, w, h),
                id="totals",
            )
        yield PaintedLines(lambda w, h: basket_lines(self.counter, self.app.translate, w, h), id="middle")
        yield PaintedLines(self._notice, id="notice")
        yield ScanField()
        yield PaintedLines(lambda w, h: [key_line(self.KEYS, self.app.translate, w)], id="keys")

    def on_mount(self) -> None:
        self.counter.on_noticed = self.show
        self.run_worker(self._consume(), name="scans")
        self.set_interval(10, self.look_at_the_clock)
        self.show()

    def on_screen_resume(self) -> None:
        self.app.show_to_household()

    def on_unmount(self) -> None:
        self.app.show_to_household()

    def open(self, opened: Shift) -> None:
        """Do what was scanned since the start: the books are open and the clerk is signed in."""
        self.counter.open(opened)
        self._opened.set()
        self.show()

    async def look_around(self) -> None:
        """Read anew what other tills changed too: the shelf, and what the first line says of the day."""
        await self.counter.look_around()
        self.query_one("#header").refresh()

    def changed_elsewhere(self, kinds: Collection[str]) -> None:
        """Show what another till changed, in its turn, once for all that came until then."""
        if self._opened.is_set() and not self.is_training:
            if not self._changed:
                self._events.put_nowait(self._show_changes)
            self._changed.update(kinds)

    async def _show_changes(self) -> None:
        kinds, self._changed = self._changed, set()
        await self.counter.catching_up.with_others(kinds)
        self.query_one("#header").refresh()

    def look_at_the_clock(self) -> None:
        """Show the time; past midnight say so, and begin the new day once nothing lies here and it may begin."""
        self.query_one("#header").refresh()
        if self._is_past():
            self.show()
            if not self.is_training and self.counter.basket is None and self._events.empty():
                self.app.run_worker(self.app.navigator.look_for_new_day())

    def _is_past(self) -> bool:
        return self.counter.opened is not None and self.counter.opened.is_past

    def on_key(self, key: events.Key) -> None:
        """Keys that came while the field had no focus are its keys all the same."""
        field = self.query_one(ScanField)
        if not field.has_focus:
            field.focus()
            field.on_key(key)

    def on_scan_field_came(self, message: ScanField.Came) -> None:
        message.stop()
        self._events.put_nowait(message.event)

    def on_painted_lines_clicked(self, message: PaintedLines.Clicked) -> None:
        """Mark the row that was clicked, in its turn, behind what was scanned before."""
        message.stop()
        self._events.put_nowait(lambda: self._click(message.row))

    def on_painted_lines_wheeled(self, message: PaintedLines.Wheeled) -> None:
        message.stop()
        self._events.put_nowait(Move(message.by))

    async def _click(self, row: int) -> None:
        """Mark a row of what is shown; the marked one of a list is taken, that of the basket is not redeemed."""
        counter = self.counter
        choices = counter.growing.pick_list if counter.growing is not None else counter.pick_list
        marked = choices.marked if choices else counter.basket.marked if counter.basket else row
        if row != marked:
            await counter.take(Move(row - marked))
        elif choices:
            self.app.simulate_key("enter")

    def action_empty(self) -> None:
        self._events.put_nowait(self._ask_to_empty)

    def action_proxy(self) -> None:
        self._events.put_nowait(self._name_proxy)

    def action_hold(self) -> None:
        self._events.put_nowait(self.counter.hold)

    def action_recall(self) -> None:
        self._events.put_nowait(self.counter.holding.recall)

    def action_reprint(self) -> None:
        pressed = monotonic()
        self._events.put_nowait(lambda: self._reprint(pressed))

    def action_today(self) -> None:
        self._events.put_nowait(self._today)

    def show(self) -> None:
        """Paints what the counter holds, and rings."""
        if not self.is_mounted:
            return
        basket = self.counter.basket
        proxy = basket and basket.proxy
        household = (
            self.counter.opened,
            self.counter.opening,
            basket,
            basket and basket.household,
            proxy,
            self.counter.refused,
            self._is_past(),
        )
        if household != self._painted:
            self._painted = household
            self.query_one("#household", PaintedLines).redraw()
            self.query_one("#header").refresh()
        for part in ("#totals", "#middle", "#notice"):
            self.query_one(part, PaintedLines).redraw()
        field = self.query_one(ScanField)
        hint = counter_hint(self.counter, self.app.translate)
        if field.hint != hint:
            field.hint = hint
            field.refresh()
        for _ in range(self.counter.rings):
            self.app.bell()
        self.counter.rings = 0
        self.app.show_to_household()

    def _header(self, width: int, height: int) -> list[Content]:
        state = message("server ✘") if self.counter.link.is_lost else self.app.printer
        return [header_line(self.counter.opened, self.counter.till, state, self.app.translate, width)]

    def _notice(self, width: int, height: int) -> list[Content]:
        said = notice_lines(self.counter.notice, self.app.translate, width)
        return [*said, *server_lines(self.counter.server_words, self.app.translate, width)]

    def server_is_back(self) -> None:
        """Finish what the server was lost in the midst of, in its turn, behind what was scanned meanwhile."""
        if self._opened.is_set():
            self._events.put_nowait(self.counter.catching_up.with_the_server)

    async def settled(self) -> None:
        """Wait until what was scanned is taken and its basket written."""
        if self._opened.is_set():
            await self._events.join()
            await self.counter.autosave.settled()

    async def _consume(self) -> None:
        await self._opened.wait()
        while True:
            event = await self._events.get()
            pause = self.app.settings.pauses.says_at_work_after_s
            waiting = asyncio.get_running_loop().call_later(pause, self._wait)
            try:
                if not callable(event):
                    await self.counter.take(event)
                elif (pending := event()) is not None:
                    waiting.cancel()
                    await pending
                if self.counter.approval_asked:
                    waiting.cancel()
                    await self._ask_approval()
            except Exception as error:
                self.app.note_failure(error)
                self.counter.failed(error)
            waiting.cancel()
            self.counter.go_on()
            self.show()
            if self._events.empty():
                await self._read_recent()
            self._events.task_done()

    async def _read_recent(self) -> None:
        """Read what stands beside the basket, after the scan was shown and while no other waits."""
        try:
            if await self.counter.read_recent():
                self.show()
        except Exception as error:
            self.app.note_failure(error)

    def _wait(self) -> None:
        self.counter.wait()
        self.show()

    async def _ask_to_empty(self) -> None:
        if not self.counter.has_lines or (self.counter.basket and self.counter.basket.uncertain):
            self.counter.empty()
            return
        question = message("Take everything off the counter and forget this household?")
        if await self.app.ask(Confirm(question, "f8", "F8")):
            self.counter.empty()

    async def _reprint(self, pressed: float) -> None:
        last = self.counter.last
        if last is None or await ask_copy(self.app, self.counter.copies, last.redemption.redemption_id, pressed):
            await self.counter.reprint_last()

    async def _name_proxy(self) -> None:
        if self.counter.may_name_proxy():
            await ask_proxy(self.app, self.counter)

    async def _ask_approval(self) -> None:
        self.counter.approval_asked = False
        self.show()
        refused = self.counter.refused
        heading = refused.text if refused and refused.text else message("This needs a second person")
        answer = await ask_approval(self.app, heading)
        if answer is not None:
            await self.counter.redeem_approved(answer[0])

    async def _today(self) -> None:
        basket = self.counter.basket
        if basket is not None and basket.uncertain:
            self.counter.unfinished()
            return
        await self.app.ask(ReceiptsScreen(self.counter))
        if basket is not None:
            await self.counter.look_again(basket)
