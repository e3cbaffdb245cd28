"""Which goods of a receipt are to come back: a quantity of each line, chosen by keys or by scanning them. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lizhi_pos.money import Points
from lizhi_pos.text import normalize

if TYPE_CHECKING:
    from lizhi_pos.checkout.receipt_summaries import ReceiptLineSummary


class GoodsBack:
    """The lines of one receipt, and how many of each were chosen."""

    def __init__(self, lines: "Sequence[ReceiptLineSummary]") -> None:
        self.lines = lines
        self._chosen: dict[int, int] = {}

    def of(self, at: int) -> int:
        """Return how many of a line are to come back."""
        return self._chosen.get(at, 0)

    def step(self, at: int, by: int | None) -> bool:
        """Choose one more or one less of a line, None for none of it; False where no more of it is left."""
        wanted = 0 if by is None else self.of(at) + by
        if not 0 <= wanted <= self.lines[at].left:
            return False
        self._chosen[at] = wanted
        return True

    def scanned(self, text: str) -> int | None:
        """Return the line of goods that were scanned; None for what is not on this receipt."""
        code = normalize.code(text)
        return next((at for at, line in enumerate(self.lines) if normalize.code(line.code) == code), None)

    @property
    def wanted(self) -> list[tuple[str, int]]:
        """Codes and quantities of what was chosen, in the receipt's order."""
        return [(self.lines[at].code, n) for at, n in sorted(self._chosen.items()) if n]

    @property
    def pieces(self) -> int:
        """How many pieces were chosen."""
        return sum(self._chosen.values())

    @property
    def points(self) -> Points:
        """The points that they cost."""
        return Points(sum(n * self.lines[at].price for at, n in self._chosen.items()))
