"""Which automatic copies are kept, and how they are named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lizhi_pos.ids import Id
from lizhi_pos.maintenance.copies import automatic_copies, automatic_folder, automatic_name, moment_of, superseded

TOWN, OTHER = Id(bytes(8) + b"town0001"), Id(bytes(8) + b"town0002")
NOW = datetime(2026, 6, 30, 9, tzinfo=UTC)


def taken(*moments: datetime) -> dict[str, datetime]:
    return {moment.isoformat(): moment for moment in moments}


def kept(copies: dict[str, datetime], now: datetime = NOW) -> set[str]:
    return set(copies) - set(superseded(copies, now))


def test_the_last_fourteen_are_kept() -> None:
    copies = taken(*(NOW - timedelta(minutes=n) for n in range(20)))
    assert superseded(copies, NOW) == [(NOW - timedelta(minutes=n)).isoformat() for n in range(19, 13, -1)]


def test_twelve_month_ends_and_every_years_end_are_kept() -> None:
    days = [datetime(2023, 1, 1, 4, tzinfo=UTC) + timedelta(days=n) for n in range(1277)]
    assert max(days) < NOW
    found = kept(taken(*days), NOW)
    month_ends = {day for day in days if (day + timedelta(days=1)).day == 1}
    last_year = [day for day in month_ends if (2025, 5) < (day.year, day.month) < (2026, 6)]
    assert len(last_year) == 12
    year_ends = [datetime(year, 12, 31, 4, tzinfo=UTC) for year in (2023, 2024, 2025)]
    assert found == set(taken(*days[-14:], *last_year, *year_ends))


def test_of_a_month_without_a_copy_on_its_last_day_the_last_one_stays() -> None:
    old = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 9, 27)]
    copies = taken(*old, *(NOW - timedelta(minutes=n) for n in range(14)))
    assert superseded(copies, NOW) == [day.isoformat() for day in old[:2]]


def test_months_end_where_the_town_is() -> None:
    """At 16:30 UTC it is the next day in Datong."""
    april, may = datetime(2026, 4, 30, 15, 30, tzinfo=UTC), datetime(2026, 4, 30, 16, 30, tzinfo=UTC)
    copies = taken(april, may, *(NOW - timedelta(minutes=n) for n in range(14)))
    assert superseded(copies, NOW) == []


def test_a_copy_taken_by_a_clock_that_was_ahead_stays_and_takes_nobodys_place() -> None:
    ahead = [NOW + timedelta(days=400 + n) for n in range(30)]
    present = [NOW - timedelta(minutes=n) for n in range(14)]
    assert superseded(taken(*ahead, *present), NOW) == []


@pytest.mark.parametrize("count", range(4))
def test_few_copies_are_all_kept(count: int) -> None:
    assert superseded(taken(*(NOW - timedelta(days=40 * n) for n in range(count))), NOW) == []


def test_names_sort_by_the_moment_and_two_of_one_moment_differ() -> None:
    moments = [NOW + timedelta(microseconds=n) for n in (0, 1, 999_999, 1_000_000)]
    names = [automatic_name(TOWN, moment) for moment in moments]
    assert names == sorted(names)
    assert [moment_of(name) for name in names] == moments
    assert len({automatic_name(TOWN, NOW) for _ in range(20)}) > 15
    assert all(name.isascii() and not set(name) & set('<>:"/\\|?* ') for name in names)


@pytest.mark.parametrize(
    "name",
    [
        "town.db",
        "lizhi.db",
        "lizhi-00000000-20261301-000000-000000Z-0000.db",
        "lizhi-00000000-20260101-000000-000000Z-0000.db.part",
    ],
)
def test_other_files_are_no_automatic_copies(name: str) -> None:
    assert moment_of(name) is None


def test_only_a_towns_own_automatic_copies_are_found(tmp_path: Path) -> None:
    mine, others = automatic_name(TOWN, NOW), automatic_name(OTHER, NOW)
    for name in (mine, others, "town.db", "照片.jpg"):
        (tmp_path / name).touch()
    (tmp_path / automatic_name(TOWN, NOW + timedelta(1))).mkdir()
    (tmp_path / automatic_name(TOWN, NOW + timedelta(2))).symlink_to(tmp_path / "town.db")
    assert automatic_copies(tmp_path, TOWN) == {mine: NOW}


def test_automatic_copies_lie_beside_the_file() -> None:
    assert automatic_folder(Path("/店/town.db")) == Path("/店/backups")
    assert automatic_folder(None).name == "backups"
