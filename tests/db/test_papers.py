"""Papers from the books: what the town's settings let them say, what is refused, and which print is which."""

from datetime import date
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, select

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.models import household_state
from lizhi_pos.checkout.certificate import GiftCertificate
from lizhi_pos.checkout.market_session import market_view
from lizhi_pos.checkout.papers import (
    MOST_COPIES,
    HouseholdCard,
    ShelfLabel,
    Sticker,
    queue_cards,
    queue_certificate,
    queue_labels,
    queue_sticker,
    redemption_of,
)
from lizhi_pos.checkout.receipt import Receipt
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption, find_redemption
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.ids import Id
from lizhi_pos.inventory.models import product
from lizhi_pos.money import Yuan
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.town.settings import set_town_setting
from towns.small import (
    ADMIN,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OTHER_VILLAGE,
    SALT,
    SOAP,
    VILLAGE,
    act,
    at,
    basket,
    gift,
    goods,
    household,
    noon,
    post,
    purchase,
    refused,
    scores,
    sell,
    stocked_shop,
    workbook,
)

HEAD, MASKED = "欧阳示例", "欧**例"


@pytest.fixture
def shop(engine: Engine) -> Engine:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        book = workbook(
            village=OTHER_VILLAGE,
            households=[household("HP0002", HEAD)],
            scored=scores("HP0002", q2023_4="90", q2024_1="90"),
            acts=[act("HP0002", date(2024, 3, 5), 5, name=HEAD)],
        )
        post(tx, book)
    return engine


def document(tx: Transaction, job_id: Id, kind: str, of: Any) -> Any:
    (job,) = print_jobs.waiting(tx, [job_id])
    assert job.kind == kind
    return msgspec.json.decode(job.document, type=of)


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def bought(tx: Transaction, **more: Any) -> Redemption:
    done: Redemption = unwrap(sell(tx, "HP0002", (SALT, 2), (SOAP, 1), **more))
    return done


