"""Lists of honour (榜单): the red and black list, candidates, the villages' scorecard, coverage by month."""

from typing import ClassVar

from textual.binding import BindingType

from lizhi_pos.office.honours import VIEWS, HonoursService, Scope
from lizhi_pos.office.report_drafts import ReportDraft, ReportDrafts
from lizhi_pos.office.report_tables import ReportTable, Word
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.screens.reports.report_screen import ReportScreen
from lizhi_pos.text.normalize import comparable
from lizhi_pos.text.pinyin import is_said

FIRST_YEAR = 2000


class HonoursScreen(ReportScreen):
    """The lists of a village and year, as they will be printed. Enter shows the entries that a row is made of."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.HONOURS]
    KEYS = keymap.HONOURS
    TITLE_WORDS = message("Honours")
    HINT = message("a village or its first letters, a year; F9: the next list")
    FIELD = (
        ("tqc", message("a village, by name or first letters: its list")),
        ("2025", message("a year: its list")),
        ("12", message("the number of a row")),
        ("Enter", message("on the empty field: the entries of the marked row, and back")),
        ("Esc", message("clear the field, leave the detail, show all rows again, go back")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._view = VIEWS[0]
        self._scope: Scope | None = None
        self._village, self._year = "", 0

    async def table(self) -> ReportTable | Refusal:
        service = await self.app.job(HonoursService)
        if self._scope is None:
            found = await self.app.work.run(lambda: service.scope(self.app.signed_in))
            if isinstance(found, Refusal):
                return found
            self._scope, self._year = found, found.day.year
            self._village = found.villages[0] if found.villages else ""
        view, village, year = self._view, self._village, self._year
        return await self.app.work.run(lambda: service.table(view, village, year, self.app.signed_in))

    async def told_of(self, key: str) -> tuple[Word, ...] | Refusal:
        service, view, year = await self.app.job(HonoursService), self._view, self._year
        return await self.app.work.run(lambda: service.told_of(view, key, year, self.app.signed_in))

    async def chosen(self, text: str) -> bool:
        if text.isdigit() and len(text) == 4:
            if self._scope is None or not FIRST_YEAR < int(text) <= self._scope.day.year:
                return False
            self._year = int(text)
            return True
        villages = self._scope.villages if self._scope else ()
        alike = comparable(text)
        found = [v for v in villages if alike == comparable(v)] or [
            v for v in villages if alike in comparable(v) or is_said(v, text)
        ]
        if len(found) != 1:
            return False
        self._village = found[0]
        return True

    def next_view(self) -> None:
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]

    def scope(self) -> str:
        of_village = self._view in ("red", "black", "candidates")
        of_year = self._view != "coverage"
        return "  ".join((*((self._village,) if of_village else ()), *((str(self._year),) if of_year else ())))

    def draft(self, drafts: ReportDrafts) -> ReportDraft | Refusal | None:
        return drafts.honours(self._view, self._village, self._year, self.app.signed_in)

    def action_next_village(self) -> None:
        self.begin(self._next_village)

    async def _next_village(self) -> None:
        villages = self._scope.villages if self._scope else ()
        if not villages:
            self.app.bell()
            return
        self._village = villages[(villages.index(self._village) + 1) % len(villages)]
        self.is_detail_open = False
        await self.read_anew()
