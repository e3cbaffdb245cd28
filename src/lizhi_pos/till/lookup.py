"""What a text at the counter means: a product, a household, or a list to choose from."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.till.pick_list import Kind, PickList, Row
from lizhi_pos.till.product_index import ProductIndex
from lizhi_pos.till.shift import Shift
from lizhi_pos.till.typed_input import TypedInput

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter, HouseholdMatch, ShelfItem
    from lizhi_pos.till.database_thread import DatabaseThread


_AT_ONCE = 500
"""Names of which it is worked out how they are said between two looks at how far it is."""


class Lookup:
    """Looks on the shelf, which needs no database, then in the register.

    `progress` is told how many of how many names are known while the first search reads them.
    """

    def __init__(self, work: "DatabaseThread", opened: Shift, progress: Callable[[int, int], None]) -> None:
        self._work = work
        self._progress = progress
        self._opened = opened
        self.shelf = ProductIndex(opened.goods, opened.service.heard)

    async def find(
        self, entry: TypedInput, *, serving: bool, has_lines: bool
    ) -> "ShelfItem | HouseholdAtCounter | PickList | None":
        """Return what an entry means while a household is served, or has goods on the counter; None for nothing."""
        goods = self.shelf.get(entry.code)
        if goods is not None:
            return await self._either(goods, entry.text) if goods.is_booklet and entry.quantity is None else goods
        if entry.quantity is not None or entry.is_goods_search:
            return await self._goods_list(entry)
        if entry.may_be_booklet and (household := await self.booklet(entry.text)):
            return household
        if has_lines and (listed := await self._goods_list(entry)):
            return listed
        if entry.is_short_number and (found := await self._with_digits(entry.text, has_lines)):
            return found
        if serving:
            return await self._goods_list(entry)
        return await self._named(entry.text) if entry.is_name else None

    async def growing(self, entry: TypedInput, *, serving: bool, has_lines: bool) -> PickList | None:
        """Return what the text in the field would list as far as it is typed: a look, which changes nothing."""
        if entry.quantity is not None or entry.is_goods_search:
            return await self._goods_list(entry) if entry.text else None
        if entry.is_short_number and not has_lines:
            service = self._opened.service
            return _households(await self._work.run(lambda: service.with_digits(entry.text)))
        if not entry.is_name:
            return None
        return await self._goods_list(entry) if serving or has_lines else await self._named(entry.text)

    async def unknown(self, entry: TypedInput) -> "ShelfItem | HouseholdAtCounter | Message":
        """Return what was unknown so far: goods or a household that came in since, else the words for it."""
        await self.look_again()
        goods = self.shelf.get(entry.code)
        if goods is not None:
            return goods
        if entry.is_receipt:
            return message("{0} is a receipt: F9, then scan it", entry.text)
        if entry.is_name or entry.is_goods_search:
            return message("Nothing is found for {0}", entry.search)
        if entry.text.isdigit() or entry.quantity is not None or not entry.text:
            return message("There is no product and no booklet with code {0}", entry.text or "–")
        answer = await self.serve(entry.text)
        return answer.sentence if isinstance(answer, Refusal) else answer

    async def serve(self, number: str) -> "HouseholdAtCounter | Refusal":
        """Return a household by its booklet."""
        opened = self._opened
        return await self._work.run(lambda: opened.service.serve(number, opened.clerk))

    async def look_again(self) -> None:
        """Read the shelf anew: what was sold and what came in."""
        opened = self._opened
        goods = await self._work.run(lambda: opened.service.shelf(opened.shop))
        self.shelf = ProductIndex(goods, opened.service.heard)

    async def booklet(self, number: str) -> "HouseholdAtCounter | None":
        """Return the household with a booklet, if there is one."""
        answer = await self.serve(number)
        return None if isinstance(answer, Refusal) else answer

    async def _either(self, goods: "ShelfItem", number: str) -> "ShelfItem | PickList":
        household = await self.serve(number)
        head, village = ("–", "") if isinstance(household, Refusal) else (household.head, household.village)
        rows = (Row(number, (number, head, village)), Row(goods.code, (goods.code, goods.name, goods.spec)))
        return PickList("either", rows)

    async def _with_digits(self, digits: str, first_will_do: bool) -> "HouseholdAtCounter | PickList | None":
        service = self._opened.service
        found = await self._work.run(lambda: service.with_digits(digits))
        if len(found) == 1 or (found and first_will_do):
            return await self.booklet(found[0].booklet)
        return _households(found)

    async def _named(self, text: str) -> PickList | None:
        service = self._opened.service
        await self._learned(lambda: service.learn(_AT_ONCE))
        return _households(await self._work.run(lambda: service.find_households(text)))

    async def _learned(self, learn: Callable[[], tuple[int, int]]) -> None:
        """Wait until it is known how all of some names are said."""
        known, of = await self._work.run(learn)
        while known < of:
            self._progress(known, of)
            known, of = await self._work.run(learn)

    async def _goods_list(self, entry: TypedInput) -> PickList | None:
        if entry.search and not entry.search.isdigit():
            service, names = self._opened.service, self.shelf.names
            await self._learned(lambda: service.learn_names(names, _AT_ONCE))
        found = self.shelf.search(entry.search)
        rows = tuple(Row(g.code, _cells(g)) for g in found)
        kind: Kind = "looked_up" if entry.is_goods_search else "goods"
        return PickList(kind, rows, entry.quantity) if rows else None


def _cells(goods: "ShelfItem") -> tuple[str | Message, ...]:
    return goods.name, goods.spec, format_hundredths(goods.price), message("stock {0}", goods.in_stock), goods.code


def _households(found: Sequence["HouseholdMatch"]) -> PickList | None:
    rows = tuple(Row(h.booklet, (h.booklet, h.head, h.village, h.group)) for h in found)
    return PickList("households", rows) if rows else None
