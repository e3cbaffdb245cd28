"""Many towns in one PostgreSQL: each has its own books, in parts of the tables, and waits for no other (多镇)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from databases import sql
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import reading, transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.locking import lock_alone
from lizhi_pos.maintenance.books_copy import copy_books, opened
from lizhi_pos.migrations.guards import APPEND_ONLY
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.migrations.partitions import parts_of
from lizhi_pos.refusal import Refusal
from lizhi_pos.settlement.verification import verify
from lizhi_pos.town.town import create_town
from lizhi_pos.upgrade import upgrade
from lizhi_pos.which_town import SeveralTowns
from towns.small import MARKET_DAY, PIN, SALT, noon, sell, stocked_shop

PARTS = 3
TOWNS = ("甲镇示例", "乙镇示例", "丙镇示例")


@pytest.fixture(scope="module")
def county(postgres_url: str) -> Iterator[str]:
    """A county's database, its tables in three parts."""
    name = f"c{MACHINE_CLOCK.new_id().hex()}"
    sql(postgres_url, f"CREATE DATABASE {name}")
    sql(postgres_url, f"ALTER DATABASE {name} SET lizhi.partitions = {PARTS}")
    url = postgres_url.replace("/postgres?", f"/{name}?")
    for town in TOWNS:
        engine = open_engine(f"{url}&town={town}")
        upgrade(engine)
        stocked_shop(engine)
        engine.dispose()
    yield url
    sql(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def towns(county: str) -> Iterator[list[Engine]]:
    engines = [open_engine(f"{county}&town={town}") for town in TOWNS]
    yield engines
    for engine in engines:
        engine.dispose()


def sold(engine: Engine, seconds: int = 0) -> str:
    with transaction(engine, noon(MARKET_DAY) + timedelta(seconds=seconds)) as tx:
        return str(sell(tx, "TQ0001", (SALT, 1), key=f"示例 {seconds}").receipt)


def test_every_table_lies_in_parts_by_its_town(towns: list[Engine]) -> None:
    with towns[0].connect() as connection:
        parts = set(parts_of(connection))
        assert parts == {f"{table}_p{at}" for table in metadata.tables for at in range(PARTS)}
        divided = connection.execute(text("SELECT relname FROM pg_class WHERE relkind = 'p'")).scalars()
        assert set(divided) == set(metadata.tables)


def test_what_one_town_sells_no_other_sees(towns: list[Engine]) -> None:
    assert {sold(engine, 1) for engine in towns} == {"1-2024-000001"}
    for engine, name in zip(towns, TOWNS, strict=True):
        with reading(engine, noon(MARKET_DAY)) as tx:
            assert tx.town_name == name
            assert verify(tx).ok


def test_an_address_that_names_no_town_of_several_is_refused(county: str) -> None:
    engine = open_engine(county)
    with pytest.raises(SeveralTowns), reading(engine):
        pass
    engine.dispose()


@pytest.mark.parametrize(("named", "founded"), [(TOWNS[0], TOWNS[0]), ("丁镇示例", "戊镇示例"), ("", "戊镇示例")])
def test_a_town_is_founded_once_and_under_the_name_of_its_address(county: str, named: str, founded: str) -> None:
    engine = open_engine(f"{county}&town={named}")
    try:
        with transaction(engine) as tx:
            assert isinstance(create_town(tx, founded, "管理示例", PIN), Refusal)
    except SeveralTowns:
        assert not named
    finally:
        engine.dispose()


def test_no_town_waits_for_what_another_holds(towns: list[Engine]) -> None:
    together = Barrier(len(towns), timeout=20)

    def hold(engine: Engine) -> None:
        with transaction(engine) as tx:
            for name in ("goods", "ledgers", "month 2024-04"):
                lock_alone(tx, name)
            # all of them hold all of it at the same moment
            together.wait()

    with ThreadPoolExecutor(len(towns)) as pool:
        list(pool.map(hold, towns))


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_no_part_of_a_table_can_be_emptied_behind_its_back(towns: list[Engine], table: str) -> None:
    for at in range(PARTS):
        with pytest.raises(DBAPIError, match=f"{table} is append-only"), towns[0].begin() as connection:
            connection.execute(text(f"TRUNCATE {table}_p{at} CASCADE"))


def test_rows_of_a_part_are_guarded_too(towns: list[Engine]) -> None:
    sold(towns[0], 2)
    with towns[0].connect() as connection:
        parts = [f"redemption_p{at}" for at in range(PARTS)]
        counts = {part: connection.execute(text(f"SELECT count(*) FROM {part}")).scalar_one() for part in parts}
    filled = [part for part, count in counts.items() if count]
    assert filled
    for part in filled:
        with pytest.raises(DBAPIError, match="redemption is append-only"), towns[0].begin() as connection:
            connection.execute(text(f"DELETE FROM {part}"))


def test_the_county_reads_and_writes_nothing(towns: list[Engine]) -> None:
    with towns[0].connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM county_months")).scalar_one() == 0
    with pytest.raises(DBAPIError), towns[0].begin() as connection:
        connection.execute(text("DELETE FROM county_months"))


def test_a_copy_is_of_one_town_alone(towns: list[Engine], tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    copy_books(towns[1], path)
    with opened(path, MACHINE_CLOCK) as copy, reading(copy, noon(MARKET_DAY)) as tx:
        assert tx.town_name == TOWNS[1]
        assert verify(tx).ok
