"""The acts of a stocktake: opened, counted scan by scan, counted anew, closed or given up. On the database thread."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.db import reading
from lizhi_pos.inventory.codes import meanings
from lizhi_pos.inventory.count_closing import ClosedCount, Uncounted, close_count, plan_close
from lizhi_pos.inventory.counts import (
    CountSummary,
    Seen,
    StockCount,
    Tallied,
    add_tally,
    count_shown,
    counts,
    drop_count,
    is_blind,
    open_count,
    recount,
)
from lizhi_pos.inventory.products import products
from lizhi_pos.money import Yuan
from lizhi_pos.office.count_sheet import SheetProduct, SheetView
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.other_numbers import what_else
from lizhi_pos.refusal import Message, Refusal
from lizhi_pos.rulebook.adopted import today

_T = TypeVar("_T")


class Closing(Struct, frozen=True, kw_only=True):
    """What closing a count comes to: how many products differ, what is missing and what was found, at cost."""

    differ: int
    missing: int
    missing_cost: Yuan
    found: int
    found_cost: Yuan


class StocktakeService(JobService):
    """Stocktakes of one database; every act asks for its right when it runs."""

    def counts(self) -> list[CountSummary]:
        """Return every count: open ones first, then the newest."""
        with reading(self.engine) as tx:
            return sorted(counts(tx), key=lambda x: (x.state != "open", -x.count))

    def known_codes(self) -> Mapping[str, tuple[str, str]]:
        """Return of every barcode the product's own code and its name."""
        with reading(self.engine) as tx:
            return {code: (meant.code, meant.name) for code, meant in meanings(tx).items()}

    def sheet(self, number: int) -> SheetView | Refusal:
        """Return a count with its products and every code of the shop."""
        with reading(self.engine) as tx:
            shown = count_shown(tx, number)
            if isinstance(shown, Refusal):
                return shown
            summary = next(x for x in counts(tx) if x.count == number)
            known, blind = {p.code: p for p in products(tx)}, is_blind(tx, number)
            codes = {code: (meant.code, meant.pieces) for code, meant in meanings(tx).items()}
        lines = tuple(
            SheetProduct(
                code=x.code,
                name=x.name,
                spec=known[x.code].spec,
                unit=known[x.code].unit,
                initials=known[x.code].initials,
                counted=x.counted,
                book=x.book,
            )
            for x in shown.lines
        )
        names = {code: p.name for code, p in known.items()}
        return SheetView(
            number=number,
            state=shown.state,
            opened_on=summary.opened_on,
            is_blind=blind,
            products=lines,
            codes=codes,
            names=names,
        )

    def what_else(self, code: str) -> Message | None:
        """Return what a code is that means no product; None where it is nothing known."""
        with reading(self.engine) as tx:
            return what_else(tx, code)

    def open(self, codes: Sequence[str], blind: bool, by: Operator) -> int | Refusal:
        """Open a count of some products, of all where no code is given; return its number."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal
        opened = self.write(lambda tx: open_count(tx, codes, blind, Authority(by, today(tx))), by)
        return opened if isinstance(opened, Refusal) else opened.count

    def count(self, number: int, code: str, quantity: int, by: Operator) -> Tallied | Refusal:
        """Write that so many more of what a code means were counted; 0 says that there is none."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal
        return self.write(lambda tx: add_tally(tx, number, Seen(code, quantity), by), by)

    def recount(self, number: int, code: str, by: Operator) -> Tallied | Refusal:
        """Forget what was counted of a product."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal
        return self.write(lambda tx: recount(tx, number, code), by)

    def drop(self, number: int, by: Operator) -> StockCount | Refusal:
        """Give a count up."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal
        return self.write(lambda tx: drop_count(tx, number, Authority(by, today(tx))), by)

    def plan(self, number: int, uncounted: Uncounted) -> Closing | Refusal:
        """Return what closing a count would come to now."""
        with reading(self.engine) as tx:
            plan = plan_close(tx, number, uncounted, today(tx))
        return plan if isinstance(plan, Refusal) else _closing(plan)

    def close(self, number: int, uncounted: Uncounted, by: Operator, approval: Approval) -> Closing | Refusal:
        """Bring the books to what was counted."""
        if refusal := by.refusal_to("keep_stock"):
            return refusal
        done = self.write(lambda tx: close_count(tx, number, uncounted, Authority(by, today(tx), approval)), by)
        return done if isinstance(done, Refusal) else _closing(done)


def _closing(count: ClosedCount) -> Closing:
    differ = [x for x in count.lines if x.difference]
    missing = [x for x in differ if (x.difference or 0) < 0]
    found = [x for x in differ if (x.difference or 0) > 0]
    return Closing(
        differ=len(differ),
        missing=-sum(x.difference or 0 for x in missing),
        missing_cost=Yuan(sum(x.cost or 0 for x in missing)),
        found=sum(x.difference or 0 for x in found),
        found_cost=Yuan(-sum(x.cost or 0 for x in found)),
    )
