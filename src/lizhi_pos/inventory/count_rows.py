"""A row of a stock count's file, as it was read."""

from msgspec import Struct

from lizhi_pos.cell_errors import RowAt


class CountRow(Struct, frozen=True):
    """So many of a product were there, in one lot where `lot` names it."""

    code: str
    quantity: int
    at: RowAt
    lot: str = ""
    note: str = ""
