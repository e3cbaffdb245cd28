"""The board of ledgers, villages by months, and what is told of one batch."""

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content

from lizhi_pos.accounts.batch_board import BoardCell
from lizhi_pos.accounts.batch_card import BatchCard, BatchStep
from lizhi_pos.accounts.batch_look import BatchCounts, BatchSummary
from lizhi_pos.accounts.objection_list import ObjectionView
from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import refusal_words, render
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.ledger_rows import LedgerBoard
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.batch_preview import BatchPreview
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.rows import MARKED, can_be_clicked, page

COLUMN = 11
"""The width of a month, so that `▲ 公示 12天` fits."""
_NAME, _LONGEST_NAME = 8, 16
_LABEL = 10

STATES: Mapping[str, Message] = {
    "missing": Message("·"),
    "draft": message("draft"),
    "sent_back": message("returned"),
    "publicised": message("publicised"),
    "reviewed": message("reviewed"),
    "posted": message("✔ posted"),
}
STEPS: Mapping[str, Message] = {
    "import": message("imported"),
    "publish": message("published"),
    "review": message("reviewed"),
    "reject": message("sent back"),
    "post": message("posted"),
}
_LOOKS = {"sent_back": "$text-warning", "posted": "$text-success", "missing": "$foreground-muted"}


