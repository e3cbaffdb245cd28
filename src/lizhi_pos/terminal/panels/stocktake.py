"""The lines of stocktakes: the list of them, a sheet that is counted, and what its marked product is."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.terminal.rows import page, row

if TYPE_CHECKING:
    from lizhi_pos.inventory.counts import CountState, CountSummary
    from lizhi_pos.office.count_sheet import CountSheet, SheetProduct

_MUTED = "$foreground-muted"
_MARK, _FIGURE = 6, 9
STATES: "dict[CountState, Message]" = {
    "open": message("open"),
    "closed": message("closed"),
    "dropped": message("given up"),
}


def count_lines(
    counts: "Sequence[CountSummary]", marked: int, translate: Translate, width: int, height: int
) -> list[Content]:
    """Return the counts with their state and how far each is."""
    if not counts:
        return [Content.styled(render(message("  Nothing was ever counted. F2 begins"), translate), _MUTED)]
    first, last = page(len(counts), marked, height)
    lines = []
    for at in range(first, last):
        x = counts[at]
        words = render(message("{0} of {1} {1:product|products} counted", x.counted, x.products), translate)
        state = left(render(STATES[x.state], translate), 10)
        style = "bold" if x.state == "open" else _MUTED
        lines.append(row(f"{x.count:>4}  {x.opened_on.isoformat()}  {state}{words}", at, marked, width, style=style))
    return lines


def chosen_lines(names: Iterable[str], translate: Translate, width: int, height: int) -> list[Content]:
    """Return the products that were scanned for a new count, the newest last."""
    every = list(names)
    lines = [
        Content.styled(render(message("  To be counted: {0} {0:product|products}", len(every)), translate), "bold")
    ]
    shown = every[-max(height - 1, 1) :]
    return [*lines, *(Content(left(f"     {name}", width)) for name in shown)]


def sheet_lines(sheet: "CountSheet", translate: Translate, width: int, height: int) -> list[Content]:
    """Return the products of a sheet, the page that the marked one is on, with what was counted of each."""
    rows = sheet.rows
    if not rows:
        words = message("  Nothing differs") if sheet.shown == "differ" else message("  Everything is counted")
        return [Content.styled(render(words, translate), _MUTED)]
    heads = [message("Counted")]
    if sheet.tells_books:
        heads.append(message("Books"))
    if sheet.shown == "differ":
        heads.append(message("Difference"))
    room = max(width - _MARK - (_FIGURE + 2) * len(heads), 8)
    named = "".join(right(render(head, translate), _FIGURE + 2) for head in heads)
    product = left(render(message("Product"), translate), room)
    first, last = page(len(rows), sheet.marked, max(height - 1, 1))
    return [
        Content.styled(f"{' ' * _MARK}{product}{named}", _MUTED),
        *(_sheet_line(sheet, rows[at], at, room, width) for at in range(first, last)),
    ]


def _sheet_line(sheet: "CountSheet", x: "SheetProduct", at: int, room: int, width: int) -> Content:
    figures = [_figure(x.counted)]
    if sheet.tells_books:
        figures.append(_figure(x.book))
    if sheet.shown == "differ":
        figures.append("–" if x.difference is None else f"{x.difference:+}")
    told = "".join(right(figure, _FIGURE + 2) for figure in figures)
    style = "" if x.counted is not None else _MUTED
    return row(f"{at + 1:>4} {left(x.title, room)}{told}", at, sheet.marked, width, style=style)


def sheet_detail(sheet: "CountSheet", translate: Translate, width: int) -> list[Content]:
    """Return what is said of the whole count and of its marked product."""
    head = sheet.head
    told = [
        (message("Opened"), head.opened_on.isoformat()),
        (message("State"), render(STATES[head.state], translate)),
        (message("Counted"), render(message("{0} of {1}", sheet.counted, len(head.products)), translate)),
    ]
    if head.is_blind:
        told.append((message("Blind"), render(message("the books are told once it is closed"), translate)))
    if (x := sheet.product) is not None:
        told += [
            (message("Marked"), x.title),
            (message("Code"), x.code),
            (message("Counted"), f"{_figure(x.counted)} {x.unit if x.counted is not None else ''}".rstrip()),
        ]
        if sheet.tells_books:
            told.append((message("Books"), _figure(x.book)))
    return [
        Content.assemble((f" {left(render(label, translate), 12)}", _MUTED), left(words, max(width - 14, 4)))
        for label, words in told
    ]


def _figure(number: int | None) -> str:
    return "–" if number is None else str(number)
