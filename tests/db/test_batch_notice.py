"""What is posted on a village's board of a batch: to the point what its posting then credits (四(三))."""

from datetime import date

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish, reject, review
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import CorrectionRow
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.db import rehearse, transaction
from lizhi_pos.journal.queries import balance_on
from lizhi_pos.money import Points
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.batch_notice import BatchNotice, batch_notice
from lizhi_pos.reports.batch_preview import batch_preview
from towns.small import (
    ACCOUNTANT,
    MARCH,
    MARKET_DAY,
    OTHER_VILLAGE,
    SUPERVISOR,
    VILLAGE,
    act,
    amount,
    at,
    found,
    household,
    noon,
    scores,
    workbook,
)

DAY, REVIEWED, POSTED = date(2024, 4, 10), date(2024, 4, 17), date(2024, 4, 18)
BOOK = workbook(
    households=[household("TQ0001"), household("TQ0002", head="欧阳示例"), household("TQ0003")],
    scored=scores("TQ0001", q2023_3="87.5", q2023_4="92"),
    acts=[act("TQ0001", date(2024, 3, 5), 2), act("TQ0002", date(2024, 3, 5), name="欧阳示例")],
    corrections=[CorrectionRow("TQ0001", Points(-150), "2024-03", "示例", at())],
)


def seen(engine: Engine) -> BatchNotice | Refusal:
    return rehearse(engine, lambda tx: batch_notice(tx, VILLAGE, MARCH), noon(MARKET_DAY))


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_each_household_is_to_get_what_posting_then_credits(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
    assert code(seen(engine)) == "not_found"
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(draft(tx, BOOK, ACCOUNTANT))
    assert code(seen(engine)) == "out_of_turn"
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, DAY)))
    posted = unwrap(seen(engine))
    assert (posted.published_on, posted.until) == (DAY, REVIEWED)
    told = {one.booklet: (one.head, one.base, one.volunteer, one.adjusted) for one in posted.households}
    assert told == {
        "TQ0001": ("示例户主", amount("8.98"), amount("20.00"), amount("-1.50")),
        "TQ0002": ("欧阳示例", 0, amount("10.00"), 0),
    }
    preview = rehearse(engine, lambda tx: batch_preview(tx, VILLAGE, MARCH, MARKET_DAY), noon(MARKET_DAY))
    assert not isinstance(preview, Refusal)
    sums = [sum(getattr(one, name) for one in posted.households) for name in ("base", "volunteer", "adjusted")]
    assert sums == [preview.base, preview.volunteer, preview.adjusted]
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(review(tx, VILLAGE, MARCH, Authority(SUPERVISOR, REVIEWED)))
    assert unwrap(seen(engine)) == posted
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(post_batch(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, POSTED)))
        for one in posted.households:
            facts = household_facts(tx, [one.booklet], POSTED)[one.booklet]
            assert balance_on(tx, facts.household_id, POSTED) == one.base + one.volunteer + one.adjusted
    assert code(seen(engine)) == "out_of_turn"


def test_one_that_went_back_is_a_draft_again(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        unwrap(draft(tx, BOOK, ACCOUNTANT))
        unwrap(publish(tx, VILLAGE, MARCH, Authority(ACCOUNTANT, DAY)))
        unwrap(reject(tx, VILLAGE, MARCH, Authority(SUPERVISOR, DAY), "示例异议"))
    assert code(seen(engine)) == "out_of_turn"
    assert code(rehearse(engine, lambda tx: batch_notice(tx, OTHER_VILLAGE, MARCH), noon(MARKET_DAY))) == "not_found"
