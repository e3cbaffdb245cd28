"""The lines of a delivery that is being received, and what its marked line is."""

from typing import TYPE_CHECKING

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.terminal.rows import page, row

if TYPE_CHECKING:
    from lizhi_pos.office.delivery import Delivery
    from lizhi_pos.receiving.deliveries import DeliveryLine

_MARK, _NUMBERS = 5, 40
"""Columns of the row's number, and of quantity, value, amount and expiry."""


def delivery_lines(delivery: "Delivery", translate: Translate, width: int, height: int) -> list[Content]:
    """Return the lines, the page that the marked one is on, and their sum below."""
    if not delivery.lines:
        return [Content.styled(render(message("  Scan the first carton or piece"), translate), "$foreground-muted")]
    first, last = page(len(delivery.lines), delivery.marked, max(height - 2, 1))
    room = max(width - _MARK - _NUMBERS, 8)
    lines = []
    for at in range(first, last):
        line = delivery.lines[at]
        name = left(f"{line.name} {line.spec}".strip(), room)
        lines.append(row(f"{at + 1:>3} {name}{_figures(line)}", at, delivery.marked, width))
    count, pieces, worth = len(delivery.lines), delivery.pieces, format_hundredths(delivery.total)
    total = render(message("{0} {0:line|lines}, {1} {1:piece|pieces}, {2}", count, pieces, worth), translate)
    return [*lines, Content(""), Content.styled(f"    {total}", "bold")]


def _figures(line: "DeliveryLine") -> str:
    value, worth = format_hundredths(line.unit_value), format_hundredths(line.amount)
    expires = line.expires_on.isoformat() if line.expires_on else "–"
    return f"{line.quantity:>6} × {right(value, 8)} {right(worth, 10)}  {expires}"


def delivery_detail(
    delivery: "Delivery", about: "list[tuple[Message, str]]", translate: Translate, width: int
) -> list[Content]:
    """Return what is said of the whole delivery and of its marked line."""
    told = [(label, words) for label, words in about if words]
    if (line := delivery.line) is not None:
        told += [
            (message("Marked"), f"{line.name} {line.spec}".strip()),
            (message("Code"), line.code),
            (message("Quantity"), f"{line.quantity} {line.unit}".strip()),
            (message("Value of one"), format_hundredths(line.unit_value)),
            (message("Expiry"), line.expires_on.isoformat() if line.expires_on else "–"),
        ]
    lines = []
    for label, words in told:
        start = left(render(label, translate), 12)
        lines.append(Content.assemble((f" {start}", "$foreground-muted"), left(words, max(width - 14, 4))))
    return lines
