"""Gifts and the pool behind the counter: who sees what, what became of each voucher, and who may do which act."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator, Role
from lizhi_pos.cell_errors import TYPED
from lizhi_pos.db import transaction
from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.money import Yuan
from lizhi_pos.office.gifts import GiftsService, MoneyGift
from lizhi_pos.office.pool_rows import VIEWS, PoolList, rows_of, views_of
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.receiving.typed import add_gift, add_purchase
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.donors import ANONYMOUS
from lizhi_pos.reports.pool_board import GiftDetail, PledgeDetail, PurchaseDetail
from lizhi_pos.settlement.verification import verify
from towns.approvals import approval_of
from towns.small import ACCOUNTANT, APPROVAL, MARKET_DAY, SALT, SUPERVISOR, noon, sell, stocked_shop

ROLES: tuple[Role, ...] = ("clerk", "keeper", "accountant", "supervisor", "admin")
HIDDEN = "隐名示例"
KEEPERS = ("accountant", "admin")


@pytest.fixture
def shop(engine: Engine) -> Engine:
    """The stocked shop, an anonymous gift of money, goods bought of the pool, and some of them sold."""
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        hidden = GiftRow("XJ-2", date(2024, 4, 5), "cash", HIDDEN, TYPED, Yuan(5000), anonymous=True)
        unwrap(add_gift(tx, [hidden], ACCOUNTANT))
        bought = PurchaseRow("CG-1", date(2024, 4, 6), "示例商行", SALT, 500, Yuan(205), TYPED, from_gift="XJ-2")
        unwrap(add_purchase(tx, [bought], ACCOUNTANT, APPROVAL))
        unwrap(sell(tx, "TQ0001", (SALT, 12)))
    return engine


def by(role: Role) -> Operator:
    return Operator("某人示例", role)


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_which_lists_and_whose_names(shop: Engine, role: Role) -> None:
    board = GiftsService(shop).board(by(role))
    if role == "clerk":
        assert isinstance(board, Refusal)
        return
    assert not isinstance(board, Refusal)
    assert views_of(board) == (("gifts",) if role == "keeper" else VIEWS)
    told = str(board)
    assert (HIDDEN in told) == (role != "keeper")
    assert (ANONYMOUS in told) == (role == "keeper")
    for view in VIEWS[1:]:
        assert bool(rows_of(board, view)) == (role != "keeper" and view != "pledges")


def test_each_voucher_tells_what_became_of_it_and_of_no_household(shop: Engine) -> None:
    service = GiftsService(shop)
    gift = service.detail("gifts", "XJ-2", ACCOUNTANT)
    assert isinstance(gift, GiftDetail)
    assert gift.story is not None
    assert (gift.story.spent, gift.story.left) == (5000, 0)
    bought = service.detail("book", "CG-1", ACCOUNTANT)
    assert isinstance(bought, PurchaseDetail)
    assert [(part.voucher, part.amount) for part in bought.paid_by] == [("XJ-1", 97500), ("XJ-2", 5000)], (
        "the gift it names pays first"
    )
    assert [(lot.quantity, lot.redeemed, lot.on_hand) for lot in bought.lots] == [(500, 0, 500)]
    assert service.detail("gifts", "404", ACCOUNTANT) is None
    assert "TQ0001" not in str(gift) + str(bought)
    assert isinstance(service.detail("purchases", "CG-1", by("keeper")), Refusal)


def test_a_pledge_tells_which_gifts_keep_it(shop: Engine) -> None:
    service = GiftsService(shop)
    made = unwrap(service.add_pledge("示例商会", Yuan(30000), date.today() + timedelta(30), "助学", ACCOUNTANT))
    given = MoneyGift(
        kind="cash", voucher="XJ-9", on=date(2024, 4, 9), donor="示例商会", amount=Yuan(10000), pledge=made.pledge
    )
    unwrap(service.add_gift(given, ACCOUNTANT))
    told = service.detail("pledges", str(made.pledge), ACCOUNTANT)
    assert isinstance(told, PledgeDetail)
    assert (told.pledge.state, [g.voucher for g in told.gifts]) == ("part", ["XJ-9"])
    assert service.detail("pledges", "404", ACCOUNTANT) is None


def test_an_undone_voucher_stays_in_its_list_and_says_why(shop: Engine) -> None:
    service = GiftsService(shop)
    given = MoneyGift(kind="sponsor", voucher="ZZ-9", on=date(2024, 4, 9), donor="示例商会", amount=Yuan(10000))
    unwrap(service.add_gift(given, ACCOUNTANT))
    unwrap(service.void("gift", "ZZ-9", approval_of(SUPERVISOR.name, "记错"), ACCOUNTANT))
    shown = PoolList(unwrap(service.board(ACCOUNTANT)))
    assert shown.find("ZZ-9")
    assert shown.row is not None
    assert (shown.row.tag, shown.row.rest) == ("voided", None)
    told = service.detail("gifts", "ZZ-9", ACCOUNTANT)
    assert isinstance(told, GiftDetail)
    assert told.story is None
    assert told.undone is not None
    assert told.undone.reason == "记错"
    with transaction(shop) as tx:
        assert verify(tx).ok


def test_a_voucher_of_the_day_that_is_free_is_proposed(shop: Engine) -> None:
    service = GiftsService(shop)
    first = unwrap(service.proposals("cash", ACCOUNTANT))
    given = MoneyGift(kind="cash", voucher=first.voucher, on=first.day, donor="示例", amount=Yuan(100))
    unwrap(service.add_gift(given, ACCOUNTANT))
    second = unwrap(service.proposals("cash", ACCOUNTANT))
    assert second.voucher != first.voucher
    assert second.donors[0] == "示例"
    other = MoneyGift(kind="cash", voucher=first.voucher, on=first.day, donor="示例", amount=Yuan(200))
    assert isinstance(service.add_gift(other, ACCOUNTANT), Refusal)


_APPROVAL = approval_of(SUPERVISOR.name, "示例")
ACTS: dict[str, tuple[tuple[str, ...], Callable[[GiftsService, Operator], Any]]] = {
    "proposals": (KEEPERS, lambda s, who: s.proposals("cash", who)),
    "add_gift": (
        KEEPERS,
        lambda s, who: s.add_gift(
            MoneyGift(kind="cash", voucher="XJ-8", on=date(2024, 4, 9), donor="示例", amount=Yuan(1)), who
        ),
    ),
    "add_pledge": (KEEPERS, lambda s, who: s.add_pledge("示例", Yuan(1), date(2999, 1, 1), "", who)),
    "say_bank": (KEEPERS, lambda s, who: s.say_bank(date(2024, 4, 9), Yuan(1), who)),
    "change_purpose": (KEEPERS, lambda s, who: s.change_purpose("XJ-1", "助老", _APPROVAL, who)),
    "void": (KEEPERS, lambda s, who: s.void("gift", "404", _APPROVAL, who)),
    "print_certificate": (("keeper", *KEEPERS), lambda s, who: s.print_certificate("XJ-1", who)),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ROLES)
def test_every_act_asks_for_its_right(shop: Engine, role: Role, act: str) -> None:
    may, do = ACTS[act]
    answer = do(GiftsService(shop), by(role))
    refused = isinstance(answer, Refusal) and answer.code == "not_allowed"
    assert refused == (role not in may)
    with transaction(shop) as tx:
        assert verify(tx).ok
        assert bool(print_jobs.queue(tx)) or act != "print_certificate" or refused
