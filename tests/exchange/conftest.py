"""Files for the readers to read, built by the tests themselves."""

import io
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
import xlsxwriter

Rows = Sequence[Sequence[object]]
Maker = Callable[..., Path]

TITLE = "大同镇华平村文明积分台账(2024年3月)"
DATA = Path(__file__).parent / "data"


def xlsx_bytes(sheets: Mapping[str, Rows]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    as_date = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, str) and value.startswith("="):
                    formula, _, result = value.partition(" -> ")
                    sheet.write_formula(r, c, formula, None, result)
                elif isinstance(value, str) and value:
                    sheet.write_string(r, c, value)
                elif isinstance(value, date):
                    sheet.write_datetime(r, c, value, as_date)
                elif isinstance(value, int | float):
                    sheet.write(r, c, value)
    book.close()
    return out.getvalue()


def ods_bytes(sheets: Mapping[str, str], hidden: Collection[str] = ()) -> bytes:
    """An .ods whose sheets hold these table rows, as they stand in content.xml."""
    body = "".join(
        f"<table:table table:name={quoteattr(name)}"
        f' table:style-name="{"off" if name in hidden else "on"}">{rows}</table:table>'
        for name, rows in sheets.items()
    )
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("on", "true"), ("off", "false"))
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    content = (
        f'<office:document-content {spaces} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:'
        f'xmlns:calcext:1.0"><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return out.getvalue()


@pytest.fixture
def data() -> Path:
    return DATA


@pytest.fixture
def title() -> str:
    return TITLE


@pytest.fixture
def put(tmp_path: Path) -> Maker:
    """Writes bytes or text under a name, and gives the path."""

    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def xlsx(put: Maker) -> Maker:
    """Writes an .xlsx of sheets given as rows."""

    def write(sheets: Mapping[str, Rows], name: str = "book.xlsx") -> Path:
        return put(name, xlsx_bytes(sheets))

    return write


@pytest.fixture
def ods(put: Maker) -> Maker:
    """Writes an .ods of sheets given as the XML of their rows."""

    def write(sheets: Mapping[str, str], name: str = "book.ods", hidden: Collection[str] = ()) -> Path:
        return put(name, ods_bytes(sheets, hidden))

    return write


@pytest.fixture
def village(xlsx: Maker, title: str) -> Maker:
    """Writes a village workbook: each sheet given from its headers on, below the title and a blank row."""

    def write(**sheets: Rows) -> Path:
        return xlsx({name: [[title], [], *rows] for name, rows in sheets.items()})

    return write
