"""The middle of the selling screen: the basket, a list to choose from, or the last sale done."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.printing.elements import TOTAL
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.terminal.panels.recent import recent_lines
from lizhi_pos.terminal.rows import page, row
from lizhi_pos.till.basket import BasketInProgress, Line
from lizhi_pos.till.pick_list import PickList

if TYPE_CHECKING:
    from lizhi_pos.till.counter import Counter
    from lizhi_pos.till.service_answers import LastRedemption

WIDE = 112
"""Columns from which on the household's last entries stand beside the basket."""
RECENT = 42
"""Columns kept for them."""
PAPER = 36
"""Columns kept for what the on-screen printer printed."""
ROWS_OF_TOTAL = 3
"""Rows of a receipt that say what it came to: the sum, the sum in words, and the points before and after."""
NEAR_EXPIRY = 30
"""Days before a product's last day in which its line says so."""
WIDEST_NAME = 48
"""Columns of a name at most: on a wide screen its figures stay near it."""
FEW_LEFT = 3
"""So few that would be left are worth a word."""
_FIGURE = re.compile(r"\d+\.\d\d")
LEAST_WITH_COUNTS = 4
"""Rows from which on two are spared to say how many lines are out of sight."""
_PRICE, _QUANTITY, _AMOUNT, _NOTE = 8, 7, 10, 14


def basket_lines(counter: "Counter", translate: Translate, width: int, height: int) -> Sequence[Content]:
    """Return the lines of the middle, as many as fit."""
    if counter.growing is not None:
        return _choices(counter.growing.pick_list, translate, width, height)
    if counter.pick_list:
        return _choices(counter.pick_list, translate, width, height)
    if counter.basket is not None:
        day = counter.opened.shop.day if counter.opened else date.max
        if width < WIDE or not counter.recent:
            return _basket(counter.basket, day, translate, width, height)
        basket = _basket(counter.basket, day, translate, width - RECENT - 2, height)
        return _side_by_side(basket, recent_lines(counter.recent, translate, RECENT, height), width - RECENT - 2)
    if counter.last is None:
        return []
    if not counter.paper:
        return _last_sale(counter.last, translate, width, height)
    beside = max(width - PAPER - 2, 10)
    paper = shortened(counter.paper.splitlines(), height, translate)
    return _side_by_side(_last_sale(counter.last, translate, beside, height), paper, beside)


def shortened(paper: list[str], height: int, translate: Translate) -> list[str]:
    """Return a paper in so many rows: of one that is longer the begin, and its total with what fits of the end."""
    if len(paper) <= height:
        return paper
    total = next((at for at, row in reversed(list(enumerate(paper))) if row.startswith(TOTAL)), None)
    end = paper[total : total + ROWS_OF_TOTAL] if total is not None else []
    if total is None or total + len(end) < height:
        return [*paper[: height - 1], render(message("… {0} more {0:line|lines}", len(paper) - height + 1), translate)]
    start = max(height - 1 - len(end), 0)
    left_out = render(message("… {0} more {0:line|lines}", total - start), translate)
    return [*paper[:start], left_out, *end][:height]


def _basket(basket: BasketInProgress, day: date, translate: Translate, width: int, height: int) -> list[Content]:
    count = len(basket.lines)
    if count <= height or height < LEAST_WITH_COUNTS:
        first, last = window(count, basket.marked, height)
        return [_line(at, basket.lines[at], basket.marked, day, translate, width) for at in range(first, last)]
    # one row is kept for what stands above, another one for what stands below
    first, last = window(count, basket.marked, height - 1)
    if last < count:
        first, last = window(count, basket.marked, height - 2)
    lines = [_line(at, basket.lines[at], basket.marked, day, translate, width) for at in range(first, last)]
    above, below = (
        message("↑ {0} more {0:line|lines} above", first),
        message("↓ {0} more {0:line|lines} below", count - last),
    )
    return [
        *([_muted(render(above, translate))] if first else []),
        *lines,
        *([_muted(render(below, translate))] if last < count else []),
    ]


def _muted(words: str) -> Content:
    return Content.styled(f"     {words}", "$foreground-muted")


