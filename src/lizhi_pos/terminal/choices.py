"""A list to choose one row from, by number or by arrows. Pure."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lizhi_pos.checkout.counter import Goods, Listed


class Choices:
    """Households, or goods with the quantity that was said before the search."""

    def __init__(self, rows: "tuple[Listed, ...] | tuple[Goods, ...]", quantity: int | None = None) -> None:
        self.rows = rows
        self.quantity = quantity
        self.marked = 0

    def row(self, number: int) -> "Listed | Goods | None":
        """The row with a number, counted from 1."""
        return self.rows[number - 1] if 1 <= number <= len(self.rows) else None

    @property
    def marked_row(self) -> "Listed | Goods":
        """The row that Enter takes."""
        return self.rows[self.marked]

    def move(self, by: int) -> None:
        """Marks another row."""
        self.marked = min(max(self.marked + by, 0), len(self.rows) - 1)
