"""The till's acts on the books, on both databases."""

from datetime import timedelta

from sqlalchemy import Engine

from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.till.service import TillService
from towns.till import ADMIN, ADMIN_PIN, CLERK, CLERK_PIN, SALT, SOON, SUPERVISOR, SUPERVISOR_PIN, basket_of, build_town


def test_a_day_at_the_counter(engine: Engine) -> None:
    build_town(engine, open_it=False)
    service = TillService(engine)
    back = OfficeService(engine)
    assert [who.name for who in back.people()] == [*sorted([CLERK, ADMIN]), SUPERVISOR]
    assert isinstance(back.sign_in(CLERK, "000000", "1"), Refusal)
    assert unwrap(back.sign_in(SUPERVISOR, SUPERVISOR_PIN, "1")).role == "supervisor"
    clerk = unwrap(back.sign_in(CLERK, CLERK_PIN, "1"))
    closed = unwrap(service.trading_day())
    assert closed.market_session is None
    assert closed.redemption_day
    unwrap(back.open_session(clerk))
    shop = unwrap(service.trading_day())
    assert shop.market_session is not None
    goods = {g.code: g for g in service.shelf(shop)}
    assert goods[SALT].price == 250
    assert goods[SALT].expires is None
    assert goods[SOON].expires == shop.day + timedelta(days=5)
    assert [h.booklet for h in service.with_digits("0012")] == ["DT0012", "GZ0012"]
    assert service.with_digits("2") == []
    assert service.learn(4) == (4, 5)
    assert service.learn(1000) == (5, 5)
    assert [h.head for h in service.find_households("CXF")] == ["单小芳"]
    household = unwrap(service.serve("GZ0012", clerk))
    assert household.reasons == ()
    assert household.balance == 60000
    assert isinstance(service.serve("GZ9999", clerk), Refusal)
    basket = basket_of("GZ0012", (SALT, 2), key="key")
    first = unwrap(service.redeem(basket, clerk))
    assert unwrap(service.redeem(basket, clerk)) == first
    assert unwrap(service.serve("GZ0012", clerk)).balance == 59500
    assert [job.state for job in back.printing()[1]] == ["queued"]


def test_a_closed_day_is_opened_again_with_a_second_person(engine: Engine) -> None:
    build_town(engine)
    service = TillService(engine)
    back = OfficeService(engine)
    admin = unwrap(back.sign_in(ADMIN, ADMIN_PIN, "1"))
    unwrap(back.close_session(admin, unwrap(service.trading_day()).day))
    assert unwrap(service.trading_day()).closed_today
    assert isinstance(back.open_session(admin), Refusal)
    assert isinstance(back.approve(ADMIN, ADMIN_PIN, "示例", admin), Refusal)
    assert isinstance(back.approve(SUPERVISOR, "000000", "示例", admin), Refusal)
    unwrap(back.open_session(admin, unwrap(back.approve(SUPERVISOR, SUPERVISOR_PIN, "示例", admin))))
