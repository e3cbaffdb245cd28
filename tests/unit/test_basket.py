"""A basket's till is a number from 1 to 99; P is the slips' own."""

import pytest

from lizhi_pos.checkout.basket import Basket
from lizhi_pos.refusal import InvariantViolated


@pytest.mark.parametrize("till", ["P", "", "0", "100", "01", " 1", "1\n", "１", "x", "1" * 5000])
def test_what_is_no_till_makes_no_basket(till: str) -> None:
    with pytest.raises(InvariantViolated):
        Basket(booklet="TQ0001", wanted=(), key="", till=till)


def test_slips_have_a_till_of_their_own() -> None:
    assert Basket(booklet="TQ0001", wanted=(), key="", till="P", slip="S1").till == "P"
    assert Basket(booklet="TQ0001", wanted=(), key="", till="99").till == "99"
    with pytest.raises(InvariantViolated):
        Basket(booklet="TQ0001", wanted=(), key="", till="x", slip="S1")
