"""What stands in a marked copy beside its values, read out of its parts: notes, colours, merged cells."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets_of(path: Path) -> list[str]:
    """The names of the sheets in their order."""
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    return [sheet.attrib["name"] for sheet in book.iter(f"{_MAIN}sheet")]


def notes_of(path: Path) -> dict[tuple[str, str], str]:
    """What is noted at each cell."""
    found: dict[tuple[str, str], str] = {}
    with zipfile.ZipFile(path) as archive:
        for number, name in enumerate(sheets_of(path), 1):
            links = f"xl/worksheets/_rels/sheet{number}.xml.rels"
            part = (
                re.search(r"\.\./(comments\d+\.xml)", archive.read(links).decode())
                if links in archive.namelist()
                else None
            )
            if part is None:
                continue
            for note in ElementTree.fromstring(archive.read(f"xl/{part[1]}")).iter(f"{_MAIN}comment"):
                found[name, note.attrib["ref"]] = "".join(t.text or "" for t in note.iter(f"{_MAIN}t"))
    return found


def colours_of(path: Path, sheet: str) -> dict[str, str]:
    """The colour of every filled cell of a sheet."""
    with zipfile.ZipFile(path) as archive:
        styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
        part = archive.read(f"xl/worksheets/sheet{sheets_of(path).index(sheet) + 1}.xml")
    fills = [fill.find(f".//{_MAIN}fgColor") for fill in styles.iter(f"{_MAIN}fill")]
    formats = [int(xf.attrib.get("fillId", 0)) for xf in next(styles.iter(f"{_MAIN}cellXfs"))]
    colours: dict[str, str] = {}
    for cell in ElementTree.fromstring(part).iter(f"{_MAIN}c"):
        colour = fills[formats[int(cell.attrib.get("s", 0))]]
        if colour is not None:
            colours[cell.attrib["r"]] = colour.attrib["rgb"]
    return colours


def merged_in(path: Path, sheet: str) -> list[str]:
    """The merged areas of a sheet."""
    with zipfile.ZipFile(path) as archive:
        part = archive.read(f"xl/worksheets/sheet{sheets_of(path).index(sheet) + 1}.xml")
    return sorted(area.attrib["ref"] for area in ElementTree.fromstring(part).iter(f"{_MAIN}mergeCell"))
