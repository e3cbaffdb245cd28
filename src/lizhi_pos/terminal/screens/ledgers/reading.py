"""Reading workbooks one after the other, and what came of each: taken, waiting for a word, or wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.access.operators import Operator
from lizhi_pos.exchange.marked_copies import mark_beside
from lizhi_pos.exchange.village_workbook import read_village_workbook
from lizhi_pos.i18n.render import render
from lizhi_pos.office.batch_files import rows_beside
from lizhi_pos.office.found_files import short
from lizhi_pos.office.ledgers import LedgersService, Place, ReadIn
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.panels.ledger_files import ReadFile, file_lines, read_lines
from lizhi_pos.terminal.screens.ledgers.files import FilesScreen
from lizhi_pos.terminal.screens.shared.aside import aside
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.terminal.screens.shared.scrolled import scrolled
from lizhi_pos.terminal.shell import Shell

TICK_S = 1.0
"""Seconds between two pictures of how long a file has been under way."""
_BAR = 10


async def read_files(app: Shell, service: LedgersService, paths: Sequence[Path] = ()) -> Place | None:
    """Ask which files to read, read them, and return the village and month of the first that was taken."""
    if not paths:
        choosing = FilesScreen(service.folder)
        await app.ask(choosing)
        paths = choosing.chosen
    if not paths:
        return None
    service.folder = paths[0].parent
    reading = ReadingScreen(service, paths)
    await app.ask(reading)
    return reading.first_taken


class ReadingScreen(JobScreen):
    """The files with how far each came. Enter goes into one: its errors beside their rows, or what it changes."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.READING]
    KEYS = keymap.READING
    HINT = message("number of a file; Enter: what is wrong or changes in it")
    FIELD = (
        ("2", message("the number of a file")),
        ("Enter", message("on the empty field: into the marked file, and back")),
        ("Esc", message("leave the file, stop reading behind the file under way, go back")),
    )

    def __init__(self, service: LedgersService, paths: Sequence[Path]) -> None:
        super().__init__()
        self._service = service
        self._home = Path.home()
        self.files = [ReadFile(path=path) for path in paths]
        self.is_reading = True
        self._stops = False
        self._top = 0

    @property
    def first_taken(self) -> Place | None:
        """The village and month of the first file that was taken."""
        taken = (file.found for file in self.files if isinstance(file.found, ReadIn) and file.found.state == "taken")
        drafted = next((found.file.drafted for found in taken), None)
        return (drafted.village, drafted.month) if drafted is not None else None

    def show(self) -> None:
        # what is wrong needs the width that there is, also where there is room beside
        self.set_class(self.is_detail_open, "-whole")
        super().show()

    def count(self) -> int:
        return len(self.files)

    def mark(self, by: int) -> None:
        """Mark another file; in the detail, go on in it."""
        if self.is_detail_open:
            self._top = max(self._top + by, 0)
        else:
            super().mark(by)

    async def read(self) -> None:
        self.notice = None
        # who began it: another person at the till reads nothing in that one's name
        self.run_worker(self._read_all(self.app.signed_in), name="reading")
        self.set_interval(TICK_S, self._tick)

    async def _read_all(self, by: Operator) -> None:
        for file in self.files:
            if self._stops:
                file.stage = "left out"
                continue
            answer = await self.app.attempt(lambda file=file: self._read_one(file, by))  # type: ignore[misc]
            if isinstance(answer, Refusal):
                file.found = answer
            file.stage = "done"
            self.show()
        self.is_reading = False
        self._say_what_came()
        self.show()

    async def _read_one(self, file: ReadFile, by: Operator) -> Refusal | None:
        """Read one file: its cells beside the database's thread, so that nobody waits, then what the books say."""
        file.stage = "reads"
        self.show()
        villages = await self.app.work.run(lambda: self._service.villages(by))
        if isinstance(villages, Refusal):
            return villages
        read = await aside(lambda: read_village_workbook(file.path, villages))
        file.stage = "checks"
        self.show()
        found = await self.app.work.run(lambda: self._service.read_in(file.path, read, by))
        if isinstance(found, Refusal):
            return found
        problems = (*found.file.errors, *found.file.warnings)
        if problems:
            file.beside = await aside(lambda: rows_beside(file.path, problems))
        file.found = found
        return None

    def _tick(self) -> None:
        for file in self.files:
            if file.stage in ("reads", "checks"):
                file.seconds += 1
                self.show()

    def _say_what_came(self) -> None:
        wrong = sum(not isinstance(f.found, ReadIn) or f.found.state == "errors" for f in self.files if f.found)
        waiting = sum(file.waits_for_word for file in self.files)
        not_taken = message("{0} {0:file was|files were} not taken: Enter shows what is wrong", wrong)
        waits = message("{0} {0:file waits|files wait}: Enter shows what changes, F10 takes it", waiting)
        if wrong:
            self.note("refusal", message("{0}; {1}", not_taken, waits) if waiting else not_taken)
        elif waiting:
            self.note("hint", waits)
        else:
            self.note("done", message("All that was read is taken"))

    async def done(self) -> None:
        if self.files[self.marked].found is None:
            self.app.bell()
        else:
            self.notice = None
            self.is_detail_open, self._top = not self.is_detail_open, 0

    async def left(self) -> None:
        self.notice = None
        if self.is_detail_open:
            self.is_detail_open = False
        elif self.is_reading and not self._stops:
            self._stops = True
            self.note("hint", message("Reading stops behind the file under way; Esc once more leaves it, too"))
        elif self.is_reading:
            # a stick that does not answer any more keeps nobody here
            self.dismiss(None)
        elif waiting := sum(file.waits_for_word for file in self.files):
            question = message("{0} {0:file is|files are} not taken yet: leave them out?", waiting)
            if await self.app.ask(Confirm(question, "f8", "F8")):
                self.dismiss(None)
        else:
            self.dismiss(None)

    def action_changes(self) -> None:
        async def do() -> None:
            if self.files[self.marked].waits_for_word:
                self.is_detail_open, self._top = True, 0
            else:
                self.note("said", message("This file changes no batch that is there"))

        self.begin(do)

    def action_take(self) -> None:
        self.begin(self._take_file)

    async def _take_marked(self, file: ReadFile, found: ReadIn) -> None:
        drafted = await self.app.work.run(lambda: self._service.take(found, self.app.signed_in))
        if isinstance(drafted, Refusal):
            self.refuse(drafted)
        elif drafted.errors:
            self.note("refusal", message("The books changed meanwhile: read the file again"))
        else:
            file.found = ReadIn(file=found.file, state="taken", workbook=found.workbook)
            self.note("done", message("{0} {1} is as in {2} now", drafted.village, drafted.month, file.path.name))
            if waiting := [at for at, one in enumerate(self.files) if one.waits_for_word]:
                self.is_detail_open = False
                self.marked = next((at for at in waiting if at > self.marked), waiting[0])

    async def _take_file(self) -> None:
        """Take the marked file in the place of its batch, once it is said yes to."""
        file = self.files[self.marked]
        found = file.found
        if not isinstance(found, ReadIn) or not file.waits_for_word or found.batch is None or found.difference is None:
            self.note("said", message("This file does not wait to be taken"))
            return
        changes = found.difference
        question = message(
            "{0} {1} is replaced by {2}: {3} {3:row|rows} added, {4} removed, {5} {5:field|fields} changed",
            *(found.batch.village, found.batch.month, file.path.name),
            *(len(changes.added), len(changes.removed), len(changes.changed)),
        )
        if found.batch.state in ("publicised", "reviewed"):
            question = message("{0}. ▲ It goes back to draft and is published anew", question)
        if await self.app.ask(Confirm(question, "f10", "F10")):
            await self._take_marked(file, found)

    def action_mark_copy(self) -> None:
        self.begin(self._mark_copy)

    async def _mark_copy(self) -> None:
        """Write the marked file again beside itself, what is wrong in it coloured."""
        file = self.files[self.marked]
        if not isinstance(file.found, ReadIn) or not (file.found.file.errors or file.found.file.warnings):
            self.note("said", message("Nothing is wrong in this file"))
            return
        self.note("said", message("One moment …"))
        self.show()
        read = file.found.file
        written = await aside(lambda: mark_beside(file.path, read.errors, read.warnings))
        if isinstance(written, Path):
            self.note("done", message("What is wrong is marked in {0}", short(written, self._home)))
        else:
            self.note("refusal", written)

    def header(self, width: int, height: int) -> list[Content]:
        done = sum(file.stage in ("done", "left out") for file in self.files)
        start = f" {render(message('Read workbooks'), self.app.translate)}  "
        if self.is_reading:
            full = done * _BAR // len(self.files)
            start += f"{'█' * full}{'░' * (_BAR - full)} "
        start += render(message("{0} of {1} {1:file|files}", done, len(self.files)), self.app.translate)
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        return message("↑ ↓ go on in the detail; Esc goes back to the rows") if self.is_detail_open else self.HINT

    def rows(self, width: int, height: int) -> list[Content]:
        return read_lines(self.files, self.marked, self.app.translate, width, height)

    def _left(self, width: int, height: int) -> list[Content]:
        if not self.is_detail_open:
            return self.rows(width, height)
        shown, self._top = scrolled(self._told(width), self._top, height, self.app.translate)
        return shown

    def detail(self, width: int, height: int) -> list[Content]:
        return scrolled(self._told(width), 0, height, self.app.translate)[0]

    def _told(self, width: int) -> list[Content]:
        return file_lines(self.files[self.marked], self._home, self.app.translate, width)
