"""A month's papers being written into a folder: how far it is, what is written, what could not be."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.access.operators import Operator
from lizhi_pos.i18n.render import render
from lizhi_pos.office.found_files import short
from lizhi_pos.office.month_end import MonthEndService
from lizhi_pos.office.month_files import MonthFiles, write_files
from lizhi_pos.office.open_folder import open_folder
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.screens.shared.aside import aside
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.terminal.screens.shared.scrolled import scrolled

TICK_S = 0.5
"""Seconds between two pictures of how far it is."""
_BAR = 20


class PapersScreen(JobScreen):
    """The files as they are written, the newest first. F9 shows their folder, Esc stops behind the one under way."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.PAPERS]
    KEYS = keymap.PAPERS
    HINT = message("F9: the folder; Esc goes back")
    FIELD = (("Esc", message("stop behind the paper under way, go back")),)

    def __init__(self, service: MonthEndService, month: Month, folder: Path, *, pages: bool) -> None:
        super().__init__()
        self._service, self._month, self._folder, self._pages = service, month, folder, pages
        self._home = Path.home()
        self._files: MonthFiles | None = None
        self.written: list[str] = []
        self.problems: list[Message] = []
        self.is_writing = True
        self._stops = False
        self._top = 0

    def mark(self, by: int) -> None:
        """Go on in the lines."""
        self._top = max(self._top + by, 0)

    async def read(self) -> None:
        self.notice = None
        # who began it: another person at the till writes nothing in that one's name
        self.run_worker(self._begin(self.app.signed_in), name="papers")
        self.set_interval(TICK_S, self._tick)

    def _tick(self) -> None:
        if self.is_writing:
            self.show()

    async def _begin(self, by: Operator) -> None:
        answer = await self.app.attempt(lambda: self._make(by))
        if isinstance(answer, Refusal):
            self.refuse(answer)
        self.is_writing = False
        self.show()

    async def _make(self, by: Operator) -> Refusal | None:
        service, month, folder = self._service, self._month, self._folder
        closed = await self.app.work.run(lambda: service.papers(month, folder, by))
        if isinstance(closed, Refusal):
            return closed
        # the signs of every name are looked up in the fonts first, which takes a moment
        self._files = await aside(lambda: service.files_of(closed, pages=self._pages))
        await self._write(replace=False)
        return None

    async def _write(self, *, replace: bool) -> None:
        files = self._files
        if files is None:
            return
        self.is_writing, self.written = True, []
        shown = self._counted(files)
        self.problems = await aside(lambda: write_files(shown, self._folder, files.names, replace=replace))
        self.problems += files.problems
        self.is_writing = False
        if self._stops:
            self.note("hint", message("Stopped: {0} of {1} {1:file|files}", len(self.written), len(files)))
        elif self.problems:
            self.note("refusal", message("{0} {0:paper is|papers are} not written", len(self.problems)))
        else:
            place = short(self._folder, self._home)
            self.note("done", message("{0} {0:file is|files are} in {1}", len(files), place))

    def _counted(self, files: MonthFiles) -> Iterator[tuple[str, bytes]]:
        """Yield every file until it is stopped, and keep which is under way; runs beside the screen."""
        for name, content in files:
            if self._stops:
                return
            self.written.append(name)
            yield name, content

    def action_replace(self) -> None:
        async def do() -> None:
            if self.is_writing or not self.problems:
                self.app.bell()
                return
            self.notice = None
            await self._write(replace=True)

        self.begin(do)

    def action_folder(self) -> None:
        async def do() -> None:
            if problem := await aside(lambda: open_folder(self._folder)):
                self.note("hint", problem)

        self.begin(do)

    async def done(self) -> None:
        if self.is_writing:
            self.app.bell()
        else:
            self.dismiss(None)

    async def left(self) -> None:
        if self.is_writing and not self._stops:
            self._stops = True
            self.note("hint", message("It stops behind the paper under way; Esc once more leaves it, too"))
        else:
            self.dismiss(None)

    def header(self, width: int, height: int) -> list[Content]:
        start = f" {render(message('Papers of {0}', str(self._month)), self.app.translate)}  "
        if self._files is not None:
            count, done = len(self._files), len(self.written)
            full = done * _BAR // max(count, 1)
            start += f"{'█' * full}{'░' * (_BAR - full)} {done}/{count}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def rows(self, width: int, height: int) -> list[Content]:
        lines = [Content.styled(left(f" {short(self._folder, self._home)}", width), "$foreground-muted")]
        for problem in self.problems:
            told = wrapped(f"✘ {render(problem, self.app.translate)}", width - 2)
            lines += [Content.styled(f" {line}", "$text-error") for line in told]
        lines += [Content(f"   {left(name, width - 4)}") for name in reversed(self.written)]
        shown, self._top = scrolled(lines, self._top, height, self.app.translate)
        return shown
