"""The rows of a batch by sheet, and what the batch does to coverage and cap above them."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import refusal_words, render
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.ledger_rows import BatchRows
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.batch_preview import BatchPreview
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.rows import page, row

_NUMBER, _LABEL = 5, 12
_WIDEST = 20
_MEASURED = 200
"""Rows of a sheet that its columns are measured by."""


def sheet_lines(
    rows: BatchRows, above: Sequence[Content], translate: Translate, width: int, height: int
) -> list[Content]:
    """Return what stands above, the sheets with their counts, the headers, and the page that the marked row is on."""
    sheet = rows.sheet
    if sheet is None:
        empty = render(message("There is nothing in it"), translate)
        return [*above, Content.styled(f"  {empty}", "$foreground-muted")]
    tabs = Content("  ").join(
        Content.styled(f" {one.name} {len(one.rows)} ", "bold reverse" if one is sheet else "$foreground-muted")
        for one in rows.sheets
    )
    widths = _widths(sheet.headers, [one.cells for one in sheet.rows[:_MEASURED]])
    title = Content.styled(
        left(f" {left('', _NUMBER)}{_in_columns(sheet.headers, widths)}", width), "$foreground-muted"
    )
    shown = rows.rows
    first, last = page(len(shown), rows.marked, max(height - len(above) - 2, 1))
    lines = [
        row(f"{at + 1:>4} {_in_columns(shown[at].cells, widths)}", at, rows.marked, width) for at in range(first, last)
    ]
    return [*above, tabs, title, *lines]


def effect_lines(preview: BatchPreview | Refusal | None, translate: Translate, width: int) -> list[Content]:
    """Return what posting the batch today would do in a line, and what to look at; or why it cannot be."""
    if preview is None:
        return []
    if isinstance(preview, Refusal):
        told = [f"✘ {line}" for line in refusal_words(preview, translate)]
        return [Content.styled(f" {line}", "$text-error") for words in told for line in wrapped(words, width - 2)]
    points = [format_hundredths(p) for p in (preview.base, preview.volunteer, preview.adjusted)]
    words = message("Posted today: base {0}, volunteer {1}, adjusted {2}", *points)
    coverage = (preview.coverage_before or "–", preview.coverage_after or "–")
    words = message("{0}; coverage {1} → {2}", words, *coverage)
    if preview.cap is not None:
        within = message("within it") if preview.within_cap else message("more than it")
        words = message("{0}; cap {1}: {2}", words, format_hundredths(preview.cap), within)
    look = "bold" if preview.within_cap else "bold $text-warning"
    lines = [Content.styled(f" {line}", look) for line in wrapped(render(words, translate), width - 2)]
    for warning in preview.warnings:
        lines += [
            Content.styled(f" {line}", "$text-warning")
            for line in wrapped(f"▲ {render(warning, translate)}", width - 2)
        ]
    return lines


def row_lines(rows: BatchRows, translate: Translate, width: int) -> list[Content]:
    """Return every cell of the marked row under its header, and where it stood in the file."""
    sheet, one = rows.sheet, rows.row
    if sheet is None or one is None:
        return []
    place = (message("Place"), f"{sheet.name} {one.at}")
    cells: list[tuple[Message | str, str]] = [place, *zip(sheet.headers, one.cells, strict=True)]
    lines: list[Content] = []
    for label, words in cells:
        if not words:
            continue
        name = label if isinstance(label, str) else render(label, translate)
        start, *more = wrapped(words, max(width - _LABEL - 2, 8))
        lines.append(Content.assemble((f" {left(name, _LABEL)}", "$foreground-muted"), start))
        lines += [Content(f"{'':{_LABEL + 1}}{part}") for part in more]
    return lines


def _widths(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [
        min(max(cell_len(header), *(cell_len(cells[at]) for cells in rows), 1), _WIDEST) + 1
        for at, header in enumerate(headers)
    ]


def _in_columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(left(cell, width - 1) + " " for cell, width in zip(cells, widths, strict=True))
