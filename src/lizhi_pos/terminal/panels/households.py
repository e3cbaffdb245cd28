"""The lines of the households' screen: the register, and pages of which some lines lead on."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from lizhi_pos.accounts.household_list import ListedHousehold, NamedHousehold
from lizhi_pos.accounts.vetoes import Proposal
from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import reason_words, render
from lizhi_pos.journal.entry_words import KIND_WORDS
from lizhi_pos.journal.queries import AccountLine
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.household_pages import STATUSES, EntryLine, Line, OpenPage, PageLine, Words, other_household
from lizhi_pos.office.household_rows import HouseholdList
from lizhi_pos.refusal import Message, Reason, message
from lizhi_pos.terminal.columns import left, right, wrapped
from lizhi_pos.terminal.rows import MARKED, can_be_clicked, page, row

LINK_ROWS = 1_000_000
"""What the first line that leads on is called, so that a click tells such lines from households."""
_BOOKLET, _BALANCE, _SIGN = 9, 10, 12
"""Columns; village and group have what is left."""
_HEAD, _LONG_HEAD, _ROOMY = 9, 13, 70
"""Columns of a head, where there is little room, and from so many columns on."""
_LABEL = 11
_DATE, _KIND, _AMOUNT = 11, 12, 9
_MUTED = "$foreground-muted"
_LOOKS = {
    "": "",
    "muted": _MUTED,
    "bold": "bold",
    "done": "bold $text-success",
    "hint": "bold $text-warning",
    "refusal": "bold $text-error",
}


def household_lines(shown: HouseholdList, translate: Translate, width: int, height: int) -> list[Content]:
    """Return the names of the columns and the page of households that the marked one is on."""
    number, name = max(len(str(len(shown.rows))), 3) + 1, _HEAD if width < _ROOMY else _LONG_HEAD
    place = max(width - 1 - number - _BOOKLET - name - _BALANCE - _SIGN - 1, 4)
    where = message("What is proposed") if shown.view == "proposed" and width >= _ROOMY else message("Lives in")
    words = (message("Booklet"), message("Head"), where, message("Balance"))
    booklet, head, village, balance = (render(word, translate) for word in words)
    heads = f"{left(booklet, _BOOKLET)}{left(head, name)}{left(village, place)}{right(balance, _BALANCE)}"
    lines = [Content.styled(left(f"{'':{number + 1}}{heads}", width), _MUTED)]
    if not shown.rows:
        words_of_none = message("Nothing is proposed") if shown.view == "proposed" else message("There is nothing yet")
        return [*lines, Content.styled(f"  {render(words_of_none, translate)}", _MUTED)]
    proposed = {p.booklet: p for p in reversed(shown.register.proposals)}
    says_why = shown.view == "proposed" and width >= _ROOMY
    first, last = page(len(shown.rows), shown.marked, max(height - 1, 1))
    for at in range(first, last):
        one = shown.rows[at].listed
        cells = f"{left(one.booklet, _BOOKLET - 1)} {left(one.head, name - 1)} "
        about = left(_why(proposed[one.booklet], translate) if says_why else _where(one), place)
        text = f"{at + 1:>{number - 1}} {cells}{about}{right(format_hundredths(one.balance), _BALANCE)}"
        sign = _sign(shown.rows[at], translate, is_proposed=one.booklet in proposed)
        style = "" if one.status == "active" else _MUTED
        lines.append(row(text, at, shown.marked, width - _SIGN - 1, style=style, note=sign))
    return lines


def _where(one: ListedHousehold) -> str:
    return " ".join(part for part in (one.village, one.group) if part)


def _why(proposed: Proposal, translate: Translate) -> str:
    return f"{render(message('clause {0}', proposed.clause), translate)} {proposed.facts}"


def _sign(one: NamedHousehold, translate: Translate, *, is_proposed: bool) -> tuple[str, str]:
    """Return the verdict as sign and word, what is louder first."""
    if is_proposed:
        return f" {render(message('▲ proposed'), translate)}", _LOOKS["hint"]
    if one.listed.status in STATUSES:
        return f" – {left(render(STATUSES[one.listed.status], translate), _SIGN - 4).rstrip()}", _MUTED
    if "vetoed" in one.why:
        return f" {render(message('✘ veto'), translate)}", _LOOKS["refusal"]
    if one.why:
        return f" {render(message('✘ may not'), translate)}", _LOOKS["refusal"]
    if one.listed.frozen:
        return f" {render(message('▲ frozen'), translate)}", _LOOKS["hint"]
    return f" {render(message('✔ may'), translate)}", _LOOKS["done"]


def page_lines(shown: OpenPage, translate: Translate, width: int, height: int, *, is_open: bool) -> list[Content]:
    """Return as much of a page as fits, with the mark where somebody goes about in it."""
    if height < 1:
        # a widget that is not shown asks, too: what it has room for says nothing of what is seen
        return []
    lines, first, last = _drawn(shown, translate, width, is_open=is_open)
    fits = len(lines) <= height
    high = height if fits else height - 1
    top = min(shown.top, max(len(lines) - high, 0)) if is_open else 0
    if is_open and shown.follows and first is not None and last is not None:
        # the lines above the first one that leads on are seen when that one is gone back to
        top = 0 if shown.marked == 0 and last < high else min(max(top, last - high + 1), first)
    shown.top = top
    shown.aside = 0 if first is None else (first >= top + high) - (first < top)
    if fits:
        return lines
    left_over = len(lines) - top - high
    words = message("  ↓ {0} more {0:line|lines}", left_over) if left_over > 0 else message("  ↑ the end")
    return [*lines[top : top + high], Content.styled(render(words, translate), _MUTED)]


def _drawn(
    shown: OpenPage, translate: Translate, width: int, *, is_open: bool
) -> tuple[list[Content], int | None, int | None]:
    """Return all lines of a page, and which of them are the marked one."""
    lines: list[Content] = []
    first = last = None
    link, label = 0, ""
    for line in shown.lines:
        is_marked = line.leads is not None and link == shown.marked
        own = render(line.label, translate) if isinstance(line, PageLine) and line.label else ""
        drawn = list(_lines(line, own if own != label else "", bool(own), translate, width))
        label = own
        if is_marked and is_open:
            first, last = len(lines), len(lines) + len(drawn) - 1
            drawn = [
                Content.styled(left(f"{'▸' if n == 0 else ' '}{d.plain[1:]}", width), MARKED)
                for n, d in enumerate(drawn)
            ]
        if line.leads is not None:
            drawn = [can_be_clicked(d, LINK_ROWS + link) for d in drawn]
            link += 1
        lines += drawn
    return lines, first, last


def _lines(line: Line, label: str, labelled: bool, translate: Translate, width: int) -> Iterator[Content]:
    if isinstance(line, EntryLine):
        yield Content(left(_entry(line, translate), width))
        return
    words = "  ".join(_words(part, translate) for part in line.words)
    sign = "→ " if line.leads is not None and not labelled else line.sign
    indent = _LABEL if labelled else len(sign) + line.indent
    style = _LOOKS[line.look]
    for at, text in enumerate(wrapped(words, max(width - indent - 2, 8)) or [""]):
        start = left(label, _LABEL) if labelled else " " * line.indent + sign
        yield Content.assemble((f" {start if at == 0 else ' ' * indent}", _MUTED), (text, style))


def _words(part: Words, translate: Translate) -> str:
    if isinstance(part, Reason):
        return reason_words(part, translate)
    return render(part, translate) if isinstance(part, Message) else part


def _entry(line: EntryLine, translate: Translate) -> str:
    one = line.entry.line
    cells = f" {left(one.on.isoformat(), _DATE)}{left(render(KIND_WORDS[one.kind], translate), _KIND)}"
    amount = f"{'+' if one.amount > 0 else ''}{format_hundredths(one.amount)}"
    figures = f"{right(amount, _AMOUNT)}{right(format_hundredths(line.entry.balance), _AMOUNT)}"
    return f"{cells}{figures} {_about(one, translate)}"


def _about(one: AccountLine, translate: Translate) -> str:
    """Return what an entry is about: of an act who did what, of a window its name, else what it names and why."""
    if one.kind == "volunteer":
        # its day stands before it, and is told with its cell
        return one.note.partition(" ")[2]
    if one.kind in ("veto", "restore"):
        return render(message("clause {0}", one.note), translate)
    if one.kind == "transfer":
        return other_household(one)
    return one.note if one.kind == "base" else " ".join(filter(None, (one.reference, one.note)))


def count_words(rows: Sequence[NamedHousehold]) -> Message:
    """Return how many households are shown."""
    return message("{0} {0:household|households}", len(rows))
