"""The month's end: what the checks found, the villages' month in columns, and what is told of one of them."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.cells import cell_len
from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.journal.entry_words import KIND_WORDS
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.office.month_rows import DifferenceRow, MonthRows, MonthView, earned, otherwise, redeemed
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.settlement.answer_states import AnswerState
from lizhi_pos.settlement.answer_words import CAUSE_WORDS, DIFFERENCE_WORDS, STATE_WORDS
from lizhi_pos.settlement.causes import EntryLine
from lizhi_pos.settlement.closing_checks import Check
from lizhi_pos.settlement.closing_words import CHECK_WORDS, fact_words
from lizhi_pos.settlement.statement import VillageStatement
from lizhi_pos.settlement.statement_words import MOVEMENT_WORDS
from lizhi_pos.terminal.columns import left, right, wrapped
from lizhi_pos.terminal.panels.ledgers import told_lines
from lizhi_pos.terminal.rows import page, row

_FIGURE = 10
_NAME, _LONGEST_NAME = 8, 16
_STATE = 15
_MOVEMENT = 16
_SIGNS = {"ok": "✔", "warn": "▲", "block": "✘"}
_LOOKS = {"warn": "$text-warning", "block": "$text-error"}
_STATE_SIGNS = {"sent": "·", "answered": "▲", "confirmed": "✔", "disputed": "✘"}
_STATE_LOOKS = {"answered": "$text-warning", "confirmed": "$text-success", "disputed": "$text-error"}
_COLUMNS = (
    message("opening"),
    message("earned"),
    message("redeemed"),
    message("other"),
    message("closing"),
)
_Line = tuple[Message | None, str, str]
_T = TypeVar("_T")


def month_lines(shown: MonthRows, translate: Translate, width: int, height: int) -> list[Content]:
    """Return the checks that are right in one paragraph, those that found something, then the villages."""
    view = shown.view
    head = _right_lines(view, translate, width)
    problems = [_problem(check, at, shown.marked, translate, width) for at, check in enumerate(view.problems)]
    names = _names_width(view)
    titles = "".join(right(render(words, translate), _FIGURE) for words in _fitting(_COLUMNS, view, width))
    title = Content.styled(left(f" {'':{names}}{titles}", width), "$foreground-muted")
    room = max(height - len(head) - len(problems) - 2, 3)
    at_village = max(shown.marked - len(problems), 0)
    first, last = page(len(shown.villages), at_village, room)
    villages = [_village(shown.villages[at], at + len(problems), shown, translate, width) for at in range(first, last)]
    return [*head, *problems, title, *villages]


def _right_lines(view: MonthView, translate: Translate, width: int) -> list[Content]:
    if view.closed_on is not None:
        words = message("✔ closed on {0} by {1}", view.closed_on.isoformat(), view.closed_by)
        return [Content.styled(f" {render(words, translate)}", "$text-success")]
    told = "  ".join(f"✔ {render(CHECK_WORDS[check.name], translate)}" for check in view.right)
    return [Content.styled(f" {line}", "$text-success") for line in wrapped(told, width - 2)] if told else []


def _problem(check: Check, at: int, marked: int, translate: Translate, width: int) -> Content:
    facts = [render(fact_words(check.name, fact.told), translate) for fact in check.facts]
    more = render(message("{0} more", len(facts) - 1), translate) if len(facts) > 1 else ""
    words = f"{_SIGNS[check.level]} {render(CHECK_WORDS[check.name], translate)}  {facts[0]}"
    end = f"  + {more}" if more else ""
    return row(left(words, width - 1 - cell_len(end)) + end, at, marked, width, style=_LOOKS[check.level])


def _names_width(view: MonthView) -> int:
    longest = max((cell_len(village.village) for village in view.villages), default=0)
    return min(max(longest + 2, _NAME), _LONGEST_NAME)


def _fitting(columns: Sequence[_T], view: MonthView, width: int) -> list[_T]:
    """Return the columns there is room for; the last one, what is left in the end, always stands."""
    count = max((width - _names_width(view) - 1 - _STATE) // _FIGURE, 1)
    return [*columns[: min(count, len(columns)) - 1], columns[-1]]


def _village(village: VillageStatement, at: int, shown: MonthRows, translate: Translate, width: int) -> Content:
    figures = (
        village.totals.opening,
        earned(village),
        redeemed(village),
        otherwise(village),
        village.totals.closing,
    )
    told = _fitting(figures, shown.view, width)
    text = left(village.village, _names_width(shown.view))
    text += "".join(right(format_hundredths(figure), _FIGURE) for figure in told)
    state = shown.view.state_of(village)
    if state is None:
        return row(text, at, shown.marked)
    words = left(f" {_state_words(state, translate)}", width - cell_len(text) - 1).rstrip()
    return row(text, at, shown.marked, note=(words, _STATE_LOOKS.get(state.state, "")))


def _state_words(state: AnswerState, translate: Translate) -> str:
    words = f"{_STATE_SIGNS[state.state]} {render(STATE_WORDS[state.state], translate)}"
    return render(message("{0}, {1} open", words, state.open), translate) if state.open else words


def check_lines(check: Check, leads: bool, translate: Translate, width: int) -> list[Content]:
    """Return everything that a check found."""
    title = f"{_SIGNS[check.level]} {render(CHECK_WORDS[check.name], translate)}"
    lines = [Content.styled(left(f" {title}", width), "bold")]
    for fact in check.facts:
        start, *more = wrapped(render(fact_words(check.name, fact.told), translate), max(width - 4, 10))
        lines += [Content(f" · {start}"), *(Content(f"   {part}") for part in more)]
    if leads:
        lines.append(Content.styled(f" {render(message('Enter: go there'), translate)}", "$foreground-muted"))
    return lines


def village_lines(
    village: VillageStatement,
    state: AnswerState | None,
    rows: Sequence[DifferenceRow] | Refusal,
    translate: Translate,
    width: int,
) -> list[Content]:
    """Return a village's month, where it stands with it, and what its ledger says otherwise."""
    lines = [Content.styled(left(f" {village.village}", width), "bold")]
    return lines + told_lines(_told(village, state, rows, translate), translate, width)


