"""The two walks: from a receipt on the screen to the cell that earned its points, and back to every receipt of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from job_hands import at_job, press, typed
from sqlalchemy import Engine
from till_hands import Till, selling

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.checkout.basket import Wanted
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.db import transaction
from lizhi_pos.money import Points
from lizhi_pos.receiving.codes import split_household
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal.screens.households.origin import OriginScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from towns.approvals import approval_of
from towns.households import BY, FILE, FIRST, WIFE, add_households
from towns.shelf import ACCOUNTANT
from towns.till import SALT, SUPERVISOR, VINEGAR

FIRST_CELL = "天桥村台账.xlsx 志愿服务!E2"


@pytest.fixture
def shop(town: Engine) -> Iterator[Engine]:
    add_households(town)
    yield town
    with transaction(town) as tx:
        assert verify(tx).ok


async def sell(till: Till, *goods: str) -> None:
    till.scan(FIRST, *goods)
    await till.enter()
    await till.idle()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_from_a_receipt_to_its_cell_and_from_there_to_every_receipt(
    shop: Engine, log: Path, size: tuple[int, int]
) -> None:
    async with selling(shop, log, size) as till:
        await sell(till, SALT, SALT)
        await sell(till, VINEGAR, SALT)
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "000002" in till.shown("#middle"))
        # to the cell: one key to where the points come from, one more to all that is known of it
        await press(till, "f9")
        await till.until_screen(OriginScreen)
        await till.until(lambda: "Paid with" in till.shown("#middle"))
        told = till.shown("#middle")
        assert FIRST_CELL in told
        assert "first is spent first" in told
        assert "海星加碘盐 × 1" in told
        await till.enter()
        told = till.shown("#middle")
        for words in (FILE, "志愿服务", "E2", "清扫", ACCOUNTANT, SUPERVISOR):
            assert words in told
        # and from the cell to every receipt that it paid for
        assert "1-" in told
        receipts = [line for line in told.splitlines() if "redemption" in line and "000" in line]
        assert ["000001" in receipts[0], "000002" in receipts[1]] == [True, True]
        assert "5.00" in receipts[0]
        assert "5.00" in receipts[1]
        await till.enter()
        await till.until(lambda: "海星加碘盐 × 2" in till.shown("#middle"))
        # back to the same line every time, and to the receipts
        await press(till, "escape")
        assert "▸" in next(line for line in till.shown("#middle").splitlines() if "000001" in line)
        await press(till, "escape", "escape")
        await till.until_screen(ReceiptsScreen)


async def test_what_came_back_no_longer_counts(shop: Engine, log: Path) -> None:
    async with selling(shop, log, (120, 40)) as till:
        await sell(till, SALT, SALT)
        with transaction(shop) as tx:
            authority = Authority(BY, today(tx), approval_of(SUPERVISOR))
            receipt = f"1-{today(tx).year}-000001"
            unwrap(return_goods(tx, receipt, [Wanted(SALT, 1)], reason="示例", authority=authority))
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "000001" in till.shown("#middle"))
        await press(till, "f9")
        await till.until(lambda: "Paid with" in till.shown("#middle"))
        told = till.shown("#middle")
        assert "1 came back" in told
        [line] = [line for line in told.splitlines() if "volunteer points" in line]
        assert "2.50" in line
        till.scan("GZ0012")
        await till.until(lambda: "张建国" in till.shown("#middle"))


async def test_points_that_went_over_are_followed_to_the_other_household(shop: Engine, log: Path) -> None:
    with transaction(shop) as tx:
        apart = Apart("TQ0009", WIFE, points=Points(1500))
        unwrap(split_household(tx, FIRST, apart, "示例", Authority(BY, today(tx), approval_of(SUPERVISOR))))
    async with at_job(shop, log, "households") as till:
        await typed(till, "TQ0009")
        await till.enter()
        assert "Came from" in till.shown("#detail")
        assert "not spent yet: 15.00" in till.shown("#detail")
        await till.enter()
        told = till.shown("#detail")
        assert "-15.00" in told
        assert "E2" in told
        assert "E3" in told
        await press(till, "escape", "escape", "escape")
        await typed(till, FIRST)
        assert "Entries: 3" in till.shown("#detail")


async def test_an_accountant_goes_from_a_receipt_typed_into_the_field(shop: Engine, log: Path) -> None:
    async with selling(shop, log) as till:
        await sell(till, SALT)
    async with at_job(shop, log, "households") as till:
        with transaction(shop) as tx:
            year = today(tx).year
        till.scan(f"1-{year}-000001")
        await till.until(lambda: "Paid with" in till.shown("#detail"))
        assert "from 示例" in " ".join(till.shown("#detail").split())
        till.scan("1-1999-000009")
        await till.until(lambda: till.bells == 1)
        assert "1-1999-000009" in till.shown("#notice")


async def test_a_clerk_is_not_told_who_gave(shop: Engine, log: Path) -> None:
    async with selling(shop, log, (120, 40)) as till:
        await sell(till, SALT)
        till.keys("f9")
        await till.until_screen(ReceiptsScreen)
        await till.until(lambda: "000001" in till.shown("#middle"))
        await press(till, "f9")
        await till.until(lambda: "Paid with" in till.shown("#middle"))
        assert "lot 示例1" in till.shown("#middle")
        assert "from 示例" not in till.shown("#middle")


def test_a_service_follows_nothing_for_a_keeper(shop: Engine) -> None:
    from lizhi_pos.office.households import HouseholdsService
    from lizhi_pos.refusal import Refusal

    service, keeper = HouseholdsService(shop), Operator("保管示例", "keeper")
    assert isinstance(service.of_receipt("1-2024-000001", keeper), Refusal)
    assert isinstance(service.look(FIRST, keeper), Refusal)
    assert isinstance(service.register(keeper), Refusal)
    assert isinstance(service.with_digits("4417", keeper), Refusal)
