"""Receiving (收货) at the screen: scans, dates, unknown goods, a second person, power cuts, two keepers (五)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from till_hands import Till, running

from lizhi_pos.access.operators import add_user
from lizhi_pos.db import reading, transaction
from lizhi_pos.inventory.products import products
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal.screens.receiving.delivery import DeliveryScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.home import HomeScreen
from towns.till import ADMIN, ADMIN_PIN, CLERK, SALT, SOAP, SUPERVISOR, SUPERVISOR_PIN, VINEGAR

KEEPER, KEEPER_PIN = "保管员", "343434"
NEW = "6920181360936"


@asynccontextmanager
async def keeping(
    engine: Engine, log: Path, name: str = KEEPER, pin: str = KEEPER_PIN, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Till]:
    """A keeper's till, at home."""
    with transaction(engine) as tx:
        if name == KEEPER:
            add_user(tx, KEEPER, "keeper", KEEPER_PIN)
    async with running(engine, log, name, pin, size=size) as till:
        await till.until(lambda: isinstance(till.app.screen, SellScreen | HomeScreen))
        if isinstance(till.app.screen, SellScreen):
            await till.until(lambda: till.counter.opened is not None)
            till.keys("f10")
        await till.until_screen(HomeScreen)
        await till.until(lambda: "receive a gift" in till.shown("#middle"))
        yield till


async def begin(till: Till, row: str = "11", giver: str = "示例超市") -> None:
    """Open receiving and say who gives the goods."""
    till.scan(row)
    await till.until_screen(FormDialog)
    if row == "11":
        await till.fill(giver, "慰问", "", "")
    else:
        await till.fill(giver, "示例001", KEEPER, "", "")
    await till.until_screen(DeliveryScreen)


def lines(till: Till) -> list[tuple[str, int, date | None]]:
    """What the screen holds."""
    assert isinstance(till.app.screen, DeliveryScreen)
    assert till.app.screen._delivery is not None
    return [(x.code, x.quantity, x.expires_on) for x in till.app.screen._delivery.lines]


async def typed(till: Till, *texts: str) -> None:
    """Type by hand, slower than a scanner."""
    for words in texts:
        for sign in words:
            till.by_a_hand()
            till.keys(sign)
        till.by_a_hand()
        till.keys("enter")
        await till.idle()


def soon(engine: Engine, days: int) -> date:
    with reading(engine) as tx:
        return today(tx) + timedelta(days)


def on_hand(engine: Engine, code: str) -> int:
    with reading(engine) as tx:
        return next(p.on_hand for p in stock_on(tx, today(tx)) if p.code == code)


async def test_a_mixed_box(town: Engine, log: Path) -> None:
    """Known goods by scan and date, one unknown, its scan going on; then gift and lots in one act."""
    before, first, then = on_hand(town, SALT), soon(town, 90), soon(town, 120)
    async with keeping(town, log) as till:
        await begin(till)
        till.scan(SALT, SALT, SALT, VINEGAR)
        await till.idle()
        await typed(till, f"{first:%y%m%d}")
        till.scan(SALT)
        await typed(till, f"{then:%Y-%m-%d}", "24*", "@1.50")
        assert lines(till) == [(SALT, 3, None), (SALT, 24, then), (VINEGAR, 1, first)]
        till.scan(NEW)
        await till.until_screen(FormDialog)
        await till.fill("示例毛巾", "5", "条", "日用", "")
        await till.until_screen(DeliveryScreen)
        assert lines(till)[-1] == (NEW, 1, None)
        till.keys("f10")
        await till.until_screen(Confirm)
        till.keys("f10")
        await till.until(lambda: isinstance(till.app.screen, Confirm) and on_hand(town, SALT) > before)
        till.keys("f7")
        await till.until_screen(HomeScreen)
    assert on_hand(town, SALT) == before + 27
    assert on_hand(town, NEW) == 1
    with transaction(town) as tx:
        assert next(p.unit for p in products(tx) if p.code == NEW) == "条"
        assert verify(tx).ok
        papers = tx.connection.execute(text("SELECT kind FROM print_job ORDER BY job_id")).scalars().all()
        assert sorted(papers) == ["certificate", "label", "label", "label"]
        assert tx.connection.execute(text("SELECT count(*) FROM delivery")).scalar() == 0


