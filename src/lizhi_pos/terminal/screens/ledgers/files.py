"""Which workbooks are to be read: the newest ones of sticks and usual folders, or a folder or file that is typed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.office.found_files import (
    FoundFile,
    likely_folders,
    newest_files,
    numbers_typed,
    path_typed,
    short,
)
from lizhi_pos.refusal import message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.panels.ledger_files import about_lines, found_lines
from lizhi_pos.terminal.screens.shared.aside import aside
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.text.normalize import comparable

FOLDER_WAIT_S = 10.0
"""Seconds after which a folder that does not answer is given up: a stick may be broken, a share far away."""


_T = TypeVar("_T")


class FilesScreen(JobScreen):
    """Workbooks, the newest first. Enter reads the marked one, numbers read several; `chosen` is what is to be read."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.FILES]
    KEYS = keymap.FILES
    HINT = message("numbers: 1 3 5 or 1-4; a folder or file, also dragged here; Enter: the marked one")
    FIELD = (
        ("1 3 5", message("several files by their numbers, 1-4 for those from 1 to 4")),
        ("/media/…", message("a folder: its workbooks; or a file: it is read. It may be dragged here")),
        ("台账", message("a part of the file's name: only those are shown")),
        ("Enter", message("on the empty field: the marked file is read")),
        ("Esc", message("clear the field, show the first list again, go back")),
    )

    def __init__(self, last_folder: Path | None) -> None:
        super().__init__()
        self.chosen: list[Path] = []
        self._last_folder = last_folder
        self._home = Path.home()
        self._all: list[FoundFile] = []
        self._files: list[FoundFile] = []
        self._folder: Path | None = None

    def count(self) -> int:
        return len(self._files)

    async def read(self) -> None:
        self._folder = None
        self.notice = None
        home, last = self._home, self._last_folder
        found = await self._look(lambda: newest_files([*([last] if last else []), *likely_folders(home)]))
        self._all = self._files = found
        self.marked = 0

    async def done(self) -> None:
        if self._files:
            self._choose([self._files[self.marked].path])
        else:
            self.app.bell()

    async def left(self) -> None:
        if self._folder is not None:
            await self.read()
        elif self._files is not self._all:
            self.notice, self._files, self.marked = None, self._all, 0
        else:
            self.dismiss(None)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        if numbers := numbers_typed(text, len(self._files)):
            self._choose([self._files[at].path for at in numbers])
        elif (path := path_typed(text)) is not None:
            await self._go_to(path)
        elif found := [file for file in self._files if comparable(text).lower() in comparable(file.path.name).lower()]:
            self._files, self.marked = found, 0
            self.note("said", message("{0} {0:file|files}; Esc shows all again", len(found)))
        else:
            self.note("refusal", message("{0} is no number of this list, no folder and no file", text))

    def action_take(self) -> None:
        self.begin(self.done)

    async def _go_to(self, path: Path) -> None:
        kind = await self._in_time(lambda: _kind(path), "")
        if kind == "file":
            self._choose([path])
        elif kind == "folder":
            found = await self._look(lambda: newest_files([path]))
            self._folder, self._files, self.marked = path, found, 0
            if not found:
                self.note("hint", message("No workbook lies in {0}", short(path, self._home)))
        elif self.notice is None:
            self.note("refusal", message("There is no file {0}", str(path)))

    async def _look(self, look: Callable[[], list[FoundFile]]) -> list[FoundFile]:
        return await self._in_time(look, [])

    async def _in_time(self, look: Callable[[], _T], otherwise: _T) -> _T:
        """Return what a folder answers; where it does not, say so."""
        try:
            async with asyncio.timeout(FOLDER_WAIT_S):
                return await aside(look)
        except TimeoutError:
            self.note("refusal", message("A folder does not answer: take the stick out, or type another folder"))
            return otherwise

    def _choose(self, paths: list[Path]) -> None:
        self.chosen = paths
        self.dismiss(None)

    def header(self, width: int, height: int) -> list[Content]:
        start = f" {render(message('Read workbooks'), self.app.translate)}"
        if self._folder is not None:
            start += f"  {short(self._folder, self._home)}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def rows(self, width: int, height: int) -> list[Content]:
        return found_lines(self._files, self.marked, self._home, self.app.translate, width, height)

    def detail(self, width: int, height: int) -> list[Content]:
        if not self._files:
            return []
        return about_lines(self._files[self.marked], self._home, self.app.translate, width)


def _kind(path: Path) -> str:
    try:
        return "folder" if path.is_dir() else "file" if path.is_file() else ""
    except OSError:  # no file is called so: too long, or a sign that this system has not
        return ""
