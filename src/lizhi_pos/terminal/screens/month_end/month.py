"""The month's end: its checks with the way to what each names, the villages' month, closing, answers, signatures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.office.found_files import papers_folder, path_typed
from lizhi_pos.office.ledger_rows import month_typed
from lizhi_pos.office.month_end import MonthEndService
from lizhi_pos.office.month_rows import DifferenceRow, MonthRows
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.settlement.answer_states import AnswerState
from lizhi_pos.settlement.closing_checks import CHECKS_IN_ALL
from lizhi_pos.settlement.closing_words import CHECK_WORDS
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.menu import Target
from lizhi_pos.terminal.panels.month_end import check_lines, month_lines, village_lines
from lizhi_pos.terminal.screens.gifts.forms import day_typed
from lizhi_pos.terminal.screens.ledgers.forms import day_field
from lizhi_pos.terminal.screens.month_end.answers import read_answers
from lizhi_pos.terminal.screens.month_end.differences import DifferencesScreen
from lizhi_pos.terminal.screens.month_end.forms import (
    PAGES,
    close_heading,
    confirm_fields,
    confirm_heading,
    dispute_fields,
    dispute_heading,
    papers_fields,
)
from lizhi_pos.terminal.screens.month_end.papers import PapersScreen
from lizhi_pos.terminal.screens.shared.aside import aside
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog, Wrong
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.terminal.screens.shared.scrolled import scrolled
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines

_LEADS_TO: Mapping[str, Target] = {
    "sessions": "close",
    "baskets": "sell",
    "counts": "stocktake",
    "objections": "ledgers",
    "papers": "printing",
    "batches": "ledgers",
    "bank": "gifts",
    "expired": "near expiry",
}
"""Where what a check found is put right."""


TICK_S = 0.25
"""Seconds between two pictures of how far the checks are."""


class MonthEndScreen(JobScreen):
    """Up and down between checks and villages, left and right between months. Enter goes where the marked row leads."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.MONTH_END]
    KEYS: Sequence[keymap.Key] = keymap.MONTH_END
    HINT = message("village or its first letters; a month: 3 or 2024-03; or drag an answer's file here")
    FIELD = (
        ("gz", message("a village's name or its first letters: only those are shown")),
        ("3", message("the latest March; 2024-03 that of a year")),
        ("….xlsx", message("a village's answer, also dragged here: it is read")),
        ("← →", message("another month")),
        ("Enter", message("on the empty field: where a check leads, or what differs in a village")),
        ("Esc", message("clear the field, leave the detail, show all villages again, go back")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._shown: MonthRows | None = None
        self._differences: dict[str, tuple[DifferenceRow, ...] | Refusal] = {}
        self._checking: tuple[str, int] | None = None
        self._is_looking = False
        self._is_away = False
        """Whether something stands above that a check led to."""
        self._top = 0

    def count(self) -> int:
        return self._shown.count if self._shown else 0

    @property
    def marked_row(self) -> int:
        return self._shown.marked if self._shown else 0

    def mark(self, by: int) -> None:
        """Mark another row; in the detail, go on in it."""
        if self.is_detail_open:
            self._top = max(self._top + by, 0)
        elif self._shown is not None:
            self._shown.mark(self._shown.marked + by)

    def on_mount(self) -> None:
        # Textual asks the base's handler, too, which begins to read
        self.set_interval(TICK_S, self._tick)

    def _tick(self) -> None:
        """Show how far the checks are while they are made."""
        if self._checking is not None:
            self.query_one("#header", PaintedLines).redraw()

    def _tell(self, name: str, done: int) -> None:
        """Keep which check is made; on the database's thread."""
        self._checking = (name, done)

    async def read(self) -> None:
        self._service = await self.app.job(MonthEndService)
        self.notice = None
        await self._read(self._shown.view.month if self._shown else None)

    async def _read(self, month: Month | None) -> None:
        found = await self.app.work.run(lambda: self._service.view(month, self.app.signed_in, self._tell))
        self._differences, self._checking = {}, None
        if isinstance(found, Refusal):
            self._shown = None
            self.refuse(found)
        elif self._shown is None or self._shown.view.month != found.month:
            self._shown = MonthRows(found)
        else:
            self._shown.take(found)

    def action_month(self, by: int) -> None:
        async def go() -> None:
            if self._shown is None or self.is_detail_open:
                return
            months = self._shown.view.months
            at = months.index(self._shown.view.month) + by
            if 0 <= at < len(months):
                self.notice = None
                await self._read(months[at])
            else:
                self.app.bell()

        self.begin(go)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    def show(self) -> None:
        super().show()
        sees = self.is_detail_open or self.has_class("-wide")
        if sees and not self._is_looking and self._wants_differences:
            self._is_looking = True
            self.begin(self._look)

    @property
    def _wants_differences(self) -> bool:
        state = self._state
        return state is not None and state.differences > 0 and state.village not in self._differences

    async def _look(self) -> None:
        """Read what differs in the marked village, unless another one is about to be marked."""
        self._is_looking = False
        state, shown = self._state, self._shown
        if state is None or shown is None or not self._events.empty():
            return
        month = shown.view.month
        rows = await self.app.work.run(lambda: self._service.differences(month, state.village, self.app.signed_in))
        self._differences[state.village] = rows

    @property
    def _state(self) -> AnswerState | None:
        village = self._shown.village if self._shown else None
        return self._shown.view.state_of(village) if self._shown and village else None

    async def done(self) -> None:
        if self._shown is None:
            return
        if not (self.is_detail_open or self.has_class("-wide")):
            self.is_detail_open, self._top = True, 0
        elif self._shown.check is not None:
            await self._follow(self._shown.check.name)
        elif (state := self._state) is not None and state.differences:
            await self.app.ask(DifferencesScreen(self._service, (self._shown.view.month, state.village)))
            await self._read(self._shown.view.month)
        else:
            self.is_detail_open = False

    async def _follow(self, check: str) -> None:
        """Go where what a check found is put right; the month before it where its answers are what is missing."""
        target = _LEADS_TO.get(check)
        if check == "answers" and self._shown is not None:
            self.is_detail_open = False
            self.action_month(-1)
        elif target is not None:
            self._is_away = True
            await self.app.navigator.go_to(target)
        else:
            self.note("hint", message("Nothing here puts that right: read what it says"))

    async def left(self) -> None:
        self.notice = None
        if self.is_detail_open:
            self.is_detail_open = False
        elif self._shown is not None and self._shown.filter:
            self._shown.widen()
        else:
            self.dismiss(None)

    def on_screen_resume(self) -> None:
        """Read the month anew after what a check led to: it may be right by now."""
        if self._is_away and self._shown is not None:
            self._is_away = False
            month = self._shown.view.month
            self.begin(lambda: self._read(month))

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        shown = self._shown
        if shown is None:
            self.app.bell()
        elif (path := path_typed(text)) is not None:
            await self._read_answers([path])
        elif ending := month_typed(text):
            await self._jump(ending, text)
        elif await self.app.work.run(lambda: shown.narrow(text)):
            self.is_detail_open = False
            self.note("said", message("{0} {0:village|villages}; Esc shows all again", len(shown.villages)))
        else:
            self.note("refusal", message("No village and no month here goes by {0}", text))

    async def _jump(self, ending: str, text: str) -> None:
        months = [m for m in self._shown.view.months if str(m).endswith(ending)] if self._shown else []
        if months:
            self.is_detail_open = False
            await self._read(months[-1])
        else:
            self.note("refusal", message("No village and no month here goes by {0}", text))

    def action_close(self) -> None:
        self.begin(self._close)

    async def _close(self) -> Refusal | None:
        """Ask for the day, then close the month; what keeps it from being closed is said first."""
        shown = self._shown
        if shown is None:
            return None
        view, by = shown.view, self.app.signed_in
        if view.closed_on is not None:
            self.note("said", message("{0} is closed since {1}", str(view.month), view.closed_on.isoformat()))
            return None
        refusal = await self.app.work.run(lambda: self._service.why_not_close(view.month, view.today, by, self._tell))
        self._checking = None
        if refusal is not None:
            return refusal

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            on = day_typed(values["day"])
            if isinstance(on, Refusal):
                return Wrong("day", on)
            done = await self.app.work.run(lambda: self._service.close(view.month, on, self.app.signed_in))
            return done if isinstance(done, Refusal) else None

        fields = (day_field(view.today.isoformat()),)
        if await self.app.ask(FormDialog(close_heading(view), fields, attempt, "day")):
            await self._read(view.month)
            self.note("done", message("{0} is closed: F3 writes its papers", str(view.month)))
        return None

    def action_papers(self) -> None:
        self.begin(self._papers)

    async def _papers(self) -> Refusal | None:
        """Ask for a folder and write the month's papers into it."""
        shown = self._shown
        if refusal := self.app.signed_in.refusal_to("see_books"):
            return refusal
        if shown is None or shown.view.closed_on is None:
            self.note("said", message("A month has its papers once it is closed: F4 closes it"))
            return None
        month = shown.view.month
        chosen: list[tuple[Path, bool]] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            folder = path_typed(values["folder"])
            if folder is None:
                return Wrong("folder", refuse("rule_broken", "Give a whole path, as {0}", str(Path.home())))
            chosen.append((folder, values["pages"] in ("2", PAGES[1].msgid)))
            return None

        proposed = await aside(lambda: papers_folder(self._service.papers_went_to, month))
        heading = message("All papers of {0}: villages' workbooks, statements, notices, the town's summary", str(month))
        if await self.app.ask(FormDialog(heading, papers_fields(str(proposed)), attempt, "folder")):
            folder, pages = chosen[-1]
            await self.app.ask(PapersScreen(self._service, month, folder, pages=pages))
        return None

    def action_read_answers(self) -> None:
        self.begin(lambda: self._read_answers(()))

    async def _read_answers(self, paths: Sequence[Path]) -> Refusal | None:
        if refusal := self.app.signed_in.refusal_to("close_month"):
            return refusal
        shown = self._shown
        if shown is None or shown.view.closed_on is None:
            self.note("said", message("Villages answer to a closed month"))
            return None
        self.notice = None
        village = await read_answers(self.app, self._service, shown.view.month, paths)
        await self._read(shown.view.month)
        if village is not None and self._shown is not None:
            self._shown.go_to(village)
        return None

    def action_confirm(self) -> None:
        self.begin(lambda: self._sign("confirm"))

    def action_dispute(self) -> None:
        self.begin(lambda: self._sign("dispute"))

    async def _sign(self, kind: str) -> Refusal | None:
        """Ask who signed, or what is disputed, and keep it."""
        if refusal := self.app.signed_in.refusal_to("close_month"):
            return refusal
        shown, state = self._shown, self._state
        if shown is None or state is None:
            self.note("said", message("Mark a village of a closed month first"))
            return None
        month, service = shown.view.month, self._service
        heading: Message
        fields: tuple[Field, ...]
        if kind == "confirm":
            heading, fields = confirm_heading(str(month), state), confirm_fields(shown.view.today.isoformat())
        else:
            heading, fields = dispute_heading(str(month), state), dispute_fields(shown.view.today.isoformat())

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            on = day_typed(values["day"])
            if isinstance(on, Refusal):
                return Wrong("day", on)
            place, by = (month, state.village), self.app.signed_in
            if kind == "confirm":
                done = await self.app.work.run(lambda: service.confirm(place, values["by"], on, by))
            else:
                done = await self.app.work.run(lambda: service.dispute(place, values["text"], on, by))
            return done if isinstance(done, Refusal) else None

        if await self.app.ask(FormDialog(heading, fields, attempt, fields[0].name)):
            await self._read(month)
            said = message("{0} confirmed {1}") if kind == "confirm" else message("{0} disputes {1}")
            self.note("done", message(said.msgid, state.village, str(month)))
        return None

    def on_painted_lines_clicked(self, message: PaintedLines.Clicked) -> None:
        message.stop()
        # Textual asks the base's handler, too, which knows rows alone
        message.prevent_default()
        if message.row == self.marked_row:
            self.enter()
        elif self._shown is not None:
            shown = self._shown

            async def go() -> None:
                shown.mark(message.row)

            self.begin(go)

    def header(self, width: int, height: int) -> list[Content]:
        start = f" {render(message('Month end'), self.app.translate)}"
        if self._shown is not None:
            start += f"  {self._shown.view.month}"
            if self._shown.filter:
                start += f"  {render(message('with {0}', self._shown.filter), self.app.translate)}"
        if self._checking is not None:
            name, made = self._checking
            start += f"  {made}/{CHECKS_IN_ALL} {render(CHECK_WORDS[name], self.app.translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self.is_detail_open:
            return message("↑ ↓ go on in the detail; Enter goes there; Esc goes back")
        return self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return month_lines(self._shown, self.app.translate, width, height) if self._shown else []

    def detail(self, width: int, height: int) -> list[Content]:
        shown = self._shown
        if shown is None:
            return []
        lines: list[Content] = []
        if shown.check is not None:
            leads = shown.check.name in _LEADS_TO or shown.check.name == "answers"
            lines = check_lines(shown.check, leads, self.app.translate, width)
        elif shown.village is not None:
            state = self._state
            rows = self._differences.get(state.village, ()) if state else ()
            lines = village_lines(shown.village, state, rows, self.app.translate, width)
        told, self._top = scrolled(lines, self._top if self.is_detail_open else 0, height, self.app.translate)
        return told
