"""Whatever happens to goods, gifts and points, in whatever order: stock, pool and points equations hold after each."""

import pytest
from goods_model import Shelf
from walks import on_postgres, on_sqlite, walk

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


def test_the_equations_hold_on_sqlite() -> None:
    walk(Shelf, on_sqlite, 8, 30)


def test_the_equations_hold_on_postgresql(postgres_url: str) -> None:
    walk(Shelf, on_postgres(postgres_url), 3, 30)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_equations_hold_for_thousands_of_steps_on_sqlite() -> None:
    walk(Shelf, on_sqlite, 60, 60)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_equations_hold_for_thousands_of_steps_on_postgresql(postgres_url: str) -> None:
    walk(Shelf, on_postgres(postgres_url), 40, 60)
