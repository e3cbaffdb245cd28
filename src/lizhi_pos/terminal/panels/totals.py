"""The three figures: balance, this basket, what would be left; in big digits where there is room."""

from collections.abc import Sequence

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import message
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.till.basket import BasketInProgress

BIG_FROM = 11
"""Lines that three figures of big digits need, with one between them."""

_ROWS = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    "-": ("   ", "▀▀▀", "   "),
    ".": (" ", " ", "▀"),
}


def totals_lines(basket: BasketInProgress | None, translate: Translate, width: int, height: int) -> Sequence[Content]:
    """The lines of the figures; without a household there are none to show."""
    if basket is None:
        return []
    loud = "bold $text-error" if basket.remainder < 0 else "bold"
    figures = (
        (render(message("Balance"), translate), basket.household.balance, "bold"),
        (render(message("This basket"), translate), basket.total, "bold"),
        (render(message("Left"), translate), basket.remainder, loud),
    )
    lines: list[Content] = []
    for label, amount, style in figures:
        text = format_hundredths(amount)
        if height >= BIG_FROM:
            lines += [*([Content("")] if lines else []), *_big(label, text, style, width)]
        else:
            room = max(width - 14, 10)
            lines.append(Content.assemble((left(label, 14), "$foreground-muted"), (right(text, room), style)))
    return lines


def _big(label: str, text: str, style: str, width: int) -> list[Content]:
    rows = [" ".join(_ROWS[sign][row] for sign in text) for row in range(3)]
    room = max(width - 14, 0)
    labels = (label, "", "")
    return [
        Content.assemble((left(name, 14), "$foreground-muted"), (right(row, room), style))
        for name, row in zip(labels, rows, strict=True)
    ]
