"""What the terminal can show: with NO_COLOR no colour at all, on the bare Linux console few colours and few signs."""

import os

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = str.maketrans({"▸": ">", "✔": "√", "✘": "X", "▏": "_", "▓": "#", "━": "─"})
"""Signs that the console's fonts lack, and what they become there; each has its word beside it anyway."""


def wants_no_colour() -> bool:
    """Return whether whoever started the till asked for none; to be asked before Textual is, which forgets it."""
    return "NO_COLOR" in os.environ


def is_linux_console() -> bool:
    """Return whether this is the kernel's own console: 16 colours, a font of 256 or 512 signs, no Chinese."""
    return os.environ.get("TERM") == "linux"


class PlainSigns(LineFilter):
    """Puts every sign into one that the console's fonts have."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the same segments in plainer signs."""
        return [Segment(text.translate(_SIGNS), style, control) for text, style, control in segments]
