"""What the sheets of an .ods look like, found in one pass before it is loaded.

An .ods keeps beside each value the text that was shown for it, so no format need be known.
"""

import re
import zipfile
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange.appearance import UNSAVED, Appearance, Area, fails
from lizhi_pos.exchange.sheet import Cell, HalfShown
from lizhi_pos.exchange.xml_parts import parse

_NUMBERS = ("float", "percentage", "currency")
_MOST_RANGES = 400_000
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d*)?|[+-]?\.\d+")
_PADDED = re.compile(r"[+-]?0\d")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E[+-]?\d+", re.IGNORECASE)
_NO_DAY = re.compile(r"\d{4}\s*[-./]\s*\d{1,2}|\d{2,4}\s*年(?:\s*\d{1,2}\s*月)?|\d{1,2}\s*月")


def scan_ods(archive: zipfile.ZipFile) -> CellError | dict[str, Appearance]:
    """Return the sheets' appearances by name, or the first cell that lies too far out; raise ValueError and as zipfile
    and expat."""
    scan = _Scan()
    parse(archive, "content.xml", scan.start, scan.end, scan.text)
    return next((far for name, look in scan.found.items() if (far := look.extent.check(name))), None) or scan.found


class _Scan:
    """The content, element by element. One element stands for several equal rows or cells; `row` and `column` are
    the indexes of the last of them."""

    def __init__(self) -> None:
        self.found: dict[str, Appearance] = {}
        self._look = Appearance()
        self._row = self._column = self._heading = -1
        self._rows = self._columns = 1
        self._cell: dict[str, str] = {}
        self._text: list[str] | None = None
        self._collecting = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table-cell" or name == "table:covered-table-cell":
            self._columns = int(attributes.get("table:number-columns-repeated", 1))
            self._column += self._columns
            self._cell, self._text = attributes, None
            if "office:value-type" in attributes or "table:formula" in attributes:
                self._look.extent.add(self._row, self._column)
        elif name == "text:p":
            self._look.extent.add(self._row, self._column)
            if self._collecting >= 0:
                self._text = self._text or []
            self._collecting += 1
        elif name == "office:annotation":
            # a note beside a cell is no part of it
            self._collecting -= 1000
        elif name == "table:table-row":
            self._rows = int(attributes.get("table:number-rows-repeated", 1))
            self._row, self._column = self._row + self._rows, -1
            if attributes.get("table:visibility", "visible") != "visible":
                self._look.hidden_rows.append((self._row - self._rows + 1, self._row))
        elif name == "table:table-column":
            self._hidden_columns(attributes)
        elif name == "table:table":
            self._look = self.found.setdefault(attributes.get("table:name", ""), Appearance())
            self._row = self._column = self._heading = -1

    def text(self, characters: str) -> None:
        if self._collecting > 0 and self._text is not None:
            self._text.append(characters)

    def end(self, name: str) -> None:
        if name == "text:p":
            self._collecting -= 1
        elif name == "office:annotation":
            self._collecting += 1000
        elif name == "table:table-cell":
            self._close()

    def _hidden_columns(self, attributes: dict[str, str]) -> None:
        count = int(attributes.get("table:number-columns-repeated", 1))
        if attributes.get("table:visibility", "visible") != "visible":
            self._look.hidden_columns.append((self._heading + 1, self._heading + count))
        self._heading += count

    def _close(self) -> None:
        top, left = self._row - self._rows + 1, self._column - self._columns + 1
        area = (top, left, self._row, self._column)
        self._look.merged += self._merges(area)
        value = self._seen()
        if value is not None:
            self._look.extent.add(self._row, self._column)
            self._look.values.append((area, value))
        if len(self._look.merged) + len(self._look.values) > _MOST_RANGES:
            raise ValueError("more merged cells than a table has")

    def _merges(self, area: Area) -> list[Area]:
        down = int(self._cell.get("table:number-rows-spanned", 1))
        across = int(self._cell.get("table:number-columns-spanned", 1))
        if down <= 1 and across <= 1:
            return []
        top, left, bottom, _ = area
        if down > 1 or bottom - top > _MOST_RANGES:
            return [(top, left, top + down - 1, left + across - 1)]
        return [(row, left, row, left + across - 1) for row in range(top, bottom + 1)]

    def _seen(self) -> Cell | None:
        """Return the cell as it is seen, None where that is the value it holds."""
        cell, shown = self._cell, None if self._text is None else "".join(self._text).strip()
        if cell.get("calcext:value-type") == "error" or (
            "table:formula" in cell and shown and re.fullmatch(r"#[A-Z0/!?]+|Err:\d{3}", shown)
        ):
            return fails(shown or "#ERROR!")
        kind = cell.get("office:value-type")
        if kind is None:
            return UNSAVED if "table:formula" in cell else None
        if kind == "date" and shown:
            return _date_seen(cell.get("office:date-value", ""), shown)
        if kind not in _NUMBERS:
            return None
        return _number_seen(cell.get("office:value", ""), shown, percent=kind == "percentage")


def _number_seen(held: str, shown: str | None, *, percent: bool) -> Cell | None:
    number = _decimal(held)
    if number is None:
        return None
    if shown is None:
        return format(number * 100, "f").rstrip("0").rstrip(".") + "%" if percent and number else None
    value: Any = float(number)
    text = normalize("NFKC", shown).replace(",", "").replace("\u2212", "-").replace(" ", "")
    if _SCIENTIFIC.fullmatch(text) or (number == 0 and text and not text.strip("-–—")):
        return None
    if _PLAIN.fullmatch(text):
        if Decimal(text) != number:
            return HalfShown(shown, value)
        return shown if _PADDED.match(text) else None
    if text.startswith("(") and text.endswith(")") and _decimal(text[1:-1]) == -number:
        return None
    told = _decimal("".join(c for c in text if c.isdigit() or c == "."))
    meant = abs(number * 100 if text.endswith("%") else number)
    # the digits shown are the number's own, or they tell another one
    if told is None or told != meant or (number < 0 and "-" not in text):
        return HalfShown(shown, value) if told is not None or number else shown
    return shown


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
        return Decimal(format(float(number), ".15g")) if number.is_finite() else None
    except (InvalidOperation, OverflowError, ValueError):
        return None


def _date_seen(held: str, shown: str) -> Cell | None:
    """Return a date shown without its day, None for any other."""
    if not _NO_DAY.fullmatch(normalize("NFKC", shown)):
        return None
    try:
        return HalfShown(shown, date.fromisoformat(held[:10]))
    except ValueError:
        return None
