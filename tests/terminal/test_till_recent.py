"""Where the screen is wide the household's last entries stand beside its basket."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from till_hands import selling

from lizhi_pos.access.operators import Operator
from lizhi_pos.refusal import unwrap
from lizhi_pos.till.service import MOST_RECENT, TillService
from towns.till import SALT, SOAP, VINEGAR, basket_of


def visits(engine: Engine, times: int) -> None:
    service, clerk = TillService(engine), Operator("王晓燕", "clerk")
    for at in range(times):
        unwrap(service.redeem(basket_of("GZ0012", (SALT, 1), key=f"{at}"), clerk))


@pytest.mark.parametrize(
    ("size", "beside"), [((80, 24), False), ((100, 30), False), ((120, 40), True), ((200, 50), True)]
)
async def test_a_wide_screen_shows_the_last_entries(
    town: Engine, log: Path, size: tuple[int, int], beside: bool
) -> None:
    visits(town, 2)
    async with selling(town, log, size) as till:
        till.scan("GZ0012", SOAP)
        await till.until(lambda: till.counter.recent != ())
        rows = till.shown("#middle").splitlines()
        assert ("Last entries" in rows[0]) == beside
        assert all(len(row) <= size[0] for row in rows)
        assert "舒肤佳香皂" in rows[0]
        if beside:
            assert rows[1].split("│")[1].split()[1:] == ["redemption", "-2.50", "595.00"]
            assert rows[2].split("│")[1].split()[-2:] == ["-2.50", "597.50"]
            assert rows[3].split("│")[1].split()[-1] == "600.00"


async def test_they_are_the_present_households_and_new_in_its_next_turn(town: Engine, log: Path) -> None:
    async with selling(town, log, (120, 40)) as till:
        till.scan("GZ0012", VINEGAR)
        await till.until(lambda: bool(till.counter.recent))
        assert "-6.00" not in till.shown("#middle")
        await till.enter()
        await till.idle()
        assert till.counter.recent == ()
        till.scan("DT0037")
        await till.until(lambda: bool(till.counter.recent))
        assert "-6.00" not in till.shown("#middle")
        till.scan("GZ0012")
        await till.until(lambda: "-6.00" in till.shown("#middle"))
        assert till.counter.recent[0].after == till.counter.basket.household.balance


def test_no_more_than_fit(town: Engine) -> None:
    visits(town, MOST_RECENT + 5)
    found = TillService(town).recent_entries("GZ0012")
    assert len(found) == MOST_RECENT
    assert [entry.after for entry in found] == [60000 - 250 * n for n in range(MOST_RECENT + 5, 5, -1)]
    assert TillService(town).recent_entries("GZ9999") == []


async def test_entries_that_cannot_be_read_stop_nothing(
    town: Engine, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with selling(town, log, (120, 40)) as till:
        monkeypatch.setattr(till.counter.opened.service, "recent_entries", lambda booklet: 1 // 0)
        till.scan("GZ0012", SALT)
        await till.enter()
        assert till.counter.last.redemption.booklet == "GZ0012"
        assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
