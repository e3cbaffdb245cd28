"""What the sheets of an .xlsx look like, found in one pass over its parts before it is loaded."""

import zipfile
from typing import Any

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange.a1 import column_index
from lizhi_pos.exchange.appearance import UNSAVED, Appearance, Area, fails
from lizhi_pos.exchange.number_format import BUILT_IN
from lizhi_pos.exchange.xml_parts import parse

_DIGITS = "0123456789"
_FALSE = ("", "0", "false")


def scan_xlsx(archive: zipfile.ZipFile) -> CellError | dict[str, Appearance]:
    """Return the sheets' appearances by name, or the first cell that lies too far out; raise ValueError and as zipfile
    and expat."""
    book = _Book(archive)
    found: dict[str, Appearance] = {}
    for part in archive.namelist():
        if part in book.sheets or part.lower().endswith(".xml"):
            scan = _SheetScan(book.formats, archive.getinfo(part).file_size)
            parse(archive, part, scan.start, scan.end, scan.text)
            far = scan.look.extent.check(book.sheets.get(part))
            if far:
                return far
            if part in book.sheets:
                found[book.sheets[part]] = scan.look
    return found


class _Book:
    """Which sheet each part holds, and the number format of each cell style that changes what is seen."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.sheets: dict[str, str] = {}
        self.formats: list[str] = []
        self._parts: dict[str, str] = {}
        self._codes = dict(BUILT_IN)
        self._styles = "xl/styles.xml"
        self._in_cell_styles = False
        parse(archive, "xl/_rels/workbook.xml.rels", self._relation)
        parse(archive, "xl/workbook.xml", self._sheet)
        if self._styles in archive.namelist():
            parse(archive, self._styles, self._style, self._style_end)

    def _relation(self, _name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "").lstrip("/")
        part = target if target.startswith("xl/") else "xl/" + target
        self._parts[attributes.get("Id", "")] = part
        if attributes.get("Type", "").endswith("/styles"):
            self._styles = part

    def _sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            relation_id = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets[self._parts.get(relation_id, "")] = attributes.get("name", "")

    def _style(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "numFmt":
            self._codes[int(attributes.get("numFmtId", 0))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cell_styles = True
        elif name == "xf" and self._in_cell_styles:
            code = self._codes.get(int(attributes.get("numFmtId", 0)), "")
            self.formats.append("" if code.lower() in ("general", "@") else code)

    def _style_end(self, name: str) -> None:
        if name.rpartition(":")[2] == "cellXfs":
            self._in_cell_styles = False


class _SheetScan:
    """One sheet, element by element."""

    def __init__(self, formats: list[str], size: int) -> None:
        self.look = Appearance()
        self._formats, self._size = formats, size
        self._row = self._column = -1
        self._cell: dict[str, str] = {}
        self._value: str | None = None
        self._formula = self._collecting = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            reference = attributes.get("r")
            if reference:
                letters = reference.rstrip(_DIGITS)
                self._row, self._column = int(reference[len(letters) :]) - 1, column_index(letters)
            else:
                self._column += 1
            self._cell, self._value, self._formula = attributes, None, False
        elif name == "v" or name == "is" or name == "f":
            self.look.extent.add(self._row, self._column)
            if name == "f":
                self._formula = True
            else:
                self._value = ""
                kind = self._cell.get("t", "n")
                self._collecting = kind == "e" or (kind == "n" and self._formula)
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
            if attributes.get("hidden", "0") not in _FALSE or attributes.get("ht") == "0":
                self.look.hidden_rows.append((self._row, self._row))
        else:
            self._other(name, attributes)

    def text(self, characters: str) -> None:
        if self._collecting:
            self._value = (self._value or "") + characters

    def end(self, name: str) -> None:
        self._collecting = False
        if name.rpartition(":")[2] != "c":
            return
        place = (self._row, self._column)
        kind = self._cell.get("t", "n")
        style = self._cell.get("s")
        if kind == "e":
            self.look.extent.add(*place)
            self.look.values.append(((*place, *place), fails((self._value or "").strip() or "#ERROR!")))
        elif self._formula and (self._value is None or (kind == "n" and not self._value.strip())):
            self.look.values.append(((*place, *place), UNSAVED))
        elif style and (self._value is not None) and kind != "b":
            code = self._formats[int(style)] if int(style) < len(self._formats) else ""
            if code and (kind == "n" or "@" in code or ";" in code):
                self.look.formats.setdefault(code, []).append(place)

    def _other(self, name: str, attributes: dict[str, str]) -> None:
        if name == "mergeCell":
            self.look.merged.append(_area(attributes.get("ref", "")))
        elif name == "col" and (attributes.get("hidden", "0") not in _FALSE or attributes.get("width") == "0"):
            self.look.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))
        elif name == "sst" and int(attributes.get("uniqueCount", 0)) > self._size:
            raise ValueError("more strings claimed than the file can hold")


def _area(reference: str) -> Area:
    corners: list[Any] = []
    for corner in (reference.split(":") * 2)[:2]:
        letters = corner.rstrip(_DIGITS)
        corners += [int(corner[len(letters) :]) - 1, column_index(letters)]
    top, left, bottom, right = corners
    if not 0 <= top <= bottom or not 0 <= left <= right:
        raise ValueError(reference)
    return (top, left, bottom, right)
