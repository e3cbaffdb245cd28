"""What a screen shows, as text that a person can read and compare: every cell's sign, then where which look is.

The golden files are under `golden_screens/`. `LIZHI_GOLDEN=write` writes them anew; read the difference before
keeping it.
"""

import os
import re
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.strip import Strip
from till_hands import Till

from lizhi_pos.terminal.pauses import Pauses

GOLDEN = Path(__file__).parent / "golden_screens"
VARIANTS = (("zh", (80, 24)), ("zh", (120, 40)), ("en", (80, 24)))
_RULER = 10
_ROLES = (
    *("text-success", "text-warning", "text-error", "primary", "secondary", "success", "warning", "error"),
    *("background", "surface", "panel"),
)


NOTHING_BY_ITSELF = Pauses(print_poll_s=3600.0, learn_after_s=3600.0, says_at_work_after_s=3600.0)
"""Nothing is said or done because time went by."""

_HEAD = re.compile(r"[0-9A-F]{4}(-[0-9A-F]{4}){3}")
"""A head as it is shown: another in every run, as PINs and what is personal are salted."""


def shown(app: App[None]) -> list[Strip]:
    """The rows of cells that the terminal would get."""
    return app.screen._compositor.render_strips()


def as_text(app: App[None], *, looks_too: bool) -> str:
    """The screen as it is painted, a Chinese character two cells wide, and below it where which look is, if wanted."""
    strips = shown(app)
    rows = [_HEAD.sub("0000-0000-0000-0000", strip.text.rstrip()) for strip in strips]
    if not looks_too:
        return "\n".join(rows) + "\n"
    roles = _roles(app)
    looks = [f"{at:>2}  {line}" for at, strip in enumerate(strips, 1) if (line := _looks(strip, roles))]
    return "\n".join([*rows, "─" * _RULER, *looks]) + "\n"


def _looks(strip: Strip, roles: dict[str, str]) -> str:
    """From which column to which a row looks unlike plain text, and on what ground it stands."""
    looks: list[tuple[int, int, str]] = []
    grounds: list[tuple[int, int, str]] = []
    column = 1
    for text, style, _ in strip:
        width = cell_len(text)
        if style and width:
            _append(looks, column, width, _look(style, roles, blank=not text.strip()))
            _append(grounds, column, width, _role(style.bgcolor, roles))
        column += width
    return " · ".join([*_ranges(looks), *(f"[{ground}]" for ground in _ranges(grounds))])


def _append(parts: list[tuple[int, int, str]], column: int, width: int, what: str) -> None:
    if parts and parts[-1][2] == what:
        parts[-1] = (parts[-1][0], column + width - 1, what)
    else:
        parts.append((column, column + width - 1, what))


def _ranges(parts: list[tuple[int, int, str]]) -> list[str]:
    return [f"{start}-{end} {what}" for start, end, what in parts if what]


def _look(style: Style, roles: dict[str, str], *, blank: bool) -> str:
    words = [word for word in ("bold", "reverse", "dim", "italic", "underline", "strike") if getattr(style, word)]
    if blank and "reverse" not in words:
        return ""
    return " ".join(filter(None, [*words, _role(style.color, roles)]))


def _role(colour: Any, roles: dict[str, str]) -> str:
    """The name of a colour; `faded` for one behind a dialog, nothing for plain text and its background."""
    if colour is None or colour.triplet is None:
        return ""
    return roles.get(colour.triplet.hex.upper(), "faded")


def _roles(app: App[None]) -> dict[str, str]:
    variables = app.get_css_variables()
    line = Color.parse(variables["secondary"]).multiply_alpha(0.6)
    roles = {Color.parse(variables[name]).hex: name for name in _ROLES}
    roles |= {(Color.parse(variables[ground]) + line).hex: "line" for ground in ("background", "surface", "panel")}
    roles[Color.parse(variables["foreground-muted"]).hex] = "muted"
    roles[Color.parse(variables["foreground"]).hex] = roles[Color.parse(variables["background"]).hex] = ""
    return roles


class Shots:
    """Compares what a running till shows with the golden files, in every language and size."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.differ: list[str] = []

    async def take(self, name: str) -> None:
        app = self.till.app
        for lang, (width, height) in VARIANTS:
            await self._become(lang, width, height)
            strips = shown(app)
            stem = f"{name}.{lang}.{width}x{height}"
            if len(strips) != height or any(strip.cell_length != width for strip in strips):
                self.differ.append(f"{stem}: rows of another width than the screen")
            # a look is the same in every language and size: one golden file has it
            self._compare(stem, as_text(app, looks_too=(lang, (width, height)) == VARIANTS[0]))

    async def _become(self, lang: str, width: int, height: int) -> None:
        app = self.till.app
        if app.lang != lang:
            app.action_other_language()
        if app.size != (width, height):
            await self.till.pilot.resize_terminal(width, height)
        await self.till.pilot.pause()

    def _compare(self, stem: str, found: str) -> None:
        if is_other(stem, found):
            self.differ.append(f"{stem}\n{found}")


def is_other(stem: str, found: str) -> bool:
    """Whether a screen is another than its golden file, which may be written anew instead."""
    path = GOLDEN / f"{stem}.txt"
    if os.environ.get("LIZHI_GOLDEN") == "write":
        path.write_text(found, encoding="utf-8")
        return False
    return not path.exists() or path.read_text(encoding="utf-8") != found
