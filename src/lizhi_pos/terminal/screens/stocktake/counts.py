"""The list of stocktakes, and the beginning of a new one, of all goods or of those that are scanned."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.office.stocktake import StocktakeService
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.panels.stocktake import chosen_lines, count_lines
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.terminal.screens.stocktake.counting import CountingScreen
from lizhi_pos.till.typed_input import read_typed

if TYPE_CHECKING:
    from lizhi_pos.inventory.counts import CountSummary

ALL, SOME = message("all products"), message("those that are scanned now")
SEEN, BLIND = message("the books are shown beside"), message("blind: the books are told at the end")


class CountsScreen(JobScreen):
    """Open counts first; Enter goes on with the marked one, F2 begins another."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.COUNTS if key.key != "enter"]
    KEYS = keymap.COUNTS

    def __init__(self) -> None:
        super().__init__()
        self._counts: list[CountSummary] = []
        self._chosen: dict[str, str] | None = None
        """By their codes the products scanned for a new count, while they are."""
        self._is_blind = False
        self._known: Mapping[str, tuple[str, str]] = {}
        self._was_covered = False

    def count(self) -> int:
        return 0 if self._chosen is not None else len(self._counts)

    async def read(self) -> None:
        self._service = await self.app.job(StocktakeService)
        self.notice = None
        self._counts = await self.app.work.run(self._service.counts)
        self.mark(0)

    def on_screen_suspend(self) -> None:
        self._was_covered = True

    def on_screen_resume(self) -> None:
        if self._was_covered:
            self._was_covered = False
            self.begin(self._look_again)

    async def _look_again(self) -> None:
        self._counts = await self.app.work.run(self._service.counts)
        self.mark(0)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        if self._chosen is None:
            await super().scanned_in(text, typed=typed)
            return
        entry = read_typed(text)
        found = self._known.get(entry.code)
        if found is not None:
            self._chosen[found[0]] = found[1]
            self.note("said", message("{0} is to be counted", found[1]))
        else:
            other = await self.app.work.run(lambda: self._service.what_else(entry.code))
            self.note("refusal", other or message("No goods go by {0}", text))

    async def done(self) -> None:
        if self._chosen is not None:
            self.app.bell()
        elif self._counts:
            self._go_on(self._counts[self.marked].count)

    def numbered(self, number: int) -> None:
        at = next((at for at, x in enumerate(self._counts) if x.count == number), None)
        if at is None:
            self.app.bell()
        else:
            self.marked = at

    async def left(self) -> None:
        if self._chosen is not None:
            self._chosen = self.notice = None
        else:
            self.dismiss(None)

    def action_open(self) -> None:
        self.begin(self._open)

    async def _open(self) -> None:
        if refusal := self.app.signed_in.refusal_to("keep_stock"):
            self.refuse(refusal)
        elif self._chosen is None:
            await self._ask()
        elif self._chosen:
            refused = await self._begin_count(list(self._chosen))
            if refused is not None:
                self.refuse(refused)
        else:
            self.note("refusal", message("Nothing is scanned yet"))

    async def _ask(self) -> None:
        """Ask which products are counted, and whether what the books say stands beside them."""
        which, how = (ALL, SOME), (SEEN, BLIND)

        async def attempt(values: Mapping[str, str]) -> Refusal | None:
            chosen, told = message(values["which"]), message(values["how"])
            if chosen not in which or told not in how:
                return refuse("rule_broken", "Give the number of one of them")
            self._is_blind = told == BLIND
            if chosen == ALL:
                return await self._begin_count([])
            self._known = await self.app.work.run(self._service.known_codes)
            self._chosen = {}
            return None

        fields = (
            Field(name="which", label=message("What is counted"), choices=which),
            Field(name="how", label=message("How"), choices=how),
        )
        await self.app.ask(FormDialog(message("A new count"), fields, attempt, "which"))

    async def _begin_count(self, codes: list[str]) -> Refusal | None:
        blind = self._is_blind
        number = await self.app.work.run(lambda: self._service.open(codes, blind, self.app.signed_in))
        if isinstance(number, Refusal):
            return number
        self._chosen = None
        self.begin(lambda: self._enter(number))
        return None

    async def _enter(self, number: int) -> None:
        self._go_on(number)

    def _go_on(self, number: int) -> None:
        if not self.app.navigator.is_locked:
            self.app.push_screen(CountingScreen(number))

    def header(self, width: int, height: int) -> list[Content]:
        start, end = f" {render(message('Stocktake'), self.app.translate)}", self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self._chosen is not None:
            return message("scan what is to be counted; F2 begins, Esc leaves it")
        return message("a count's number; Enter goes on with the marked one")

    def rows(self, width: int, height: int) -> list[Content]:
        if self._chosen is not None:
            return chosen_lines(self._chosen.values(), self.app.translate, width, height)
        return count_lines(self._counts, self.marked, self.app.translate, width, height)
