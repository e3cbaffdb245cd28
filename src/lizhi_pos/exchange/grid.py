"""Files to sheets of raw cells: .xlsx, .xls, .ods and text (csv), told apart by what is in them."""

import io
import zipfile
from pathlib import Path

from lizhi_pos.cells import CellError
from lizhi_pos.exchange import failures
from lizhi_pos.exchange.extent import Faults, check_ods, check_xlsx
from lizhi_pos.exchange.sheet import FAULT, Cell, Sheet, as_sheet
from lizhi_pos.exchange.text_file import read_text
from lizhi_pos.exchange.xls_extent import check_xls

MAX_FILE = 64 << 20
MAX_UNPACKED = 256 << 20
"""The largest file that is read, in bytes, as it is and unpacked."""

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_ENCRYPTED_OOXML = "EncryptedPackage".encode("utf-16-le")


def read_sheets(path: Path) -> list[Sheet] | CellError:
    """All worksheets of a file in their order; a text file is one sheet named ``""``.

    One error, without sheet and cell, for what is no workbook: missing, empty, damaged, locked by a password, or
    something else under a workbook's name. A cell far outside any table is one error too, at that cell. Raises nothing.
    """
    data = _bytes_of(path)
    if isinstance(data, CellError):
        return data
    try:
        return _sheets_in(data, path.suffix.lower())
    except Exception:
        # A damaged file breaks in more ways than can be listed; to the clerk they are one.
        return failures.DAMAGED
    except BaseException as error:
        # The spreadsheet library's own faults come as a panic, which Python does not count among exceptions.
        if type(error).__name__ != "PanicException":
            raise
        return failures.DAMAGED


def _bytes_of(path: Path) -> bytes | CellError:
    try:
        if not path.exists():
            return failures.NOT_FOUND
        if not path.is_file():
            return failures.NO_WORKBOOK
        if path.stat().st_size > MAX_FILE:
            return failures.TOO_LARGE
        return path.read_bytes() or failures.EMPTY
    except (OSError, ValueError):
        return failures.UNREADABLE


def _sheets_in(data: bytes, suffix: str) -> list[Sheet] | CellError:
    if data.startswith(_OLE):
        checked = failures.PROTECTED if _ENCRYPTED_OOXML in data else check_xls(data)
    elif data.startswith(_ZIP):
        checked = _check_zip(data)
    else:
        return read_text(data, suffix)
    return checked if isinstance(checked, CellError) else _load(data, checked)


def _check_zip(data: bytes) -> CellError | Faults:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MAX_UNPACKED:
            return failures.TOO_LARGE
        parts = set(archive.namelist())
        if "xl/workbook.xml" in parts:
            return check_xlsx(archive)
        if "content.xml" not in parts:
            return failures.NO_WORKBOOK
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            return failures.PROTECTED
        return check_ods(archive)


def _load(data: bytes, faults: Faults) -> list[Sheet] | CellError:
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

    sheets: list[Sheet] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            for meta in workbook.sheets_metadata:
                if meta.typ == SheetTypeEnum.WorkSheet:
                    rows = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
                    _mark(rows, faults.get(meta.name, []))
                    sheets.append(as_sheet(meta.name, rows))
    except PasswordError:
        return failures.PROTECTED
    return sheets


def _mark(rows: list[list[Cell]], faults: list[tuple[int, int]]) -> None:
    for row, column in faults:
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = FAULT
