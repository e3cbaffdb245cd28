"""Shelf labels: those whose price changed since they were printed are due, and a print is noted."""

import pytest
from sqlalchemy import Engine

from lizhi_pos.checkout.shelf_labels import print_labels
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.inventory.labels import due_labels, mark_printed, shown_prices
from lizhi_pos.inventory.products import products, set_price
from lizhi_pos.money import Yuan
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import ADMIN, MARKET_DAY, OIL, SALT, SOAP, noon, stocked_shop


@pytest.fixture
def shop(engine: Engine) -> Engine:
    stocked_shop(engine)
    return engine


def due(tx: Transaction) -> list[str]:
    return [p.code for p in due_labels(tx)]


def test_what_never_had_a_label_is_due_until_it_is_printed(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert due(tx) == sorted([SALT, SOAP, OIL])
        mark_printed(tx, [p for p in products(tx) if p.code != OIL], ADMIN)
        assert due(tx) == [OIL]
        assert len(shown_prices(tx)) == 2
        assert verify(tx).ok


def test_another_price_makes_a_label_due_and_the_old_one_again_does_not(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        mark_printed(tx, products(tx), ADMIN)
        assert due(tx) == []
        unwrap(set_price(tx, SALT, Yuan(260), ADMIN))
        assert due(tx) == [SALT]
        unwrap(set_price(tx, SALT, Yuan(250), ADMIN))
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert due(tx) == []
        unwrap(set_price(tx, SALT, Yuan(270), ADMIN))
        mark_printed(tx, [p for p in due_labels(tx) for _ in range(2)], ADMIN)
        assert due(tx) == []
        assert verify(tx).ok


def test_labels_that_are_printed_are_no_longer_due(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        refusal = print_labels(tx, [SALT, "999"], ADMIN)
        assert isinstance(refusal, Refusal)
        assert due(tx) == sorted([SALT, SOAP, OIL])
        assert len(unwrap(print_labels(tx, [SALT], ADMIN, copies=3))) == 3
        assert [job.about for job in print_jobs.queue(tx) if job.kind == "label"] == [SALT] * 3
        assert due(tx) == sorted([SOAP, OIL])
        assert verify(tx).ok
