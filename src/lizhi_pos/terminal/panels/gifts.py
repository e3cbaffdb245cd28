"""The rows of gifts, pledges, purchases and the cash book, and what became of the marked one."""

from collections.abc import Iterator, Mapping, Sequence

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.office.pool_rows import PoolDetail, PoolList, PoolRow, PoolView
from lizhi_pos.refusal import Message, message
from lizhi_pos.reports.donors import GiftLot, GiftStory
from lizhi_pos.reports.lots import LotFate
from lizhi_pos.reports.pool_board import GiftDetail, PledgeDetail, PurchaseDetail, Undone
from lizhi_pos.terminal.columns import left, right, wrapped
from lizhi_pos.terminal.rows import page, row

VIEW_WORDS: Mapping[PoolView, Message] = {
    "gifts": message("Gifts"),
    "pledges": message("Pledges"),
    "purchases": message("Purchases"),
    "book": message("Cash book"),
}
_TAGS: Mapping[str, Message] = {
    "money": message("money"),
    "sponsor": message("grant"),
    "village": message("village"),
    "goods": message("goods"),
    "purchase": message("bought"),
    "void": message("voiding"),
    "voided": message("✘ voided"),
    "open": message("open"),
    "part": message("in part"),
    "paid": message("✔ paid"),
    "overdue": message("▲ overdue"),
}
_STYLES = {"voided": "$foreground-muted", "overdue": "$text-warning"}
_KEYS: Mapping[PoolView, Message] = {
    "gifts": message("Voucher"),
    "pledges": message("No."),
    "purchases": message("Voucher"),
    "book": message("Voucher"),
}
_DATES: Mapping[PoolView, Message] = {"pledges": message("Due")}
_WHO: Mapping[PoolView, Message] = {"purchases": message("Supplier"), "book": message("From or to")}
_RESTS: Mapping[PoolView, Message] = {
    "gifts": message("Not spent"),
    "pledges": message("Came"),
    "book": message("Balance"),
}
_NUMBER, _DATE, _KEY, _TAG, _AMOUNT = 4, 11, 14, 10, 11
"""Columns; the name has what is left."""
_LABEL = 12


def pool_lines(pool: PoolList, translate: Translate, width: int, height: int) -> list[Content]:
    """Return the columns' names and the page of rows that the marked one is on."""
    view = pool.view
    who = _WHO.get(view, message("Donor"))
    words = (_DATES.get(view, message("Date")), _KEYS[view], None, who, message("Amount"), _RESTS.get(view))
    heads = _in_columns("", [render(word, translate) if word else "" for word in words], width - 1)
    title = Content.styled(left(f" {heads}", width), "$foreground-muted")
    if not pool.rows:
        return [title, Content.styled(f"  {render(message('There is nothing yet'), translate)}", "$foreground-muted")]
    first, last = page(len(pool.rows), pool.marked, max(height - 1, 1))
    return [title, *(_row(pool, at, translate, width) for at in range(first, last))]


def _row(pool: PoolList, at: int, translate: Translate, width: int) -> Content:
    one = pool.rows[at]
    cells = (one.on.isoformat(), one.key, render(_TAGS[one.tag], translate), one.who)
    text = _in_columns(f"{at + 1:>3} ", [*cells, format_hundredths(one.amount), _rest(one)], width - 1)
    return row(text, at, pool.marked, width, style=_STYLES.get(one.tag, ""))


def _rest(one: PoolRow) -> str:
    return "" if one.rest is None else format_hundredths(one.rest)


def _in_columns(number: str, cells: Sequence[str], width: int) -> str:
    on, key, tag, who, amount, rest = cells
    room = max(width - _NUMBER - _DATE - _KEY - _TAG - 2 * _AMOUNT - 1, 6)
    start = f"{left(number, _NUMBER)}{left(on, _DATE)}{left(key, _KEY - 1)} {left(tag, _TAG)}"
    return f"{start}{left(who, room)}{right(amount, _AMOUNT)}{right(rest, _AMOUNT)}"


