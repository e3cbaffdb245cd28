"""What faces the household: who, the last goods, the figures in digits as large as the screen takes, the verdict."""

from collections.abc import Sequence

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.terminal.columns import left, right
from lizhi_pos.terminal.panels.header_footer import SHOP
from lizhi_pos.till.customer_display import (
    TRAINING,
    CustomerDisplay,
    Verdict,
    counted_words,
    figures,
    verdict_words,
    welcome_words,
)

_GLYPHS = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    "-": ("   ", "   ", "###", "   ", "   "),
    ".": (" ", " ", " ", " ", "#"),
}
_DOTS_HIGH = 5
_LABEL = 8
"""Columns for what a figure is."""
_LARGEST = 12
_LOW = 12
"""Lines below which only who, the verdict and the figures are shown."""
_STYLES: dict[Verdict, str] = {
    "may": "bold $text-success",
    "done": "bold $text-success",
    "short": "bold $text-warning",
    "may_not": "bold $text-error",
    "refused": "bold $text-error",
    "wait": "bold",
}


def display_lines(
    shown: CustomerDisplay | None, till: str, translate: Translate, width: int, height: int
) -> Sequence[Content]:
    """Return the lines of the whole screen; None stands for a till that is not there."""
    top = [_shop_line(shown, translate, width)]
    told = verdict_words(shown) if shown is not None else None
    if shown is None or told is None:
        return [*top, *_welcome(render(welcome_words(shown, till), translate), width, height)]
    sign, words = told
    verdict = Content.styled(f" {sign} {render(words, translate)}", _STYLES[shown.verdict])
    who = _who_line(shown, translate, width)
    lines = [who, verdict]
    if height >= _LOW:
        # as many in every state of a turn, so that the digits keep their size
        lines = [*top, Content(""), who, verdict, Content(""), _last_line(shown, width), Content("")]
    return [*lines, *_figures(shown, translate, width, height - len(lines))]


def _shop_line(shown: CustomerDisplay | None, translate: Translate, width: int) -> Content:
    if shown is not None and shown.training:
        words = render(TRAINING, translate)
        return Content.styled(left(f" {SHOP}  ▲ {words}", width), "bold reverse $text-error")
    return Content.styled(left(f" {SHOP}", width), "bold reverse $primary")


def _welcome(words: str, width: int, height: int) -> list[Content]:
    above = max((height - 4) // 2, 0)
    centred = [Content.styled(_centred(SHOP, width), "bold"), Content(""), Content(_centred(words, width))]
    return [*([Content("")] * above), *centred]


def _centred(text: str, width: int) -> str:
    room = max(width - Content(text).cell_length, 0)
    return " " * (room // 2) + text


def _who_line(shown: CustomerDisplay, translate: Translate, width: int) -> Content:
    who = Content.assemble((f" {shown.head}", "bold"), f"  {shown.village}")
    counted = counted_words(shown)
    room = max(width - who.cell_length - 2, 0)
    return Content.assemble(who, (right(render(counted, translate) if counted else "", room), "$foreground-muted"))


def _last_line(shown: CustomerDisplay, width: int) -> Content:
    if shown.last is None:
        return Content("")
    amount = right(f"× {shown.last.quantity}", 8) + right(format_hundredths(shown.last.amount), 12)
    return Content.assemble(left(f" {shown.last.name}", max(width - 22, 8)), (amount, "bold"))


def _figures(shown: CustomerDisplay, translate: Translate, width: int, height: int) -> list[Content]:
    """Return the figures, all of one size: the largest that fits with a line between them, else plain text."""
    rows = [(render(label, translate), amount, format_hundredths(amount)) for label, amount in figures(shown)]
    scale = _scale([text for _, _, text in rows], width - _LABEL - 2, (height - len(rows) + 1) // max(len(rows), 1))
    lines: list[Content] = []
    for label, amount, text in rows:
        style = "bold $text-error" if amount < 0 else "bold"
        big = big_digits(text, scale) if scale else [text]
        names = [label, *([""] * (len(big) - 1))]
        room = max(width - _LABEL - 2, 0)
        lines += [Content("")] if lines else []
        lines += [
            Content.assemble((left(f" {name}", _LABEL), "bold"), (right(row, room), style))
            for name, row in zip(names, big, strict=True)
        ]
    return lines


def _scale(texts: Sequence[str], width: int, height: int) -> int:
    """Return the largest scale at which each text fits, 0 where none does."""
    fitting = (
        scale
        for scale in range(_LARGEST, 0, -1)
        if -(-_DOTS_HIGH * scale // 2) <= height and all(_width(text, scale) <= width for text in texts)
    )
    return next(fitting, 0)


def _width(text: str, scale: int) -> int:
    return sum((len(_GLYPHS[sign][0]) + 1) * scale for sign in text) - scale


def big_digits(text: str, scale: int) -> list[str]:
    """Return a number in digits of blocks, a dot of them `scale` columns wide and half as many lines high."""
    dots = ["".join(" ".join(_GLYPHS[sign][row] for sign in text)) for row in range(_DOTS_HIGH)]
    halves = ["".join(dot * scale for dot in row) for row in dots for _ in range(scale)]
    halves += [" " * len(halves[0])] if len(halves) % 2 else []
    return ["".join(map(_block, upper, lower)) for upper, lower in zip(halves[::2], halves[1::2], strict=True)]


def _block(upper: str, lower: str) -> str:
    if upper == lower:
        return "█" if upper == "#" else " "
    return "▀" if upper == "#" else "▄"
