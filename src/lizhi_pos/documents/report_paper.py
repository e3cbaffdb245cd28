"""A report on A4 and as pictures for a telephone, by one template whatever the report is of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lizhi_pos.documents.month_words import column_widths, said_day, shares
from lizhi_pos.documents.typeset import FONTS, Typesetter, texts_in, unprintable
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.report_sheet import PRIVATE_WORDS, ReportSheet, SheetChart

TEMPLATE = "report.typ"
PICTURE_LINES = 44
"""Lines of a table on one picture, so that it is not longer than 4,000 dots."""
_WIDEST_TEXT, _WIDEST_OF_FEW = 36, 22
"""Texts longer than so many digits are broken into lines; sooner in a short list, which is set larger for it."""
_FEW = 16
_LYING_WIDTH = 96
"""Tables wider than so many digits are set on lying paper."""


def report_pdf(sheet: ReportSheet) -> bytes | Refusal:
    """Return a report as a PDF; refuse one with a sign that the fonts lack."""
    content = _content(sheet)
    if refusal := unprintable(texts_in(content)):
        return refusal
    return Typesetter().pdf(TEMPLATE, "paper", content)


def report_pictures(sheet: ReportSheet) -> list[bytes] | Refusal:
    """Return a report as pictures 1,080 dots wide, more than one where it is long; refuse as `report_pdf` does."""
    content = {**_content(sheet), "list": (), "pictures": list(_pictures(sheet))}
    if refusal := unprintable(texts_in(content)):
        return refusal
    return Typesetter().pictures(TEMPLATE, "paper", content)


def sheet_title(sheet: ReportSheet) -> str:
    """Return a report's name with what it is of."""
    return f"{sheet.scope} {sheet.title}".strip()


def sheet_foot(sheet: ReportSheet) -> str:
    """Return whose report it is and the day it speaks of."""
    return f"{sheet.town}励志超市 · 截至{said_day(sheet.day)}"


def chart_bars(chart: SheetChart) -> list[dict[str, Any]]:
    """Return a chart's pairs of bars, their lengths in thousandths of the longest one."""
    first, second = ([bar.lengths[at] for bar in chart.bars] for at in (0, 1))
    sizes = zip(shares(first, second), shares(second, first), strict=True)
    return [{"label": b.label, "shares": pair, "told": b.told} for b, pair in zip(chart.bars, sizes, strict=True)]


def _content(sheet: ReportSheet) -> Mapping[str, Any]:
    widths = _widths(sheet)
    return {
        "fonts": FONTS,
        "title": sheet_title(sheet),
        "over": f"{sheet.town} · 文明积分制",
        "heading": sheet.title,
        "scope": sheet.scope,
        "foot": sheet_foot(sheet),
        "private": PRIVATE_WORDS if sheet.private else "",
        "lead": sheet.lead,
        "figures": sheet.figures,
        "heads": [column.label for column in sheet.columns],
        "aligns": ["right" if column.kind == "figure" else "left" for column in sheet.columns],
        "widths": widths,
        "lies": sum(widths) > _LYING_WIDTH,
        "list": sheet.rows,
        "rows": len(sheet.rows),
        "pictures": (),
        "total": sheet.total,
        "nothing": sheet.nothing,
        "notes": sheet.notes,
        "chart": {**_named(sheet.chart), "bars": chart_bars(sheet.chart)} if sheet.chart else None,
    }


def _named(chart: SheetChart) -> dict[str, Any]:
    return {"title": chart.title, "names": chart.names}


def _widths(sheet: ReportSheet) -> list[int]:
    heads = [column.label for column in sheet.columns]
    found = column_widths(heads, *sheet.rows, *([sheet.total] if sheet.total else []))
    widest = _WIDEST_OF_FEW if len(sheet.rows) <= _FEW else _WIDEST_TEXT
    return [
        width if column.kind == "figure" else min(width, widest)
        for width, column in zip(found, sheet.columns, strict=True)
    ]


def _pictures(sheet: ReportSheet) -> Iterator[Sequence[Sequence[str]]]:
    """Yield the rows of each picture; one that says nothing of a list has none."""
    widths, taken, lines = _widths(sheet), list[Sequence[str]](), 0
    for row in sheet.rows:
        needed = max(-(-w // max(room, 1)) for w, room in zip(column_widths(row), widths, strict=True))
        if taken and lines + needed > PICTURE_LINES:
            yield taken
            taken, lines = [], 0
        taken.append(row)
        lines += needed
    yield taken
