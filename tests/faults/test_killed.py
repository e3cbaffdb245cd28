"""Commands ended by SIGKILL at random: the books are whole, what was acknowledged is there, the rest wholly or not."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from month import NAMES, Act, ended_after, figures_of, moments, played, put_back, took
from sqlalchemy import text

from databases import SUPERUSER, fresh_postgres, sql
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.engines import open_engine
from lizhi_pos.maintenance.copies import look_at
from lizhi_pos.maintenance.restore import has_books, restore
from lizhi_pos.moved import mark_at
from lizhi_pos.refusal import unwrap
from soak_figures import Count

BUDGET_S = 20
"""How long each act is broken off again and again, on each database."""

RELEASES = sorted((Path(__file__).parents[1] / "db" / "data").glob("release-*.db.gz"))
"""A town in which everything had happened once, as each release left it."""

States = tuple[dict[str, int], dict[str, int], dict[str, int]]
"""The rows of each table before an act, after it, and as they were found."""

COPIES = ("backup", "restore", "move")

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the month is typed, and each act is tried."""
    return tmp_path_factory.mktemp("month")


@pytest.fixture(scope="module")
def acts(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Act]:
    """Every act that is broken off."""
    return {act.name: act for act in played(folder, tmp_path_factory.mktemp("kept"))}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in COPIES])
def test_an_act_that_is_killed_is_done_or_not_done(name: str, acts: dict[str, Act], folder: Path, count: Count) -> None:
    act, url = acts[name], f"sqlite:///{folder / 'town.db'}"
    put_back(act, folder)
    before = figures_of(url)
    seconds = took(act)
    after = figures_of(url)
    assert after != before
    for moment in moments(1, seconds, BUDGET_S):
        put_back(act, folder)
        status = ended_after(act, moment)
        _judge(f"kill -9, SQLite: {name}", status, (before, after, figures_of(url)), count)


@pytest.mark.parametrize("name", ["import", "posting", "redemption", "closing the month"])
def test_an_act_that_is_killed_on_postgresql_is_done_or_not_done(
    name: str, acts: dict[str, Act], folder: Path, postgres_url: str, count: Count
) -> None:
    act = acts[name]
    template = f"k{MACHINE_CLOCK.new_id().hex()}"
    sql(postgres_url, f"CREATE DATABASE {template}")
    unwrap(restore(postgres_url.replace("/postgres?", f"/{template}?"), act.kept / "town.db", MACHINE_CLOCK))
    before = after = None
    seconds = 0.0
    for url in fresh_postgres(postgres_url, template, SUPERUSER):
        put_back(act, folder)
        before, seconds, after = figures_of(url), took(act, url), figures_of(url)
    assert before is not None
    assert after is not None
    for moment in moments(2, seconds, BUDGET_S):
        for url in fresh_postgres(postgres_url, template, SUPERUSER):
            put_back(act, folder)
            status = ended_after(act, moment, url)
            _judge(f"kill -9, PostgreSQL: {name}", status, (before, after, figures_of(url)), count)
    sql(postgres_url, f"DROP DATABASE {template} WITH (FORCE)")


def _judge(fault: str, status: int, states: States, count: Count) -> None:
    # who may act, and that copies were taken by the way, are on record apart
    before, after, found = map(_without_record, states)
    is_done = found == after
    count(
        fault,
        tried=1,
        killed=status == -9,
        acknowledged=status == 0,
        lost=status == 0 and not is_done,
        half_done=found not in (before, after),
    )
    assert status in (0, -9)
    assert is_done or (status == -9 and found == before), {t: (before[t], found[t], after[t]) for t in found}


def test_a_copy_that_is_killed_is_whole_or_not_there(acts: dict[str, Act], folder: Path, count: Count) -> None:
    act, file = acts["backup"], folder / "copy.db"
    put_back(act, folder)
    seconds = took(act)
    for moment in moments(3, seconds, BUDGET_S):
        put_back(act, folder)
        status = ended_after(act, moment)
        is_there = file.exists()
        is_whole = is_there and look_at(file).ok
        count(
            "kill -9, SQLite: backup",
            tried=1,
            killed=status == -9,
            acknowledged=status == 0,
            lost=status == 0 and not is_whole,
            half_done=is_there and not is_whole,
        )
        assert is_whole or (status == -9 and not is_there)
        figures_of(f"sqlite:///{folder / 'town.db'}")


