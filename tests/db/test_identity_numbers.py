"""Identity numbers are checked, never shown, and stored only where the town wants them; on both databases."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import MemberRow
from lizhi_pos.accounts.models import personal
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.exchange.sheet import HalfShown
from lizhi_pos.exchange.values import identity_number
from lizhi_pos.refusal import Message, unwrap
from lizhi_pos.settlement.verification import verify
from lizhi_pos.text.identity import can_be_right
from lizhi_pos.town.settings import set_town_setting
from towns.small import ACCOUNTANT, ADMIN, VILLAGE, at, found, household, noon, post, workbook

NOW = noon(date(2024, 4, 28))
RIGHT, WRONG = "110101199003070011", "110101199003070012"


@pytest.fixture
def town(engine: Engine) -> Engine:
    with transaction(engine, NOW) as tx:
        found(tx)
    return engine


def march(number: str = RIGHT, of_member: str = "110101199203070024") -> Any:
    member = MemberRow("TQ0001", "示例妻", at("成员"), "配偶", of_member)
    return workbook(households=[household("TQ0001", phone="13900000001", id_number=number)], members=[member])


def kept_personal(tx: Transaction) -> str:
    return " ".join(row.content for row in tx.all(select(personal)))


def told(warnings: Sequence[Any]) -> list[tuple[str, str]]:
    return [(w.sheet, w.text.msgid) for w in warnings]


@pytest.mark.parametrize(
    "number",
    ["", "1", RIGHT[:-1], WRONG, "110101199013070017", "110101199002300011", "11010119900307001x", f"{RIGHT}0"],
)
def test_what_cannot_be_an_identity_number(number: str) -> None:
    assert not can_be_right(number)


@pytest.mark.parametrize("number", [RIGHT, "110101199203070024", "52210119900101123" + "5"])
def test_what_can_be_one(number: str) -> None:
    assert can_be_right(number)


def test_one_that_cannot_be_right_is_a_warning_that_does_not_say_it(town: Engine) -> None:
    with transaction(town, NOW) as tx:
        assert told(unwrap(draft(tx, march(), ACCOUNTANT)).warnings) == []
        drafted = unwrap(draft(tx, march(WRONG, "12345"), ACCOUNTANT))
        assert [sheet for sheet, _ in told(drafted.warnings)] == ["户籍", "成员"]
        assert not drafted.errors
        assert all(WRONG not in str(w.text) and "12345" not in str(w.text) for w in drafted.warnings)


def test_a_town_that_wants_none_stores_none(town: Engine) -> None:
    with transaction(town, NOW) as tx:
        assert set_town_setting(tx, "identity-numbers", "no", ADMIN) is None
        post(tx, march())
        assert "13900000001" in kept_personal(tx)
        assert RIGHT not in kept_personal(tx)
        assert "199203070024" not in kept_personal(tx)
        again = unwrap(draft(tx, march(), ACCOUNTANT))
        assert (again.errors, again.households.same) == ((), 1)
        assert verify(tx).ok


def test_a_batch_that_was_read_before_is_posted_without_them(town: Engine) -> None:
    with transaction(town, NOW) as tx:
        drafted = unwrap(draft(tx, march(), ACCOUNTANT))
        assert not drafted.errors
        assert RIGHT in kept_personal(tx)
        assert set_town_setting(tx, "identity-numbers", "no", ADMIN) is None
        post(tx, march())
        assert RIGHT not in kept_personal(tx)
        assert verify(tx).ok


def test_what_was_posted_with_them_is_the_same_reading_still(town: Engine) -> None:
    with transaction(town, NOW) as tx:
        post(tx, march())
        assert set_town_setting(tx, "identity-numbers", "no", ADMIN) is None
        again = unwrap(draft(tx, march(), ACCOUNTANT))
        assert (again.errors, again.households.same, again.village) == ((), 1, VILLAGE)


@pytest.mark.parametrize("raw", [HalfShown("1.1E+17", 110101199003070011), RIGHT * 2, date(1990, 3, 7), True])
def test_one_that_cannot_be_read_is_not_repeated(raw: Any) -> None:
    answer = identity_number(raw)
    assert isinstance(answer, Message)
    assert answer.args == ()
