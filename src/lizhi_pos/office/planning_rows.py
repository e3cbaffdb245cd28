"""The rows of a forecast, with what is to be bought first, found by code, name or pinyin. Pure."""

from collections.abc import Sequence

from lizhi_pos.exchange.shopping_list import ToBuy
from lizhi_pos.money import Yuan
from lizhi_pos.reports.forecast import Forecast, ForecastLine
from lizhi_pos.text.normalize import code as written_code
from lizhi_pos.text.normalize import comparable
from lizhi_pos.text.pinyin import is_said


def to_buy(found: Forecast) -> list[ToBuy]:
    """Return the shopping list of a forecast."""
    return [
        ToBuy(line.code, line.name, line.suggested, Yuan(line.cost // line.suggested))
        for line in found.products
        if line.suggested
    ]


def is_short(line: ForecastLine) -> bool:
    """Return whether the cash does not reach for all that is likely to be asked for."""
    return line.expected > line.sellable + line.suggested


class ForecastList:
    """The lines that are shown, narrowed by a text or to what is to be bought, with one marked."""

    def __init__(self, found: Forecast) -> None:
        self.found = found
        self.filter = ""
        self.only_to_buy = False
        self.marked = 0
        self.rows: Sequence[ForecastLine] = ()
        self._fill()

    @property
    def row(self) -> ForecastLine | None:
        """The marked line."""
        return self.rows[self.marked] if 0 <= self.marked < len(self.rows) else None

    @property
    def pieces(self) -> int:
        """How many pieces are to be bought in all."""
        return sum(line.suggested for line in self.found.products)

    @property
    def cash_left(self) -> Yuan:
        """What the pool has when all is bought."""
        return Yuan(self.found.cash - self.found.total_cost)

    def take(self, found: Forecast) -> None:
        """Take another forecast; the mark stays on its product."""
        code = self.row.code if self.row else ""
        self.found = found
        self._fill()
        self.jump(code)

    def mark(self, at: int) -> None:
        """Mark a row, or the one nearest to it that there is."""
        self.marked = min(max(at, 0), max(len(self.rows) - 1, 0))

    def jump(self, code: str) -> bool:
        """Mark a product by its code; return whether it is shown."""
        wanted = written_code(code)
        at = next((at for at, line in enumerate(self.rows) if written_code(line.code) == wanted), None)
        self.mark(self.marked if at is None else at)
        return at is not None

    def narrow(self, typed: str) -> bool:
        """Show only the products that a text means; return whether there is any. Otherwise all stays as it is."""
        before, self.filter = self.filter, typed
        self._fill()
        if self.rows:
            return True
        self.filter = before
        self._fill()
        return False

    def widen(self) -> None:
        """Show all products again, with the mark where it was."""
        code = self.row.code if self.row else ""
        self.filter = ""
        self._fill()
        self.jump(code)

    def turn(self) -> None:
        """Show only what is to be bought, or all again."""
        code = self.row.code if self.row else ""
        self.only_to_buy = not self.only_to_buy
        self._fill()
        self.jump(code)

    def _fill(self) -> None:
        shown = [line for line in self.found.products if line.suggested or not self.only_to_buy]
        if self.filter:
            shown = [line for line in shown if _means(line, self.filter)]
        self.rows = sorted(shown, key=lambda line: (not line.suggested, not is_short(line)))
        self.mark(self.marked)


def _means(line: ForecastLine, typed: str) -> bool:
    return comparable(typed).lower() in comparable(line.name).lower() or is_said(line.name, typed)
