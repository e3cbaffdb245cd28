"""A refusal writes nothing: whatever is asked in whatever order, the database's content stays as it was."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from lizhi_pos.access.operators import Authority, add_user
from lizhi_pos.accounts.batches import publish, reject, review
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.vetoes import lift_veto, record_veto
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.checkout.market_session import close_session, open_session
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.db import Transaction, metadata, transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal
from lizhi_pos.settlement.closing import close_month
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARCH,
    MARKET_DAY,
    OIL,
    SALT,
    SOAP,
    SUPERVISOR,
    VILLAGE,
    act,
    basket,
    household,
    noon,
    purchase,
    sell,
    stocked_shop,
    workbook,
)

DAYS = [date(2024, 4, 1), date(2024, 4, 20), MARKET_DAY, date(2024, 5, 2), date(2024, 6, 1)]
day = st.sampled_from(DAYS)
booklet = st.sampled_from(["TQ0001", "ZZ0009"])
goods = st.sampled_from([SALT, SOAP, OIL, "404"])
month = st.sampled_from([MARCH, Month(2024, 4), Month(2024, 5)])
approved = st.sampled_from([None, APPROVAL])

Act = Callable[[Transaction], Any]


def veto(number: str, clause: str, conduct: date, on: date, approval: Any) -> Act:
    return lambda s: record_veto(
        s, number, clause=clause, facts="示例", conduct_on=conduct, authority=Authority(ACCOUNTANT, on, approval)
    )


def month_of_points(when: Month, number: str) -> Any:
    return workbook(month=when, households=[household(number)], acts=[act(number, date(2024, 4, 3))])


acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(
        lambda b, g, n, on, a: lambda s: redeem(s, basket(b, (g, n)), Authority(CLERK, on, a)),
        booklet,
        goods,
        st.integers(0, 30),
        day,
        approved,
    ),
    st.builds(veto, booklet, st.sampled_from(["1", "9"]), day, day, approved),
    st.builds(
        lambda b, on, a: lambda s: lift_veto(s, b, facts="示例", authority=Authority(ACCOUNTANT, on, a)),
        booklet,
        day,
        approved,
    ),
    st.builds(
        lambda on, a, why: lambda s: open_session(s, Authority(CLERK, on, a), why),
        day,
        approved,
        st.sampled_from(["", "示例"]),
    ),
    st.builds(lambda on: lambda s: close_session(s, Authority(CLERK, on)), day),
    st.builds(lambda m, on: lambda s: close_month(s, m, Authority(ACCOUNTANT, on)), month, day),
    st.builds(lambda m, b: lambda s: draft(s, month_of_points(m, b), ACCOUNTANT), month, booklet),
    st.builds(lambda m, on: lambda s: publish(s, VILLAGE, m, Authority(ACCOUNTANT, on)), month, day),
    st.builds(lambda m, on: lambda s: review(s, VILLAGE, m, Authority(SUPERVISOR, on)), month, day),
    st.builds(lambda m, on: lambda s: reject(s, VILLAGE, m, Authority(SUPERVISOR, on), "示例"), month, day),
    st.builds(lambda m, on: lambda s: post_batch(s, VILLAGE, m, Authority(ACCOUNTANT, on)), month, day),
    st.builds(lambda on, n: lambda s: purchase(s, "CG-7", on, OIL, n, "12.00"), day, st.sampled_from([1, 100])),
    st.builds(lambda name: lambda s: add_village(s, name), st.sampled_from([VILLAGE, " ", "民族村"])),
    st.builds(lambda name: lambda s: add_user(s, name, "clerk", "1"), st.sampled_from([CLERK.name, "新人示例"])),
)


def dump(tx: Transaction) -> list[Any]:
    """Every row of every table."""
    return [sorted(map(repr, tx.connection.execute(select(table)).all())) for table in metadata.sorted_tables]


def holds_errors(answer: Any) -> bool:
    return bool(getattr(answer, "errors", ()))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(acts, min_size=1, max_size=8))
def test_a_refusal_writes_nothing(sqlite_template: Path, tmp_path: Path, sequence: list[Act]) -> None:
    shop = tmp_path / "shop.db"
    if not shop.exists():
        copyfile(sqlite_template, shop)
        engine = open_engine(f"sqlite:///{shop}")
        stocked_shop(engine)
        engine.dispose()
    copyfile(shop, tmp_path / "tried.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'tried.db'}")
    for act_ in sequence:
        with transaction(engine, noon(date(2024, 6, 2))) as tx:
            before = dump(tx)
            answer = act_(tx)
            if isinstance(answer, Refusal) or holds_errors(answer):
                assert dump(tx) == before
    engine.dispose()


def test_the_dump_sees_a_change(engine: Engine) -> None:
    """So that the property above can fail."""
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        before = dump(tx)
        assert not isinstance(sell(tx, "TQ0001", (SALT, 1)), Refusal)
        assert dump(tx) != before


def test_a_failure_in_the_middle_rolls_everything_back(engine: Engine, monkeypatch: Any) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        before = dump(tx)

    def fails(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("lizhi_pos.checkout.redeem.enqueue", fails)
    with pytest.raises(OSError, match="disk full"), transaction(engine, noon(MARKET_DAY)) as tx:
        sell(tx, "TQ0001", (SALT, 1))
    with transaction(engine, noon(MARKET_DAY)) as tx:
        assert dump(tx) == before