def test_a_restore_that_is_killed_leaves_the_old_books_or_the_new_ones(
    acts: dict[str, Act], folder: Path, count: Count
) -> None:
    act, url = acts["restore"], f"sqlite:///{folder / 'town.db'}"
    put_back(act, folder)
    before = figures_of(url)
    seconds = took(act)
    after = figures_of(url)
    for moment in moments(4, seconds, BUDGET_S):
        put_back(act, folder)
        status = ended_after(act, moment)
        _judge("kill -9, SQLite: restore", status, (before, after, figures_of(url)), count)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def other(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_move_that_is_killed_leaves_one_place_that_is_the_books(
    other: str, acts: dict[str, Act], folder: Path, request: pytest.FixtureRequest, count: Count
) -> None:
    """However often it is killed: done again it goes on, until it is through."""
    old = f"sqlite:///{folder / 'town.db'}"
    turns = 0.0
    for place in _places(other, folder, request):
        act = acts["move"]._replace(words=("move", "--to", place))
        put_back(act, folder)
        turns = took(act)
        break
    for moment in moments(5, turns, 3 * BUDGET_S):
        for place in _places(other, folder, request):
            act = acts["move"]._replace(words=("move", "--to", place))
            put_back(act, folder)
            before = figures_of(old)
            status = ended_after(act, moment)
            given_up = _is_given_up(old)
            arrived = has_books(place) and not _is_arriving(place)
            count(
                f"kill -9, SQLite to {other}: move",
                tried=1,
                killed=status == -9,
                acknowledged=status == 0,
                lost=status == 0 and not (given_up and arrived),
                both_written=arrived and not given_up,
                neither=given_up and not has_books(place),
            )
            assert status in (0, -9)
            assert not (arrived and not given_up), "two that are written"
            figures_of(old)
            if status == -9 and not arrived:
                # also what was given up and has not arrived goes on by itself
                assert ended_after(act, None) == 0
            assert _is_given_up(old)
            assert not _is_arriving(place)
            moved = figures_of(place)
            assert _without_record(moved) == _without_record(before)


def _without_record(found: dict[str, int]) -> dict[str, int]:
    """The rows of each table but for the lines of the audit, and what puts them on the record."""
    return {name: rows for name, rows in found.items() if name not in ("audit_event", "record_line")}


def _places(other: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if other == "SQLite":
        yield f"sqlite:///{folder / 'new' / 'town.db'}"
    else:
        yield from fresh_postgres(request.getfixturevalue("postgres_url"), "template0", SUPERUSER)


def _is_given_up(url: str) -> bool:
    return _state(url) == "moved"


def _is_arriving(url: str) -> bool:
    return _state(url) == "arriving"


def _state(url: str) -> str | None:
    engine = open_engine(url)
    try:
        mark = mark_at(engine)
        return mark.state if mark is not None else None
    finally:
        engine.dispose()


@pytest.mark.parametrize("release", RELEASES[-3:], ids=lambda path: path.stem)
def test_an_upgrade_that_is_killed_leaves_the_old_shape_or_the_new_one(
    release: Path, acts: dict[str, Act], folder: Path, count: Count
) -> None:
    # opened by a command that is refused in books that have a town
    act = acts["backup"]._replace(words=("init", "--town", "示例", "--admin", "示例"))
    put_back(act, folder)
    old = gzip.decompress(release.read_bytes())
    path, url = folder / "town.db", f"sqlite:///{folder / 'town.db'}"

    def begin() -> None:
        for left in folder.glob("town.db*"):
            left.unlink()
        path.write_bytes(old)

    begin()
    begun = time.monotonic()
    assert ended_after(act, 100) == 1
    seconds, after = time.monotonic() - begun, figures_of(url)
    revisions = set()
    for moment in moments(6, seconds, BUDGET_S):
        begin()
        status = ended_after(act, moment)
        engine = open_engine(url)
        with engine.connect() as connection:
            revisions.add(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
            sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        engine.dispose()
        assert sound == "ok"
        assert status in (1, -9)
        # opened once more it is through
        assert ended_after(act, 100) == 1
        found = figures_of(url)
        is_whole = _without_record(found) == _without_record(after)
        count(
            "kill -9, SQLite: upgrade",
            tried=1,
            killed=status == -9,
            acknowledged=status == 1,
            lost=not is_whole,
            half_done=len(revisions) > 2,
        )
        assert is_whole
    assert len(revisions) <= 2
