"""Find anything one may do by its name, its letters or its number."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.rows import answers, page, row
from lizhi_pos.terminal.screens.shared.left_once import LeftOnce
from lizhi_pos.terminal.shell import Shell
from lizhi_pos.terminal.widgets.painted_lines import PaintedLines
from lizhi_pos.text.pinyin import Sounds, begins, spoken
from lizhi_pos.till.scanner import Done, Edited, Escaped, Move, Scanned, Scanner

_FRAME = 9
"""Lines of the dialog that are no rows: its border and room, what is asked, the field, the foot."""
TITLE = message("What do you want to do? Letters, or the number")


class Palette(LeftOnce["Key | None"], ModalScreen["Key | None"]):
    """The keys of the screen below as a list: letters narrow it, Enter takes the marked one. A scan rings.

    Letters find the jobs, too, that may be done elsewhere: `places`.
    """

    app: Shell

    def __init__(
        self, keys: Sequence[Key], title: Message = TITLE, marked: int = 0, places: Sequence[Key] = ()
    ) -> None:
        super().__init__()
        self._keys = keys
        self._title = title
        self._all = (*keys, *places)
        self._scanner = Scanner()
        self._marked = marked
        self._heard: dict[str, str] = {}
        self._sounds: dict[str, Sounds] = {}

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield PaintedLines(self._lines, classes="auto")

    def on_mount(self) -> None:
        from lizhi_pos.text.pinyin import initials, sounds

        words = [render(text, self.app.translate) for key in self._all for text in (key.label, key.means)]
        self._heard = {word: f"{word} {initials(word)}".lower() for word in words}
        self._sounds = {word: sounds(word) for word in words}

    def on_key(self, key: events.Key) -> None:
        key.stop()
        key.prevent_default()
        came = self._scanner.key(key.key, key.character, key.time)
        if came is None:
            self.app.bell()
        for event in came or ():
            match event:
                case Scanned(typed=True) | Done():
                    self._take(event.text if isinstance(event, Scanned) else "")
                    return
                case Scanned():
                    self.app.bell()
                case Escaped():
                    self.dismiss(None)
                    return
                case Move(by):
                    self._marked += by
                case Edited():
                    self._marked = 0
        self.query_one(PaintedLines).redraw()

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.app.bell()

    def on_painted_lines_clicked(self, message: PaintedLines.Clicked) -> None:
        message.stop()
        found = self._found(self._scanner.text)
        if message.row == self._marked and message.row < len(found):
            self.dismiss(found[message.row])
        else:
            self._mark(message.row)

    def on_painted_lines_wheeled(self, message: PaintedLines.Wheeled) -> None:
        message.stop()
        self._mark(self._marked + message.by)

    def _mark(self, at: int) -> None:
        self._marked = at
        self.query_one(PaintedLines).redraw()

    def _take(self, text: str) -> None:
        found = self._found(text)
        if text.isdigit() and 1 <= int(text) <= len(self._keys):
            self.dismiss(self._keys[int(text) - 1])
        elif found:
            self.dismiss(found[min(max(self._marked, 0), len(found) - 1)])
        else:
            self.app.bell()
            self.query_one(PaintedLines).redraw()

    def _found(self, text: str) -> list[Key]:
        if not text or text.isdigit():
            return list(self._keys)
        wanted, typed = text.lower(), spoken(text)
        return [
            key
            for key in self._all
            if any(wanted in self._heard.get(w, "") or begins(self._sounds.get(w, ()), typed) for w in self._words(key))
        ]

    def _words(self, key: Key) -> tuple[str, str]:
        return render(key.label, self.app.translate), render(key.means, self.app.translate)

    def _lines(self, width: int, height: int) -> list[Content]:
        found = self._found(self._scanner.text)
        self._marked = min(max(self._marked, 0), max(len(found) - 1, 0))
        title = render(self._title, self.app.translate)
        lines = [Content.styled(left(title, width).rstrip(), "bold"), Content(f"> {self._scanner.text}▏"), Content("")]
        first, last = page(len(found), self._marked, max(self.app.size.height - _FRAME, 3))
        for at in range(first, last):
            key = found[at]
            number = self._keys.index(key) + 1 if key in self._keys else "→"
            lines.append(row(f"{number:>3} {left(key.shown, 6)} {self._words(key)[1]}", at, self._marked, width))
        if not found:
            lines.append(Content(render(message("Nothing is found for {0}", self._scanner.text), self.app.translate)))
        foot = render(message("Enter: do it    Esc: leave"), self.app.translate)
        return [*lines, Content(""), answers(foot, ("enter", "escape"), "$foreground-muted")]
