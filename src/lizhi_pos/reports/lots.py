"""What became of lots: how much was redeemed, by how many households of which villages, and what was lost."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.accounts.models import household_state, village
from lizhi_pos.accounts.queries import chunks
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
_TOOK = (
    select(redemption_lot.c.lot_id, redemption.c.household_id, summed(redemption_lot.c.quantity).label("quantity"))
    .select_from(redemption_lot.join(redemption, same_row(redemption.c.redemption_id, redemption_lot.c.redemption_id)))
    .where(of_town(redemption_lot), redemption_lot.c.lot_id.in_(bindparam("lots", expanding=True)))
    .group_by(redemption_lot.c.lot_id, redemption.c.household_id)
)
_GAVE_BACK = (
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
)
_VILLAGES = select(village.c.village_id, village.c.name).where(of_town(village)).order_by(village.c.village_id)
_STATE = (
    select(household_state.c.household_id, household_state.c.village_id)
    .where(
        of_town(household_state),
        household_state.c.household_id.in_(bindparam("households", expanding=True)),
        household_state.c.since <= bindparam("day"),
    )
    .order_by(household_state.c.since, household_state.c.state_id)
)


def fates(tx: Transaction, lot_ids: Collection[Id]) -> list[LotFate]:
    """Return what became of some lots, in the order they came in."""
    keys = sorted(lot_ids)
    lost = {row.lot_id: row.quantity for row in tx.all(_LOST, lots=keys)}
    kept: dict[Id, dict[Id, int]] = {}
    for row in tx.all(_TOOK, lots=keys):
        kept.setdefault(row.lot_id, {})[row.household_id] = row.quantity
    for row in tx.all(_GAVE_BACK, lots=keys):
        kept[row.lot_id][row.household_id] -= row.quantity
    households = {key for of_lot in kept.values() for key, quantity in of_lot.items() if quantity}
    homes = _homes(tx, sorted(households))
    return [
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
            redeemed=sum(kept.get(row.lot_id, {}).values()),
            households=sum(1 for quantity in kept.get(row.lot_id, {}).values() if quantity),
            villages=_villages(kept.get(row.lot_id, {}), homes),
        )
        for row in tx.all(_LOTS, lots=keys)
    ]


def lots_of_vouchers(tx: Transaction, vouchers: Collection[str]) -> list[Id]:
    """Return the lots that came in with some vouchers."""
    return [Id(row.lot_id) for row in tx.all(_LOTS_OF_VOUCHERS, vouchers=sorted(vouchers))]


def _homes(tx: Transaction, households: Sequence[Id]) -> Mapping[Id, str]:
    """Return the village that each of some households belongs to now."""
    names = {row.village_id: row.name for row in tx.all(_VILLAGES)}
    homes: dict[Id, str] = {}
    for some in chunks(households):
        for row in tx.all(_STATE, households=list(some), day=today(tx)):
            homes[row.household_id] = names[row.village_id]
    return homes


def _villages(kept: Mapping[Id, int], homes: Mapping[Id, str]) -> tuple[str, ...]:
    return tuple(sorted({homes[key] for key, quantity in kept.items() if quantity and key in homes}))
