"""What the counter says of a household that was changed: frozen points, and a booklet that was replaced."""

from pathlib import Path

from sqlalchemy import Engine
from till_hands import selling, sold

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.changes.freezing import freeze
from lizhi_pos.db import transaction
from lizhi_pos.money import Points
from lizhi_pos.receiving.codes import give_booklet
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from towns.approvals import approval_of
from towns.till import ADMIN, SALT, SUPERVISOR

WHY = "示例:核实"


def by(engine: Engine) -> Authority:
    with transaction(engine) as tx:
        return Authority(Operator(ADMIN, "admin"), today(tx), approval_of(SUPERVISOR))


async def test_frozen_points_are_shown_and_not_spent(town: Engine, log: Path) -> None:
    who = by(town)
    with transaction(town) as tx:
        unwrap(freeze(tx, "GZ0012", Points(59600), WHY, who))
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        shown = " ".join((till.shown("#household") + till.shown("#totals")).split())
        assert "596.00 points are frozen: not to be redeemed" in shown
        assert "600.00" in shown, "the balance stays what the receipt will say"
        till.scan(SALT)
        await till.idle()
        assert "1.00 too much, take something out" in till.shown("#notice")
        await till.enter()
        await till.idle()
        assert sold(town) == []
        till.keys("-")
        await till.idle()
        await till.enter()
        await till.until(lambda: len(sold(town)) == 1)


async def test_a_replaced_booklet_is_told_with_its_new_number(town: Engine, log: Path) -> None:
    who = by(town)
    with transaction(town) as tx:
        unwrap(give_booklet(tx, "GZ0012", "GZ0112", WHY, who))
    async with selling(town, log) as till:
        till.scan("GZ0012")
        await till.idle()
        assert "Booklet GZ0012 was replaced: take GZ0112" in " ".join(till.shown("#notice").split())
        assert till.counter.basket is None
        till.scan("GZ0112", SALT)
        await till.idle()
        await till.enter()
        await till.until(lambda: len(sold(town)) == 1)
