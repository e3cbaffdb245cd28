"""First expired, first out (**D**): earliest expiry first, undated last; then receipt date, voucher and line."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.ids import Id
from lizhi_pos.inventory.allocation import Lot, Shortage, allocate
from lizhi_pos.money import Yuan

DAY = date(2024, 4, 28)
GOODS = [Id(bytes([n]) * 16) for n in range(2)]

lots = st.lists(
    st.builds(
        Lot,
        lot_id=st.binary(min_size=16, max_size=16).map(Id),
        product_id=st.sampled_from(GOODS),
        name=st.just(""),
        voucher=st.sampled_from(["A", "B", "C"]),
        line=st.integers(1, 3),
        received_on=st.integers(-3, 1).map(lambda n: DAY + timedelta(n)),
        expires_on=st.none() | st.integers(-2, 5).map(lambda n: DAY + timedelta(n)),
        unit_cost=st.just(Yuan(100)),
        on_hand=st.integers(0, 5),
    ),
    max_size=8,
    unique_by=lambda lot: lot.lot_id,
)


@given(lots, st.integers(1, 12), st.integers(1, 12))
def test_what_is_wanted_comes_from_the_right_lots_or_not_at_all(found: list[Lot], first: int, second: int) -> None:
    wanted = dict(zip(GOODS, (first, second), strict=True))
    sellable = [x for x in found if x.received_on <= DAY and (x.expires_on is None or x.expires_on >= DAY)]
    there = {g: sum(x.on_hand for x in sellable if x.product_id == g) for g in GOODS}
    answer = allocate(wanted, found, DAY)
    if isinstance(answer, Shortage):
        assert answer.available == {g: there[g] for g in GOODS if there[g] < wanted[g]} != {}
        gone = [x for x in found if x.expires_on is not None and x.expires_on < DAY]
        assert answer.expired == {g: sum(x.on_hand for x in gone if x.product_id == g) for g in answer.available}
        return
    for goods, picks in answer.items():
        assert sum(p.quantity for p in picks) == wanted[goods]
        assert all(0 < p.quantity <= p.lot.on_hand and p.lot in sellable for p in picks)
        turns = [(p.lot.expires_on or date.max, p.lot.received_on, p.lot.voucher, p.lot.line) for p in picks]
        assert turns == sorted(turns)
        left = [x for x in sellable if x.product_id == goods and x.on_hand and x not in [p.lot for p in picks]]
        assert all(turns[-1] <= (x.expires_on or date.max, x.received_on, x.voucher, x.line) for x in left)
        assert all(p.quantity == p.lot.on_hand for p in picks[:-1])
