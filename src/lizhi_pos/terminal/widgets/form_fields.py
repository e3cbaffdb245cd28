"""The fields of a dialog: takes every key itself, in order, and says when they are filled in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from textual import events
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message as TextualMessage
from textual.widget import Widget

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.form import Came, Field, Form
from lizhi_pos.terminal.rows import clicked_in_form, in_form
from lizhi_pos.terminal.widgets.painted_lines import LEFT_BUTTON

PROMPT = "> "


class FormFields(Widget, can_focus=True):
    """A label and a line for each field; the one that takes the keys has a sign before it."""

    DEFAULT_CSS = """
    FormFields { height: auto; padding: 0 1; }
    """

    @dataclass
    class Filled(TextualMessage):
        """The outcome of a key press; see `Came`."""

        came: Came

    def __init__(self, form: Form, translate: Translate, changed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.form = form
        self._translate = translate
        self._changed = changed
        """Called at each key, for who shows what it comes to."""

    def on_key(self, event: events.Key) -> None:
        came = self.form.key(event.key, event.character, event.time)
        if came is None:
            return
        event.stop()
        event.prevent_default()
        self._came(came)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        clicked = clicked_in_form(event.style)
        if clicked is not None and event.button == LEFT_BUTTON:
            self._came(self.form.click(*clicked))

    def _came(self, came: Came) -> None:
        self.show()
        self._changed()
        if came != "edited":
            self.post_message(self.Filled(came))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._came(self.form.paste(event.text))

    def on_focus(self) -> None:
        self._place_cursor()

    def on_resize(self) -> None:
        self._place_cursor()

    def show(self) -> None:
        """Paints what the form holds."""
        self._place_cursor()
        self.refresh()

    def lay_out(self) -> None:
        """Give the form the height that it needs now."""
        self.refresh(layout=True)
        self.call_after_refresh(self._place_cursor)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        lines = []
        for at, field in enumerate(self.form.fields):
            lines += [names.stylize_before("$foreground-muted") for names in self._listed(at, field, width)]
            here = at == self.form.at
            label = left(render(field.label, self._translate), self._indent - len(PROMPT) - 1)
            text = Content(self.form.shown(at)[-max(width - self._indent - 1, 1) :])
            if here and self.form.is_typed_over:
                text = text.stylize("reverse")
            start = Content.styled(f"{label} {PROMPT if here else '  '}", "bold" if here else "$foreground-muted")
            end = " " * max(width - start.cell_length - text.cell_length - here, 0)
            lines.append(in_form(Content.assemble(start, text, (" ", "reverse") if here else "", end), at))
        return lines

    @property
    def _indent(self) -> int:
        """The column where the texts begin."""
        labels = [Content(render(field.label, self._translate)).cell_length for field in self.form.fields]
        return max(labels) + 1 + len(PROMPT)

    def _place_cursor(self) -> None:
        # where a Chinese input method shows what is being composed
        above = self.form.fields[: self.form.at + 1]
        row = self.form.at + sum(len(self._listed(at, field, self.size.width)) for at, field in enumerate(above))
        column = self._indent + Content(self.form.shown(self.form.at)).cell_length
        self.app.cursor_position = self.content_region.offset + Offset(min(column, max(self.size.width - 1, 0)), row)

    def _listed(self, at: int, field: Field, width: int) -> list[Content]:
        """Return the choices of a field with their numbers, in as many lines as they need, a name beside its number."""
        lines: list[list[tuple[int, str]]] = []
        for number, (name, about) in enumerate(zip_longest(self.form.choices(at), field.about)):
            words = f"{number + 1} {name} {render(about, self._translate)}" if about else f"{number + 1} {name}"
            before = "".join(f"{other}  " for _, other in lines[-1]) if lines else ""
            if before and Content(before + words).cell_length <= width:
                lines[-1].append((number, words))
            else:
                lines.append([(number, words)])
        return [_choices(at, choices) for choices in lines]


def _choices(field: int, choices: Sequence[tuple[int, str]]) -> Content:
    """One line of choices, each of which may be clicked with what stands behind it."""
    *others, (last, words) = choices
    parts = [in_form(Content(f"{text}  "), field, number) for number, text in others]
    return Content.assemble(*parts, in_form(Content(words), field, last))
