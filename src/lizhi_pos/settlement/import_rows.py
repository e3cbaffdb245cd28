"""A village's own closing balances, as they were read."""

from msgspec import Struct

from lizhi_pos.cell_errors import RowAt
from lizhi_pos.money import Points


class Figure(Struct, frozen=True):
    """One of our own columns as it came back: its header, its field in a statement's line, None for no number."""

    header: str
    name: str
    value: Points | None


class AnswerRow(Struct, frozen=True):
    """What a village's ledger holds for one household at the month's end; `figures` are ours that came back beside."""

    booklet: str
    closing: Points
    at: RowAt
    figures: tuple[Figure, ...] = ()


class VillageAnswer(Struct, frozen=True):
    """One village's answer, and the name of its file; rows in the order of the sheet, each booklet at most once."""

    village: str
    rows: tuple[AnswerRow, ...]
    file: str = ""
