"""公示: a village's month for its board and its telephones; its names are masked in the very data of the papers."""

from typing import Any, Self

from msgspec import Struct, structs

from lizhi_pos.documents.month_words import NONE, category_bars, column_widths, month_bars, objection, said_month, sheet
from lizhi_pos.money import format_hundredths
from lizhi_pos.settlement.month_papers import MonthPapers, VillagePapers, earned
from lizhi_pos.settlement.statement import Amounts
from lizhi_pos.text.masking import masked

TEMPLATE, PICTURE_TEMPLATE = "notice.typ", "notice_picture.typ"
_WHO = ("手册编号", "户主")
_OPENING, _OTHER = "上月积分", "其他变动"

FIRST_PICTURE_ROWS, PICTURE_ROWS = 64, 70
"""Households on a picture, so that it is not longer than 4,000 dots; the first one also says what it is about."""


class NoticeTable(Struct, frozen=True):
    """The households of a notice, their names masked; each line adds up."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]

    def without(self, head: str) -> Self:
        """Return the table without a column, where it has it."""
        kept = [at for at, said in enumerate(self.heads) if said != head]
        heads, *rows, total = (tuple(row[at] for at in kept) for row in (self.heads, *self.rows, self.total))
        return structs.replace(self, heads=heads, rows=tuple(rows), total=total)


def notice_table(of: VillagePapers) -> NoticeTable:
    """Return a line for each household; other movements have a column where a household had any."""
    households, totals = of.statement.households, of.statement.totals
    table = NoticeTable(
        heads=(*_WHO, _OPENING, "本月挣得", "本月兑换", _OTHER, "现有积分"),
        rows=tuple((line.booklet, masked(line.head), *_figures(line)) for line in households),
        total=("合计", f"{len(households)}户", *_figures(totals)),
    )
    return table if any(_other(line) for line in households) else table.without(_OTHER)


def notice_figures(of: VillagePapers) -> list[tuple[str, str, str]]:
    """Return what is read first, each with its unit."""
    return [
        ("本月挣得", format_hundredths(earned(of.statement.totals)), "分"),
        ("兑换物品", format_hundredths(of.statement.goods_value), "元"),
        ("全村现有积分", format_hundredths(of.statement.totals.closing), "分"),
    ]


def notice_content(papers: MonthPapers, of: VillagePapers) -> dict[str, Any]:
    """Return what a village's notice says."""
    found, table = of.statement, notice_table(of)
    return {
        **sheet(papers, f"{found.village}{said_month(papers.month)}文明积分公示"),
        "village": found.village,
        "heading": f"{said_month(papers.month)}积分公示",
        "objection": objection(papers),
        "figures": notice_figures(of),
        "months": month_bars(of.year),
        "categories": category_bars(of.goods),
        "heads": table.heads,
        "widths": column_widths(table.heads, *table.rows, table.total),
        "rows": table.rows,
        "total": table.total,
    }


def picture_content(papers: MonthPapers, of: VillagePapers) -> dict[str, Any]:
    """Return what the pictures of a village's notice say, picture by picture."""
    table = notice_table(of).without(_OPENING)
    rest = range(FIRST_PICTURE_ROWS, len(table.rows), PICTURE_ROWS)
    return {
        **notice_content(papers, of),
        "heads": table.heads,
        "widths": column_widths(table.heads, *table.rows, table.total),
        "rows": (),
        "total": table.total,
        "pictures": [table.rows[:FIRST_PICTURE_ROWS], *(table.rows[at : at + PICTURE_ROWS] for at in rest)],
    }


def picture_count(of: VillagePapers) -> int:
    """Return how many pictures a village's notice takes."""
    more = max(len(of.statement.households) - FIRST_PICTURE_ROWS, 0)
    return 1 + -(-more // PICTURE_ROWS)


def _figures(of: Amounts) -> tuple[str, ...]:
    parts = (of.opening, earned(of), of.redeemed - of.returned, _other(of), of.closing)
    last = len(parts) - 1
    return tuple(format_hundredths(part) if part or at in (0, last) else NONE for at, part in enumerate(parts))


def _other(of: Amounts) -> int:
    """Return what vetoes, their lifting, corrections and transfers changed."""
    return of.restored + of.adjusted + of.transferred - of.vetoed
