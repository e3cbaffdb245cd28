"""Goods of several lines come back at once, chosen by keys or by scanning them, for a reason given by its number."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from till_hands import Till, selling

from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from towns.till import RICE, SALT, SOAP, SUPERVISOR_PIN, VINEGAR


async def on_the_lines(till: Till) -> None:
    till.scan("GZ0012", f"3*{SALT}", f"2*{VINEGAR}", SOAP)
    await till.enter()
    till.keys("f9")
    await till.until_screen(ReceiptsScreen)
    await till.idle()
    await till.enter()
    await till.until(lambda: "海星" in till.shown("#middle"))


def came_back(engine: Engine) -> list[tuple[str, int, str]]:
    """Code, quantity and reason of all that came back, and how many returns that were."""
    with engine.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT p.code, SUM(l.quantity), r.reason FROM redemption_return r "
                "JOIN redemption_return_lot l USING (town_id, return_id) "
                "JOIN redemption_line x "
                "ON x.town_id = l.town_id AND x.redemption_id = l.redemption_id AND x.line = l.line "
                "JOIN product p ON p.town_id = x.town_id AND p.product_id = x.product_id "
                "GROUP BY p.code, r.reason ORDER BY p.code"
            )
        )
        return [(code, int(quantity), reason) for code, quantity, reason in rows]


@pytest.mark.parametrize("by_scan", [True, False])
async def test_several_lines_come_back_at_once(town: Engine, log: Path, by_scan: bool) -> None:
    async with selling(town, log) as till:
        await on_the_lines(till)
        assert "F6" in till.shown("#notice")
        if by_scan:
            till.scan(SALT, VINEGAR, SALT)
        else:
            till.keys("+", "+", "down", "+")
        await till.idle()
        assert "3 pieces, 11.00 points" in till.shown("#notice")
        assert "take back 2" in till.shown("#middle")
        till.keys("f6")
        await till.until_screen(FormDialog)
        heading = till.app.screen._heading  # type: ignore[attr-defined]
        assert heading.args[:2] == ("3", "11.00")
        assert "3 broken or expired" in till.form_shown()
        await till.fill("3", "1", SUPERVISOR_PIN)
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "11.00 points are back" in till.shown("#notice"))
        assert came_back(town) == [(SALT, 2, "broken or expired"), (VINEGAR, 1, "broken or expired")]
        with town.begin() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM redemption_return")).scalar() == 1
        assert "take back" not in till.shown("#middle")
        assert "2 came back" in till.shown("#middle")


async def test_no_more_than_is_left_and_nothing_that_is_not_in_it(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        await on_the_lines(till)
        till.keys("down", "down", "+", "+")
        await till.idle()
        assert "No more of [/]促销 舒肤佳香皂" in till.shown("#notice")
        assert till.bells == 1
        till.scan(RICE)
        await till.idle()
        assert till.bells == 2
        assert "1 piece" not in till.shown("#notice")
        till.keys("delete", "-")
        await till.idle()
        assert "take back" not in till.shown("#middle")
        till.keys("escape")
        await till.idle()
        till.keys("+")
        await till.idle()
        assert till.bells >= 4


async def test_a_reason_of_ones_own_is_typed(town: Engine, log: Path) -> None:
    async with selling(town, log, lang="zh") as till:
        await on_the_lines(till)
        till.scan(SOAP)
        till.keys("f6")
        await till.until_screen(FormDialog)
        assert "1 拿错了" in till.form_shown()
        await till.fill("示例原因", "1", SUPERVISOR_PIN)
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: came_back(town) == [(SOAP, 1, "示例原因")])


async def test_a_number_among_the_lines_marks_a_line_and_no_other_receipt(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("DT0037", SALT)
        await till.enter()
        await on_the_lines(till)
        till.scan("2")
        await till.idle()
        assert till.shown("#middle").splitlines()[2].startswith("▸")
        till.keys("f6")
        await till.until_screen(FormDialog)
        await till.fill("1", "1", "1", SUPERVISOR_PIN)
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: came_back(town) == [(VINEGAR, 1, "wrong goods")])
