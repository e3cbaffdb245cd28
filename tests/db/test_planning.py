"""Planning: month ends, the next day of redemption, and a shopping list that a purchases file takes."""

from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator, Role
from lizhi_pos.db import transaction
from lizhi_pos.donations.import_rows import PurchaseRow
from lizhi_pos.exchange.plain_workbook import plain_workbook
from lizhi_pos.exchange.purchases import read_purchases
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.shopping_list import shopping_list
from lizhi_pos.office.planning import PlanningService, next_redemption_day, save_shopping_list
from lizhi_pos.office.planning_rows import ForecastList, to_buy
from lizhi_pos.periods import Month
from lizhi_pos.receiving.files import take_purchases
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.forecast import forecast
from lizhi_pos.settlement.coverage import pool_view
from lizhi_pos.settlement.month_ends import month_ends
from towns.planning import NEXT, NOW, build_planning_town
from towns.small import ACCOUNTANT, APPROVAL, OIL, SALT, SOAP, noon


@pytest.fixture
def shop(engine: Engine) -> Engine:
    build_planning_town(engine)
    return engine


def test_month_ends_are_what_the_pool_had_then(shop: Engine) -> None:
    with transaction(shop, noon(NOW)) as tx:
        ends = month_ends(tx, 36)
        assert [end.month for end in ends] == [Month(2024, 4), Month(2024, 5)]
        for end in ends:
            then = pool_view(tx, end.month.last_day)
            assert (end.outstanding, end.stock_at_cost, end.cash) == (
                then.outstanding_points,
                then.stock_at_cost,
                then.cash,
            )
        assert month_ends(tx, 1) == ends[-1:]


def test_the_next_day_of_redemption(shop: Engine) -> None:
    with transaction(shop, noon(NOW)) as tx:
        assert next_redemption_day(tx, NOW) == NEXT
        assert next_redemption_day(tx, NEXT) == date(2024, 8, 28), "that of today is under way"
        assert next_redemption_day(tx, date(2024, 12, 31)) == date(2025, 1, 28)
        assert next_redemption_day(tx, date(2023, 1, 1)) == date(2023, 1, 1), "no rulebook is in force"


@pytest.mark.parametrize("role", ["clerk", "keeper", "accountant", "supervisor", "admin"])
def test_who_may_plan(shop: Engine, role: Role) -> None:
    answer = PlanningService(shop).plan(Operator("某人示例", role))
    assert isinstance(answer, Refusal) == (role in ("clerk", "keeper"))


def test_a_shopping_list_is_a_purchases_file_once_it_is_filled_in(shop: Engine, tmp_path: Path) -> None:
    plan = unwrap(PlanningService(shop).plan(ACCOUNTANT))
    path = tmp_path / "清单.xlsx"
    assert save_shopping_list(plan, str(path)) == path
    unfilled = read_purchases(path)
    assert unfilled.content is None
    assert {str(error.cell)[0] for error in unfilled.errors} == {"A", "C"}, "only voucher and supplier are left open"
    with transaction(shop, noon(NOW)) as tx:
        found = unwrap(forecast(tx, NEXT))
    assert [(line.code, line.quantity, line.unit_cost) for line in to_buy(found)] == [(OIL, 1, 1500), (SALT, 6, 210)]
    filled = filled_in(path, "CG-2", "示例商行")
    assert not filled.errors
    assert filled.content is not None
    with transaction(shop) as tx:
        assert not unwrap(take_purchases(tx, filled.content, ACCOUNTANT, APPROVAL)).errors
        again = unwrap(forecast(tx, plan.forecast.date))
    assert to_buy(plan.forecast)
    assert not to_buy(again), "what was bought is no longer to be bought"


def filled_in(path: Path, voucher: str, supplier: str) -> Reading[tuple[PurchaseRow, ...]]:
    """Read a list as it is once somebody has filled in what is left open, with all else as it stands."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    headers = rows[2]
    for row in rows[3:]:
        row[headers.index("单据号")], row[headers.index("供应商")] = voucher, supplier
    filled = path.with_name("filled.xlsx")
    filled.write_bytes(plain_workbook({"采购": rows}, noon(NOW)))  # type: ignore[dict-item]
    return read_purchases(filled)


def test_the_same_list_is_the_same_file(shop: Engine) -> None:
    with transaction(shop, noon(NOW)) as tx:
        lines = to_buy(unwrap(forecast(tx, NEXT)))
    assert shopping_list("示例镇", NEXT, NOW, lines) == shopping_list("示例镇", NEXT, NOW, lines)


@pytest.mark.parametrize(("name", "says"), [("清单.csv", ".xlsx"), ("a\0b.xlsx", "name"), ("有/没有/x\0.xlsx", "name")])
def test_a_name_that_is_none_is_refused(shop: Engine, tmp_path: Path, name: str, says: str) -> None:
    plan = unwrap(PlanningService(shop).plan(ACCOUNTANT))
    folder = tmp_path / "清单"
    answer = save_shopping_list(plan, str(folder / name))
    assert isinstance(answer, Refusal)
    assert answer.text is not None
    assert says in answer.text.msgid
    assert not folder.exists()


def test_another_file_is_never_written_over(shop: Engine, tmp_path: Path) -> None:
    plan = unwrap(PlanningService(shop).plan(ACCOUNTANT))
    path = tmp_path / "清单.xlsx"
    path.write_bytes(b"another")
    assert isinstance(save_shopping_list(plan, str(path)), Refusal)
    assert isinstance(save_shopping_list(plan, str(tmp_path / "清单.xlsx" / "x.xlsx")), Refusal)
    assert path.read_bytes() == b"another"


def test_a_pool_without_cash_buys_nothing(engine: Engine, tmp_path: Path) -> None:
    build_planning_town(engine, cash="21.00")
    plan = unwrap(PlanningService(engine).plan(ACCOUNTANT))
    assert isinstance(save_shopping_list(plan, str(tmp_path / "x.xlsx")), Refusal)
    assert not (tmp_path / "x.xlsx").exists()


def test_products_are_found_and_those_to_buy_stand_first(shop: Engine) -> None:
    with transaction(shop, noon(NOW)) as tx:
        shown = ForecastList(unwrap(forecast(tx, NEXT)))
    assert [line.code for line in shown.rows] == [OIL, SALT, SOAP]
    assert shown.narrow("sfj")
    assert [line.code for line in shown.rows] == [SOAP]
    assert not shown.narrow("没有")
    assert [line.code for line in shown.rows] == [SOAP]
    assert not shown.jump("404")
    shown.widen()
    assert shown.row is not None
    assert shown.row.code == SOAP
    shown.turn()
    assert [line.code for line in shown.rows] == [OIL, SALT]
