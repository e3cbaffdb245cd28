"""The books moved from one database to another: whole, once, and the old place never written again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backups import every_row
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from test_migrations import whole
from test_restore import copied

from databases import SUPERUSER, fresh_postgres
from lizhi_pos.access import operators
from lizhi_pos.access.operators import sign_in
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction, reading, rehearse, transaction, write
from lizhi_pos.engines import open_engine
from lizhi_pos.maintenance import move as moving
from lizhi_pos.maintenance.books_copy import address_of
from lizhi_pos.maintenance.move import Moved, finish_arrival, move, place_of
from lizhi_pos.maintenance.restore import restore
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.moved import Mark, mark_at
from lizhi_pos.refusal import Refusal, Refused, answered, unwrap
from lizhi_pos.settlement.verification import verify
from lizhi_pos.upgrade import upgrade
from towns.small import ADMIN, CLERK, PIN, SALT, noon, sell, stocked_shop
from towns.whole import LATER

# the books are moved by whoever owns the tables
pytestmark = pytest.mark.owner


@pytest.fixture
def other_url(database_url: str, request: pytest.FixtureRequest, new_file: str) -> Iterator[str]:
    """The address of an empty place of the other kind."""
    if database_url.startswith("sqlite"):
        yield from fresh_postgres(request.getfixturevalue("postgres_url"), "template0", SUPERUSER)
    else:
        yield new_file


@pytest.fixture
def new_file(tmp_path: Path) -> str:
    """The address of a file that is not there."""
    return f"sqlite:///{tmp_path / 'new' / 'town.db'}"


def moved(engine: Engine, to: str) -> Moved:
    return unwrap(move(engine, to, ADMIN))


def head_of(engine: Engine) -> str:
    with reading(engine) as tx:
        proof = verify(tx)
    assert proof.ok, proof
    return proof.head.hex()


def is_written(engine: Engine) -> bool:
    """Whether these books take what is sold."""

    def act(tx: Transaction) -> Refusal | None:
        unwrap(sell(tx, "TQ0001", (SALT, 1), on=LATER, key="示例"))
        return None

    answer = answered(lambda: rehearse(engine, act, noon(LATER)))
    assert answer is None or answer.code == "moved", answer
    return answer is None


def test_every_row_arrives_is_proved_and_goes_on(lived: Engine, empty_url: str) -> None:
    answer = moved(lived, empty_url)
    new = open_engine(empty_url)
    assert every_row(new) == every_row(lived)
    assert answer.to == place_of(empty_url)
    assert answer.tables == len(metadata.tables)
    assert answer.rows == sum(len(rows) for table, rows in every_row(new).items() if table != "alembic_version")
    assert answer.head == head_of(new) == head_of(lived)
    with transaction(new, noon(LATER)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 1), on=LATER))
    assert whole(new)
    new.dispose()


def test_that_it_was_moved_is_one_line_of_the_audit_in_both(lived: Engine, empty_url: str) -> None:
    moved(lived, empty_url)
    new = open_engine(empty_url)
    for one in (lived, new):
        with reading(one) as tx:
            lines = tx.connection.execute(text("SELECT by_user, subject FROM audit_event WHERE action = 'move'")).all()
        assert lines == [(ADMIN.name, place_of(empty_url))]
    new.dispose()


def test_the_old_one_refuses_everything_that_writes_and_says_where_to(lived: Engine, new_file: str) -> None:
    before = every_row(lived)
    moved(lived, new_file)
    assert not is_written(lived)
    with pytest.raises(Refused) as caught:
        write(lived, lambda tx: sell(tx, "TQ0001", (SALT, 1), on=LATER), noon(LATER))
    assert caught.value.refusal.details == (("to", place_of(new_file)),)
    for table in metadata.sorted_tables:
        for statement in (f"DELETE FROM {table.name}", f"INSERT INTO {table.name} SELECT * FROM {table.name}"):
            if before[table.name]:
                with pytest.raises(DBAPIError, match="lizhi-moved"), lived.begin() as connection:
                    connection.execute(text(statement))
        column = next(c.name for c in table.c if c.name not in ("town_id", "wrong_pins", "not_before"))
        if before[table.name]:
            with pytest.raises(DBAPIError, match="lizhi-moved"), lived.begin() as connection:
                connection.execute(text(f"UPDATE {table.name} SET {column} = {column}"))


def test_wrong_pins_are_counted_in_what_was_moved(lived: Engine, new_file: str) -> None:
    moved(lived, new_file)
    for _ in range(operators.FREE_MISTAKES + 1):
        answer = write(lived, lambda tx: sign_in(tx, CLERK.name, "000001"))
        assert isinstance(answer, Refusal)
        assert answer.code == "bad_pin"
    answer = write(lived, lambda tx: sign_in(tx, CLERK.name, PIN))
    assert isinstance(answer, Refusal)
    assert answer.code == "locked"


def test_a_till_that_has_the_old_one_open_cannot_write_any_more(
    lived: Engine, database_url: str, new_file: str
) -> None:
    till = open_engine(database_url)
    assert is_written(till)
    moved(lived, new_file)
    assert not is_written(till)
    till.dispose()


def test_a_place_that_has_a_town_is_refused(lived: Engine, database_url: str, new_file: str) -> None:
    Path(new_file.removeprefix("sqlite:///")).parent.mkdir()
    other = open_engine(new_file)
    upgrade(other)
    stocked_shop(other)
    before, theirs = every_row(lived), every_row(other)
    for place in (new_file, database_url):
        answer = move(lived, place, ADMIN)
        assert isinstance(answer, Refusal)
        assert answer.code == "rule_broken"
    assert (every_row(lived), every_row(other)) == (before, theirs)
    assert is_written(lived)
    other.dispose()


@pytest.mark.parametrize("password", ["", ":geheim", ":", ":50%25"])
def test_no_password_is_kept_or_shown(password: str) -> None:
    place = place_of(f"postgresql+psycopg://lizhi{password}@server:5433/lizhi?sslmode=require")
    assert place == "postgresql+psycopg://lizhi@server:5433/lizhi?sslmode=require"


def test_only_an_administrator_moves(lived: Engine, new_file: str) -> None:
    answer = move(lived, new_file, CLERK)
    assert isinstance(answer, Refusal)
    assert answer.code == "not_allowed"


def test_what_was_moved_is_not_moved_again_nor_written_over(lived: Engine, database_url: str, new_file: str) -> None:
    copied(lived, Path(new_file.removeprefix("sqlite:///")).parent.with_name("copy.db"))
    moved(lived, new_file)
    for place in (new_file, new_file.replace("town.db", "third.db")):
        answer = move(lived, place, ADMIN)
        assert isinstance(answer, Refusal)
        assert answer.code == "moved"
    lived.dispose()
    file = Path(new_file.removeprefix("sqlite:///")).parent.with_name("copy.db")
    brought = restore(database_url, file, MACHINE_CLOCK, replace=True)
    assert isinstance(brought, Refusal)
    assert brought.code == "moved"


def test_there_and_back(lived: Engine, empty_url: str, tmp_path: Path) -> None:
    before = every_row(lived, but=("audit_event", "record_line", "record_head"))
    moved(lived, empty_url)
    new = open_engine(empty_url)
    back_url = f"sqlite:///{tmp_path / 'back.db'}"
    moved(new, back_url)
    back = open_engine(back_url)
    assert every_row(back, but=("audit_event", "record_line", "record_head")) == before
    assert is_written(back)
    assert not is_written(new)
    assert whole(back)
    back.dispose()
    new.dispose()


class Stopped(Exception):
    """The process ends here."""


@pytest.mark.parametrize("step", ["_clear", "_counted", "_figures", "_give_up", "_arrive"])
def test_a_move_that_is_stopped_at_a_step_goes_on(
    step: str, lived: Engine, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*_: Any, **__: Any) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(moving, step, stops)
        with pytest.raises(Stopped):
            move(lived, other_url, ADMIN)
    if step == "_arrive":
        assert not is_written(lived)
    else:
        assert is_written(lived)
        assert whole(lived)
    if step in ("_give_up", "_arrive"):
        half = open_engine(other_url)
        assert not is_written(half)
        half.dispose()
    answer = moved(lived, other_url)
    new = open_engine(other_url)
    assert every_row(new) == every_row(lived)
    assert answer.head == head_of(new)
    assert is_written(new)
    assert not is_written(lived)
    new.dispose()


def test_what_has_arrived_is_written_once_the_old_one_is_seen_to_be_given_up(
    lived: Engine, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(moving, "_arrive", lambda to: None)
        moved(lived, other_url)
    new = open_engine(other_url)
    assert not is_written(new)
    finish_arrival(new)
    assert is_written(new)
    new.dispose()


def test_what_has_not_been_given_up_is_not_written_elsewhere(
    lived: Engine, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*_: Any, **__: Any) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(moving, "_figures", stops)
        patch.setattr(moving, "_counted", lambda proved: {})
        with pytest.raises(Stopped):
            move(lived, other_url, ADMIN)
    new = open_engine(other_url)
    finish_arrival(new)
    assert not is_written(new)
    assert is_written(lived)
    new.dispose()


def test_an_upgrade_leaves_what_was_moved_as_it_is(lived: Engine, new_file: str) -> None:
    moved(lived, new_file)
    mark = mark_at(lived)
    assert mark == Mark("moved", mark.token, place_of(new_file)) if mark else False
    upgrade(lived)
    assert mark_at(lived) == mark


def test_a_place_with_signs_of_its_own_is_told_as_it_is(lived: Engine, tmp_path: Path) -> None:
    (folder := tmp_path / "老王's 50% : 店").mkdir()
    place = address_of(folder / "账本?.db")
    moved(lived, place)
    assert (folder / "账本?.db").exists()
    mark = mark_at(lived)
    assert mark is not None
    assert mark.place == place
    with pytest.raises(Refused) as caught, transaction(lived, noon(LATER)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 1), on=LATER))
    assert caught.value.refusal.details == (("to", place),)
