"""A report as a file for people, of the kind that its name ends in; made and written without a transaction."""

from collections.abc import Callable, Mapping
from pathlib import Path

from lizhi_pos.documents.month import numbered
from lizhi_pos.documents.report_page import report_page
from lizhi_pos.documents.report_paper import report_pdf, report_pictures
from lizhi_pos.exchange.report_workbook import report_workbook
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.report_sheet import ReportSheet

ENDINGS = (".pdf", ".png", ".html", ".xlsx")
PAPER_ENDINGS = (".pdf", ".png", ".html")


def report_files(sheet: ReportSheet, path: Path) -> Mapping[str, bytes] | Refusal:
    """Return the files of a report by name: one, but for a long report as pictures, which are numbered.

    The same report gives the same bytes. `path` ends in one of `ENDINGS`, in whatever letters.
    """
    made = _MAKERS[path.suffix.lower()](sheet)
    return made if isinstance(made, Refusal) else named(path, made)


def named(path: Path, contents: list[bytes]) -> Mapping[str, bytes]:
    """Return contents by the names of their files."""
    return dict(zip(numbered(path.name, len(contents)), contents, strict=True))


def _pdf(sheet: ReportSheet) -> list[bytes] | Refusal:
    made = report_pdf(sheet)
    return made if isinstance(made, Refusal) else [made]


_MAKERS: Mapping[str, Callable[[ReportSheet], list[bytes] | Refusal]] = {
    ".pdf": _pdf,
    ".png": report_pictures,
    ".html": lambda sheet: [report_page(sheet)],
    ".xlsx": lambda sheet: [report_workbook(sheet)],
}
