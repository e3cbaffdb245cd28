"""Rows as a workbook without any dress."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

Rows = Sequence[Sequence[str | int | float]]


def plain_workbook(sheets: Mapping[str, Rows], made_on: datetime) -> bytes:
    """Return a workbook (.xlsx) with these sheets; the same rows give the same bytes."""
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # the same files have the same bytes, so that another content is told from them
        book.set_properties({"created": made_on})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.set_column(0, 11, 16)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return content.getvalue()
