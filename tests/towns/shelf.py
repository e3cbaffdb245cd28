"""The till's small town (示例) with a keeper and an accountant, and lots that expire when a test wants it."""

from datetime import timedelta

from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator, add_user
from lizhi_pos.db import transaction
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.money import Yuan
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from towns.till import AT

KEEPER, KEEPER_PIN = "保管示例", "232425"
ACCOUNTANT, ACCOUNTANT_PIN = "会计示例", "343536"
BY = Operator(KEEPER, "keeper")


def add_people(engine: Engine) -> None:
    """Add those who work with goods."""
    with transaction(engine) as tx:
        unwrap(add_user(tx, KEEPER, "keeper", KEEPER_PIN))
        unwrap(add_user(tx, ACCOUNTANT, "accountant", ACCOUNTANT_PIN))


def add_lot(engine: Engine, voucher: str, code: str, quantity: int, days: int | None = None, value: int = 200) -> None:
    """Receive one more lot, which keeps so many days from today."""
    with transaction(engine) as tx:
        day = today(tx)
        received = min(day, day + timedelta((days or 0) - 1))
        expires = None if days is None else day + timedelta(days)
        row = GiftRow(voucher, received, "in_kind", "示例", AT, None, code, quantity, Yuan(value), expires)
        taken = take_gifts(tx, [row], Operator(ACCOUNTANT, "accountant"))
        assert not taken.errors, taken
