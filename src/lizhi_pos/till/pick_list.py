"""A list to choose one row from, by number or by arrows. Pure."""

from typing import Literal

from msgspec import Struct

from lizhi_pos.refusal import Message

Kind = Literal["households", "goods", "looked_up", "held", "either"]
"""*either* asks what a code is that a booklet and a product both have: the household first, then the goods. Goods that
were only *looked up* are not sold from their list."""


class Row(Struct, frozen=True):
    """One row: the code that choosing it stands for, and what tells it from the others."""

    code: str
    cells: tuple[str | Message, ...]


class PickList:
    """Households, held baskets, what a code may be, or goods with the quantity that was said before the search."""

    def __init__(self, kind: Kind, rows: tuple[Row, ...], quantity: int | None = None) -> None:
        self.kind: Kind = kind
        self.rows = rows
        self.quantity = quantity
        self.marked = 0

    def numbered(self, text: str) -> Row | None:
        """Return the row with a number, counted from 1, as it is typed."""
        is_number = text.isdigit() and len(text) <= 2 and text[0] != "0"
        return self.rows[int(text) - 1] if is_number and int(text) <= len(self.rows) else None

    @property
    def marked_row(self) -> Row:
        """The row that Enter takes."""
        return self.rows[self.marked]

    def move(self, by: int) -> None:
        """Mark another row."""
        self.marked = min(max(self.marked + by, 0), len(self.rows) - 1)


class Growing(Struct, frozen=True):
    """What a text that is still being typed means so far."""

    text: str
    pick_list: PickList
