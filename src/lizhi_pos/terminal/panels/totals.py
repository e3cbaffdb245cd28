"""The three figures: balance, this basket, what would be left; in big digits where there is room."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import message
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.till.basket import BasketInProgress

if TYPE_CHECKING:
    from lizhi_pos.till.service_answers import LastRedemption

BIG_FROM = 11
"""Lines that three figures of big digits need, with one between them."""
LABEL = 19
"""Columns of a figure's name."""

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


def totals_lines(
    basket: BasketInProgress | None, done: "LastRedemption | None", translate: Translate, width: int, height: int
) -> Sequence[Content]:
    """Return the lines of the figures: the basket's, or, until the next scan, those of what was just redeemed."""
    if basket is not None:
        before, total, left_over, pieces = basket.household.balance, basket.total, basket.remainder, basket.pieces
    elif done is not None:
        redeemed = done.redemption
        before, total, left_over = redeemed.balance_before, redeemed.total, redeemed.balance_after
        pieces = sum(line.quantity for line in redeemed.lines)
    else:
        return []
    loud = "bold $text-error" if left_over < 0 else "bold"
    label_of_total = message("Basket, {0} {0:piece|pieces}", pieces) if pieces else message("This basket")
    figures = (
        (render(message("Balance"), translate), before, "bold"),
        (render(label_of_total, translate), total, "bold"),
        (render(message("Left"), translate), left_over, loud),
    )
    lines: list[Content] = []
    for label, amount, style in figures:
        text = format_hundredths(amount)
        if height >= BIG_FROM:
            lines += [*([Content("")] if lines else []), *_big(label, text, style, width)]
        else:
            room = max(width - LABEL, 9)
            lines.append(Content.assemble((left(label, LABEL), "$foreground-muted"), (right(text, room), style)))
    return lines


def _big(label: str, text: str, style: str, width: int) -> list[Content]:
    rows = [" ".join(_ROWS[sign][row] for sign in text) for row in range(3)]
    room = max(width - LABEL, 0)
    labels = (label, "", "")
    return [
        Content.assemble((left(name, LABEL), "$foreground-muted"), (right(row, room), style))
        for name, row in zip(labels, rows, strict=True)
    ]