async def test_the_last_unit_is_offered_and_another_is_typed_over_it(town: Engine, log: Path) -> None:
    """Of three unknown goods the second is of another unit, the third of the same as the second."""
    fresh = (NEW, "6923450657713", "6902083881405")
    async with keeping(town, log) as till:
        await begin(till)
        for code, unit in zip(fresh, ("条", "支", ""), strict=True):
            till.scan(code)
            await till.until_screen(FormDialog)
            await till.fill(f"示例{unit or '盒'}", "5", unit, "日用" if unit == "条" else "", "")
            await till.until_screen(DeliveryScreen)
    with reading(town) as tx:
        units = {p.code: (p.unit, p.category) for p in products(tx)}
    assert [units[code] for code in fresh] == [("条", "日用"), ("支", "日用"), ("支", "日用")]


async def test_what_is_wrong_of_new_goods_is_shown_in_its_field(town: Engine, log: Path) -> None:
    async with keeping(town, log) as till:
        await begin(till)
        till.scan(NEW)
        await till.until_screen(FormDialog)
        await till.fill("示例毛巾", "5", "条", "日用", "一年")
        await till.until(lambda: "is no number of days" in till.shown("#message"))
        await till.fill("365")
        await till.until_screen(DeliveryScreen)
        assert lines(till) == [(NEW, 1, soon(town, 365))]


async def test_a_date_is_of_what_was_scanned_last(town: Engine, log: Path) -> None:
    first, then = soon(town, 90), soon(town, 120)
    async with keeping(town, log) as till:
        await begin(till)
        till.scan(SALT, SALT)
        await typed(till, f"{first:%y%m%d}")
        # the second one has this date, and further ones have it too until another is said
        till.scan(SALT, SALT)
        await till.idle()
        assert lines(till) == [(SALT, 1, None), (SALT, 3, first)]
        await typed(till, f"{then:%y%m%d}")
        assert lines(till) == [(SALT, 1, None), (SALT, 2, first), (SALT, 1, then)]
        till.keys("up", "up")
        await typed(till, f"{then:%y%m%d}")
        assert lines(till) == [(SALT, 2, first), (SALT, 2, then)]


async def test_what_is_no_goods_is_refused_and_leaves_no_trace(town: Engine, log: Path) -> None:
    async with keeping(town, log) as till:
        await begin(till)
        till.scan(SALT)
        await till.idle()
        held = lines(till)
        for scan, words in (
            ("GZ0012", "is a household's booklet"),
            ("69012345678", "has 11 digits"),
            ("6901234567891", "check digit"),
            ("1+1", "is no code"),
        ):
            rings = till.bells
            till.scan(scan)
            await till.idle()
            assert words in till.shown("#notice"), scan
            assert (lines(till), till.bells) == (held, rings + 1)
        for entry, words in (
            ("0*6901234567892", "whole number from 1"),
            ("2.5*6901234567892", "whole number from 1"),
            ("@0", "is not an amount"),
            (f"{soon(town, -1):%y%m%d}", "is past"),
            ("269931", "is no day of the calendar"),
        ):
            await typed(till, entry)
            assert words in till.shown("#notice"), entry
            assert lines(till) == held


async def test_so_many_and_so_far_ahead_are_asked(town: Engine, log: Path) -> None:
    far = soon(town, 4000)
    async with keeping(town, log) as till:
        await begin(till)
        till.scan(SALT)
        await typed(till, "10000*")
        await till.until_screen(Confirm)
        till.keys("escape")
        await till.until_screen(DeliveryScreen)
        assert lines(till) == [(SALT, 1, None)]
        await typed(till, f"{far:%y%m%d}")
        await till.until_screen(Confirm)
        till.keys("f2")
        await till.until_screen(DeliveryScreen)
        assert lines(till) == [(SALT, 1, far)]
        till.keys("-")
        await till.idle()
        assert lines(till) == []


