"""`report forecast DATE --out FILE`: what to buy, as a purchases file."""

import pytest
from sqlalchemy import Engine

from lizhi_pos.engines import open_engine
from lizhi_pos.exchange.purchases import read_purchases
from towns.planning import build_planning_town
from towns.small import ACCOUNTANT, OIL, PIN, SALT

from .conftest import Shop


@pytest.fixture
def planning(shop: Shop, sqlite_url: str) -> Shop:
    engine: Engine = open_engine(sqlite_url)
    build_planning_town(engine)
    engine.dispose()
    shop.act(ACCOUNTANT.name, PIN)
    return shop


def test_what_to_buy_is_written_and_said_as_without_it(planning: Shop) -> None:
    plain = planning("report", "forecast", "2024-07-28")
    path = planning.folder / "清单.xlsx"
    answer = planning("report", "forecast", "2024-07-28", "--out", path)
    assert answer == {**plain, "file": str(path)}
    assert {(line["code"], line["suggested"]) for line in answer["products"] if line["suggested"]} == {
        (OIL, 1),
        (SALT, 6),
    }
    assert {error.cell for error in read_purchases(path).errors} == {"A4", "C4", "A5", "C5"}


def test_another_file_is_written_over_only_where_it_is_said(planning: Shop) -> None:
    path = planning.folder / "清单.xlsx"
    path.write_bytes(b"another")
    assert planning.refused("report", "forecast", "2024-07-28", "--out", path) == "rule_broken"
    assert path.read_bytes() == b"another"
    planning("report", "forecast", "2024-07-28", "--out", path, "--replace")
    assert path.read_bytes() != b"another"
    assert planning("report", "forecast", "2024-07-28", "--out", planning.folder / "x.csv", exits=2)
