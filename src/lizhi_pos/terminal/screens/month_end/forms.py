"""What the dialogs of the month's end say before an act, and what they ask."""

from lizhi_pos.money import format_hundredths
from lizhi_pos.office.month_rows import DifferenceRow, MonthView, redeemed
from lizhi_pos.refusal import Message, message
from lizhi_pos.settlement.answer_states import AnswerState
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.ledgers.forms import day_field

CAME_OF_IT = (
    message("the village had not written it down; it has now"),
    message("the village wrote it down wrong; it is put right"),
    message("ours was wrong; a correction is posted"),
    message("the village comes again next month with it"),
)


def close_heading(view: MonthView) -> Message:
    """Say what closing a month does, with its figures."""
    households = sum(len(village.households) for village in view.villages)
    taken = sum(redeemed(village) for village in view.villages)
    left_over = sum(village.totals.closing for village in view.villages)
    words = message(
        "{0} is closed: {1} {1:village|villages}, {2} {2:household|households}, redeemed {3}, closing balance {4}. "
        "Nothing can be dated into it afterwards",
        *(str(view.month), len(view.villages), households),
        *(format_hundredths(taken), format_hundredths(left_over)),
    )
    warned = len(view.problems)
    return message("{0}. ▲ {1} {1:warning is|warnings are} kept with it", words, warned) if warned else words


PAGES = (message("without a page for each household"), message("with a page for each household"))


def papers_fields(folder: str) -> tuple[Field, ...]:
    """Return what is asked before papers are written."""
    return (
        Field(name="folder", label=message("Folder"), value=folder, takes_scans=True, longest=400),
        Field(name="pages", label=message("Pages, or number"), choices=PAGES, value="1"),
    )


def confirm_heading(month: str, state: AnswerState) -> Message:
    """Say what a village's signature means."""
    if state.answered_on is None:
        return message(
            "{0} confirms its statement of {1}; it sent no balances, it signed the paper", state.village, month
        )
    return message(
        "{0} confirms its statement of {1}; of {2} {2:difference|differences} none is open",
        *(state.village, month, state.differences),
    )


def confirm_fields(day: str) -> tuple[Field, ...]:
    """Return what is asked of a confirmation."""
    return (Field(name="by", label=message("Who signed for the village"), optional=True), day_field(day))


def dispute_heading(month: str, state: AnswerState) -> Message:
    """Say what a dispute means."""
    return message("{0} disputes its statement of {1}: it stays open until the village confirms", state.village, month)


def dispute_fields(day: str) -> tuple[Field, ...]:
    """Return what is asked of a dispute."""
    return (Field(name="text", label=message("What it disputes")), day_field(day))


def resolve_heading(told: DifferenceRow) -> Message:
    """Say which difference is resolved."""
    found = told.difference
    words = message(
        "{0}: ours {1}, theirs {2}",
        found.booklet,
        "–" if found.ours is None else format_hundredths(found.ours),
        "–" if found.theirs is None else format_hundredths(found.theirs),
    )
    return message("{0}. A note stands already; the new one stands instead", words) if told.note else words


def resolve_fields(told: DifferenceRow, day: str) -> tuple[Field, ...]:
    """Return what is asked of a difference that is resolved."""
    first = next((entry.reference for entry in told.difference.entries if entry.reference), "")
    return (
        Field(name="note", label=message("What came of it, or number"), choices=CAME_OF_IT),
        Field(name="entry", label=message("Receipt, ledger or month"), value=first, optional=True, takes_scans=True),
        day_field(day),
    )
