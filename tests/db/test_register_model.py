"""Whatever happens to households, in whatever order: points are neither made nor lost, and the books stay whole."""

import pytest
from register_model import Register
from walks import on_postgres, on_sqlite, walk

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


def test_nothing_is_made_or_lost_on_sqlite() -> None:
    walk(Register, on_sqlite, 5, 20)


def test_nothing_is_made_or_lost_on_postgresql(postgres_url: str) -> None:
    walk(Register, on_postgres(postgres_url), 2, 20)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_nothing_is_made_or_lost_for_thousands_of_steps_on_sqlite() -> None:
    walk(Register, on_sqlite, 60, 60)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_nothing_is_made_or_lost_for_thousands_of_steps_on_postgresql(postgres_url: str) -> None:
    walk(Register, on_postgres(postgres_url), 40, 60)
