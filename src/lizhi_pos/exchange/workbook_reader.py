"""Files to sheets of raw cells: .xlsx, .xls, .ods and text (csv), told apart by what is in them."""

import io
import zipfile
from pathlib import Path
from struct import error as struct_error

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange import file_errors
from lizhi_pos.exchange.appearance import Appearance, as_seen
from lizhi_pos.exchange.ods_scan import scan_ods
from lizhi_pos.exchange.sheet import Cell, Sheet
from lizhi_pos.exchange.text_file import read_text
from lizhi_pos.exchange.xls_scan import scan_xls
from lizhi_pos.exchange.xlsx_scan import scan_xlsx
from lizhi_pos.exchange.xml_parts import unpacks_within_bounds

MAX_FILE = 64 << 20
"""The largest file that is read, in bytes."""

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_WORD_STREAM = "WordDocument".encode("utf-16-le")
_ODF_SHEETS = b"opendocument.spreadsheet"
_NUMBERS_PARTS = (".iwa", "Index.zip", "index.apxl", "index.apxl.gz", "index.numbers")
_ENCRYPTED_OOXML = "EncryptedPackage".encode("utf-16-le")


def read_sheets(path: Path) -> list[Sheet] | CellError:
    """Return all worksheets of a file in their order; a text file is one sheet named ``""``.

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
        return file_errors.DAMAGED
    except BaseException as error:
        # The spreadsheet library's own faults come as a panic, which Python does not count among exceptions.
        if type(error).__name__ != "PanicException":
            raise
        return file_errors.DAMAGED


def _bytes_of(path: Path) -> bytes | CellError:
    try:
        if not path.exists():
            return file_errors.NOT_FOUND
        if not path.is_file():
            return file_errors.NO_WORKBOOK
        if path.stat().st_size > MAX_FILE:
            return file_errors.TOO_LARGE
        return path.read_bytes() or file_errors.EMPTY
    except (OSError, ValueError):
        return file_errors.UNREADABLE


def _sheets_in(data: bytes, suffix: str) -> list[Sheet] | CellError:
    if data.startswith(_OLE):
        looks = file_errors.PROTECTED if _ENCRYPTED_OOXML in data else _scan_ole(data)
    elif data.startswith(_ZIP):
        looks = _scan_zip(data)
    else:
        return read_text(data, suffix)
    return looks if isinstance(looks, CellError) else _load(data, looks)


def _scan_ole(data: bytes) -> CellError | dict[str, Appearance]:
    try:
        return scan_xls(data)
    except (ValueError, struct_error):
        if _WORD_STREAM in data:
            return file_errors.LETTER
        raise


def _scan_zip(data: bytes) -> CellError | dict[str, Appearance]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if not unpacks_within_bounds(archive):
            return file_errors.TOO_LARGE
        parts = set(archive.namelist())
        if "xl/workbook.xml" in parts:
            return scan_xlsx(archive)
        if "content.xml" not in parts:
            return _other_zip(parts)
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            return file_errors.PROTECTED
        if "mimetype" in parts and _ODF_SHEETS not in archive.read("mimetype"):
            return file_errors.LETTER
        return scan_ods(archive)


def _other_zip(parts: set[str]) -> CellError:
    if "word/document.xml" in parts:
        return file_errors.LETTER
    if any(part.endswith(_NUMBERS_PARTS) for part in parts):
        return file_errors.NUMBERS
    return file_errors.NO_WORKBOOK


def _load(data: bytes, looks: dict[str, Appearance]) -> list[Sheet] | CellError:
    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    sheets: list[Sheet] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            for meta in workbook.sheets_metadata:
                if meta.typ == SheetTypeEnum.WorkSheet:
                    rows = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
                    hidden = meta.visible != SheetVisibleEnum.Visible
                    # the library gives cells of fewer kinds than a list of ours may hold
                    cells: list[list[Cell]] = list(rows)  # type: ignore[arg-type]
                    sheets.append(as_seen(meta.name, cells, looks.get(meta.name, Appearance()), hidden))
    except PasswordError:
        return file_errors.PROTECTED
    return sheets
