"""The town at a glance: what waits for whom, the day so far, and whether the points are covered (三(四), 五)."""

from datetime import date

from msgspec import Struct

from lizhi_pos.accounts.batches import waiting_batches
from lizhi_pos.accounts.vetoes import proposals
from lizhi_pos.checkout import open_baskets
from lizhi_pos.checkout.day_chart import DayChart, day_chart
from lizhi_pos.checkout.market_session import MarketView, market_view, open_session_now
from lizhi_pos.checkout.session_queries import session_on
from lizhi_pos.db import Transaction
from lizhi_pos.donations.pledges import pledges_on
from lizhi_pos.inventory.counts import open_counts
from lizhi_pos.inventory.near_expiry import near_on
from lizhi_pos.inventory.stock import short_on
from lizhi_pos.journal.chain import chain_head
from lizhi_pos.money import Points
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.receiving.deliveries import count_open
from lizhi_pos.refusal import Refusal
from lizhi_pos.settlement.answer_states import to_confirm
from lizhi_pos.settlement.coverage import PoolView, pool_view


class Overview(Struct, frozen=True, kw_only=True):
    """Counts of what waits, today's session if there is one with its chart, and the pool.

    `left_open` is the day of a session of another day that was never closed.
    """

    market: MarketView | None
    chart: DayChart | None
    left_open: date | None
    held_baskets: int
    undecided_jobs: int
    waiting_jobs: int
    to_publish: int
    to_review: int
    to_post: int
    proposals: int
    near_expiry: int
    short_products: int
    open_counts: int
    open_gifts: int
    open_purchases: int
    overdue_pledges: int
    to_settle: int
    pool: PoolView

    @property
    def is_open(self) -> bool:
        """Whether today's session is open."""
        return self.market is not None and self.market.state == "open"

    @property
    def outstanding(self) -> Points:
        """Points that households may still redeem."""
        return self.pool.outstanding_points


def overview(tx: Transaction, day: date) -> Overview:
    """Return the town as it stands on its present day."""
    row = session_on(tx, day)
    view = market_view(tx, day) if row is not None else None
    running = open_session_now(tx)
    batches = waiting_batches(tx)
    jobs = [job.state for job in print_jobs.queue(tx)]
    return Overview(
        market=None if isinstance(view, Refusal) else view,
        chart=day_chart(tx, row.session_id, day) if row is not None else None,
        left_open=running.on_date if running is not None and running.on_date != day else None,
        held_baskets=open_baskets.held_count(tx),
        undecided_jobs=sum(state in ("unknown", "failed") for state in jobs),
        waiting_jobs=sum(state in ("queued", "sending") for state in jobs),
        to_publish=batches.get("draft", 0),
        to_review=batches.get("publicised", 0),
        to_post=batches.get("reviewed", 0),
        proposals=len(proposals(tx)),
        near_expiry=len(near_on(tx, day).lots),
        short_products=len(short_on(tx, day)),
        open_counts=open_counts(tx),
        open_gifts=count_open(tx, "gift"),
        open_purchases=count_open(tx, "purchase"),
        to_settle=to_confirm(tx),
        overdue_pledges=sum(p.state == "overdue" for p in pledges_on(tx, day)),
        pool=pool_view(tx, day),
    )


def overview_basis(tx: Transaction, day: date) -> tuple[object, ...]:
    """Return what an overview comes from, read without walking through anything.

    While it stays equal, so does the overview.

    All that is stored is under the chain, and so behind its head, but baskets on a counter and how far papers got.
    """
    jobs = tuple(job.state for job in print_jobs.queue(tx))
    return day, chain_head(tx), open_baskets.held_count(tx), jobs, count_open(tx)
