"""Objections during a batch's publicity: taken, numbered, answered, and what they hold up (三(四)2)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import batch_view, publish, reject, review, stored_batch
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.objection_list import ObjectionCounts, objections_of
from lizhi_pos.accounts.objections import Objected, Objection, Verdict, raise_objection, settle_objection
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.villages import village_id
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    MARCH,
    MARKET_DAY,
    SUPERVISOR,
    VILLAGE,
    act,
    found,
    household,
    noon,
    post,
    workbook,
)

PUBLISHED = date(2024, 4, 10)
OVER = PUBLISHED + timedelta(7)
BOOK = workbook(households=[household("TQ0001")], acts=[act("TQ0001", date(2024, 3, 5))])


def by(day: date) -> Authority:
    return Authority(ACCOUNTANT, day)


def published(tx: Transaction) -> None:
    found(tx)
    unwrap(draft(tx, BOOK, ACCOUNTANT))
    unwrap(publish(tx, VILLAGE, MARCH, by(PUBLISHED)))


def object_to(tx: Transaction, text: str = "示例:多记一次", day: date = PUBLISHED, **more: str) -> Objected | Refusal:
    return raise_objection(tx, VILLAGE, MARCH, Objection(text, **more), by(day))


def settle(tx: Transaction, number: int, state: str, day: date = PUBLISHED, text: str = "示例:已核实") -> object:
    return settle_objection(tx, VILLAGE, MARCH, number, (Verdict(state, text), by(day)))  # type: ignore[arg-type]


def counts(tx: Transaction) -> ObjectionCounts:
    return unwrap(batch_view(tx, VILLAGE, MARCH)).objections


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_objections_are_numbered_within_their_batch_and_hold_up_the_review(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        published(tx)
        first = unwrap(object_to(tx, booklet="TQ0001", by="示例邻居"))
        assert first == Objected(VILLAGE, "2024-03", 1, "open")
        assert unwrap(object_to(tx, "示例:漏记")).objection == 2
        assert counts(tx) == ObjectionCounts(2, 0, 0)
        refused = review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, OVER))
        assert code(refused) == "out_of_turn"
        assert isinstance(refused, Refusal)
        assert dict(refused.details) == {"objections": "1, 2"}
        for number in (1, 2):
            assert unwrap(settle(tx, number, "dismissed")) == Objected(VILLAGE, "2024-03", number, "dismissed")
        assert counts(tx) == ObjectionCounts(0, 0, 2)
        unwrap(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, OVER)))
        unwrap(post_batch(tx, VILLAGE, MARCH, by(OVER)))
    with transaction(engine, noon(MARKET_DAY)) as tx:
        place = unwrap(village_id(tx, VILLAGE))
        stored = stored_batch(tx, place, MARCH)
        assert stored is not None
        told = objections_of(tx, stored.batch_id)
        assert [(o.number, o.booklet, o.text, o.by, o.state, o.answer) for o in told] == [
            (1, "TQ0001", "示例:多记一次", "示例邻居", "dismissed", "示例:已核实"),
            (2, None, "示例:漏记", "", "dismissed", "示例:已核实"),
        ]
        assert verify(tx).ok


def test_an_upheld_one_sends_the_batch_back_and_its_publicity_starts_anew(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        published(tx)
        unwrap(object_to(tx))
        unwrap(object_to(tx))
        unwrap(settle(tx, 1, "upheld", PUBLISHED + timedelta(2)))
        view = unwrap(batch_view(tx, VILLAGE, MARCH))
        assert (view.state, view.published_on) == ("draft", None)
        assert view.objections == ObjectionCounts(1, 1, 0)
        assert code(object_to(tx)) == "out_of_turn"
        again = PUBLISHED + timedelta(3)
        unwrap(publish(tx, VILLAGE, MARCH, by(again)))
        # what was not answered yet is asked for still
        assert code(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, again + timedelta(7)))) == "out_of_turn"
        unwrap(settle(tx, 2, "dismissed", again))
        assert code(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, again + timedelta(6)))) == "rule_broken"
        unwrap(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, again + timedelta(7))))


@pytest.mark.parametrize("state", ["none", "draft", "reviewed", "posted"])
def test_objections_are_taken_during_the_publicity_alone(engine: Engine, state: str) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        if state == "draft":
            unwrap(draft(tx, BOOK, ACCOUNTANT))
        if state == "reviewed":
            unwrap(draft(tx, BOOK, ACCOUNTANT))
            unwrap(publish(tx, VILLAGE, MARCH, by(PUBLISHED)))
            unwrap(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, OVER)))
        if state == "posted":
            post(tx, BOOK)
        assert code(object_to(tx, day=MARKET_DAY)) == ("not_found" if state == "none" else "out_of_turn")


def test_what_an_objection_must_say(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        published(tx)
        assert code(object_to(tx, " ")) == "rule_broken"
        assert code(object_to(tx, booklet="TQ0009")) == "unknown_household"
        # it is in the batch, though not in the register yet
        assert unwrap(object_to(tx, booklet="TQ0001", day=PUBLISHED)).objection == 1
        unwrap(settle(tx, 1, "dismissed"))
        assert code(object_to(tx, day=PUBLISHED - timedelta(1))) == "out_of_turn"
        assert code(object_to(tx, day=MARKET_DAY + timedelta(1))) != "out_of_turn"
        assert counts(tx) == ObjectionCounts(0, 0, 1)
        unwrap(object_to(tx, day=PUBLISHED + timedelta(2)))
        assert code(settle(tx, 3, "upheld", PUBLISHED + timedelta(2))) == "not_found"
        assert code(settle(tx, 2, "upheld", PUBLISHED + timedelta(1))) == "out_of_turn"
        assert code(settle(tx, 2, "dismissed", PUBLISHED + timedelta(2), " ")) == "rule_broken"
        unwrap(settle(tx, 2, "dismissed", PUBLISHED + timedelta(2)))
        assert code(settle(tx, 2, "upheld", PUBLISHED + timedelta(3))) == "out_of_turn"
        assert unwrap(batch_view(tx, VILLAGE, MARCH)).state == "publicised"


def test_an_open_one_outlives_a_new_reading_and_can_be_answered_in_a_draft(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        published(tx)
        unwrap(object_to(tx))
        unwrap(reject(tx, VILLAGE, MARCH, Authority(SUPERVISOR, PUBLISHED), "示例"))
        unwrap(settle(tx, 1, "upheld"))
        assert counts(tx) == ObjectionCounts(0, 1, 0)
        assert unwrap(batch_view(tx, VILLAGE, MARCH)).state == "draft"
        unwrap(publish(tx, VILLAGE, MARCH, by(PUBLISHED)))
        assert unwrap(object_to(tx)).objection == 2
