"""The lines of the shelf: products, the marked one's lots and moves, and who took goods of a lot."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, message
from lizhi_pos.reports.move_words import MOVE_WORDS
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.terminal.rows import page, row

if TYPE_CHECKING:
    from lizhi_pos.checkout.recalled_goods import TookOfLot
    from lizhi_pos.office.shelf_rows import Shelf, ShelfLot, ShelfRow, Sign
    from lizhi_pos.reports.product_card import CardMove

LOT_ROWS = 100_000
"""What the first lot's row is called, so that a click tells lots from products."""
_MARK, _FIGURES, _SIGNS = 6, 29, 13
"""Columns of the row's number, of pieces, price and expiry, and of what is amiss."""
_MUTED = "$foreground-muted"
_SIGN: "dict[Sign, tuple[Message, str]]" = {
    "recalled": (message("✘ recalled"), "bold $text-error"),
    "expired": (message("▲ expired"), "bold $text-error"),
    "near": (message("▲ near expiry"), "bold $text-warning"),
    "short": (message("▲ short"), "bold $text-warning"),
}


def shelf_lines(shelf: "Shelf", translate: Translate, width: int, height: int) -> list[Content]:
    """Return the products, the page that the marked one is on, under the names of the columns."""
    if not shelf.rows:
        return [Content.styled(render(message("  There are no products yet"), translate), _MUTED)]
    room = max(width - _MARK - _FIGURES - _SIGNS, 8)
    named = [render(words, translate) for words in (message("Product"), message("Pieces"), message("Price"))]
    until = render(message("Expiry"), translate)
    heads = f"{' ' * _MARK}{left(named[0], room)}{right(named[1], 7)}{right(named[2], 9)}  {until}"
    first, last = page(len(shelf.rows), shelf.marked, max(height - 1, 1))
    return [
        Content.styled(heads, _MUTED),
        *(_product_line(shelf.rows[at], at, shelf.marked, room, translate) for at in range(first, last)),
    ]


def _product_line(found: "ShelfRow", at: int, marked: int, room: int, translate: Translate) -> Content:
    expires = found.expires.isoformat() if found.expires else "–"
    figures = f"{found.on_hand:>7}{right(format_hundredths(found.price), 9)}  {left(expires, 10)} "
    text = f"{at + 1:>4} {left(found.title, room)}{figures}"
    return row(text, at, marked, _MARK + room + _FIGURES, note=_signs(found.signs, _SIGNS, translate))


def _signs(signs: "Sequence[Sign]", room: int, translate: Translate) -> tuple[str, str]:
    """Return what is amiss, the loudest first, as many words as fit, in the loudest one's colour."""
    if not signs:
        return "", ""
    words = render(_SIGN[signs[0]][0], translate)
    for sign in signs[1:]:
        longer = f"{words} {render(_SIGN[sign][0], translate)}"
        if Content(longer).cell_length > room:
            break
        words = longer
    return words, _SIGN[signs[0]][1]


def shelf_detail(shelf: "Shelf", translate: Translate, width: int, height: int, *, is_open: bool) -> list[Content]:
    """Return what is told of the marked product: prices, its lots with the marked one, and its last moves."""
    found = shelf.row
    if found is None:
        return []
    lines = [Content.styled(left(f" {found.title}", width), "bold"), *_about(found, translate, width), Content("")]
    lots = shelf.lots
    lines.append(Content.styled(f" {render(message('Lots: {0}', len(lots)), translate)}", _MUTED))
    shown = max((height - len(lines) - 2) // 2, 3)
    first, last = page(len(lots), shelf.marked_lot, shown)
    marked = LOT_ROWS + shelf.marked_lot if is_open else -1
    lines += [_lot_line(lots[at], LOT_ROWS + at, marked, width, translate) for at in range(first, last)]
    if shelf.detail is not None and not shelf.wants_detail:
        lines += [Content(""), Content.styled(f" {render(message('Last moves'), translate)}", _MUTED)]
        lines += [_move_line(x, translate, width) for x in shelf.detail.moves]
    return lines[:height]


def _about(found: "ShelfRow", translate: Translate, width: int) -> list[Content]:
    price = format_hundredths(found.price)
    if found.shown is None:
        price = f"{price}  {render(message('no label yet'), translate)}"
    elif found.wants_label:
        price = f"{price}  {render(message('▲ the label says {0}', format_hundredths(found.shown)), translate)}"
    there = render(message("{0}, to give {1}", found.on_hand, found.sellable), translate)
    told = [(message("Code"), found.code), (message("Price"), price), (message("Pieces"), there)]
    if found.reserve is not None:
        told.append((message("Reserve"), str(found.reserve)))
    return [
        Content.assemble((f" {left(render(label, translate), 10)}", _MUTED), left(words, max(width - 12, 4)))
        for label, words in told
    ]


def _lot_line(lot: "ShelfLot", at: int, marked: int, width: int, translate: Translate) -> Content:
    room = max(width - 1 - 6 - 12 - _SIGNS + 2, 8)
    expires = lot.expires.isoformat() if lot.expires else "–"
    text = f"{left(lot.name, room)}{lot.on_hand:>6}  {left(expires, 10)} "
    style = "" if lot.on_hand else _MUTED
    return row(text, at, marked, 1 + room + 19, style=style, note=_signs(lot.signs, _SIGNS - 2, translate))


def _move_line(x: "CardMove", translate: Translate, width: int) -> Content:
    longest = max(Content(render(words, translate)).cell_length for words in MOVE_WORDS.values())
    kind = left(render(MOVE_WORDS[x.kind], translate), longest)
    text = f" {x.date.isoformat()} {kind}{x.quantity:>+6}{x.on_hand:>6}  {x.reference}"
    return Content(left(text, width))


class WhoTook(Protocol):
    """Who has goods of a lot of a product, with the marked one."""

    title: str
    lot: "ShelfLot"
    households: "tuple[TookOfLot, ...]"
    marked: int


def who_took_lines(took: WhoTook, translate: Translate, width: int, height: int) -> list[Content]:
    """Return who has goods of a lot, heads in full, and how many pieces that is in all."""
    households = took.households
    pieces = sum(x.quantity for x in households)
    total = render(message("{0} {0:receipt|receipts}, {1} {1:piece|pieces}", len(households), pieces), translate)
    heading = render(message("Who has goods of lot {1} of {0}", took.title, took.lot.name), translate)
    first, last = page(len(households), took.marked, max(height - 3, 1))
    lines = [Content.styled(left(f"    {heading}", width), "bold")]
    for at in range(first, last):
        x = households[at]
        who = f"{at + 1:>3} {left(x.booklet, 9)} {left(x.head, 10)} {left(x.village, 12)}"
        lines.append(row(f"{who} {x.date.isoformat()} {left(x.receipt, 16)}{x.quantity:>5}", at, took.marked, width))
    return [*lines, Content(""), Content.styled(f"    {total}", "bold")]
