"""The last entries of the household at the counter, beside its basket where the screen is wide."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.journal.entry_words import KIND_WORDS
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import message
from lizhi_pos.terminal.columns import left, right

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import RecentEntry

_DAY, _AMOUNT, _AFTER = 7, 10, 10


def recent_lines(entries: Sequence["RecentEntry"], translate: Translate, width: int, height: int) -> list[Content]:
    """Return the entries, the newest first, as many as fit below the names of the columns."""
    kind = width - _DAY - _AMOUNT - _AFTER
    amount, after = (
        right(render(text, translate), wide)
        for text, wide in ((message("Points"), _AMOUNT), (message("After"), _AFTER))
    )
    names = left(render(message("Last entries"), translate), _DAY + kind) + amount + after
    lines = [Content.styled(names, "$foreground-muted")]
    for entry in entries[: max(height - 1, 0)]:
        sum_ = f"{'+' if entry.amount > 0 else ''}{format_hundredths(entry.amount)}"
        words = left(f"{entry.on:%m-%d}", _DAY) + left(render(KIND_WORDS[entry.kind], translate), kind)
        lines.append(Content(words + right(sum_, _AMOUNT) + right(format_hundredths(entry.after), _AFTER)))
    return lines
