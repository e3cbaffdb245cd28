"""Paper that is not out yet: what waits, what failed, and what only a person can decide."""

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.rows import page, row
from lizhi_pos.terminal.screens.selling.dialogs import ask_paper
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.list_screen import ListScreen
from lizhi_pos.till.same_press import SamePress

if TYPE_CHECKING:
    from lizhi_pos.office.market_day import Paper

STATES = {
    "queued": message("waits"),
    "sending": message("being sent"),
    "unknown": message("perhaps printed: look at the paper"),
    "failed": message("failed"),
}


class PrintQueueScreen(ListScreen):
    """The jobs that are not done, the oldest first. Nothing here is printed twice unless a person says so."""

    KEYS = keymap.PRINTING
    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.PRINTING]

    def __init__(self) -> None:
        super().__init__()
        self._jobs: Sequence[Paper] = ()
        self._has_printer = True
        self._known = False
        self._presses = SamePress()

    def count(self) -> int:
        return len(self._jobs)

    async def read(self) -> None:
        back = await self.app.office()
        marked = self._jobs[self.marked].id if self._jobs else None
        self._has_printer, self._jobs = await self.app.work.run(back.papers)
        self.marked = next((at for at, job in enumerate(self._jobs) if job.id == marked), 0)
        self._known, self.notice = True, None

    def action_again(self) -> None:
        if self._jobs:
            pressed = monotonic()
            self.begin(lambda: self._again(pressed))

    def action_cancel(self) -> None:
        if self._jobs:
            self.begin(lambda: self._cancel([self._jobs[self.marked]]))

    def action_cancel_all(self) -> None:
        if self._jobs:
            self.begin(self._ask_cancel_all)

    async def _again(self, pressed: float) -> None:
        job = self._jobs[self.marked]
        # what is printed goes from the list, and the mark to another paper: pressed twice it would print that one too
        if self._presses.again("again", pressed) and not await ask_paper(
            self.app, message("A paper was printed again just now. {0} too?", job.name), "f7"
        ):
            return
        back = await self.app.office()
        refusal = await self.app.work.run(lambda: back.print_again(job.id, self.app.signed_in))
        self.app.wake_printing()
        await self.read()
        if refusal:
            self.refuse(refusal)
        else:
            self.note("done", message("{0} is sent to the printer", job.name))

    async def _ask_cancel_all(self) -> None:
        question = message("None of {0:this|these} {0} {0:paper|papers} needs printing any more?", len(self._jobs))
        if await self.app.ask(Confirm(question, "f9", "F9")):
            await self._cancel(self._jobs)

    async def _cancel(self, jobs: "Sequence[Paper]") -> None:
        ids = [job.id for job in jobs]
        back = await self.app.office()
        refusal = await self.app.work.run(lambda: back.cancel(ids, self.app.signed_in))
        await self.read()
        if refusal:
            self.refuse(refusal)
        else:
            self.note("done", message("Given up: {0}", len(ids)))

    def header(self, width: int, height: int) -> list[Content]:
        words = render(message("Paper that is not out yet: {0}", len(self._jobs)), self.app.translate)
        return [Content.styled(left(words, width), "bold")]

    def rows(self, width: int, height: int) -> list[Content]:
        translate = self.app.translate
        if not self._jobs:
            return [Content(render(message("Nothing waits to be printed"), translate))] if self._known else []
        no_printer = render(message("There is no printer yet: lizhi-pos printer add"), translate)
        lines = [] if self._has_printer else [Content.styled(f"▲ {no_printer}", "bold $text-warning")]
        detail = self._jobs[self.marked].detail
        below = wrapped(render(detail, translate), max(width - 2, 20)) if detail else []
        first, last = page(len(self._jobs), self.marked, max(height - len(lines) - len(below) - 1, 1))
        names = [render(job.name, translate) for job in self._jobs]
        wide = min(max(map(cell_len, names)), 36)
        for at in range(first, last):
            job = self._jobs[at]
            name, since = left(names[at], wide), f"{job.since:%m-%d %H:%M}"
            state = render(STATES[job.state], translate)
            lines.append(row(f"{at + 1:>3} {since}  {name}  {state}", at, self.marked, width))
        return [*lines, Content(""), *(Content.styled(f"  {line}", "$foreground-muted") for line in below)]