def _line(at: int, line: Line, marked: int, day: date, translate: Translate, width: int) -> Content:
    name = min(max(width - 5 - _PRICE - _QUANTITY - _AMOUNT - _NOTE, 8), WIDEST_NAME)
    label = f"{line.goods.name} {line.goods.spec}".rstrip()
    figures = (
        right(format_hundredths(line.goods.price), _PRICE)
        + right(f"× {line.quantity}", _QUANTITY)
        + right(format_hundredths(line.amount), _AMOUNT)
    )
    note = (_note(line, day, translate), "$text-warning")
    return row(f"{at + 1:>3} {left(label, name)}{figures}", at, marked, note=note)


def _note(line: Line, day: date, translate: Translate) -> str:
    """Return what is to be known of a line, the most pressing where there is more."""
    goods = line.goods
    if line.quantity > goods.in_stock:
        text = message("▲ only {0}", goods.in_stock)
    elif goods.monthly_limit is not None and line.quantity > goods.monthly_limit:
        text = message("▲ limit {0}", goods.monthly_limit)
    elif goods.expires is not None and (goods.expires - day).days <= NEAR_EXPIRY:
        text = message("until {0}", f"{goods.expires:%m-%d}")
    elif goods.monthly_limit is not None:
        text = message("limit {0}", goods.monthly_limit)
    elif goods.in_stock - line.quantity <= FEW_LEFT:
        text = message("{0} left", goods.in_stock)
    else:
        return ""
    return "  " + render(text, translate)


def _choices(choices: PickList, translate: Translate, width: int, height: int) -> list[Content]:
    first, last = page(len(choices.rows), choices.marked, height)
    rows = [
        [render(cell, translate) if isinstance(cell, Message) else cell for cell in row.cells] for row in choices.rows
    ]
    columns = list(zip(*rows, strict=True))
    widths = [min(max(map(_width, column)), 28) for column in columns]
    said = [isinstance(cell, Message) for cell in choices.rows[0].cells]
    places = [
        right if words or all(map(_FIGURE.fullmatch, column)) else left
        for words, column in zip(said, columns, strict=True)
    ]
    lines = []
    for at in range(first, last):
        placed = zip(rows[at], widths, places, strict=True)
        cells = "  ".join(place(cell, wide) for cell, wide, place in placed)
        lines.append(row(f"{at + 1:>3}  {cells}", at, choices.marked, width))
    return lines


def _width(text: str) -> int:
    return Content(text).cell_length


def window(count: int, marked: int, height: int) -> tuple[int, int]:
    """Return the rows shown of so many, from and to: the last ones, moved up as far as the marked one needs."""
    first = max(min(count - height, marked), 0)
    return first, min(first + height, count)


def _last_sale(last: "LastRedemption", translate: Translate, width: int, height: int) -> list[Content]:
    done = last.redemption
    rows = (
        (message("Receipt"), done.receipt),
        (message("Total"), format_hundredths(done.total)),
        (message("Before"), format_hundredths(done.balance_before)),
        (message("After"), format_hundredths(done.balance_after)),
    )
    lines = [
        Content.styled(render(message("Last redemption"), translate), "$foreground-muted"),
        Content.assemble(("✔ ", "$text-success"), f"{done.booklet}  ", (last.head, "bold"), f"  {last.village}"),
    ]
    lines += [Content(f"  {left(render(label, translate), 12)}{right(value, 16)}") for label, value in rows]
    goods = [
        f"  {left(line.name, min(max(width - 30, 12), WIDEST_NAME))}{right(f'{line.quantity} ×', 6)}"
        f"{right(format_hundredths(line.price), 9)}{right(format_hundredths(line.amount), 10)}"
        for line in done.lines
    ]
    room = max(height - len(lines) - 1, 0)
    return [*lines, Content(""), *map(Content, goods[:room])]


def _side_by_side(lines: list[Content], paper: Sequence[str | Content], width: int) -> list[Content]:
    rows = []
    for line, printed in zip_longest(lines, paper, fillvalue=None):
        start = line or Content("")
        gap = " " * max(width - start.cell_length, 0)
        rows.append(Content.assemble(start, gap, ("│ ", "$foreground-muted"), printed or ""))
    return rows
