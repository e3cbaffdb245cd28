"""Today's receipts, and the lines of one of them, as rows of which one is marked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.terminal.panels.basket import WIDEST_NAME
from lizhi_pos.terminal.panels.sums import points_words
from lizhi_pos.terminal.rows import page, row

if TYPE_CHECKING:
    from lizhi_pos.checkout.receipt_summaries import ReceiptSummary
    from lizhi_pos.till.goods_back import GoodsBack


def receipt_rows(
    receipts: Sequence["ReceiptSummary"], marked: int, zone: ZoneInfo, translate: Translate, width: int, height: int
) -> list[Content]:
    """Return the receipts, as many as fit below the names of the columns."""
    if not receipts:
        return [Content(render(message("Nothing was redeemed today yet"), translate))]
    names = [
        render(text, translate) for text in (message("Receipt"), message("Time"), message("Booklet"), message("Head"))
    ]
    start = "  " + "".join(left(name, wide) for name, wide in zip(names, (16, 7, 10, 12), strict=True))
    sums = right(render(message("Total"), translate), 9) + right(render(message("Came back"), translate), 10)
    rows = [Content.styled(left(f"{start}{sums}  {render(message('Clerk'), translate)}", width), "$foreground-muted")]
    first, last = page(len(receipts), marked, height - 1)
    for at in range(first, last):
        r = receipts[at]
        cells = left(r.receipt, 15) + " " + left(f"{r.at.astimezone(zone):%H:%M}", 7) + left(r.booklet, 10)
        sums = right(format_hundredths(r.total), 9) + right(format_hundredths(r.back) if r.back else "", 10)
        rows.append(row(f" {cells}{left(r.head, 12)}{sums}  {r.clerk}", at, marked, width))
    return rows


def line_rows(
    receipt: "ReceiptSummary", goods: "GoodsBack", marked: int, translate: Translate, width: int, height: int
) -> list[Content]:
    """Return the lines of one receipt below the words whose it is, with how many of each were chosen to come back."""
    lines = goods.lines
    rows = [Content.assemble(f"{receipt.receipt}  {receipt.booklet}  ", (receipt.head, "bold"))]
    first, last = page(len(lines), marked, height - 1)
    for at in range(first, last):
        x = lines[at]
        figures = right(format_hundredths(x.price), 9) + right(f"× {x.quantity}", 6)
        back = "  " + render(message("{0} came back", x.back), translate) if x.back else ""
        if goods.of(at):
            back += "  ▶ " + render(message("take back {0}", goods.of(at)), translate)
        name = left(x.name, min(max(width - 46, 12), WIDEST_NAME))
        rows.append(row(f" {name}{figures}{right(format_hundredths(x.amount), 10)}{back}", at, marked, width))
    return rows


def receipts_total(receipts: Sequence["ReceiptSummary"]) -> Message:
    """Return what was redeemed, what came back, and what is left."""
    return points_words(Points(sum(r.total for r in receipts)), Points(sum(r.back for r in receipts)))
