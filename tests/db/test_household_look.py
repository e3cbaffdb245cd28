"""A household as somebody looks at it, in a town where everything has happened: no entry without its story."""

from sqlalchemy import Engine

from lizhi_pos.accounts.household_list import Wanted, household_list, household_register, households_now
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.voids import voided
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.household_look import (
    EntryKey,
    EntryStory,
    HouseholdLook,
    entry_of_receipt,
    entry_story,
    household_look,
)
from lizhi_pos.rulebook.adopted import rules_on, today
from towns.small import ACCOUNTANT, CLERK, noon
from towns.whole import LATER, live


def looks(tx: Transaction) -> dict[str, HouseholdLook]:
    rules = unwrap(rules_on(tx, today(tx)))
    register = household_register(tx, rules, today(tx))
    return {one.listed.booklet: unwrap(household_look(tx, one.listed.booklet, ACCOUNTANT)) for one in register}


def stories(tx: Transaction, look: HouseholdLook) -> list[EntryStory]:
    return [unwrap(entry_story(tx, entry.key, ACCOUNTANT)) for entry in look.entries]


def test_the_register_is_the_list_with_names_and_reasons(engine: Engine) -> None:
    live(engine)
    with transaction(engine, noon(LATER)) as tx:
        rules, day = unwrap(rules_on(tx, today(tx))), today(tx)
        register = household_register(tx, rules, day)
        assert [one.listed for one in register] == household_list(tx, Wanted(), rules, day)
        assert all(one.listed.head == one.names[0] for one in register)
        assert all(one.listed.eligible == (not one.why) for one in register)
        assert households_now(tx, [one.listed.booklet for one in register], rules, day) == register
        [replaced] = households_now(tx, ["TQ0003", "TQ0303"], rules, day)
        assert replaced.listed.booklet == "TQ0303", "a booklet that was replaced is listed no more"
        assert households_now(tx, ["XX9999"], rules, day) == []


def test_every_points_way_is_told_and_adds_up(engine: Engine) -> None:
    live(engine)
    with transaction(engine, noon(LATER)) as tx:
        for look in looks(tx).values():
            told = stories(tx, look)
            assert sum(story.unspent for story in told) == look.card.balance
            assert [story.entry for story in told] == list(look.entries)
            if look.entries:
                assert look.entries[-1].balance == look.card.balance
            for story in told:
                amount = story.entry.line.amount
                if amount < 0:
                    assert sum(part.points for part in story.paid_by) <= -amount
                    assert story.paid_for == ()
                elif story.entry.line.kind not in ("return", "restore"):
                    assert sum(part.points for part in story.paid_for) + story.unspent == amount
                if story.entry.line.kind in ("base", "volunteer"):
                    assert story.source is not None
                    assert story.batch is not None
                if story.entry.line.kind == "redeem":
                    assert story.receipt is not None
                    assert sum(goods.amount for goods in story.receipt.goods) == -amount


def test_a_receipt_leads_to_what_paid_for_it_and_its_givers_to_those_who_may_know(engine: Engine) -> None:
    live(engine)
    with transaction(engine, noon(LATER)) as tx:
        receipts = [e.line.reference for look in looks(tx).values() for e in look.entries if e.line.kind == "redeem"]
        gone = voided(tx)
        assert len(receipts) >= 3
        for receipt in receipts:
            key = unwrap(entry_of_receipt(tx, receipt))
            full, clerks = unwrap(entry_story(tx, key, ACCOUNTANT)), unwrap(entry_story(tx, key, CLERK))
            assert full.receipt is not None
            assert clerks.receipt is not None
            assert full.receipt.receipt == receipt
            lots = [lot for goods in full.receipt.goods for lot in goods.lots]
            # goods of a voucher that was undone came back before
            assert all(lot.givers or lot.voucher in gone for lot in lots)
            assert sum(lot.quantity for lot in lots) == sum(goods.quantity for goods in full.receipt.goods)
            assert not any(lot.givers for goods in clerks.receipt.goods for lot in goods.lots)
        assert isinstance(entry_of_receipt(tx, "9-1999-000001"), Refusal)


def test_what_went_over_leads_to_the_other_household(engine: Engine) -> None:
    live(engine)
    with transaction(engine, noon(LATER)) as tx:
        known = looks(tx)
        moved = [e for look in known.values() for e in look.entries if e.line.kind == "transfer"]
        assert moved
        for entry in moved:
            other = unwrap(entry_story(tx, EntryKey(entry.line.note, entry.line.entry), ACCOUNTANT))
            assert other.entry.line.amount == -entry.line.amount


def test_proposals_are_for_those_who_see_the_books(engine: Engine) -> None:
    live(engine)
    with transaction(engine, noon(LATER)) as tx:
        assert not any(unwrap(household_look(tx, number, CLERK)).proposals for number in looks(tx))