async def test_a_power_cut_loses_nothing_that_was_shown(town: Engine, log: Path) -> None:
    async with keeping(town, log) as till:
        await begin(till)
        till.scan(SALT, VINEGAR, SOAP)
        await typed(till, "7*")
        told = lines(till)
    async with keeping(town, log) as till:
        till.scan("11")
        await till.until_screen(DeliveryScreen)
        await till.idle()
        assert lines(till) == told
        assert KEEPER in till.shown("#notice")
        till.keys("f8")
        await till.until_screen(Confirm)
        till.keys("f8")
        await till.until_screen(HomeScreen)
    with transaction(town) as tx:
        assert tx.connection.execute(text("SELECT count(*) FROM delivery")).scalar() == 0


async def test_two_keepers_at_one_delivery(town: Engine, log: Path) -> None:
    """Who comes second is told; nothing comes in twice."""
    before = on_hand(town, SALT)
    async with keeping(town, log) as first:
        await begin(first)
        first.scan(SALT)
        await first.idle()
        async with keeping(town, log) as second:
            second.scan("11")
            await second.until_screen(DeliveryScreen)
            second.scan(SALT)
            await second.idle()
            first.scan(SALT)
            await first.idle()
            assert "Somebody else went on" in first.shown("#notice")
            second.keys("f10")
            await second.until_screen(Confirm)
            second.keys("f10")
            await second.until(lambda: on_hand(town, SALT) == before + 2)
        first.keys("f10")
        await first.until_screen(Confirm)
        first.keys("f10")
        await first.until_screen(DeliveryScreen)
        assert "Somebody else went on" in first.shown("#notice")
    assert on_hand(town, SALT) == before + 2


async def test_a_purchase_is_signed_by_a_second_person(town: Engine, log: Path) -> None:
    from lizhi_pos.donations.import_rows import GiftRow
    from lizhi_pos.money import Yuan
    from lizhi_pos.receiving.files import take_gifts
    from towns.till import AT

    with transaction(town) as tx:
        by = unwrap(add_user(tx, "会计", "accountant", "565656"))
        taken = take_gifts(tx, [GiftRow("XJ-9", today(tx), "cash", "示例", AT, amount=Yuan(50_00))], by)
        assert not taken.errors
    before = on_hand(town, SALT)
    async with keeping(town, log, "会计", "565656") as till:
        await begin(till, "12", "示例批发部")
        till.scan(SALT)
        await typed(till, "10*", "@4.00")
        till.keys("f10")
        await till.until_screen(FormDialog)
        await till.fill("补货", SUPERVISOR, SUPERVISOR_PIN)
        await till.until(lambda: on_hand(town, SALT) == before + 10)
        till.keys("escape")
        await till.until_screen(HomeScreen)
        # what the pool does not cover is refused, and the delivery stays
        await begin(till, "12", "示例批发部")
        till.scan(SALT)
        await typed(till, "10*", "@4.00")
        till.keys("f10")
        await till.until_screen(FormDialog)
        await till.fill("补货", SUPERVISOR, SUPERVISOR_PIN)
        await till.until_screen(DeliveryScreen)
        assert "does not cover" in till.shown("#notice")
        assert lines(till) == [(SALT, 10, None)]
    with transaction(town) as tx:
        row = tx.connection.execute(text("SELECT recorded_by, approved_by, invoice FROM purchase")).one()
        assert tuple(row) == ("会计", SUPERVISOR, "示例001")
        assert verify(tx).ok


async def test_a_keeper_buys_nothing_and_a_clerk_receives_nothing(town: Engine, log: Path) -> None:
    async with keeping(town, log) as till:
        assert "receive a purchase" not in till.shown("#middle")
    async with running(town, log, CLERK, "111222") as till:
        await till.until(lambda: isinstance(till.app.screen, SellScreen) and till.counter.opened is not None)
        till.keys("f10")
        await till.until_screen(HomeScreen)
        await till.until(lambda: "training" in till.shown("#middle"))
        assert "receive" not in till.shown("#middle")


async def test_the_administrator_receives_at_a_wide_screen(town: Engine, log: Path) -> None:
    async with keeping(town, log, ADMIN, ADMIN_PIN, (120, 40)) as till:
        await begin(till)
        till.scan(SALT)
        await till.idle()
        assert "示例超市" in till.shown("#detail")
        assert SALT in till.shown("#detail")
