"""A few fields that one person fills in by hand, and how a scan among them is known again. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from lizhi_pos.i18n.catalogue import LANGUAGES, Translate, translator
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, message
from lizhi_pos.till.scanner import CR_LF, FAST, QUICK_ENTER, SHORTEST_BURST

Came = Literal["edited", "scan", "missing", "no name", "no PIN", "done", "left"]
"""The outcome of a key press: another text, a scan that was taken out again, a field that is still empty, one that was
emptied for what stood in it, all is there, Esc."""

WHY_EMPTIED: Mapping[str, Message] = {
    "no name": message("Here goes a name or its number in the list. The PIN has a field of its own"),
    "no PIN": message("A PIN has six digits or more: nothing was tried"),
}

PIN_DIGITS = 6
"""So many digits in a row may be a PIN however fast they come; more, or letters, are a scan."""
SHORTEST_PIN = 6
MOST_DIGITS_OF_NAME = 2
LONGEST = 60

_ENDS = frozenset({"enter", "ctrl+m", "ctrl+j"})
_ERASERS = frozenset({"backspace", "ctrl+h"})
_MOVES = {"tab": 1, "down": 1, "shift+tab": -1, "up": -1}


class Field(Struct, frozen=True, kw_only=True):
    """One field. `choices` are names that may be given by their number, `value` what stands in it at first.

    A choice that is a sentence is shown in the language of the screen, and known by its English words.

    `about` says a word of each choice, where there is one to say.

    With `most` it takes a whole number from 1 to that. One of `person` takes a name or its number and nothing else:
    what may be the begin of a PIN is not shown in it. Into one that `takes_scans` a scanner may write: the number of a
    new booklet is scanned off it, and what is dragged here or pasted stays.
    """

    name: str
    label: Message
    value: str = ""
    secret: bool = False
    optional: bool = False
    choices: tuple[str | Message, ...] = ()
    about: tuple[Message, ...] = ()
    most: int | None = None
    person: bool = False
    takes_scans: bool = False
    longest: int = LONGEST

    def takes(self, text: str) -> bool:
        """Return whether a text may be what belongs here, as far as it is typed."""
        if (
            not self.person
            or not any(c.isdigit() for c in text)
            or any(str(name).startswith(text) for name in self.choices)
        ):
            return True
        if text.isdecimal():
            return text[0] != "0" and (int(text) <= len(self.choices) if self.choices else len(text) == 1)
        return sum(c.isdigit() for c in text) <= MOST_DIGITS_OF_NAME

    def sentence(self, text: str) -> Message | None:
        """Return the sentence among the choices that a text is, in whichever language."""
        said = (choice for choice in self.choices if isinstance(choice, Message))
        return next((x for x in said if any(text == render(x, translator(lang)) for lang in LANGUAGES)), None)


class Form:
    """The fields' texts and the place of the cursor, which is always at a text's end."""

    def __init__(self, fields: Sequence[Field], translate: Translate = str) -> None:
        self.fields = tuple(fields)
        self._translate = translate
        self.texts = [field.value for field in fields]
        self.at = 0
        self._untouched = {at for at, field in enumerate(self.fields) if field.value}
        self._replaced: str | None = None
        self._burst = 0
        self._last_at = float("-inf")
        self._scanned_at = float("-inf")

    @property
    def values(self) -> Mapping[str, str]:
        """What was filled in, by the fields' names; of a sentence its English words."""
        filled = zip(self.fields, (text.strip() for text in self.texts), strict=True)
        return {field.name: said.msgid if (said := field.sentence(text)) else text for field, text in filled}

    def choices(self, at: int) -> list[str]:
        """Return the choices of a field in the language of the screen."""
        return [render(x, self._translate) if isinstance(x, Message) else x for x in self.fields[at].choices]

    def give_choices(self, name: str, choices: Sequence[str], about: Sequence[Message] = ()) -> None:
        """Names that may be given by their number, known only now; what was typed before stays."""
        self.fields = tuple(
            replace(field, choices=tuple(choices), about=tuple(about)) if field.name == name else field
            for field in self.fields
        )

    def go_to(self, name: str, *, anew: bool = False) -> None:
        """Put the cursor into a field; to be filled in anew a PIN is forgotten, other text is typed over."""
        self._go(next(at for at, field in enumerate(self.fields) if field.name == name))
        if anew and self.fields[self.at].secret:
            self.texts[self.at] = ""
        elif anew:
            self._untouched.add(self.at)

    @property
    def is_typed_over(self) -> bool:
        """Whether what stands at the cursor gives way to the next sign: it was put there, not typed."""
        return self.at in self._untouched and bool(self.texts[self.at])

    def click(self, at: int, choice: int | None = None) -> Came:
        """Return a field was clicked: the cursor goes there; or one of its choices, counted from 0: that is taken.

        Another person has another PIN: what was typed of one is forgotten.
        """
        self._go(at)
        field = self.fields[at]
        if choice is None or choice >= len(field.choices):
            return "edited"
        chosen = self.choices(at)[choice]
        if field.person and self.texts[at] != chosen:
            self.texts[:] = ["" if f.secret else text for f, text in zip(self.fields, self.texts, strict=True)]
        self.texts[at] = chosen
        return self._next()

    def paste(self, text: str) -> Came:
        """Return the outcome of a text that came at once: in a field that takes scans it stands instead of what was."""
        field = self.fields[self.at]
        if not field.takes_scans:
            return "scan"
        self.texts[self.at] = text.strip().partition("\n")[0][: field.longest]
        self._untouched.discard(self.at)
        return "edited"

    def key(self, name: str, character: str | None, at: float) -> Came | None:
        """Return the outcome of a key press at a moment in seconds; None for one that a form has no use for."""
        if name in _ENDS:
            return self._end(at)
        if name == "escape":
            return "left"
        if name in _MOVES:
            self._go(min(max(self.at + _MOVES[name], 0), len(self.fields) - 1))
            return "edited"
        if name in _ERASERS or name == "ctrl+u":
            self._touch()
            self.texts[self.at] = "" if name == "ctrl+u" else self.texts[self.at][:-1]
            self._burst = 0
            return "edited"
        if character is None or not character.isprintable():
            return None
        self._burst = self._burst + 1 if at - self._last_at <= FAST else 1
        self._last_at = at
        if self.is_typed_over:
            self._replaced, self.texts[self.at] = self.texts[self.at], ""
        self._untouched.discard(self.at)
        self.texts[self.at] = (self.texts[self.at] + character)[: self.fields[self.at].longest]
        return "edited"

    def _end(self, at: float) -> Came | None:
        field, text = self.fields[self.at], self.texts[self.at]
        burst = _ascii_end(text[len(text) - min(self._burst, len(text)) :])
        if _is_scan(burst, field) and at - self._last_at < QUICK_ENTER:
            self._take_out(burst)
            self._burst, self._scanned_at = 0, at
            return "scan"
        if at - self._scanned_at < CR_LF and not self._burst:
            return None
        number = text.strip()
        if not field.takes(number):
            self.texts[self.at] = ""
            return "no name"
        if field.secret and number and not _may_be_pin(number):
            return self._chosen_here(number)
        if number.isdecimal() and 1 <= int(number) <= len(field.choices):
            self.texts[self.at] = self.choices(self.at)[int(number) - 1]
        if not (_is_count(number, field.most) if number and field.most else number or field.optional):
            return "missing"
        return self._next()

    def _take_out(self, burst: str) -> None:
        """Take a scan out of a field; what it was typed over stands there again."""
        rest = self.texts[self.at][: -len(burst)]
        if not rest and self._replaced is not None:
            rest = self._replaced
            self._untouched.add(self.at)
        self.texts[self.at], self._replaced = rest, None

    def _touch(self) -> None:
        self._untouched.discard(self.at)
        self._replaced = None

    def _chosen_here(self, number: str) -> Came:
        """Somebody gave their number where the PIN of the one who is named already is asked."""
        self.texts[self.at] = ""
        for at, field in enumerate(self.fields):
            if field.person and number.isdecimal() and 1 <= int(number) <= len(field.choices):
                self.texts[at] = self.choices(at)[int(number) - 1]
                return "edited"
        return "no PIN"

    def shown(self, at: int) -> str:
        """Return a field's text as it may be seen: a PIN never, wherever it was typed."""
        field, text = self.fields[at], self.texts[at]
        if said := field.sentence(text):
            return render(said, self._translate)
        return "•" * len(text) if field.secret or not field.takes(text.strip()) else text

    def _next(self) -> Came:
        for at in range(self.at + 1, len(self.fields)):
            if not self.texts[at].strip() or self.fields[at].optional:
                self._go(at)
                return "edited"
        empty = [at for at, f in enumerate(self.fields) if not f.optional and not self.texts[at].strip()]
        if empty:
            self._go(empty[0])
            return "missing"
        return "done"

    def _go(self, at: int) -> None:
        self.at, self._burst, self._replaced = at, 0, None


def _ascii_end(burst: str) -> str:
    """Return what of a fast text may be a scan: an input method sends whole phrases as fast, but no ASCII."""
    at = len(burst)
    while at and burst[at - 1].isascii():
        at -= 1
    return burst[at:]


def _may_be_pin(text: str) -> bool:
    return len(text) >= SHORTEST_PIN and text.isascii() and text.isdigit()


def _is_count(text: str, most: int) -> bool:
    return text.isdecimal() and len(text) <= len(str(most)) and 1 <= int(text) <= most


def _is_scan(burst: str, field: Field) -> bool:
    if len(burst) < SHORTEST_BURST or field.takes_scans:
        return False
    return not (field.secret and burst.isdigit() and len(burst) <= PIN_DIGITS)
