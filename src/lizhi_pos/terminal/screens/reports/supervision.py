"""Supervision (监督): what is odd, late, large or somebody's own, where each leads, and the supervisor's signature."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import ClassVar

from textual.binding import BindingType

from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.office.report_drafts import ReportDraft, ReportDrafts
from lizhi_pos.office.report_tables import ReportTable, Word
from lizhi_pos.office.supervision import VIEWS, SupervisionService
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.reports.findings import Days
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.reports.report_screen import ReportScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.text import normalize

_MONTH = re.compile(r"\d{4}-?\d{2}")


class SupervisionScreen(ReportScreen):
    """The findings of some days, the last month and this one at first. Enter shows what a finding refers to."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.SUPERVISION]
    KEYS = keymap.SUPERVISION
    TITLE_WORDS = message("Supervision")
    HINT = message("a month as 2024-03, or a part of a row; F9: what was signed")
    FIELD = (
        ("2024-03", message("a month: its findings")),
        ("1-2024", message("a part of a row: only those are shown")),
        ("12", message("the number of a row")),
        ("Enter", message("on the empty field: what the marked finding refers to, and back")),
        ("Esc", message("clear the field, leave the detail, show all rows again, go back")),
    )

    def __init__(self) -> None:
        super().__init__()
        self._view = VIEWS[0]
        self._days: Days | None = None
        self._day = date.max

    async def table(self) -> ReportTable | Refusal:
        service = await self.app.job(SupervisionService)
        if self._days is None:
            day = await self.app.work.run(lambda: service.day(self.app.signed_in))
            if isinstance(day, Refusal):
                return day
            self._day = day
            self._days = Days((day.replace(day=1) - timedelta(1)).replace(day=1), day)
        view, days = self._view, self._days
        return await self.app.work.run(lambda: service.table(view, days, self.app.signed_in))

    async def told_of(self, key: str) -> tuple[Word, ...] | Refusal:
        service = await self.app.job(SupervisionService)
        if self._view != "findings":
            return ()
        return await self.app.work.run(lambda: service.told_of(key, self.app.signed_in))

    async def chosen(self, text: str) -> bool:
        plain = normalize.plain(text)
        if not _MONTH.fullmatch(plain):
            return False
        try:
            month = Month.parse(f"{plain[:4]}-{plain[-2:]}")
        except ValueError:
            return False
        if month.first_day > self._day:
            return False
        self._days = Days(month.first_day, min(month.last_day, self._day))
        return True

    def next_view(self) -> None:
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]

    def scope(self) -> str:
        if self._days is None or self._view != "findings":
            return ""
        if self._days.first == BEFORE_ALL:
            return f"… {self._days.last.isoformat()}"
        return f"{self._days.first.isoformat()} … {self._days.last.isoformat()}"

    def draft(self, drafts: ReportDrafts) -> ReportDraft | Refusal | None:
        if self._days is None or self._view != "findings":
            return None
        return drafts.supervision(self._days, self.app.signed_in)

    def action_everything(self) -> None:
        self.begin(self._everything)

    async def _everything(self) -> None:
        self._days = Days(BEFORE_ALL, self._day)
        await self.read_anew()

    def action_sign(self) -> None:
        self.begin(self._sign)

    async def _sign(self) -> Refusal | None:
        """Ask what there is to say of these days, and keep it under the supervisor's name."""
        days, shown = self._days, self._list
        if days is None or shown is None or self._view != "findings":
            self.app.bell()
            return None
        if refusal := self.app.signed_in.refusal_to("sign_off"):
            return refusal
        service = await self.app.job(SupervisionService)

        async def attempt(values: Mapping[str, str]) -> Refusal | None:
            note = normalize.typed(values["note"])
            answer = await self.app.work.run(lambda: service.sign(days, note, self.app.signed_in))
            return answer if isinstance(answer, Refusal) else None

        found = len(shown.table.rows)
        heading = message(
            "{0} to {1}: {2} {2:finding|findings}. You sign that you have looked through them; it is kept.",
            *(days.first.isoformat(), days.last.isoformat(), found),
        )
        field = Field(name="note", label=message("What there is to say"))
        if await self.app.ask(FormDialog(heading, (field,), attempt, "note")):
            self.note("done", message("Signed by {0}", self.app.signed_in_name))
        return None
