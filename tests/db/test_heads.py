"""A head on an earlier paper finds a past that was written anew and a copy that is old (核对账链); both databases."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, select, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.market_session import MarketView, close_session
from lizhi_pos.checkout.receipt import short_hash
from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.journal.chain import chain_head
from lizhi_pos.journal.hashing import entry_hash
from lizhi_pos.journal.models import journal_entry, journal_head, period, posting
from lizhi_pos.migrations import guards
from lizhi_pos.periods import Month
from lizhi_pos.printqueue.models import print_job
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.head_checks import as_head, heads_not_found
from lizhi_pos.settlement.verification import verify
from towns.small import ACCOUNTANT, CLERK, MARKET_DAY, SALT, noon, sell, stocked_shop

NOW = noon(MARKET_DAY)
LATER = date(MARKET_DAY.year, MARKET_DAY.month, 1) + timedelta(days=40)


@pytest.fixture
def shop(engine: Engine) -> Engine:
    stocked_shop(engine)
    return engine


def sold(shop: Engine, seconds: int, till: str = "1") -> None:
    with transaction(shop, NOW + timedelta(seconds=seconds)) as tx:
        sell(tx, "TQ0001", (SALT, 1), key=f"{till} {seconds}", till=till)


def missing(shop: Engine, *heads: str) -> list[str]:
    with reading(shop, NOW) as tx:
        return list(heads_not_found(tx, [as_head(head) or head for head in heads]))


def newest_entry(shop: Engine) -> str:
    with reading(shop, NOW) as tx:
        return short_hash(tx.value(select(journal_head.c.hash).where(journal_head.c.till == "1")))


def closed_day(shop: Engine) -> str:
    with transaction(shop, NOW + timedelta(hours=2)) as tx:
        view = unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
    assert isinstance(view, MarketView)
    return _on_slip(shop)


def _on_slip(shop: Engine) -> str:
    with reading(shop, NOW) as tx:
        slip = tx.value(select(print_job.c.document).where(print_job.c.kind == "day"))
    return str(msgspec.json.decode(slip)["chain"])


def test_a_head_of_every_paper_is_found_however_it_is_typed_and_however_much_came_after(shop: Engine) -> None:
    sold(shop, 1)
    receipt = newest_entry(shop)
    sold(shop, 2, till="2")
    with reading(shop, NOW) as tx:
        on_screen = chain_head(tx).hex()
    sold(shop, 3)
    slip = closed_day(shop)
    with transaction(shop, noon(LATER)) as tx:
        unwrap(close_month(tx, Month.of(MARKET_DAY), Authority(ACCOUNTANT, LATER)))
        statement = tx.value(select(period.c.head)).hex()
    told = (receipt, receipt.lower(), f" {receipt.replace('-', ' ')} ", on_screen, on_screen[:16], slip, statement)
    assert missing(shop, *told) == []
    with reading(shop, noon(LATER)) as tx:
        proof = verify(tx, [as_head(slip) or ""])
    assert proof.ok
    assert [check.name for check in proof.checks][-1] == "against"


def test_what_is_no_head_of_these_books_is_named(shop: Engine) -> None:
    sold(shop, 1)
    assert missing(shop, "0" * 64, "0123-4567", "0123456789abcdef") == ["0" * 64, "01234567", "0123456789abcdef"]
    assert as_head("9f3a00c") is None
    assert as_head("9f3a00cx") is None
    assert as_head("0" * 65) is None
    with reading(shop, NOW) as tx:
        assert verify(tx, ["0" * 64]).checks[-1].facts == ("0" * 64,)


def test_the_short_head_of_a_receipt_is_looked_for_among_entries_alone(shop: Engine) -> None:
    with reading(shop, NOW) as tx:
        whole = chain_head(tx).hex()
    assert missing(shop, whole[:8]) == [whole[:8]]
    assert missing(shop, whole[:16]) == []


def test_books_that_are_an_old_copy_do_not_have_the_later_head(shop: Engine) -> None:
    sold(shop, 1)
    with reading(shop, NOW) as tx:
        known = chain_head(tx).hex()
    with suppress(_Gone), transaction(shop, NOW + timedelta(seconds=5)) as tx:
        sell(tx, "TQ0001", (SALT, 1), key="x")
        tx.settle()
        later = chain_head(tx).hex()
        raise _Gone
    assert missing(shop, known, later) == [later]


@pytest.mark.owner
def test_a_past_that_was_written_anew_with_all_its_hashes_is_found(shop: Engine) -> None:
    sold(shop, 1)
    receipt = newest_entry(shop)
    sold(shop, 2)
    slip = closed_day(shop)
    assert missing(shop, receipt, slip) == []
    with transaction(shop, NOW) as tx:
        guards.remove(tx.connection)
        _write_anew(tx)
        guards.install(tx.connection)
    with reading(shop, NOW) as tx:
        assert [check.facts for check in verify(tx).checks if check.name == "chain_unbroken"] == [()]
    assert missing(shop, receipt, slip) == [as_head(receipt), as_head(slip)]


def test_a_clock_that_was_put_back_does_not_hide_a_head(shop: Engine) -> None:
    sold(shop, 100)
    sold(shop, 10)
    with reading(shop, NOW) as tx:
        known = chain_head(tx).hex()
    sold(shop, 50)
    assert missing(shop, known) == []


class _Gone(Exception):
    """What was done is undone."""


def _write_anew(tx: Transaction) -> None:
    """Let another clerk have sold everything at till 1, and make every hash fit again, as its owner could."""
    previous = bytes(32)
    for row in tx.all(select(journal_entry).where(journal_entry.c.till == "1").order_by(journal_entry.c.number)):
        told: dict[str, Any] = {**row._mapping, "by_user": "另一个示例", "previous_hash": previous}
        lines = tx.all(select(posting).where(posting.c.entry_id == row.entry_id).order_by(posting.c.line))
        previous = entry_hash(told, [dict(line._mapping) for line in lines])
        this = update(journal_entry).where(journal_entry.c.entry_id == row.entry_id)
        tx.change(this.values(by_user=told["by_user"], previous_hash=told["previous_hash"], hash=previous))
    tx.change(update(journal_head).where(journal_head.c.till == "1").values(hash=previous))
