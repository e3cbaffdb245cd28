"""A detail longer than the screen, from the line that it was scrolled to."""

from collections.abc import Sequence

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import message


def scrolled(lines: Sequence[Content], top: int, height: int, translate: Translate) -> tuple[list[Content], int]:
    """Return the lines that are shown with how many more there are, and the first of them that can be."""
    if len(lines) <= height:
        return list(lines), 0
    top = min(top, len(lines) - height + 1)
    more = len(lines) - top - (height - 1)
    words = message("  ↓ {0} more {0:line|lines}", more) if more else message("  ↑ the end")
    return [*lines[top : top + height - 1], Content.styled(render(words, translate), "$foreground-muted")], top