def months_that_fit(board: LedgerBoard, width: int) -> int:
    """Return how many months there is room for beside the villages' names."""
    return max((width - _names_width(board) - 1) // COLUMN, 1)


def board_lines(board: LedgerBoard, translate: Translate, width: int, height: int) -> list[Content]:
    """Return the months' names, the page of villages that the marked one is on, and what the signs mean."""
    names = _names_width(board)
    first, last = _months_shown(board, months_that_fit(board, width))
    heads = "".join(left(board.board.months[at], COLUMN) for at in range(first, last))
    title = Content.styled(left(f" {left('', names)}{heads}", width), "$foreground-muted")
    if not board.villages:
        nothing = render(message("There is no village yet"), translate)
        return [title, Content.styled(f"  {nothing}", "$foreground-muted")]
    legend = wrapped(render(_LEGEND, translate), width - 1)
    rows = max(height - 2 - len(legend), 1)
    top, bottom = page(len(board.villages), board.marked, rows)
    lines = [_village(board, at, (first, last), names, translate) for at in range(top, bottom)]
    space = [Content("")] * max(rows - len(lines) + 1, 1)
    return [title, *lines, *space, *(Content.styled(f" {line}", "$foreground-muted") for line in legend)]


_LEGEND = message("· missing   draft → publicised (days left) → reviewed → ✔ posted   ▲ late   ! objections open")


def row_of(board: LedgerBoard, village: int, month: int) -> int:
    """Return what a click on a cell means: villages and months in one number."""
    return village * len(board.board.months) + month


def cell_of(board: LedgerBoard, at: int) -> tuple[int, int]:
    """Return the village and the month that a click means."""
    return divmod(at, len(board.board.months))


def _names_width(board: LedgerBoard) -> int:
    longest = max((cell_len(name) for name in board.board.villages), default=0)
    return min(max(longest + 2, _NAME), _LONGEST_NAME)


def _months_shown(board: LedgerBoard, room: int) -> tuple[int, int]:
    """Return the months that are shown, from and to: the last ones, or as far back as the marked one."""
    count = len(board.board.months)
    first = max(min(count - room, board.month), 0)
    return first, min(first + room, count)


def _village(board: LedgerBoard, at: int, months: tuple[int, int], names: int, translate: Translate) -> Content:
    village, is_marked = board.villages[at], at == board.marked
    name = left(village, names - 1) + " "
    parts = [can_be_clicked(Content.styled(f" {name}", "bold" if is_marked else ""), row_of(board, at, board.month))]
    for month in range(*months):
        cell = board.board.cells.get((village, board.board.months[month]))
        words = cell_words(cell, translate)
        if is_marked and month == board.month:
            part = Content.styled(left(f"▸{words}", COLUMN), MARKED)
        else:
            part = Content.styled(left(f" {words}", COLUMN), _look(cell))
        parts.append(can_be_clicked(part, row_of(board, at, month)))
    return Content.assemble(*parts)


def cell_words(cell: BoardCell | None, translate: Translate) -> str:
    """Return a cell's state as its sign and word."""
    if cell is None:
        return ""
    words = render(STATES[cell.state], translate)
    if cell.days_left is not None and not cell.open_objections:
        words = render(message("pub. {0}d", cell.days_left) if cell.days_left else message("pub. end"), translate)
    elif cell.open_objections:
        words = f"{render(message('pub.'), translate) if cell.state == 'publicised' else words} !{cell.open_objections}"
    return f"▲ {words}" if cell.late and cell.state != "posted" else words


def _look(cell: BoardCell | None) -> str:
    if cell is None:
        return ""
    if (cell.late and cell.state != "posted") or cell.open_objections:
        return "$text-warning"
    return _LOOKS.get(cell.state, "")


_BLANK = Message(" ")
"""The label of what goes on with the line above."""
_Line = tuple[Message | None, str, str]
"""A label or none, words, and how they look."""


def batch_lines(board: LedgerBoard, translate: Translate, width: int) -> list[Content]:
    """Return what is told of the marked cell."""
    if board.place is None:
        return []
    village, month = board.place
    lines = [Content.styled(left(f" {village}  {month}", width), "bold")]
    return lines + told_lines(_told(board, translate), translate, width)


def told_lines(told: Iterator[_Line], translate: Translate, width: int) -> list[Content]:
    """Return labels and words in lines, sentences broken where they are too long."""
    lines: list[Content] = []
    for label, words, look in told:
        if label is None:
            broken = wrapped(words, width - 3)
            lines += [Content.styled(f" {'' if at == 0 else '  '}{part}", look) for at, part in enumerate(broken)]
        elif words:
            start, *more = wrapped(words, max(width - _LABEL - 2, 8))
            name = (f" {left(render(label, translate), _LABEL)}", "$foreground-muted")
            lines.append(Content.assemble(name, (start, look)))
            lines += [Content.styled(f"{'':{_LABEL + 1}}{part}", look) for part in more]
    return lines


def _told(board: LedgerBoard, translate: Translate) -> Iterator[_Line]:
    cell = board.cell
    if cell is None:
        yield None, render(message("The month has not ended, and no workbook came yet"), translate), ""
        return
    if cell.state == "missing":
        yield None, render(message("No workbook came yet"), translate), ""
    else:
        yield message("State"), render(STATES[cell.state], translate), "bold"
    yield message("Due"), cell.due.isoformat() + (f"  {render(message('▲ late'), translate)}" if cell.late else ""), ""
    summary = board.summary
    if isinstance(summary, BatchSummary):
        yield from _summary(summary, cell, translate)
        yield from preview_told(board.preview, translate)
    elif summary is not None:
        yield from ((None, f"✘ {line}", "$text-error") for line in refusal_words(summary, translate))


def _summary(summary: BatchSummary, cell: BoardCell, translate: Translate) -> Iterator[_Line]:
    card = summary.card
    if cell.days_left is not None:
        over = message("over: it may be reviewed")
        words = message("{0} {0:day|days} left", cell.days_left) if cell.days_left else over
        yield message("Publicity"), render(words, translate), ""
    yield message("File"), card.file or "", ""
    yield message("In it"), render(counts_words(summary.counts), translate), ""
    yield from steps_told(card.steps, translate)
    for told in card.objections:
        yield from objection_told(told, translate)


def counts_words(counts: BatchCounts) -> Message:
    """Return how much is in a batch."""
    words = message(
        "{0} {0:household|households}, {1} {1:score|scores}, {2} {2:act|acts}",
        *(counts.households, counts.scores, counts.acts),
    )
    if counts.corrections:
        words = message("{0}, {1} {1:correction|corrections}", words, counts.corrections)
    if counts.proposals:
        words = message("{0}, {1} {1:veto|vetoes} proposed", words, counts.proposals)
    return words


def steps_told(steps: Sequence[BatchStep], translate: Translate) -> Iterator[_Line]:
    """Yield the steps of a batch, each with its day, who took it, and why where a reason was given."""
    for at, step in enumerate(steps):
        words = f"{step.on:%m-%d} {render(STEPS[step.step], translate)} {step.by}"
        yield message("Steps") if at == 0 else _BLANK, words, ""
        if step.reason:
            yield _BLANK, step.reason, "$text-warning"


def objection_told(told: ObjectionView, translate: Translate) -> Iterator[_Line]:
    """Yield an objection with its answer."""
    who = " ".join(filter(None, (f"{told.on:%m-%d}", told.by, told.booklet)))
    words = render(message("Objection {0}: {1}", told.number, told.text), translate)
    yield None, f"{words} ({who})", "bold" if told.state == "open" else ""
    if told.state == "open":
        yield None, render(message("  ▲ not answered yet"), translate), "$text-warning"
    else:
        day = told.settled_on.isoformat() if told.settled_on else ""
        answered = message("  upheld on {0}: {1}") if told.state == "upheld" else message("  dismissed on {0}: {1}")
        yield None, render(message(answered.msgid, day, told.answer or ""), translate), ""


def preview_told(preview: BatchPreview | Refusal | None, translate: Translate) -> Iterator[_Line]:
    """Yield what posting a batch today would do, or everything that keeps it from being posted."""
    if preview is None:
        return
    if isinstance(preview, Refusal):
        yield None, render(message("Posted today:"), translate), ""
        yield from ((None, f"✘ {line}", "$text-error") for line in refusal_words(preview, translate))
        return
    yield None, render(message("Posted today it would bring"), translate), ""
    for label, amount in (
        (message("Base"), preview.base),
        (message("Volunteer"), preview.volunteer),
        (message("Adjusted"), preview.adjusted),
    ):
        yield label, format_hundredths(amount), ""
    households = message("{0} new, {1} changed", preview.households.new, preview.households.changed)
    yield message("Households"), render(households, translate), ""
    yield message("Coverage"), f"{preview.coverage_before or '–'} → {preview.coverage_after or '–'}", ""
    if preview.cap is not None:
        within = message("{0}: within it") if preview.within_cap else message("▲ {0}: more than it")
        look = "" if preview.within_cap else "$text-warning"
        yield message("Cap"), render(message(within.msgid, format_hundredths(preview.cap)), translate), look
    for warning in preview.warnings:
        yield None, f"▲ {render(warning, translate)}", "$text-warning"


def card_of(board: LedgerBoard) -> BatchCard | None:
    """Return the marked batch's card, as far as it is read."""
    return board.summary.card if isinstance(board.summary, BatchSummary) else None
