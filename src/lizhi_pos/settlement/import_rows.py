"""A village's own closing balances, as they were read."""

from msgspec import Struct

from lizhi_pos.cell_errors import RowAt
from lizhi_pos.money import Points


class AnswerRow(Struct, frozen=True):
    """What a village's ledger holds for one household at the month's end."""

    booklet: str
    closing: Points
    at: RowAt


class VillageAnswer(Struct, frozen=True):
    """One village's answer; rows in the order of the sheet, each booklet at most once."""

    village: str
    rows: tuple[AnswerRow, ...]
