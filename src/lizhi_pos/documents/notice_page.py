"""公示 as one page for telephones: nothing is loaded from elsewhere, and without scripts it is a plain table."""

from collections.abc import Sequence
from html import escape

from lizhi_pos.documents.month_words import category_bars, month_bars, objection, said_month, sheet
from lizhi_pos.documents.page_parts import bar, part, policy
from lizhi_pos.documents.village_notice import NoticeTable, notice_figures, notice_table
from lizhi_pos.settlement.month_papers import MonthPapers, VillagePapers

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
<p class="over">{over}</p>
<h1>{village}<span>{heading}</span></h1>
<dl class="figures">{figures}</dl>
<p class="objection">{objection}</p>
</header>
<main>
<section>
<h2>各户积分</h2>
<form class="search" hidden role="search"><label>查找手册编号或户主（如 {example}）
<input type="search" autocomplete="off" spellcheck="false"></label>
<p class="found" role="status" aria-live="polite"></p></form>
{households}
</section>
<section>
<h2>每月挣得与兑换</h2>
{months}
</section>
{categories}
</main>
<footer>{foot}</footer>
<script>{script}</script>
</body>
</html>
"""


def notice_page(papers: MonthPapers, of: VillagePapers) -> bytes:
    """Return a village's notice as one page of HTML."""
    style, script = part("notice_page.css"), part("notice_page.js")
    told = sheet(papers, f"{of.statement.village}{said_month(papers.month)}文明积分公示")
    table = notice_table(of)
    page = _PAGE.format(
        policy=policy(style, script),
        title=escape(told["title"]),
        style=style,
        over=escape(told["over"]),
        village=escape(of.statement.village),
        heading=escape(f"{said_month(papers.month)}积分公示"),
        figures="".join(
            f"<div><dt>{escape(said)}</dt><dd>{escape(figure)}<small>{escape(unit)}</small></dd></div>"
            for said, figure, unit in notice_figures(of)
        ),
        objection=escape(objection(papers)),
        example=escape(" 或 ".join(table.rows[0][:2])) if table.rows else "手册编号",
        households=_households(table),
        months=_months(of),
        categories=_categories(of),
        foot=escape(told["foot"]),
        script=script,
    )
    return page.encode()


def _households(table: NoticeTable) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    rows = "\n".join(f"<tr>{_cells(table.heads, row)}</tr>" for row in table.rows)
    total = f"<tr>{_cells(table.heads, table.total)}</tr>"
    return (
        f'<table class="households"><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n'
        f"<tfoot>{total}</tfoot></table>"
    )


def _cells(heads: Sequence[str], row: Sequence[str]) -> str:
    return "".join(f'<td data-head="{escape(head)}">{escape(cell)}</td>' for head, cell in zip(heads, row, strict=True))


def _months(of: VillagePapers) -> str:
    rows = "".join(
        f"<tr><th scope=row>{m['month']}</th><td>{bar(m['earned-share'], 'filled')}"
        f"{bar(m['redeemed-share'], 'hatched')}</td><td>{m['earned']}</td><td>{m['redeemed']}</td></tr>"
        for m in month_bars(of.year)
    )
    return (
        f'<table class="bars"><thead><tr><th>月份<th><span class="key">{bar(1000, "filled")}挣得</span> '
        f'<span class="key">{bar(1000, "hatched")}兑换</span><th>挣得（分）<th>兑换（分）</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _categories(of: VillagePapers) -> str:
    rows = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{bar(share, 'filled')}</td><td>{figure}</td></tr>"
        for name, share, figure in category_bars(of.goods)
    )
    if not rows:
        return ""
    return (
        "<section>\n<h2>兑换物品类别</h2>\n"
        '<table class="bars"><thead><tr><th>类别<th><th>金额（元）</tr></thead>'
        f"<tbody>{rows}</tbody></table>\n</section>"
    )
