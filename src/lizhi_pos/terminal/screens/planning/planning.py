"""Planning: what the next market day is likely to ask for, what to buy, and whether the points are covered."""

import asyncio
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.inventory.barcodes import read_expiry
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.planning import Plan, PlanningService, proposed_file, save_shopping_list
from lizhi_pos.office.planning_rows import ForecastList
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.panels.planning import forecast_lines, plan_lines
from lizhi_pos.terminal.screens.reports.report_dialog import write_report
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.text import normalize

LONGEST_NUMBER = 3
"""Digits that are a row's number; more are a day or a code."""


class PlanningScreen(JobScreen):
    """The forecast's products, those to buy first. Enter tells of coverage, the months and the method."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.PLANNING]
    KEYS = keymap.PLANNING
    HINT = message("name, first letters or barcode; a day like 260531 plans for that day")
    FIELD = (
        ("260531", message("a day: what it is likely to ask for")),
        ("690…", message("goods: a barcode; the mark jumps there")),
        ("xj", message("a part of the name or its first letters: only those are shown")),
        ("Enter", message("on the empty field: coverage, the months and the method, and back")),
        ("Esc", message("clear the field, leave the detail, show all rows again, go back")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._list: ForecastList | None = None

    def count(self) -> int:
        return len(self._list.rows) if self._list else 0

    @property
    def marked_row(self) -> int:
        return self._list.marked if self._list else 0

    def mark(self, by: int) -> None:
        if self._list is not None:
            self._list.mark(self._list.marked + by)

    async def read(self) -> None:
        self.notice = None
        await self._read(None)

    async def _read(self, day: date | None) -> None:
        service = await self.app.job(PlanningService)
        plan = await self.app.work.run(lambda: service.plan(self.app.signed_in, day))
        if isinstance(plan, Refusal):
            self.refuse(plan)
            return
        self._plan = plan
        if self._list is None:
            self._list = ForecastList(plan.forecast)
        else:
            self._list.take(plan.forecast)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show)

    async def done(self) -> None:
        self.is_detail_open = not self.is_detail_open and not self.has_class("-wide")

    async def left(self) -> None:
        self.notice = None
        if self.is_detail_open:
            self.is_detail_open = False
        elif self._list is not None and self._list.filter:
            self._list.widen()
        else:
            self.dismiss(None)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        shown = self._list
        if shown is None:
            self.app.bell()
            return
        if typed and text.isdigit() and len(text) <= LONGEST_NUMBER:
            if 1 <= int(text) <= len(shown.rows):
                shown.mark(int(text) - 1)
            else:
                self.app.bell()
        elif shown.jump(text):
            self.is_detail_open = False
        elif (day := _day(text, typed=typed)) is not None:
            await self._read(day)
        elif typed and await self.app.work.run(lambda: shown.narrow(text)):
            self.is_detail_open = False
            self.note("said", message("{0} {0:row|rows}; Esc shows all again", len(shown.rows)))
        else:
            self.note("refusal", message("No goods of this list go by {0}", text))

    def action_look(self) -> None:
        self.enter()

    def action_turn(self) -> None:
        self.begin(self._turn)

    async def _turn(self) -> None:
        self.notice = None
        if self._list is not None:
            self._list.turn()

    def action_write(self) -> None:
        self.begin(self._write)

    async def _write(self) -> None:
        """Ask for a file's name and write what is to be bought, away from the database's thread."""
        plan, shown = self._plan, self._list
        if plan is None or shown is None:
            self.app.bell()
            return
        if not shown.pieces:
            self.note("refusal", message("Nothing is to be bought for {0}", plan.forecast.date.isoformat()))
            return
        written: list[Path] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | None:
            answer = await asyncio.to_thread(save_shopping_list, plan, values["file"])
            if isinstance(answer, Refusal):
                return answer
            written.append(answer)
            return None

        heading = message(
            "{0} {0:piece|pieces} for {1} {0:is|are} written as a purchases file: "
            "fill in voucher and supplier, then import it",
            *(shown.pieces, format_hundredths(plan.forecast.total_cost)),
        )
        field = Field(name="file", label=message("File"), value=str(proposed_file(plan)))
        if await self.app.ask(FormDialog(heading, (field,), attempt, "file")):
            self.note("done", message("What to buy is in {0}", str(written[0])))

    def action_write_report(self) -> None:
        self.begin(self._write_report)

    async def _write_report(self) -> Refusal | None:
        """Ask for a file's name and write the forecast as it is shown, whole."""
        self.notice = None
        plan = self._plan
        return await write_report(
            self, lambda drafts: drafts.forecast(plan.forecast.date, self.app.signed_in) if plan else None
        )

    def header(self, width: int, height: int) -> list[Content]:
        start = f" {render(message('Planning'), self.app.translate)}"
        shown = self._list
        if shown is not None:
            start += f"  {render(message('for {0}', shown.found.date.isoformat()), self.app.translate)}"
            if shown.only_to_buy:
                start += f"  {render(message('only to buy'), self.app.translate)}"
            if shown.filter:
                start += f"  {render(message('with {0}', shown.filter), self.app.translate)}"
            start += f"  {render(message('cash {0}', format_hundredths(shown.found.cash)), self.app.translate)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self.is_detail_open and not self.has_class("-wide"):
            return message("Esc goes back to the rows")
        return self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return forecast_lines(self._list, self.app.translate, width, height) if self._list else []

    def detail(self, width: int, height: int) -> list[Content]:
        if self._plan is None or self._list is None:
            return []
        return plan_lines(self._plan, self._list.row, self.app.translate, width)


def _day(text: str, *, typed: bool) -> date | None:
    """Return a day: six digits, which no product's code has; eight or with hyphens only where a hand typed them."""
    plain = normalize.plain(text)
    if not (plain.isdigit() and len(plain) == 6) and not (typed and (_is_eight(plain) or plain.count("-") == 2)):
        return None
    found = read_expiry(plain)
    return None if isinstance(found, Message) else found


def _is_eight(text: str) -> bool:
    return text.isdigit() and len(text) == 8