def _told(
    village: VillageStatement, state: AnswerState | None, rows: Sequence[DifferenceRow] | Refusal, translate: Translate
) -> Iterator[_Line]:
    if state is not None:
        yield message("State"), _state_words(state, translate), _STATE_LOOKS.get(state.state, "bold")
        yield message("Answered"), state.answered_on.isoformat() if state.answered_on else "", ""
        if state.confirmed_on is not None:
            yield message("Signed"), f"{state.confirmed_on.isoformat()} {state.confirmed_by or ''}".rstrip(), ""
        yield message("Disputes"), state.dispute or "", "$text-error"
        for told in () if isinstance(rows, Refusal) else rows:
            yield None, difference_words(told, translate), "" if told.note else "$text-warning"
    totals = village.totals
    yield message("Opening"), format_hundredths(totals.opening), ""
    for name, (words, sign) in MOVEMENT_WORDS.items():
        if amount := getattr(totals, name):
            yield None, f"{left(render(words, translate), _MOVEMENT)}{_signed(Points(sign * amount))}", ""
    yield message("Closing"), format_hundredths(totals.closing), "bold"
    yield message("Goods"), format_hundredths(village.goods_value), ""
    yield message("Put in"), format_hundredths(village.contributed), ""
    yield message("Households"), str(len(village.households)), ""


def _signed(amount: Points) -> str:
    return f"{'+' if amount > 0 else '−'}{format_hundredths(abs(amount))}"


def difference_words(told: DifferenceRow, translate: Translate) -> str:
    """Return a difference in one line: both figures, and the cause or what came of it."""
    found = told.difference
    figures = message(
        "ours {0}, theirs {1}",
        "–" if found.ours is None else format_hundredths(found.ours),
        "–" if found.theirs is None else format_hundredths(found.theirs),
    )
    why = told.note or render(CAUSE_WORDS[found.cause] if found.cause else DIFFERENCE_WORDS[found.kind], translate)
    return f"{'✔' if told.note else '▲'} {found.booklet} {render(figures, translate)}  {why}"


def difference_lines(
    rows: Sequence[DifferenceRow], marked: int, translate: Translate, width: int, height: int
) -> list[Content]:
    """Return the page of differences that the marked one is on."""
    if not rows:
        nothing = render(message("Nothing differs"), translate)
        return [Content.styled(f"  {nothing}", "$foreground-muted")]
    first, last = page(len(rows), marked, height)
    return [
        row(
            left(difference_words(rows[at], translate), width - 1),
            at,
            marked,
            width,
            style="" if rows[at].note else "$text-warning",
        )
        for at in range(first, last)
    ]


def explained_lines(told: DifferenceRow, translate: Translate, width: int) -> list[Content]:
    """Return a difference with the entries behind it and what came of it."""
    lines = [Content.styled(left(f" {told.difference.booklet}", width), "bold")]
    return lines + told_lines(_explained(told, translate), translate, width)


def _explained(told: DifferenceRow, translate: Translate) -> Iterator[_Line]:
    found = told.difference
    yield message("Ours"), "–" if found.ours is None else format_hundredths(found.ours), ""
    yield message("Theirs"), "–" if found.theirs is None else format_hundredths(found.theirs), ""
    if found.ours is not None and found.theirs is not None:
        yield message("Between"), _signed(Points(found.ours - found.theirs)), ""
    yield message("Cause"), render(CAUSE_WORDS[found.cause], translate) if found.cause else "–", "bold"
    for entry in found.entries:
        yield None, _entry_words(entry, translate), ""
    if told.note is not None:
        yield message("Resolved"), told.note, "$text-success"
        yield message("By entry"), told.reference or "", ""


def _entry_words(entry: EntryLine, translate: Translate) -> str:
    words = render(KIND_WORDS[entry.kind], translate)
    return f"{entry.date.isoformat()}  {words}  {_signed(entry.amount)}  {entry.reference}"
