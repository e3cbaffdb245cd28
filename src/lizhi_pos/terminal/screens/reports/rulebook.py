"""The rulebook (细则): items by category with what is still to be filled in, terms, redemption days, versions."""

from typing import ClassVar

from textual.binding import BindingType

from lizhi_pos.office.report_tables import ReportTable, Word
from lizhi_pos.office.rulebook import VIEWS, RulebookService
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.screens.reports.honours import FIRST_YEAR
from lizhi_pos.terminal.screens.reports.report_screen import ReportScreen


class RulebookScreen(ReportScreen):
    """The rulebook of a year. Enter on a version shows what it changed."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.RULEBOOK]
    KEYS = keymap.RULEBOOK
    TITLE_WORDS = message("Rulebook")
    HINT = message("a part of a row, a year; F9: terms, redemption days, versions")
    FIELD = (
        ("2025", message("a year: its rulebook")),
        ("qs", message("a part of the name or its first letters: only those are shown")),
        ("12", message("the number of a row")),
        ("Enter", message("on the empty field: what the marked version changed, and back")),
        ("Esc", message("clear the field, leave the detail, show all rows again, go back")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._view = VIEWS[0]
        self._year = 0

    async def table(self) -> ReportTable | Refusal:
        service = await self.app.job(RulebookService)
        if not self._year:
            day = await self.app.work.run(lambda: service.day(self.app.signed_in))
            if isinstance(day, Refusal):
                return day
            self._year = day.year
        view, year = self._view, self._year
        return await self.app.work.run(lambda: service.table(view, year, self.app.signed_in))

    async def told_of(self, key: str) -> tuple[Word, ...] | Refusal:
        service, view = await self.app.job(RulebookService), self._view
        return await self.app.work.run(lambda: service.told_of(view, key, self.app.signed_in))

    async def chosen(self, text: str) -> bool:
        if not (text.isdigit() and len(text) == 4 and int(text) > FIRST_YEAR):
            return False
        self._year = int(text)
        return True

    def next_view(self) -> None:
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]

    def scope(self) -> str:
        return "" if self._view == "versions" else str(self._year)
