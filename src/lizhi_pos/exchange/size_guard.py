"""How far a sheet reaches, found before it is loaded.

The spreadsheet library reserves the whole rectangle down to a sheet's last filled cell. One stray value in the
last corner of an .xlsx asks for half a terabyte, and a reservation that fails ends the process: no exception, no
message, a till that is gone. So nothing is loaded before its cells have been looked at one by one.
"""

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange.a1 import cell_name
from lizhi_pos.refusal import message

MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_CELLS = 4_000_000
"""The largest rectangle that is loaded: some 130 MB while it is read."""


class Extent:
    """The rectangle that the filled cells of one sheet span, and the two that stretch it most."""

    __slots__ = ("lowest", "rightmost")

    def __init__(self) -> None:
        self.lowest = (-1, -1)
        self.rightmost = (-1, -1)

    def add(self, row: int, column: int) -> None:
        """Count a filled cell, given by its indexes from 0."""
        if row > self.lowest[0]:
            self.lowest = (row, column)
        if column > self.rightmost[1]:
            self.rightmost = (row, column)

    def check(self, sheet: str | None) -> CellError | None:
        """Return an error at the cell that lies too far out for the sheet to be loaded, if there is one."""
        rows, columns = self.lowest[0] + 1, self.rightmost[1] + 1
        if rows > MAX_ROWS:
            far = self.lowest
        elif columns > MAX_COLUMNS:
            far = self.rightmost
        elif rows * columns > MAX_CELLS:
            far = self.lowest if rows > 100 * columns else self.rightmost
        else:
            return None
        return CellError(sheet, cell_name(*far), message("Something stands here, far away from any table; delete it."))
