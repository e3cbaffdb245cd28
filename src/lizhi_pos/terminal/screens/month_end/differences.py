"""What a village's ledger says otherwise, household by household, and what came of each."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.office.month_end import MonthEndService
from lizhi_pos.office.month_rows import DifferenceRow
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.panels.month_end import difference_lines, explained_lines
from lizhi_pos.terminal.screens.gifts.forms import day_typed
from lizhi_pos.terminal.screens.month_end.forms import CAME_OF_IT, resolve_fields, resolve_heading
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog, Wrong
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.text import normalize


class DifferencesScreen(JobScreen):
    """The differences of one village. Enter shows the entries behind one, F2 keeps what came of it."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.DIFFERENCES]
    KEYS = keymap.DIFFERENCES
    HINT = message("a booklet or the number of a row; Enter: what is behind it; F2: what came of it")
    FIELD = (
        ("GZ0012", message("a booklet: its row is marked")),
        ("3", message("the number of a row")),
        ("Enter", message("on the empty field: the entries behind the marked difference, and back")),
        ("Esc", message("leave the detail, go back")),
    )

    def __init__(self, service: MonthEndService, place: tuple[Month, str]) -> None:
        super().__init__()
        self._service, self._place = service, place
        self._rows: Sequence[DifferenceRow] = ()

    def count(self) -> int:
        return len(self._rows)

    async def read(self) -> None:
        self.notice = None
        await self._read()

    async def _read(self) -> None:
        found = await self.app.work.run(lambda: self._service.differences(*self._place, self.app.signed_in))
        if isinstance(found, Refusal):
            self.refuse(found)
        else:
            self._rows = found
            self.mark(0)

    async def done(self) -> None:
        if self._rows:
            self.is_detail_open = not self.is_detail_open
        else:
            self.app.bell()

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        number = normalize.number(text)
        at = next((at for at, told in enumerate(self._rows) if told.difference.booklet == number), None)
        if typed and text.isdigit() and 1 <= int(text) <= len(self._rows):
            at = int(text) - 1
        if at is None:
            self.note("refusal", message("{0} does not differ here", text))
        else:
            self.marked, self.is_detail_open = at, False

    def action_resolve(self) -> None:
        self.begin(self._resolve)

    async def _resolve(self) -> Refusal | None:
        """Ask what came of the marked difference."""
        if refusal := self.app.signed_in.refusal_to("close_month"):
            return refusal
        if not self._rows:
            self.app.bell()
            return None
        told = self._rows[self.marked]
        day = await self.app.work.run(self._service.day)

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            on = day_typed(values["day"])
            if isinstance(on, Refusal):
                return Wrong("day", on)
            given = values["note"]
            usual = next((render(words, self.app.translate) for words in CAME_OF_IT if words.msgid == given), None)
            said, booklet, by = (usual or given, values["entry"]), told.difference.booklet, self.app.signed_in
            done = await self.app.work.run(lambda: self._service.resolve(self._place, booklet, said, on, by))
            return done if isinstance(done, Refusal) else None

        dialog = FormDialog(resolve_heading(told), resolve_fields(told, day.isoformat()), attempt, "note")
        if await self.app.ask(dialog):
            await self._read()
            self._go_on()
        return None

    def _go_on(self) -> None:
        """Mark the next difference that is open."""
        still_open = [at for at, told in enumerate(self._rows) if told.note is None]
        if still_open:
            self.marked = next((at for at in still_open if at > self.marked), still_open[0])
            self.note("done", message("Kept; {0} {0:is|are} still open", len(still_open)))
        else:
            self.note("done", message("Kept; nothing is open any more: the village may confirm"))

    def header(self, width: int, height: int) -> list[Content]:
        month, village = self._place
        start = f" {render(message('Differences'), self.app.translate)}  {village}  {month}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        return message("Esc goes back to the rows") if self.is_detail_open else self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return difference_lines(self._rows, self.marked, self.app.translate, width, height)

    def detail(self, width: int, height: int) -> list[Content]:
        if not self._rows:
            return []
        return explained_lines(self._rows[self.marked], self.app.translate, width)[:height]