def test_receipts_follow_the_towns_settings(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        masked = bought(tx)
        assert [job.kind for job in print_jobs.waiting(tx)] == ["receipt"]
        assert set_town_setting(tx, "receipt-head", "full", ADMIN) is None
        assert set_town_setting(tx, "village-copy", "yes", ADMIN) is None
        full = bought(tx)
        jobs = print_jobs.waiting(tx)
        assert [job.kind for job in jobs] == ["receipt", "receipt", "village"], "the village's comes right after"
        heads = [msgspec.json.decode(job.document, type=Receipt).head for job in jobs]
        assert heads == [MASKED, HEAD, HEAD]
        assert jobs[1].document == jobs[2].document
        assert full.print_job is not None
        assert full.print_job.id == jobs[1].id
        assert find_redemption(tx, full.redemption_id).print_job == full.print_job
        assert print_jobs.unsent(tx, full.redemption_id) == [jobs[1].id, jobs[2].id]
        again = unwrap(print_jobs.reprint(tx, full.redemption_id))
        assert [job.kind for job in print_jobs.waiting(tx, [again])] == ["receipt"]
        told = document(tx, masked.print_job.id, "receipt", Receipt) if masked.print_job else None
    assert told is not None
    assert (told.on, told.session_approved_by, told.session_reason) == (MARKET_DAY, APPROVAL.by, "示例")


def test_the_villages_copies_are_counted_by_themselves(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert set_town_setting(tx, "village-copy", "yes", ADMIN) is None
        done = bought(tx)
        unwrap(print_jobs.reprint(tx, done.redemption_id))
        village = print_jobs.unsent(tx, done.redemption_id)[1]
        print_jobs.claim(tx, village, printer="", owner="")
        print_jobs.finish(tx, village, "unknown", None)
        view = market_view(tx)
        assert not isinstance(view, Refusal)
        assert view.unknown_jobs == 0, "only receipts are the households'"
        (again,) = print_jobs.waiting(tx, [unwrap(print_jobs.retry(tx, village, CLERK))])
    assert (again.kind, again.copy) == ("village", 1)


def test_a_paper_slip_prints_neither(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert set_town_setting(tx, "village-copy", "yes", ADMIN) is None
        done = unwrap(redeem(tx, basket("HP0002", (SALT, 1), slip="Z-1"), Authority(CLERK, MARKET_DAY, APPROVAL)))
        assert print_jobs.waiting(tx) == []
        sticker = document(tx, unwrap(queue_sticker(tx, done.redemption_id)), "sticker", Sticker)
    assert sticker.number == done.receipt


def test_a_sticker_says_what_the_receipt_says(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        done = bought(tx)
        assert done.print_job is not None
        receipt = document(tx, done.print_job.id, "receipt", Receipt)
        assert redemption_of(tx, done.receipt) == done.redemption_id
        first = unwrap(queue_sticker(tx, done.redemption_id))
        sticker = document(tx, first, "sticker", Sticker)
        set_town_setting(tx, "receipt-head", "full", ADMIN)
        again = unwrap(queue_sticker(tx, done.redemption_id))
        copies = print_jobs.waiting(tx, [first, again])
    same = ("number", "on", "booklet", "head", "total", "balance_after", "chain", "shop")
    assert [getattr(sticker, name) for name in same] == [getattr(receipt, name) for name in same]
    assert [(line.name, line.quantity) for line in sticker.goods] == [("海星加碘盐400g", 2), ("舒肤佳香皂", 1)]
    assert [job.copy for job in copies] == [0, 1]
    assert copies[0].document == copies[1].document


def test_a_sticker_of_nothing_is_refused(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert code(queue_sticker(tx, tx.new_id())) == "not_found"
        assert code(redemption_of(tx, "1-2024-999999")) == "not_found"


def test_labels_are_one_paper_each_and_carry_the_price_known_now(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        goods(tx, (SOAP, "舒肤佳香皂", "4.20", 2))
        tx.change(product.update().where(product.c.code == SOAP).values(spec="115g", unit="块"))
        jobs = unwrap(queue_labels(tx, [SOAP, SALT], 2))
        labels = [document(tx, job, "label", ShelfLabel) for job in jobs]
        assert {job.copy for key in jobs if (job := print_jobs.job(tx, key))} == {0}
        assert [view.about for view in print_jobs.jobs(tx, jobs)] == [SOAP, SOAP, SALT, SALT]
    assert labels[0] == labels[1]
    assert labels[0] == ShelfLabel(
        code=SOAP, name="舒肤佳香皂", spec="115g", unit="块", price=Yuan(420), monthly_limit=2
    )
    assert labels[2].monthly_limit is None


def test_labels_are_refused_together(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert refused(queue_labels(tx, [SALT, "0000"])) == {"unknown_product"}
        for copies in (0, MOST_COPIES + 1):
            assert code(queue_labels(tx, [SALT], copies)) == "rule_broken"
        assert print_jobs.waiting(tx) == []


@pytest.mark.parametrize(("setting", "head"), [("masked", MASKED), ("full", HEAD)])
def test_a_card_names_its_household_as_the_town_sets_it(shop: Engine, setting: str, head: str) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        set_town_setting(tx, "receipt-head", setting, ADMIN)
        jobs = unwrap(queue_cards(tx, ["HP0002", "TQ0001"]))
        card = document(tx, jobs[0], "card", HouseholdCard)
        assert print_jobs.jobs(tx, jobs)[1].about == "TQ0001"
    assert card == HouseholdCard(
        shop="励志超市", town="示例镇", booklet="HP0002", head=head, village=OTHER_VILLAGE, group=""
    )


def test_a_card_for_nobody_is_refused(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        assert code(queue_cards(tx, ["HP0002", "TQ9999"])) == "unknown_household"
        (row,) = tx.all(select(household_state).where(household_state.c.head == HEAD))
        tx.insert(household_state, {**row._asdict(), "state_id": tx.new_id(), "status": "moved_out"})
        answer = queue_cards(tx, ["TQ0001", "HP0002"])
        assert code(answer) == "rule_broken"
        assert isinstance(answer, Refusal)
        assert answer.text is not None
        assert answer.text.args == ("HP0002",)
        assert print_jobs.waiting(tx) == []


def test_a_certificate_of_goods_and_of_money(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        gift(tx, "CJ-1", date(2024, 4, 5), value="500.50", village=VILLAGE)
        kind = document(tx, unwrap(queue_certificate(tx, "SW-1")), "certificate", GiftCertificate)
        money = document(tx, unwrap(queue_certificate(tx, "CJ-1")), "certificate", GiftCertificate)
    assert (kind.kind, kind.donor, kind.on, kind.made_on) == ("in_kind", "示例捐赠人", date(2024, 4, 3), MARKET_DAY)
    (salt,) = kind.goods
    assert (salt.name, salt.quantity, salt.unit_value, salt.amount) == ("海星加碘盐400g", 20, 200, 4000)
    assert (kind.total, len(kind.chain)) == (4000, 9)
    assert (money.kind, money.village, money.goods, money.total) == ("village", VILLAGE, (), 50050)


def test_a_voucher_of_several_lines_is_one_certificate_and_may_have_no_name(shop: Engine) -> None:
    rows = [
        GiftRow(
            "SW-9",
            date(2024, 4, 6),
            "in_kind",
            "示例捐赠人",
            at(row=n),
            code=which,
            quantity=3,
            unit_value=Yuan(150 * n),
            anonymous=True,
            purpose="助学",
        )
        for n, which in enumerate((SOAP, SALT), 1)
    ]
    with transaction(shop, noon(MARKET_DAY)) as tx:
        tx.change(product.update().where(product.c.code == SOAP).values(spec="115g", unit="块"))
        tx.change(product.update().where(product.c.code == SALT).values(spec="400g"))
        assert not take_gifts(tx, rows, ADMIN).errors
        made = document(tx, unwrap(queue_certificate(tx, "SW-9")), "certificate", GiftCertificate)
    assert made.donor == ""
    assert made.purpose == "助学"
    assert [(line.name, line.amount) for line in made.goods] == [("舒肤佳香皂 115g", 450), ("海星加碘盐400g", 900)]
    assert made.total == 1350


def test_further_certificates_are_counted_and_say_what_the_first_said(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        jobs = [unwrap(queue_certificate(tx, "SW-1")), unwrap(queue_certificate(tx, "SW-2"))]
    with transaction(shop, noon(date(2024, 4, 29))) as tx:
        jobs.append(unwrap(queue_certificate(tx, "SW-1")))
        print_jobs.claim(tx, jobs[0], printer="", owner="")
        print_jobs.finish(tx, jobs[0], "unknown", None)
        jobs.append(unwrap(print_jobs.retry(tx, jobs[0], CLERK)))
        views = [print_jobs.job(tx, job) for job in jobs]
        papers = [job.document for job in print_jobs.waiting(tx) if job.id in (jobs[2], jobs[3])]
    assert [(v.about, v.copy) for v in views if v] == [("SW-1", 0), ("SW-2", 0), ("SW-1", 1), ("SW-1", 2)]
    assert msgspec.json.decode(papers[0], type=GiftCertificate).made_on == MARKET_DAY
    assert papers[0] == papers[1]


def test_what_is_no_gift_has_no_certificate(shop: Engine) -> None:
    with transaction(shop, noon(MARKET_DAY)) as tx:
        unwrap(purchase(tx, "CG-1", date(2024, 4, 10), SALT, 5, "1.50"))
        for voucher in ("CG-1", "SW-404", ""):
            answer = queue_certificate(tx, voucher)
            assert code(answer) == "not_found"
        assert print_jobs.waiting(tx) == []
