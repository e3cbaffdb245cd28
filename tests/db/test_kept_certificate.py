"""收讫凭证 on A4 says what the printer's first one said; a gift that was undone has none."""

from datetime import date, timedelta

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.papers import certificate_to_keep, queue_certificate
from lizhi_pos.db import transaction
from lizhi_pos.documents.gift_paper import gift_paper
from lizhi_pos.receiving.voids import void_voucher
from lizhi_pos.refusal import Refusal, unwrap
from towns.approvals import approval_of
from towns.small import ACCOUNTANT, SALT, SUPERVISOR, found, gift, noon

DAY = date(2024, 4, 2)
LATER = DAY + timedelta(9)


def test_it_is_as_it_was_printed_first_also_on_a_later_day(engine: Engine) -> None:
    with transaction(engine, noon(DAY)) as tx:
        found(tx)
        gift(tx, "SW-1", DAY, code=SALT, quantity=20, value="2.00")
        gift(tx, "XJ-1", DAY, value="100.00")
        unwrap(queue_certificate(tx, "SW-1"))
        first = unwrap(certificate_to_keep(tx, "SW-1"))
        assert first.made_on == DAY
    with transaction(engine, noon(LATER)) as tx:
        again = unwrap(certificate_to_keep(tx, "SW-1"))
        assert again == first
        assert gift_paper(again) == gift_paper(first)
        assert unwrap(certificate_to_keep(tx, "XJ-1")).made_on == LATER, "never printed: made now"


def test_a_gift_that_was_undone_has_none_on_any_paper(engine: Engine) -> None:
    with transaction(engine, noon(DAY)) as tx:
        found(tx)
        gift(tx, "XJ-1", DAY, value="100.00")
        by = Authority(ACCOUNTANT, DAY, approval_of(SUPERVISOR.name))
        unwrap(void_voucher(tx, "gift", "XJ-1", "示例", by))
        for answer in (certificate_to_keep(tx, "XJ-1"), queue_certificate(tx, "XJ-1")):
            assert isinstance(answer, Refusal)
            assert answer.code == "rule_broken"
