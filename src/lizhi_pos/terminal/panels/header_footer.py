"""The first line, the line of what just happened, and the line of keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import refusal_words, render
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.rows import pressing

if TYPE_CHECKING:
    from lizhi_pos.till.counter import Counter
    from lizhi_pos.till.notices import Notice
    from lizhi_pos.till.shift import Shift

SHOP = "励志超市"

_LOOKS = {"said": ("", ""), "done": ("✔ ", "bold $text-success"), "hint": ("▲ ", "bold $text-warning")}
_REFUSED = ("✘ ", "bold $text-error")


def header_line(opened: "Shift | None", till: str, printer: Message, translate: Translate, width: int) -> Content:
    """Shop and day at the left; clerk, till, printer and clock at the right."""
    if opened is None:
        return Content.styled(left(f" {SHOP}", width), "bold")
    shop = opened.shop
    market_day = message("▲ {0}, past midnight") if opened.is_past else message("market day {0}")
    day = render(message(market_day.msgid, f"{shop.day:%m-%d}"), translate)
    about = [day]
    if opened.shop_status.villages:
        about.append(render(message("villages {0}", opened.shop_status.villages), translate))
    if opened.shop_status.held:
        about.append(render(message("{0} held", opened.shop_status.held), translate))
    end = "  ".join(
        (
            render(message("clerk {0} [till {1}]", opened.clerk.name, till), translate),
            render(printer, translate),
            f"{opened.now:%H:%M}",
        )
    )
    room = width - Content(end).cell_length - 1
    start = "  ".join([f"{SHOP}·{shop.town}", *about])
    if Content(start).cell_length > room:
        # the day and what is held say more than the shop's name
        start = "  ".join(about)
    return Content.styled(left(start, room) + " " + end, "bold")


def notice_lines(notice: "Notice | None", translate: Translate, width: int) -> list[Content]:
    """Return what just happened, with its sign and colour, in as many lines as it needs."""
    if notice is None:
        return [Content("")]
    sign, style = _LOOKS.get(notice.level, _REFUSED)
    lines = wrapped(render(notice.text, translate), max(width - len(sign), 20))
    return [Content.styled(f"{' ' * len(sign) if at else sign}{line}", style) for at, line in enumerate(lines)]


def server_lines(words: Message | None, translate: Translate, width: int) -> list[Content]:
    """Return what is to be done while the server does not answer; nothing while it does."""
    if words is None:
        return []
    lines = wrapped(render(words, translate), max(width - 2, 20))
    return [Content.styled(f"{'  ' if at else '✘ '}{line}", "bold $text-error") for at, line in enumerate(lines)]


def refusal_lines(refusal: Refusal | None, translate: Translate, width: int) -> list[Content]:
    """Why nothing happened: one sign, further lines set in. Without a refusal the line stays empty."""
    if refusal is None:
        return [Content("")]
    words = refusal_words(refusal, translate)
    lines = [line for sentence in words for line in wrapped(sentence, max(width - 2, 20))]
    return [Content.styled(f"{'  ' if at else '✘ '}{line}", "bold $text-error") for at, line in enumerate(lines)]


def key_line(keys: Sequence[Key], translate: Translate, width: int) -> Content:
    """Return the keys that work here, further apart where there is room."""
    for gap in ("  ", " "):
        line = Content(gap).join(_key(key, translate) for key in keys if key.listed)
        if line.cell_length <= width:
            break
    return line


def _key(key: Key, translate: Translate) -> Content:
    words = Content.assemble((key.shown, "bold"), (f" {render(key.label, translate)}", "$foreground-muted"))
    return pressing(words, key.key)


def printer_words(has_printer: bool, states: Sequence[str]) -> Message:
    """Return the printer's state in the first line, from the states of the jobs that are not done."""
    troubled = sum(state in ("unknown", "failed") for state in states)
    if troubled:
        return message("printer ✘ {0}", troubled)
    if not has_printer:
        return message("no printer")
    waiting = len(states)
    return message("printer ▲ {0}", waiting) if waiting else message("printer ✔")


def counter_hint(counter: "Counter", translate: Translate) -> str:
    """Return what the empty field says."""
    if counter.pick_list and counter.pick_list.kind == "looked_up":
        return render(message("number or ↑ ↓: more of it; a scan or Esc goes back"), translate)
    if counter.pick_list:
        return render(message("number and Enter, or ↑ ↓ and Enter; Esc goes back"), translate)
    if counter.basket is None:
        return render(message("booklet, or a name: its first letters, or as it is said"), translate)
    if counter.basket.uncertain:
        return render(message("Enter tries the same basket again"), translate)
    if counter.basket.household.reasons:
        return render(message("next booklet"), translate)
    if counter.has_lines:
        return render(message("goods, 3* before them; - one less, + one more; Enter alone redeems"), translate)
    return render(message("goods, 3* before them, or the next booklet"), translate)
