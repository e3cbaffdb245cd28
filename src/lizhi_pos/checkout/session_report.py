"""The day's slip: what a session came to, with the journal's head, for the paper and the screen (三(五)1)."""

from datetime import date

from msgspec import Struct
from sqlalchemy import and_, bindparam, func, select, text

from lizhi_pos.accounts.models import household_state, village
from lizhi_pos.accounts.queries import newest_state
from lizhi_pos.checkout.models import redemption, redemption_line, redemption_return
from lizhi_pos.db import Transaction, of_town, same_row, same_town, summed
from lizhi_pos.ids import Id
from lizhi_pos.journal.chain import chain_head
from lizhi_pos.money import Points
from lizhi_pos.printqueue.models import NOT_DONE, print_job
from lizhi_pos.rulebook.adopted import zone


class VillageDay(Struct, frozen=True):
    """What a village's households redeemed in a session, and what of it came back."""

    village: str
    households: int
    redemptions: int
    points: Points
    returned: Points = Points(0)


class SessionReport(Struct, frozen=True, kw_only=True):
    """A session's counts. `receipts` are the first and last number of each till; `unknown_jobs` are receipts of which
    nobody knows whether they came out; `chain` is the journal's head, which a cut-off book cannot show again.
    """

    shop: str
    town: str
    date: date
    printed_at: str
    closed_by: str
    villages: tuple[VillageDay, ...]
    households: int
    redemptions: int
    units: int
    points: Points
    returns: int
    returned: Points
    receipts: tuple[str, ...]
    unknown_jobs: int
    chain: str


of_session = (
    of_town(redemption),
    redemption.c.on_date == bindparam("day"),
    redemption.c.session_id == bindparam("market"),
)
"""A session's redemptions are of its day, which is what leads to them."""
with_village = redemption.join(
    village,
    and_(
        same_town(village, redemption),
        village.c.village_id == newest_state(household_state.c.village_id, redemption),
    ),
)
"""Redemptions beside the village that each one's household belonged to on the day."""
# one redemption at a time: joined, SQLite without statistics would walk through all returns there ever were
_came_back = (
    select(summed(redemption_return.c.total))
    .where(same_row(redemption_return.c.redemption_id, redemption.c.redemption_id))
    .correlate(redemption)
    .scalar_subquery()
)
_VILLAGES = (
    select(
        village.c.name,
        func.count(redemption.c.household_id.distinct()).label("households"),
        func.count().label("redemptions"),
        summed(redemption.c.total).label("points"),
        summed(_came_back).label("returned"),
    )
    .select_from(with_village)
    .where(*of_session)
    .group_by(village.c.village_id, village.c.name)
    .order_by(village.c.village_id)
)
# By the keys of the session's redemptions, not joined to them: without statistics, as every shop's file is, SQLite
# would walk through all lines there ever were. `till || ''` has no index that it could walk along to group by.
_keys = select(redemption.c.redemption_id).where(*of_session)
_till = (redemption.c.till + "").label("till")
_UNITS = select(summed(redemption_line.c.quantity)).where(
    of_town(redemption_line), redemption_line.c.redemption_id.in_(_keys)
)
_RETURNS = select(func.count().label("number_of"), summed(redemption_return.c.total).label("points")).where(
    of_town(redemption_return), redemption_return.c.redemption_id.in_(_keys)
)
_NUMBERS = (
    select(_till, func.min(redemption.c.receipt).label("first"), func.max(redemption.c.receipt).label("last"))
    .where(*of_session)
    .group_by(_till)
    .order_by(_till)
)
_UNKNOWN = (
    select(func.count())
    .select_from(print_job)
    .where(
        of_town(print_job),
        text(NOT_DONE),
        print_job.c.state == "unknown",
        print_job.c.kind == "receipt",
        print_job.c.redemption_id.in_(_keys),
    )
)


def session_report(tx: Transaction, shop: str, market: Id, day: date, closed_by: str) -> SessionReport:
    """Return what the session of a day came to, as it stands now."""
    villages = tuple(VillageDay(*tuple(row)) for row in tx.all(_VILLAGES, market=market, day=day))
    returns = tx.first(_RETURNS, market=market, day=day)
    assert returns is not None
    chain = chain_head(tx).hex().upper()
    return SessionReport(
        shop=shop,
        town=tx.town_name,
        date=day,
        printed_at=tx.now.astimezone(zone(tx)).strftime("%Y-%m-%d %H:%M"),
        closed_by=closed_by,
        villages=villages,
        households=sum(v.households for v in villages),
        redemptions=sum(v.redemptions for v in villages),
        units=int(tx.value(_UNITS, market=market, day=day)),
        points=Points(sum(v.points for v in villages)),
        returns=returns.number_of,
        returned=Points(returns.points),
        receipts=tuple(f"{n.first} – {n.last}" for n in tx.all(_NUMBERS, market=market, day=day)),
        unknown_jobs=int(tx.value(_UNKNOWN, market=market, day=day)),
        chain="-".join(chain[at : at + 4] for at in range(0, 16, 4)),
    )
