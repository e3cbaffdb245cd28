"""Today's receipts at the till: looking, printing again, taking goods back."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from till_hands import Till, selling

from lizhi_pos.access.operators import Operator
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.refusal import InvariantViolated, Refusal, unwrap
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.till.service import TillService
from towns.till import ADMIN, CLERK, SALT, SUPERVISOR, SUPERVISOR_PIN, VINEGAR, basket_of, build_town


async def sell_two(till: Till) -> None:
    till.scan("GZ0012", SALT, SALT, VINEGAR)
    await till.enter()
    till.scan("DT0037", SALT)
    await till.enter()
    till.keys("f9")
    await till.until_screen(ReceiptsScreen)
    await till.idle()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_todays_receipts_newest_first(town: Engine, log: Path, size: tuple[int, int]) -> None:
    async with selling(town, log, size) as till:
        await sell_two(till)
        names, first, second = till.shown("#middle").splitlines()
        assert "Clerk" in names
        assert first.startswith("▸")
        assert "王芳" in first
        assert CLERK in first
        assert "张建国" in second
        assert "receipts 2, points 13.50" in till.shown("#header")
        till.keys("down")
        await till.enter()
        assert "恒顺香醋" in till.shown("#middle")
        till.keys("f7")
        await till.idle()
        assert "000001 is printed again, copy 1" in till.shown("#notice")
        till.keys("escape")
        await till.idle()
        assert isinstance(till.app.screen, ReceiptsScreen)
        till.keys("escape")
        await till.until_screen(SellScreen)


async def test_a_scan_on_the_list_rings_and_opens_nothing(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await sell_two(till)
        till.scan(SALT, "GZ0012")
        till.keys("ctrl+j")
        await till.idle()
        assert till.bells == 2
        assert "海星" not in till.shown("#middle")
        till.keys("escape")
        await till.until_screen(SellScreen)
        assert till.counter.basket is None


async def test_nothing_was_redeemed_yet(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.idle()
        assert "Nothing was redeemed today" in till.shown("#middle")
        till.keys("f6", "f7")
        await till.enter()
        assert till.bells >= 1
        assert isinstance(till.app.screen, ReceiptsScreen)


async def test_a_whole_receipt_comes_back(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await sell_two(till)
        till.keys("f6")
        await till.until_screen(FormDialog)
        await till.fill("拿错了", "1", "999999")
        await till.until(lambda: "not right" in till.shown("#message"))
        await till.fill(SUPERVISOR_PIN)
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "2.50 points are back" in till.shown("#notice"))
        assert "points 13.50, back 2.50, net 11.00" in till.shown("#header")
        till.keys("f6")
        await till.idle()
        assert "came back before" in till.shown("#notice")


async def test_one_line_comes_back_while_its_household_is_at_the_counter(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT, SALT, VINEGAR)
        await till.enter()
        till.scan("GZ0012")
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.enter()
        till.keys("f6")
        await till.until_screen(FormDialog)
        await till.fill("3")
        till.keys("backspace")
        await till.fill("1", "拿错了", "1", SUPERVISOR_PIN)
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "2.50 points are back" in till.shown("#notice"))
        assert "1 came back" in till.shown("#middle")
        till.keys("escape", "escape")
        await till.until_screen(SellScreen)
        await till.until(lambda: till.counter.basket.household.balance == 60000 - 850)


def test_receipts_and_returns_in_the_books(engine: Engine) -> None:
    build_town(engine)
    service = TillService(engine)
    clerk, shop = Operator(CLERK, "clerk"), unwrap(service.trading_day())
    assert tuple(who.name for who in OfficeService(engine).approvers(clerk)) == tuple(sorted([ADMIN, SUPERVISOR]))
    assert isinstance(OfficeService(engine).approve(SUPERVISOR, "000000", "", clerk), Refusal)
    approval = unwrap(OfficeService(engine).approve(SUPERVISOR, SUPERVISOR_PIN, "示例", clerk))
    assert (approval.by, approval.reason) == (SUPERVISOR, "示例")
    done = unwrap(service.redeem(basket_of("GZ0012", (SALT, 3), key="key", proxy="李小红", relation="儿媳"), clerk))
    assert unwrap(service.reprint(done.redemption_id, "1", clerk)) == 1
    assert unwrap(service.return_goods(done.receipt, [(SALT, 1)], approval, clerk)).total == 250
    (receipt,) = service.issued(shop)
    assert (receipt.head, receipt.total, receipt.back) == ("张建国", 750, 250)
    (line,) = service.issued_lines(receipt.redemption_id)
    assert (line.quantity, line.back, line.left) == (3, 1, 2)
    assert isinstance(service.return_goods(done.receipt, [(SALT, 3)], approval, clerk), Refusal)


async def test_after_a_failure_the_list_says_what_came_back(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with selling(town, log) as till:
        await sell_two(till)
        opened = till.selling.counter.opened
        assert opened is not None
        service = opened.service
        real = service.return_goods

        def fails(*given: Any) -> Any:
            real(*given)
            raise InvariantViolated("the plug was pulled")

        monkeypatch.setattr(service, "return_goods", fails)
        till.keys("down")
        await till.enter()
        till.keys("f6")
        await till.until_screen(FormDialog)
        await till.fill("1", "拿错了", "1", SUPERVISOR_PIN)
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "The machine failed" in till.shown("#notice"))
        assert "1 came back" in till.shown("#middle")
        assert "the plug was pulled" in log.read_text(encoding="utf-8")


async def test_a_list_that_cannot_be_read_claims_nothing(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with selling(town, log) as till:
        monkeypatch.setattr(till.counter.opened.service, "issued", lambda *given: 1 // 0)
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "The machine failed" in till.shown("#notice"))
        assert till.shown("#middle").strip() == ""
        till.keys("escape")
        await till.until_screen(SellScreen)


async def test_a_receipts_barcode_finds_it(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        for booklet in ("GZ0012", "DT0012"):
            till.scan(booklet, SALT)
            await till.enter()
        number = till.counter.last.redemption.receipt
        first = f"{number[:-1]}1"
        till.scan(first)
        await till.idle()
        assert "is a receipt" in till.shown("#notice")
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        till.scan(first)
        await till.until(lambda: "海星加碘盐" in till.shown("#middle"))
        assert "GZ0012" in till.shown("#middle")
        till.scan("1-2020-000001")
        await till.until(lambda: "There is no receipt" in till.shown("#notice"))
