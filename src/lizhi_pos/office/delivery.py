"""A delivery while it is received: who gives it and its lines, as scanned and typed so far. Pure.

What is typed after a scan is about what was scanned last: a date takes only those pieces to another line.
"""

from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from lizhi_pos.cell_errors import TYPED
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.deliveries import DeliveryContent, DeliveryLine
from lizhi_pos.receiving.goods_lines import GoodsLine, gift_rows, purchase_rows
from lizhi_pos.refusal import Message, message

MANY = 9_999
"""Pieces of one line from which it is asked whether they are so many."""
FAR = timedelta(days=3653)
"""How far ahead an expiry may lie before it is asked whether that is right: ten years."""


class KnownProduct(Struct, frozen=True, kw_only=True):
    """What is known of a scanned code: the product, how many pieces it means, what one was worth last."""

    code: str
    name: str
    spec: str
    unit: str
    category: str
    pieces: int
    last_value: Yuan
    shelf_days: int | None


class Delivery:
    """The delivery at hand; `last` says which line the last scan is in, and how many pieces it brought."""

    def __init__(self, content: DeliveryContent, day: date) -> None:
        self.head = content.head
        self.lines = list(content.lines)
        self.marked = max(len(self.lines) - 1, 0)
        self._day = day
        self._last: tuple[int, int] | None = None
        self._dates: dict[str, date | None] = {line.code: line.expires_on for line in self.lines}

    @property
    def content(self) -> DeliveryContent:
        """The delivery as it is kept."""
        return DeliveryContent(self.head, tuple(self.lines))

    @property
    def total(self) -> Yuan:
        """What all lines are worth."""
        return Yuan(sum(line.amount for line in self.lines))

    @property
    def pieces(self) -> int:
        """How many pieces came."""
        return sum(line.quantity for line in self.lines)

    @property
    def line(self) -> DeliveryLine | None:
        """The marked line."""
        return self.lines[self.marked] if self.lines else None

    def scan(self, product: KnownProduct, times: int, expires: date | None = None) -> DeliveryLine:
        """Take a scanned product in, so many times; its expiry is scanned, the last one of it, or by its shelf life."""
        quantity = times * product.pieces
        on = expires or self._proposed(product)
        at = next((at for at, x in enumerate(self.lines) if (x.code, x.expires_on) == (product.code, on)), None)
        if at is None:
            self.lines.append(
                DeliveryLine(
                    code=product.code,
                    name=product.name,
                    spec=product.spec,
                    unit=product.unit,
                    quantity=quantity,
                    unit_value=self._value_of(product),
                    expires_on=on,
                )
            )
            at = len(self.lines) - 1
        else:
            self.lines[at] = replace(self.lines[at], quantity=self.lines[at].quantity + quantity)
        self._dates[product.code] = on
        self.marked, self._last = at, (at, quantity)
        return self.lines[at]

    def mark(self, by: int) -> None:
        """Mark another line; what is typed then is about all of it."""
        self.marked = min(max(self.marked + by, 0), max(len(self.lines) - 1, 0))
        self._last = None

    def set_quantity(self, quantity: int) -> None:
        """Let the marked line be so many; none takes it out."""
        if not self.lines:
            return
        if quantity < 1:
            self.take_out()
            return
        self._put(replace(self.lines[self.marked], quantity=quantity))
        self._last = (self.marked, quantity)

    def step(self, by: int) -> None:
        """One more of the marked line, or one less."""
        if self.line is not None:
            self.set_quantity(self.line.quantity + by)

    def take_out(self) -> None:
        """Take the marked line out."""
        if self.lines:
            del self.lines[self.marked]
            self.marked, self._last = min(self.marked, max(len(self.lines) - 1, 0)), None

    def set_value(self, value: Yuan) -> None:
        """Let one of the marked line be worth so much."""
        if self.line is not None:
            self._put(replace(self.line, unit_value=value))

    def set_expiry(self, expires: date | None) -> None:
        """Give the pieces of the last scan another expiry, or the whole marked line where none was scanned since."""
        line = self.line
        if line is None:
            return
        self._dates[line.code] = expires
        if line.expires_on == expires:
            return
        moved = self._last[1] if self._last is not None and self._last[0] == self.marked else line.quantity
        left = line.quantity - moved
        at = self.marked
        if left > 0:
            self._put(replace(line, quantity=left))
        else:
            del self.lines[at]
        same = next((i for i, x in enumerate(self.lines) if (x.code, x.expires_on) == (line.code, expires)), None)
        if same is None:
            same = at + 1 if left > 0 else at
            self.lines.insert(same, replace(line, quantity=moved, expires_on=expires))
        else:
            self.lines[same] = replace(self.lines[same], quantity=self.lines[same].quantity + moved)
        self.marked, self._last = same, (same, moved)

    def gift(self, day: date) -> list[GiftRow]:
        """Return the lines of the gift's voucher."""
        head = GiftRow(
            voucher=self.head.voucher,
            on=day,
            kind="in_kind",
            donor=self.head.giver,
            at=TYPED,
            purpose=self.head.purpose,
            anonymous=self.head.anonymous,
        )
        return gift_rows(head, self._goods())

    def purchase(self, day: date) -> list[PurchaseRow]:
        """Return the lines of the purchase's voucher."""
        head = PurchaseRow(
            voucher=self.head.voucher,
            on=day,
            supplier=self.head.giver,
            code="",
            quantity=0,
            unit_cost=Yuan(0),
            at=TYPED,
            invoice=self.head.invoice,
            received_by=self.head.received_by,
            from_gift=self.head.from_gift,
        )
        return purchase_rows(head, self._goods())

    def why_not_expiry(self, expires: date) -> Message | None:
        """Return why goods are not received with an expiry: they had expired before they came in."""
        return (
            message("{0} is past: expired goods are not received", expires.isoformat()) if expires < self._day else None
        )

    def is_far(self, expires: date) -> bool:
        """Return whether an expiry is so far ahead that it is asked about."""
        return expires - self._day > FAR

    def _proposed(self, product: KnownProduct) -> date | None:
        if product.code in self._dates:
            return self._dates[product.code]
        return self._day + timedelta(days=product.shelf_days) if product.shelf_days else None

    def _value_of(self, product: KnownProduct) -> Yuan:
        return next((x.unit_value for x in reversed(self.lines) if x.code == product.code), product.last_value)

    def _goods(self) -> list[GoodsLine]:
        return [GoodsLine(x.code, x.quantity, x.unit_value, x.expires_on) for x in self.lines]

    def _put(self, line: DeliveryLine) -> None:
        self.lines[self.marked] = line
