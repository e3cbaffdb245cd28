"""What posting a batch would do to the town's points, and to how far they are covered (五)."""

from datetime import date

from msgspec import Struct

from lizhi_pos.accounts.batch_preview import RegisterChanges
from lizhi_pos.db import Transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.receiving.codes import preview_workbook
from lizhi_pos.refusal import Message, Refusal
from lizhi_pos.settlement.coverage import coverage, pool_view


class BatchPreview(Struct, frozen=True, kw_only=True):
    """What a posting would credit, the coverage before and after it, and what its poster must look at."""

    village: str
    month: str
    households: RegisterChanges
    base: Points
    volunteer: Points
    adjusted: Points
    coverage_before: str | None
    coverage_after: str | None
    cap: Points | None
    within_cap: bool
    warnings: tuple[Message, ...] = ()


def batch_preview(tx: Transaction, village_name: str, month: Month, on: date) -> BatchPreview | Refusal:
    """Return what posting a batch on a day would do; it holds what a posting holds, so let it be rolled back."""
    due = preview_workbook(tx, village_name, month, on)
    if isinstance(due, Refusal):
        return due
    pool = pool_view(tx, on)
    after = Points(pool.outstanding_points + due.base + due.volunteer + due.adjusted)
    return BatchPreview(
        village=due.village,
        month=due.month,
        households=due.households,
        base=due.base,
        volunteer=due.volunteer,
        adjusted=due.adjusted,
        coverage_before=pool.coverage,
        coverage_after=coverage(pool.stock_at_tag, pool.cash, after),
        cap=due.cap,
        within_cap=due.within_cap,
        warnings=due.warnings,
    )