def pool_detail_lines(found: "PoolDetail | None", translate: Translate, width: int) -> list[Content]:
    """Return what became of the marked row, in lines of a label and words, and sentences."""
    lines: list[Content] = []
    for label, words in _told(found, translate) if found is not None else ():
        if label is None:
            lines += [Content(f" {'' if at == 0 else '  '}{x}") for at, x in enumerate(wrapped(words, width - 3))]
        elif words:
            start, *more = wrapped(words, max(width - _LABEL - 2, 8))
            lines.append(Content.assemble((f" {left(render(label, translate), _LABEL)}", "$foreground-muted"), start))
            lines += [Content(f"{'':{_LABEL + 1}}{x}") for x in more]
    return lines


_Line = tuple[Message | None, str]


def _told(found: PoolDetail, translate: Translate) -> Iterator[_Line]:
    if isinstance(found, GiftDetail):
        yield from _gift(found, translate)
    elif isinstance(found, PurchaseDetail):
        yield from _purchase(found, translate)
    else:
        yield from _pledge(found, translate)


def _gift(found: GiftDetail, translate: Translate) -> Iterator[_Line]:
    one = found.gift
    yield message("Voucher"), one.voucher
    yield message("Donor"), one.donor
    yield message("Day"), one.on.isoformat()
    yield message("Amount"), format_hundredths(one.amount)
    yield message("Purpose"), one.purpose
    for changed in found.consents:
        words = message("since {0}: {1}, {2}", changed.on.isoformat(), changed.purpose, changed.reason)
        yield message("Consent"), render(words, translate)
    yield from _undone(found.undone, translate)
    if found.story is not None:
        yield from _story(found.story, translate)


def _story(story: GiftStory, translate: Translate) -> Iterator[_Line]:
    """Tell what a gift became: what it bought, and how many households that reached."""
    if story.spent is not None and story.left is not None:
        yield message("Spent"), format_hundredths(story.spent)
        yield message("Not spent"), format_hundredths(story.left)
    for part in story.purchases:
        yield message("Bought"), f"{part.purchase}  {format_hundredths(part.amount)}"
    yield from _goods(story.lots, translate)


def _purchase(found: PurchaseDetail, translate: Translate) -> Iterator[_Line]:
    one = found.purchase
    yield message("Voucher"), one.voucher
    yield message("Supplier"), one.supplier
    yield message("Day"), one.on.isoformat()
    yield message("Amount"), format_hundredths(one.amount)
    yield message("Invoice"), one.invoice
    yield message("Received by"), one.received_by
    yield message("Approved by"), one.approved_by
    for part in found.paid_by:
        yield message("Paid by"), f"{part.voucher} {part.donor} {format_hundredths(part.amount)}"
    yield from _undone(found.undone, translate)
    yield from _goods(found.lots, translate)


def _pledge(found: PledgeDetail, translate: Translate) -> Iterator[_Line]:
    one = found.pledge
    yield message("Pledge"), str(one.pledge)
    yield message("Donor"), one.donor
    yield message("Amount"), format_hundredths(one.amount)
    yield message("Came"), format_hundredths(one.paid)
    yield message("Still to come"), format_hundredths(Yuan(max(one.amount - one.paid, 0)))
    yield message("Due"), one.due.isoformat()
    yield message("State"), render(_TAGS[one.state], translate)
    yield message("Purpose"), one.purpose
    for given in found.gifts:
        yield message("Kept by"), f"{given.on.isoformat()} {given.voucher} {format_hundredths(given.amount)}"


def _undone(undone: Undone | None, translate: Translate) -> Iterator[_Line]:
    if undone is not None:
        told = (undone.on.isoformat(), undone.by, undone.approved_by, undone.reason)
        yield None, render(message("✘ voided on {0} by {1} with {2}: {3}", *told), translate)


def _goods(lots: Sequence[GiftLot | LotFate], translate: Translate) -> Iterator[_Line]:
    for one in lots:
        yield None, f"{one.lot}  {one.name} × {one.quantity}"
        words = message("redeemed {0} by {1} {1:household|households}", one.redeemed, one.households)
        told = [render(words, translate), render(message("on the shelf {0}", one.on_hand), translate)]
        if one.written_off:
            told.append(render(message("lost {0}", one.written_off), translate))
        if one.villages:
            told.append("、".join(one.villages))
        if isinstance(one, GiftLot) and one.share != "1.00":
            told.append(render(message("this gift's share {0}", one.share), translate))
        yield None, "  " + "  ".join(told)
