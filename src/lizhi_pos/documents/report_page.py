"""A report as one page for telephones, in the hand of the notice's page: nothing is loaded from elsewhere."""

from collections.abc import Sequence
from html import escape

from lizhi_pos.documents.month_words import column_widths
from lizhi_pos.documents.page_parts import bar, part, policy
from lizhi_pos.documents.report_paper import chart_bars, sheet_foot, sheet_title
from lizhi_pos.reports.report_sheet import PRIVATE_WORDS, ReportSheet, SheetChart

_NARROW_WIDTH = 38
"""Tables up to so many digits wide stay tables on a telephone; of others each row is a card."""
_SHORT_WIDTH = 20
_MOST_UPRIGHT = 8
"""Columns that stand beside each other on upright paper."""
_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="hatched" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect class="two" width="2.4" height="5"/></pattern>
</defs></svg>
<header>
{private}
<p class="over">{over}</p>
<h1>{heading}<span>{scope}</span></h1>
{figures}
{lead}
</header>
<main>
<section>
<form class="search" hidden role="search"><label>查找
<input type="search" autocomplete="off" spellcheck="false"></label>
<p class="found" role="status" aria-live="polite"></p></form>
{rows}
</section>
{chart}
{notes}
</main>
<footer>{foot}</footer>
<script>{script}</script>
</body>
</html>
"""


def report_page(sheet: ReportSheet) -> bytes:
    """Return a report as one page of HTML; without scripts it is a plain table."""
    style, script = part("notice_page.css") + part("report_page.css"), part("notice_page.js")
    page = _PAGE.format(
        policy=policy(style, script),
        title=escape(sheet_title(sheet)),
        style=style,
        private=_told("private", PRIVATE_WORDS if sheet.private else ""),
        over=escape(f"{sheet.town} · 文明积分制"),
        heading=escape(sheet.title),
        scope=escape(sheet.scope),
        figures=_figures(sheet.figures),
        lead=_told("objection", sheet.lead),
        rows=_table(sheet),
        chart=_chart(sheet.chart) if sheet.chart else "",
        notes=_notes(sheet.notes),
        foot=escape(sheet_foot(sheet)),
        script=script,
    )
    return page.encode()


def _told(kind: str, said: str) -> str:
    return f'<p class="{kind}">{escape(said)}</p>' if said else ""


def _figures(figures: Sequence[tuple[str, str, str]]) -> str:
    told = "".join(
        f"<div><dt>{escape(said)}</dt><dd>{escape(figure)}<small>{escape(unit)}</small></dd></div>"
        for said, figure, unit in figures
    )
    return f'<dl class="figures">{told}</dl>' if told else ""


def _table(sheet: ReportSheet) -> str:
    texts = " ".join(str(at) for at, column in enumerate(sheet.columns) if column.kind == "text")
    heads = "".join(f'<th scope="col" class="{c.kind}">{escape(c.label)}</th>' for c in sheet.columns)
    kinds = _kinds(sheet)
    width = sum(column_widths(*_all_rows(sheet)))
    fits = " narrow" if width <= _NARROW_WIDTH else " wide" if len(sheet.columns) > _MOST_UPRIGHT else ""
    rows = "\n".join(f"<tr>{_cells(sheet, kinds, row)}</tr>" for row in sheet.rows)
    total = f"<tfoot><tr>{_cells(sheet, kinds, sheet.total)}</tr></tfoot>" if sheet.total else ""
    nothing = "" if sheet.rows else _told("nothing", sheet.nothing)
    return (
        f'<div class="scroll"><table class="households report{fits}" data-unit="行" data-texts="{texts}">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n{total}</table></div>{nothing}"
    )


def _all_rows(sheet: ReportSheet) -> list[Sequence[str]]:
    return [[column.label for column in sheet.columns], *sheet.rows, *([sheet.total] if sheet.total else [])]


def _kinds(sheet: ReportSheet) -> list[str]:
    """Return what is said of each column's cells: figures, texts, and those that are never broken."""
    widths = column_widths(*_all_rows(sheet))
    return [
        "text short" if column.kind == "text" and width <= _SHORT_WIDTH else column.kind
        for column, width in zip(sheet.columns, widths, strict=True)
    ]


def _cells(sheet: ReportSheet, kinds: Sequence[str], row: Sequence[str]) -> str:
    return "".join(
        f'<td class="{kind}" data-head="{escape(column.label)}">{_cell(cell)}</td>'
        for column, kind, cell in zip(sheet.columns, kinds, row, strict=True)
    )


def _cell(said: str) -> str:
    return f"<span>{escape(said)}</span>" if said else ""


def _chart(chart: SheetChart) -> str:
    first, second = map(escape, chart.names)
    rows = "".join(
        f"<tr><th scope=row>{escape(one['label'])}</th>"
        f"<td>{bar(one['shares'][0], 'filled')}{bar(one['shares'][1], 'hatched')}</td>"
        f"<td>{escape(one['told'][0])}</td><td>{escape(one['told'][1])}</td></tr>"
        for one in chart_bars(chart)
    )
    return (
        f'<section>\n<h2>{escape(chart.title)}</h2>\n<table class="bars"><thead><tr><th><th>'
        f'<span class="key">{bar(1000, "filled")}{first}</span> <span class="key">{bar(1000, "hatched")}{second}</span>'
        f"<th>{first}<th>{second}</tr></thead><tbody>{rows}</tbody></table>\n</section>"
    )


def _notes(notes: Sequence[str]) -> str:
    told = "".join(f"<li>{escape(said)}</li>" for said in notes)
    return f'<ul class="notes">{told}</ul>' if told else ""
