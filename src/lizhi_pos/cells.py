"""Where in a file a value stands, and what is wrong with it there."""

from collections.abc import Mapping

from msgspec import Struct

from lizhi_pos.refusal import Text


class CellError(Struct, frozen=True):
    """One thing wrong in a file. `sheet` and `cell` (``B5``) are None when the file itself is no workbook.

    A file without sheets (csv) names its only sheet ``""``.
    """

    sheet: str | None
    cell: str | None
    text: Text


class RowAt(Struct, frozen=True):
    """Where a row was read: its sheet, its number from 1, and the column letter of each header found.

    `header_row` is the number of the row that holds the headers.
    """

    sheet: str
    row: int
    header_row: int
    columns: Mapping[str, str]

    def cell(self, header: str) -> str:
        """The cell of this row under `header`; the header row's first column where there is no such column."""
        if header in self.columns:
            return f"{self.columns[header]}{self.row}"
        return f"A{self.header_row}"

    def error(self, header: str, text: Text) -> CellError:
        """What is wrong with this row under `header`."""
        return CellError(self.sheet, self.cell(header), text)
