"""The base of screens that are a list: one marked row, acts one at a time, a line that says what happened."""

from collections.abc import Awaitable, Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from lizhi_pos.i18n.render import refusal_words
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.panels.header_footer import key_line, notice_lines
from lizhi_pos.terminal.screens.shared.left_once import LeftOnce
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.till.notices import Level, Notice
from lizhi_pos.till.scanner import Done, Escaped, Move, Scanned, Scanner, Step, TakenOut


class ListScreen(LeftOnce[None]):
    """Arrows mark a row, Enter does what the screen is for. A scan rings, unless the list has a use for it."""

    KEYS: Sequence[Key] = ()

    app: Shell

    def __init__(self) -> None:
        super().__init__()
        self.marked = 0
        self.notice: Notice | None = Notice("said", message("One moment …"))
        self._scanner = Scanner()
        self._busy = False

    def compose(self) -> ComposeResult:
        yield PaintedLines(self.header, id="header")
        yield from self.middle()
        yield PaintedLines(lambda w, h: notice_lines(self.notice, self.app.translate, w), id="notice")
        yield PaintedLines(lambda w, h: [key_line(self.KEYS, self.app.translate, w)], id="keys")

    def middle(self) -> ComposeResult:
        """Compose what stands between the first line and the notice."""
        yield PaintedLines(self.rows, id="middle")

    def header(self, width: int, height: int) -> list[Content]:
        """Return the first line."""
        raise NotImplementedError

    def rows(self, width: int, height: int) -> list[Content]:
        """Return the list, as many lines as fit."""
        raise NotImplementedError

    def count(self) -> int:
        """Return how many rows there are."""
        raise NotImplementedError

    @property
    def marked_row(self) -> int:
        """The row that has the mark, of the list that is shown."""
        return self.marked

    def more_keys(self) -> Sequence[Key]:
        """Return what else the palette finds here, behind the keys."""
        return ()

    async def read(self) -> None:
        """Read what is shown from the books."""
        raise NotImplementedError

    @property
    def is_live(self) -> bool:
        """Whether it now shows at once what other tills change; most lists are read when they are opened."""
        return False

    def changed_elsewhere(self) -> None:
        """Take notice that another till changed something."""
        if self.is_live and self.is_current and not self._busy:
            self.app.run_worker(self._read_again())

    async def _read_again(self) -> None:
        """Read what is shown, beside the acts: no key of theirs may be lost to it."""
        notice = self.notice
        if await self.app.attempt(self.read) is None and not self._busy:
            self.notice = notice
        self.show()

    def enter(self) -> None:
        """Enter by a hand."""

    def scanned(self, text: str) -> None:
        """Take a scan, which most lists have no use for: ring."""
        self.app.bell()

    def numbered(self, number: int) -> None:
        """Mark the row whose number was typed, with its Enter."""
        if 1 <= number <= self.count():
            self.marked = number - 1
            self.show()
        else:
            self.app.bell()

    def step(self, by: int | None) -> None:
        """One more or one less of the marked row, None for none of it; most lists have nothing to count."""

    def on_mount(self) -> None:
        self.begin(self.read)

    def on_key(self, key: events.Key) -> None:
        came = self._scanner.key(key.key, key.character, key.time)
        if came is None:
            return
        key.stop()
        key.prevent_default()
        for event in came:
            match event:
                case Scanned(text, typed) if typed and text.isdigit() and len(text) <= 2:
                    self.numbered(int(text))
                case Scanned(text):
                    self.scanned(text)
                case Done():
                    self.enter()
                case Escaped():
                    self.action_back()
                case Move(by):
                    self.move(by)
                case Step(by):
                    self.step(by)
                case TakenOut():
                    self.step(None)

    def on_painted_lines_clicked(self, message: PaintedLines.Clicked) -> None:
        """Mark the row, or on the marked one do what Enter does."""
        message.stop()
        if message.row == self.marked_row:
            self.enter()
        else:
            self.move(message.row - self.marked_row)

    def on_painted_lines_wheeled(self, message: PaintedLines.Wheeled) -> None:
        message.stop()
        self.move(message.by)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.app.bell()

    def move(self, by: int) -> None:
        """Mark another row."""
        self.marked = min(max(self.marked + by, 0), max(self.count() - 1, 0))
        self.show()

    def action_back(self) -> None:
        if not self._busy:
            self.dismiss(None)

    def begin(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do an act, unless another one is still under way."""
        if self._busy:
            self.app.bell()
        else:
            self._busy = True
            self.app.run_worker(self._do(act))

    def note(self, level: Level, text: Message) -> None:
        """Show what just happened, in one line; ring at a refusal."""
        self.notice = Notice(level, text)
        if level == "refusal":
            self.app.bell()

    def refuse(self, refusal: Refusal) -> None:
        """Why nothing happened."""
        words = "; ".join(refusal_words(refusal, self.app.translate)) if refusal.reasons else ""
        self.note("refusal", message("This cannot be done: {0}", words) if words else refusal.sentence)

    def show(self) -> None:
        """Paints what is known."""
        if self.is_mounted:
            for lines in self.query(PaintedLines):
                lines.redraw()

    async def _do(self, act: Callable[[], Awaitable[None]]) -> None:
        if refusal := await self.app.attempt(act):
            self.refuse(refusal)
        self._busy = False
        self.show()
