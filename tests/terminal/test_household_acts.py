"""What is done to a household at the screen: every act's dialog with its figures, its way, and its refusals."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from job_hands import at_job, filled, press, rows_of, typed
from sqlalchemy import Engine
from till_hands import Till, selling

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.freezing import freeze
from lizhi_pos.accounts.changes.members import change_head
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.db import transaction
from lizhi_pos.money import Points
from lizhi_pos.receiving.codes import split_household
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.verification import verify
from lizhi_pos.terminal.screens.households.households import HouseholdsScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.palette import Palette
from towns.approvals import approval_of
from towns.households import BY, FIRST, HEAD, OTHER, SECOND, SON, VILLAGE, WIFE, add_households, redeem_some
from towns.shelf import ACCOUNTANT
from towns.till import SALT, SUPERVISOR, SUPERVISOR_PIN

SPLIT, MERGE, MOVE, CLOSE, BOOKLET, MEMBER, NEW_HEAD, FREEZE, RELEASE, CORRECT, SCORE, VETO, LIFT, DISMISS, BLACK = (
    str(number) for number in range(1, 16)
)
SIGNED = (SUPERVISOR, SUPERVISOR_PIN)


@pytest.fixture
def shop(town: Engine) -> Iterator[Engine]:
    add_households(town)
    yield town
    with transaction(town) as tx:
        assert verify(tx).ok


async def choose(till: Till, booklet: str, act: str) -> None:
    """Go to a household and choose one of its acts."""
    await typed(till, booklet)
    await press(till, "f2")
    await till.until_screen(Palette)
    await typed(till, act)
    await till.until(lambda: not isinstance(till.app.screen, Palette))


async def heading(till: Till) -> str:
    """What the dialog says first; a sentence may be broken between any two Chinese signs."""
    await till.until_screen(FormDialog)
    lines = (line.strip() for line in till.shown("#heading").splitlines())
    return " ".join(lines).replace("桥 村", "桥村").strip()


def told(till: Till) -> str:
    return till.shown("#notice")


def balances(engine: Engine) -> dict[object, object]:
    query = "SELECT b.number, k.amount FROM booklet b JOIN balance k ON k.account_id = b.household_id"
    return dict(rows_of(engine, query))  # type: ignore[arg-type]


async def test_members_leave_with_a_booklet_and_their_points(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, SPLIT)
        await typed(till, "TQ0009", "1", "2", "15")
        said = await heading(till)
        assert f"{WIFE}、{SON} leave with booklet TQ0009 and 15.00 points, 15.00 points stay" in said
        await filled(till, "3组", "儿女成家", *SIGNED)
        await till.until_screen(HouseholdsScreen)
        assert "TQ0009 is the booklet of" in told(till)
        await typed(till, "TQ0009")
        assert WIFE in till.shown("#detail")
        assert SON in till.shown("#detail")
        assert "3组" in till.shown("#detail")
    assert balances(shop)["TQ0009"] == balances(shop)[FIRST] == 1500


async def test_what_is_refused_stays_in_the_dialog_with_all_but_the_pin(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, SPLIT)
        await typed(till, "GZ0012", "1", "", "99", "", "示例", *SIGNED)
        await till.until(lambda: "GZ0012" in till.shown("#message"))
        assert "is a household's already" in till.shown("#message")
        assert "99" in till.form_shown()
        assert "•" not in till.form_shown()
        await press(till, "escape")
        await till.until_screen(HouseholdsScreen)
    assert rows_of(shop, "SELECT count(*) FROM household_change") == [(0,)]


async def test_one_household_goes_into_another(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, SECOND, MERGE)
        assert "goes into another household with all its 30.00 points" in await heading(till)
        await typed(till, FIRST)
        assert f"goes into {FIRST} ({HEAD}) with all its 30.00 points; {FIRST} has 60.00 then" in await heading(till)
        await filled(till, "一家人", *SIGNED)
        await till.until(lambda: "the balance is 60.00" in told(till))
        assert HEAD in till.shown("#detail")
        assert OTHER in till.shown("#detail")
        await press(till, "escape")
        [row] = [line for line in till.shown("#middle").splitlines() if SECOND in line]
        assert "merged" in row
        await typed(till, SECOND)
        assert f"was replaced: take {FIRST}" in till.shown("#detail")


async def test_it_moves_to_another_village(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, MOVE)
        await typed(till, "2")
        assert "lives in 大同社区 from today on, no more in 天桥村; its 30.00 points" in await heading(till)
        await filled(till, "5组", "搬家", *SIGNED)
        await till.until(lambda: "大同社区 5组" in till.shown("#detail"))


async def test_it_leaves_the_register_with_what_it_has_left(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, CLOSE)
        assert "the 30.00 points that it has are closed out" in await heading(till)
        await filled(till, "1", "外迁", *SIGNED)
        await till.until(lambda: "30.00 points were closed out" in told(till))
        assert "✘ may not redeem" in till.shown("#detail")
    assert balances(shop)[FIRST] == 0


async def test_a_lost_booklet_is_replaced_by_one_that_is_scanned(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, BOOKLET)
        till.scan("TQ0333")
        await till.idle()
        assert f"TQ0333 takes the place of {FIRST} ({HEAD}); its 30.00 points" in await heading(till)
        await filled(till, "1", *SIGNED)
        await till.until(lambda: "TQ0333" in till.shown("#detail"))
        till.scan(FIRST)
        await till.until(lambda: "was replaced" in told(till))
        assert "TQ0333" in till.shown("#detail").splitlines()[0]
    assert rows_of(shop, "SELECT reason FROM household_change") == [("lost",)]


async def test_members_and_head_are_changed_alone(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, MEMBER)
        await typed(till, "示例孙", "1", "孙")
        assert f"{FIRST} ({HEAD}) has 3 members present; 示例孙 is from today on: present" in await heading(till)
        await filled(till, "出生")
        await till.until(lambda: "示例孙" in till.shown("#detail"))
        await choose(till, FIRST, NEW_HEAD)
        names = till.form_shown()
        number = next(part.split()[0] for part in names.replace("\n", "  ").split("  ") if WIFE in part)
        await typed(till, number)
        assert f"{WIFE} becomes head of {FIRST}, {HEAD} stays a member; the 30.00 points" in await heading(till)
        await filled(till, "推选")
        await till.until(lambda: f"{WIFE} is head of {FIRST} now" in told(till))
        await press(till, "escape")
        assert WIFE in next(line for line in till.shown("#middle").splitlines() if FIRST in line)
    assert rows_of(shop, "SELECT approved_by FROM household_change") == [(None,), (None,)]


async def test_points_are_frozen_and_released(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, FREEZE)
        await typed(till, "12")
        assert "12.00 of 30.00 points are frozen then, and 18.00 may be spent" in await heading(till)
        await filled(till, "1", *SIGNED)
        await till.until(lambda: "to spend 18.00" in till.shown("#detail"))
        await press(till, "escape")
        assert "▲ frozen" in next(line for line in till.shown("#middle").splitlines() if FIRST in line)
        await choose(till, FIRST, RELEASE)
        assert "12.00 of 12.00 frozen points are released, and 30.00 may be spent then" in await heading(till)
        await filled(till, "", "2", *SIGNED)
        await till.until(lambda: "Frozen" not in till.shown("#detail"))
        await choose(till, FIRST, RELEASE)
        await till.until(lambda: "Nothing of" in told(till))


async def test_points_and_scores_are_put_right(shop: Engine, log: Path) -> None:
    redeem_some(shop)
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, CORRECT)
        await typed(till, "-2.50")
        assert "-2.50 points for 1-" in await heading(till)
        assert "the balance is 1.50 instead of 4.00 then" in await heading(till)
        await filled(till, "", "少记", *SIGNED)
        await till.until(lambda: "the balance is 1.50" in told(till))
        await choose(till, FIRST, SCORE)
        await typed(till, "1", "91.55")
        await typed(till, "示例", *SIGNED)
        await till.until(lambda: "one decimal at most" in till.shown("#message"))
        await press(till, "ctrl+u", *"91.5")
        assert "the score is 91.5 instead of 90.5" in await heading(till)
        await till.enter()
        await till.until(lambda: "91.5 instead of 90.5" in told(till))
        assert "91.5" in till.shown("#detail")


async def test_a_correction_names_the_marked_entry(shop: Engine, log: Path) -> None:
    [(month,)] = rows_of(shop, "SELECT month FROM batch WHERE file IS NOT NULL")
    async with at_job(shop, log, "households") as till:
        await typed(till, FIRST)
        await press(till, "down", "f2")
        await till.until_screen(Palette)
        await typed(till, CORRECT, "3")
        assert f"+3.00 points for {month}; the balance is 33.00 instead of 30.00 then" in await heading(till)
        await filled(till, "", "漏记", *SIGNED)
        await till.until(lambda: "the balance is 33.00" in told(till))


async def test_who_came_since_is_found_and_what_a_till_sold_is_seen(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        redeem_some(shop)
        with transaction(shop) as tx:
            authority = Authority(BY, today(tx), approval_of(SUPERVISOR))
            unwrap(split_household(tx, FIRST, Apart("TQ0009", WIFE), "示例", authority))
        till.scan("TQ0009")
        await till.until(lambda: f"TQ0009  {WIFE}" in till.shown("#detail"))
        await press(till, "escape", "up")
        await till.until(lambda: HEAD in till.shown("#detail"))
        row = next(line for line in till.shown("#middle").splitlines() if FIRST in line)
        assert "4.00" in row


async def test_a_proposal_is_recorded_with_its_clause_and_its_facts(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "vetoes proposed") as till:
        await press(till, "f6")
        await till.until_screen(Palette)
        assert "乱倒垃圾屡教不改" in str(till.app.screen.query_one("PaintedLines").render())
        await typed(till, "1")
        said = await heading(till)
        assert f"{SECOND} ({OTHER}), clause 1" in said
        assert "all its 30.00 points are cleared, and it may not redeem until" in said
        await filled(till, "", "1", *SIGNED)
        await till.until(lambda: "30.00 points cleared" in told(till))
        await till.until(lambda: "Nothing is proposed" in till.shown("#middle"))
    with transaction(shop) as tx:
        day = today(tx)
    [(facts, conduct, approved)] = rows_of(
        shop, "SELECT facts, conduct_on, approved_by FROM veto WHERE facts LIKE '示例:%'"
    )
    assert facts == "示例:乱倒垃圾"
    assert str(conduct) == str((day.replace(day=1) - timedelta(1)).replace(day=3))
    assert approved == SUPERVISOR


async def test_a_proposal_is_dismissed(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "vetoes proposed") as till:
        await press(till, "f8")
        assert "is not followed: its 30.00 points stay" in await heading(till)
        await filled(till, "1", *SIGNED)
        await till.until(lambda: "is not followed" in told(till))
        assert "Nothing is proposed" in till.shown("#middle")
        await press(till, "escape")


async def test_a_veto_of_another_day_is_released_and_lifted(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, "GZ0015", BLACK)
        said = await heading(till)
        assert "clause 1, which cleared 50.00 points, is shown on the black list of 古镇社区 from today on" in said
        await filled(till, "公开", *SIGNED)
        await till.until(lambda: "stands on the black list" in told(till))
        await choose(till, "GZ0015", LIFT)
        assert "is lifted today: 50.00 points come back" in await heading(till)
        await typed(till, "1", *SIGNED)
        await till.until(lambda: "give a later day" in till.shown("#message"))
        await press(till, "escape")
        await choose(till, FIRST, DISMISS)
        await till.until(lambda: "Nothing is proposed against" in told(till))


async def test_what_a_till_sold_meanwhile_is_not_closed_out_unseen(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, CLOSE)
        assert "the 30.00 points" in await heading(till)
        redeem_some(shop)
        await typed(till, "1", "外迁", *SIGNED)
        await till.until(lambda: "has 4.00 points now, no longer 30.00" in till.shown("#message"))
        await press(till, "escape")
        await till.until_screen(HouseholdsScreen)
        await choose(till, FIRST, CLOSE)
        assert "the 4.00 points" in await heading(till)
        await filled(till, "1", "外迁", *SIGNED)
        await till.until(lambda: "4.00 points were closed out" in told(till))


async def test_two_people_change_one_household_at_once(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, FREEZE)
        await typed(till, "20")
        with transaction(shop) as tx:
            authority = Authority(BY, today(tx), approval_of(SUPERVISOR))
            unwrap(freeze(tx, FIRST, Points(1500), "示例", authority))
            unwrap(change_head(tx, FIRST, WIFE, "示例", authority))
        await typed(till, "1", *SIGNED)
        await till.until(
            lambda: (
                "Only 15.00 points are there to be taken, 20.00 are asked for"
                in " ".join(till.shown("#message").split())
            )
        )
        assert "take something out" not in till.shown("#message")
        till.keys("up", "up", "up")
        till.keys("ctrl+u")
        await typed(till, "10")
        till.keys("down", "down")
        await filled(till, SUPERVISOR_PIN)
        await till.until(lambda: "25.00 points are frozen, 5.00 may be spent" in told(till))
        assert f"{FIRST}  {WIFE}" in till.shown("#detail"), "what the other did is seen at once"


async def test_a_veto_recorded_here_bars_the_basket_at_a_till(shop: Engine, log: Path) -> None:
    async with selling(shop, log) as selling_till:
        selling_till.scan(FIRST, SALT)
        await selling_till.idle()
        async with at_job(shop, log, "households") as till:
            await typed(till, FIRST)
            await press(till, "f6")
            await till.until_screen(Palette)
            await typed(till, "1")
            await filled(till, "", "示例事实", *SIGNED)
            await till.until(lambda: "points cleared" in told(till))
        await selling_till.enter()
        await selling_till.until(lambda: "Veto, clause 1: 示例事实" in selling_till.shown("#household"))
    assert rows_of(shop, "SELECT count(*) FROM redemption") == [(0,)]
    assert rows_of(shop, "SELECT recorded_by FROM veto WHERE conduct_on = effective_on AND facts = '示例事实'") == [
        ("站长",),
        (ACCOUNTANT,),
    ]


async def test_nobody_approves_their_own_act(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households") as till:
        await choose(till, FIRST, FREEZE)
        assert ACCOUNTANT not in till.form_shown()
        await typed(till, "5", "1", ACCOUNTANT, "343536")
        await till.until(lambda: "A second person must approve" in till.shown("#message"))
        await press(till, "escape")
    assert rows_of(shop, "SELECT count(*) FROM household_change") == [(0,)]


async def test_acts_are_for_the_household_that_is_shown(shop: Engine, log: Path) -> None:
    async with at_job(shop, log, "households", size=(80, 24)) as till:
        await typed(till, VILLAGE[:2])
        await till.enter()
        await press(till, "f2")
        await till.until_screen(Palette)
        assert FIRST in str(till.app.screen.query_one("PaintedLines").render())
