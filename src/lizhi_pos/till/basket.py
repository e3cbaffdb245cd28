"""What lies on the counter: a household and the goods scanned for it. Pure."""

from typing import TYPE_CHECKING

from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.money import Points, Yuan, points_for

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Approval
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter, ShelfItem


class Line:
    """So many of one product."""

    __slots__ = ("goods", "quantity")

    def __init__(self, goods: "ShelfItem", quantity: int) -> None:
        self.goods = goods
        self.quantity = quantity

    @property
    def amount(self) -> Points:
        """The points this line costs."""
        return points_for(Yuan(self.quantity * self.goods.price))


class BasketInProgress:
    """One household's turn. `marked` is the line that was touched last.

    `key` makes a repeat of its checkout harmless. `uncertain` says that the machine failed while it was
    written: until the same basket was tried again nobody knows whether it was, and it must stay as it is.
    `finishes` says that it was to be redeemed when the server was lost, with `approval`: it is once the server is back.
    `proxy` is who collects for the household, and their relation to it; both empty for the household itself.
    """

    def __init__(self, household: "HouseholdAtCounter", key: str, proxy: tuple[str, str] = ("", "")) -> None:
        self.household = household
        self.lines: list[Line] = []
        self.marked = 0
        self.key = key
        self.uncertain = False
        self.finishes = False
        self.approval: Approval | None = None
        self.proxy = proxy

    @property
    def total(self) -> Points:
        """What the basket costs."""
        return Points(sum(line.amount for line in self.lines))

    @property
    def pieces(self) -> int:
        """How many pieces lie on the counter."""
        return sum(line.quantity for line in self.lines)

    @property
    def remainder(self) -> Points:
        """What would be left of the household's points."""
        return Points(self.household.balance - self.total)

    @property
    def missing(self) -> Points:
        """What the household's points that are not frozen do not cover of the basket."""
        return Points(max(self.total - (self.household.balance - self.household.frozen), 0))

    def at(self, till: str) -> Basket:
        """Return the basket as it is now, as the checkout takes it."""
        proxy, relation = self.proxy
        return Basket(
            booklet=self.household.booklet,
            wanted=self.wanted,
            key=self.key,
            till=till,
            proxy=proxy,
            relation=relation,
        )

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """Codes and quantities."""
        return tuple(Wanted(line.goods.code, line.quantity) for line in self.lines)

    @property
    def marked_line(self) -> Line | None:
        """The line touched last."""
        return self.lines[self.marked] if self.lines else None

    def add(self, goods: "ShelfItem", quantity: int) -> Line:
        """So many more of a product; they add up in one line."""
        for at, line in enumerate(self.lines):
            if line.goods.code == goods.code:
                line.quantity += quantity
                self.marked = at
                return line
        self.lines.append(Line(goods, quantity))
        self.marked = len(self.lines) - 1
        return self.lines[-1]

    def step(self, by: int) -> Line | None:
        """One more or one less of the marked line, which goes when nothing is left of it."""
        line = self.marked_line
        return self.change(line.quantity + by) if line else None

    def change(self, quantity: int) -> Line | None:
        """So many of the marked line, which goes when that is none."""
        line = self.marked_line
        if line is None:
            return None
        line.quantity = max(quantity, 0)
        if not line.quantity:
            del self.lines[self.marked]
            self.marked = max(len(self.lines) - 1, 0)
        return line

    def move(self, by: int) -> None:
        """Mark another line."""
        self.marked = min(max(self.marked + by, 0), max(len(self.lines) - 1, 0))
