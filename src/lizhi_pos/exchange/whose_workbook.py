"""Whose workbook it is: the village and month that titles and the sheet `说明` name."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange.a1 import cell_name
from lizhi_pos.exchange.headers import full_name
from lizhi_pos.exchange.sheet import Cell, Sheet
from lizhi_pos.exchange.values import EMPTY_CELL, is_blank, month, name, plain
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, message
from lizhi_pos.text.normalize import comparable

Value = TypeVar("Value", str, Month)

_BLANKS = re.compile(r"\s+")
_LONGEST_TITLE = 60
_BEFORE = re.compile(r"(.*?)(?:文明积分|积分台账)")
_MONTH_IN_TITLE = re.compile(r"(?:19|20)\d\d(?:年\d{1,2}月份?(?![-—~至到])|[-./]\d{1,2}(?![-—~./\d至到]))")
_YEAR = re.compile(r"(?:19|20)\d\d年度?")
_BRACKETS = re.compile(r"[()\[\]【】]")
_TOWN = re.compile(r".+?[镇乡](.+)")
_NO_NAME = frozenset({"村", "社区", "居委会", "村委会"})


class Found(Struct, Generic[Value], frozen=True):
    """A village or month, and the cell that names it."""

    value: Value
    sheet: str
    cell: str


class Names(Struct):
    """Everything in a workbook that names its village or month, in order."""

    villages: list[Found[str]]
    months: list[Found[Month]]
    errors: list[CellError]


def registered_in(text: str, registered: Collection[str]) -> list[str]:
    """Return the registered villages that a text names, but for one whose name is only part of another's."""
    names = {village: comparable(village) for village in registered}
    said = comparable(text)
    here = [village for village in registered if names[village] and names[village] in said]
    return [v for v in here if not any(v != longer and names[v] in names[longer] for longer in here)]


def village_in(text: str, registered: Collection[str]) -> str:
    """Return the village in a text like ``大同镇华平村``: the registered one, else what follows the town."""
    known = registered_in(text, registered)
    if len(known) == 1:
        return known[0]
    town = _TOWN.fullmatch(text)
    return town[1] if town and town[1] not in _NO_NAME else text


def read_titles(
    names: Names, sheet: str, rows: Iterable[tuple[int, Sequence[Cell]]], registered: Collection[str]
) -> None:
    """Add what title cells such as ``大同镇华平村文明积分台账(2024年3月)`` say in these numbered rows.

    A title that stands in a sheet again, as in every column a merged cell covers, counts once.
    """
    seen: set[str] = set()
    for number, cells in rows:
        for index, cell in enumerate(cells):
            text = _BLANKS.sub("", plain(cell)) if isinstance(cell, str) else ""
            if text in seen:
                continue
            seen.add(text)
            months = _MONTH_IN_TITLE.findall(text)
            if len(text) > _LONGEST_TITLE or not ("积分台账" in text or ("文明积分" in text and months)):
                continue
            place = cell_name(number - 1, index)
            for written in months:
                found = month(written)
                if isinstance(found, Month):
                    names.months.append(Found(found, sheet, place))
            before = _BEFORE.match(_BRACKETS.sub("", _YEAR.sub("", _MONTH_IN_TITLE.sub("", text))))
            if before and before[1]:
                names.villages.append(Found(village_in(before[1], registered), sheet, place))


def read_notes(names: Names, sheet: Sheet, registered: Collection[str]) -> None:
    """Add what the rows `村` and `月份` of the sheet `说明` say, in the cell after that word."""
    for row, cells in zip(sheet.numbers, sheet.rows, strict=True):
        filled = [index for index, cell in enumerate(cells) if not is_blank(cell)]
        word = full_name(cells[filled[0]]) if filled else ""
        if word not in ("村", "月份"):
            continue
        index = filled[1] if len(filled) > 1 else filled[0] + 1
        place = cell_name(row - 1, index)
        value: str | Month | Message = EMPTY_CELL
        if len(filled) > 1:
            value = name(cells[index]) if word == "村" else month(cells[index])
        if isinstance(value, Message):
            names.errors.append(CellError(sheet.name, place, value))
        elif isinstance(value, Month):
            names.months.append(Found(value, sheet.name, place))
        else:
            names.villages.append(Found(village_in(value, registered), sheet.name, place))


def only_value(found: list[Found[Value]], errors: list[CellError]) -> Value | None:
    """Return what most of them say, None where there are none; each that says otherwise is an error at its cell."""
    forms = [comparable(str(one.value)) for one in found]
    counted = Counter(forms)
    if not counted:
        return None
    # of as many on both sides the first counts
    most = max(counted, key=counted.__getitem__)
    first = found[forms.index(most)]
    for other, form in zip(found, forms, strict=True):
        if form != most:
            text = message(
                "This says {0}, but {1} in sheet “{2}” says {3}.",
                str(other.value),
                first.cell,
                first.sheet,
                str(first.value),
            )
            errors.append(CellError(other.sheet, other.cell, text))
    return first.value
