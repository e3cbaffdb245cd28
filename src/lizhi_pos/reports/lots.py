"""What became of lots: how much was redeemed, by how many households of which villages, and what was lost."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, case, func, select

from lizhi_pos.accounts.models import household_state, village
from lizhi_pos.checkout.models import redemption, redemption_lot, redemption_return_lot
from lizhi_pos.db import Transaction, of_town, same_row, summed
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import lot, product, stock_move
from lizhi_pos.money import Yuan
from lizhi_pos.rulebook.adopted import today


class LotFate(Struct, frozen=True, kw_only=True):
    """A lot and what became of it: `written_off` counts shortages less what was found, `households` kept something."""

    lot_id: Id
    lot: str
    code: str
    name: str
    voucher: str
    received_on: date
    quantity: int
    on_hand: int
    unit_cost: Yuan
    written_off: int
    redeemed: int
    households: int
    villages: tuple[str, ...]


_LOTS = (
    select(lot, product.c.code, product.c.name.label("product_name"))
    .select_from(lot.join(product, same_row(product.c.product_id, lot.c.product_id)))
    .where(of_town(lot), lot.c.lot_id.in_(bindparam("lots", expanding=True)))
    .order_by(lot.c.received_on, lot.c.voucher, lot.c.line)
)
_LOTS_OF_VOUCHERS = select(lot.c.lot_id).where(of_town(lot), lot.c.voucher.in_(bindparam("vouchers", expanding=True)))
_LOST = (
    select(stock_move.c.lot_id, summed(stock_move.c.quantity).label("quantity"))
    .where(
        of_town(stock_move),
        stock_move.c.lot_id.in_(bindparam("lots", expanding=True)),
        stock_move.c.kind.in_(("write_off", "count")),
        stock_move.c.kind != "redeem",
    )
    .group_by(stock_move.c.lot_id)
)
_ranked = (
    select(
        household_state.c.household_id,
        household_state.c.village_id,
        func.row_number()
        .over(
            partition_by=household_state.c.household_id,
            order_by=(household_state.c.since.desc(), household_state.c.state_id.desc()),
        )
        .label("place"),
    )
    .where(of_town(household_state), household_state.c.since <= bindparam("day"))
    .subquery()
)
_homes = (
    select(_ranked.c.household_id, village.c.name.label("village"))
    .select_from(_ranked.join(village, village.c.village_id == _ranked.c.village_id))
    .where(of_town(village), _ranked.c.place == 1)
    .cte("homes")
)
"""The village that each household belongs to now."""

_took = (
    select(redemption_lot.c.lot_id, redemption.c.household_id, summed(redemption_lot.c.quantity).label("quantity"))
    .select_from(redemption_lot.join(redemption, same_row(redemption.c.redemption_id, redemption_lot.c.redemption_id)))
    .where(of_town(redemption_lot), redemption_lot.c.lot_id.in_(bindparam("lots", expanding=True)))
    .group_by(redemption_lot.c.lot_id, redemption.c.household_id)
    .cte("took")
)
_gave_back = (
    select(
        redemption_return_lot.c.lot_id,
        redemption.c.household_id,
        summed(redemption_return_lot.c.quantity).label("quantity"),
    )
    .select_from(
        redemption_return_lot.join(
            redemption, same_row(redemption.c.redemption_id, redemption_return_lot.c.redemption_id)
        )
    )
    .where(of_town(redemption_return_lot), redemption_return_lot.c.lot_id.in_(bindparam("lots", expanding=True)))
    .group_by(redemption_return_lot.c.lot_id, redemption.c.household_id)
    .cte("gave_back")
)
_net = _took.c.quantity - func.coalesce(_gave_back.c.quantity, 0)
_KEPT = (
    select(
        _took.c.lot_id,
        _homes.c.village,
        summed(_net).label("quantity"),
        summed(case((_net > 0, 1), else_=0)).label("households"),
    )
    .select_from(
        _took.join(_homes, _homes.c.household_id == _took.c.household_id).outerjoin(
            _gave_back,
            (_gave_back.c.lot_id == _took.c.lot_id) & (_gave_back.c.household_id == _took.c.household_id),
        )
    )
    .group_by(_took.c.lot_id, _homes.c.village)
)
"""What households of each village kept of lots. Lines are summed first: there are a hundred of them for a household."""


class _Kept(Struct):
    """What of a lot households kept: units, and by village how many households."""

    units: int
    households: dict[str, int]


def fates(tx: Transaction, lot_ids: Collection[Id]) -> list[LotFate]:
    """Return what became of some lots, in the order they came in."""
    keys = sorted(lot_ids)
    lost = {row.lot_id: row.quantity for row in tx.all(_LOST, lots=keys)}
    kept = _kept(tx, keys)
    found = []
    for row in tx.all(_LOTS, lots=keys):
        own = kept.get(row.lot_id, _Kept(0, {}))
        found.append(
            LotFate(
                lot_id=Id(row.lot_id),
                lot=row.name,
                code=row.code,
                name=row.product_name,
                voucher=row.voucher,
                received_on=row.received_on,
                quantity=row.quantity,
                on_hand=row.on_hand,
                unit_cost=Yuan(row.unit_cost),
                written_off=-lost.get(row.lot_id, 0),
                redeemed=own.units,
                households=sum(own.households.values()),
                villages=tuple(sorted(name for name, count in own.households.items() if count)),
            )
        )
    return found


def lots_of_vouchers(tx: Transaction, vouchers: Collection[str]) -> list[Id]:
    """Return the lots that came in with some vouchers."""
    return [Id(row.lot_id) for row in tx.all(_LOTS_OF_VOUCHERS, vouchers=sorted(vouchers))]


def _kept(tx: Transaction, lots: Sequence[Id]) -> Mapping[Id, _Kept]:
    """Return what households kept of lots; who gave all of it back is not counted."""
    kept: dict[Id, _Kept] = {}
    for row in tx.all(_KEPT, lots=list(lots), day=today(tx)):
        own = kept.setdefault(row.lot_id, _Kept(0, {}))
        own.units += row.quantity
        own.households[row.village] = row.households
    return kept
