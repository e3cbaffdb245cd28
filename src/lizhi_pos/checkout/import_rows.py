"""Rows of the file of paper slips, as they were read."""

from datetime import date

from msgspec import Struct

from lizhi_pos.cell_errors import RowAt


class SlipRow(Struct, frozen=True):
    """One line of a paper slip written while the power was out."""

    slip: str
    on: date
    booklet: str
    code: str
    quantity: int
    at: RowAt
    proxy: str = ""
    relation: str = ""
