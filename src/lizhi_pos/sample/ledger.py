"""What the sample town's villages wrote down each month. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct, structs

from lizhi_pos.accounts.import_rows import (
    ActRow,
    HouseholdRow,
    ProposalRow,
    ScoreRow,
    VillageWorkbook,
)
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.exchange.a1 import column_letters
from lizhi_pos.exchange.village_rows import LAYOUTS
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter, add_months
from lizhi_pos.rulebook.rules import Item
from lizhi_pos.sample.days import Days
from lizhi_pos.sample.households import INACTIVE, NEWCOMER, POOR, SCORE_BELOW, SCORES_MISSING, SCORES_STALE
from lizhi_pos.sample.people import PLACE, Village, member_rows, signatures

_Row = TypeVar("_Row", bound=Struct)

HELPERS = (2, 3, 12)
"""The households in every village that help each month and come to market."""

_EVERYDAY = ("公共区域清扫", "河道捡拾", "邻里调解", "看望独居老人", "夜间巡逻", "四点半课堂", "院坝会服务", "好人好事")


_SHEETS = {
    "households": "户籍",
    "members": "成员",
    "scores": "基础评分",
    "acts": "志愿服务",
    "proposals": "负面清单",
    "signatures": "签字",
}
_HEADER_ROW = 2


def file_of(village: Village, month: Month) -> str:
    """Return the name of the file that a village sent its month in."""
    return f"{month}_{village.name}.xlsx"


def workbook(days: Days, village: Village, month: Month, items: Mapping[str, Item]) -> VillageWorkbook:
    """Return a village's month, its rows placed as in the village's file.

    The register with its first, scores with the last month of a quarter, acts with every one.
    """
    book = _month(days, village, month, items)
    return structs.replace(book, **{field: _placed(name, getattr(book, field)) for field, name in _SHEETS.items()})


def _placed(sheet: str, rows: Sequence[_Row]) -> tuple[_Row, ...]:
    columns = {header: column_letters(at) for at, header in enumerate(LAYOUTS[sheet].headers)}
    return tuple(
        structs.replace(row, at=RowAt(sheet, number, _HEADER_ROW, columns))
        for number, row in enumerate(rows, _HEADER_ROW + 1)
    )


def _month(days: Days, village: Village, month: Month, items: Mapping[str, Item]) -> VillageWorkbook:
    numbers = range(1, len(village.heads) + 1)
    joining = [n for n in numbers if _joins(days, village.booklet(n)) == month]
    changed = [n for n in numbers if village.booklet(n) == INACTIVE and month == days.scored_month]
    return VillageWorkbook(
        village.name,
        month,
        tuple(_household(days, village, n, month) for n in (*joining, *changed)),
        member_rows(village, joining),
        tuple(row for n in numbers for row in _scores(days, village, n, month)),
        tuple(row for n in numbers for row in _acts(days, village, n, month, items)),
        tuple(_proposals(days, village, month)),
        signatures(village),
    )


def _joins(days: Days, booklet: str) -> Month:
    return days.scored_month if booklet == NEWCOMER else days.first_month


def _household(days: Days, village: Village, number: int, month: Month) -> HouseholdRow:
    booklet = village.booklet(number)
    new = booklet == NEWCOMER
    settled = date(days.founded.year - 4 - number % 12, 1 + number * 5 % 12, 1 + number)
    return HouseholdRow(
        booklet,
        village.head(number),
        add_months(days.today, -4) if new else settled,
        PLACE,
        group=f"{(number - 1) // 5 + 1}组",
        people=3,
        status="moved_out" if booklet == INACTIVE and month != days.first_month else "active",
        note="示例:从邻镇迁入,评分随户转来" if new else "示例",
    )


def _scores(days: Days, village: Village, number: int, month: Month) -> Iterator[ScoreRow]:
    booklet, last = village.booklet(number), days.scored
    before, earlier = Quarter.at_index(last.index - 1), Quarter.at_index(last.index - 2)
    quarters: dict[Month, tuple[Quarter, ...]] = {days.first_month: (earlier, before), days.scored_month: (last,)}
    if booklet == NEWCOMER:
        quarters = {days.scored_month: (before, last)}
    if booklet == SCORES_MISSING:
        quarters[days.first_month] = (earlier,)
    if booklet == SCORES_STALE:
        old = days.ended.index - 2
        quarters = {days.first_month: (Quarter.at_index(old - 1), Quarter.at_index(old))}
    for quarter in quarters.get(month, ()):
        yield ScoreRow(booklet, quarter, _score(days, village, number, quarter), PLACE)


def _score(days: Days, village: Village, number: int, quarter: Quarter) -> int:
    """Tenths: most households above the threshold of 850, in the smaller villages some below it."""
    if village.booklet(number) == SCORE_BELOW and quarter == days.scored:
        return 820
    if village.booklet(number) == POOR:
        return 850
    below = village.at >= 3 and number in (9, 14, 17) and quarter.index == days.scored.index - 1
    return (780 if below else 860) + (number * 37 + quarter.index * 23 + village.at * 11) % 12 * 5


def _acts(days: Days, village: Village, number: int, month: Month, items: Mapping[str, Item]) -> Iterator[ActRow]:
    booklet = village.booklet(number)
    still = booklet in (POOR, SCORES_STALE, NEWCOMER) or (booklet == INACTIVE and month != days.first_month)
    on = date(month.year, month.month, 1 + (number * 3 + village.at) % 27)
    if still:
        return
    if number in HELPERS:
        item, name, times = items["圆梦使者"], village.head(number), 1
    elif (number + month.month + village.at) % 2:
        item = items[_EVERYDAY[(number * 5 + village.at + month.month) % len(_EVERYDAY)]]
        name, times = (village.head(number), *village.members(number))[number % 3], 1 + number % 2
    else:
        return
    yield ActRow(booklet, name, on, item.name, Points(item.points * times), PLACE, times=times)


def _proposals(days: Days, village: Village, month: Month) -> Iterator[ProposalRow]:
    if village.prefix == "TQ" and month == days.scored_month:
        conduct = date(month.year, month.month, 9)
        yield ProposalRow(village.booklet(15), conduct, "3", "示例:满月酒办了四十桌,监督小组待核实", PLACE)
