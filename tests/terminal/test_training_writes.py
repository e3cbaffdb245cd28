"""Training keeps nothing, whatever it is asked: every act that writes is asked of it, and the books are as before."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy import inspect as look_into
from till_town import ADMIN, ADMIN_PIN, CLERK, SALT, SUPERVISOR, build_town, ok

from approvals import approval_of
from lizhi_pos.access.operators import Operator
from lizhi_pos.office.market_day import BackRoom
from lizhi_pos.till.basket import OnCounter
from lizhi_pos.till.service import Books
from lizhi_pos.till.training import TrainingBooks

BY, APPROVAL = Operator(CLERK, "clerk"), approval_of(SUPERVISOR)
SOLD, HELD, NEXT = (OnCounter("GZ0012", ((SALT, 1),), key, "1") for key in ("sold", "held", "next"))


def everything(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        tables = look_into(connection).get_table_names()
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in tables}


def writers(kind: type) -> set[str]:
    """The methods of a class that write."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return {n for n, f in found if "write(" in inspect.getsource(f) and not n.startswith("_") and n != "write"}


Act = Callable[[Books], Any]


@pytest.fixture
def acts(engine: Engine) -> dict[str, Act]:
    """A day on which all of them have something to do, and what to ask."""
    build_town(engine)
    books = Books(engine)
    shop, sold = ok(books.counter()), ok(books.redeem(SOLD, BY))
    books.keep(HELD, shop, BY)
    books.hold(HELD.key, "1")
    job = books.back_room.printing()[1][0].id
    return {
        "redeem": lambda b: b.redeem(NEXT, BY),
        "keep": lambda b: b.keep(NEXT, shop, BY),
        "hold": lambda b: b.hold(NEXT.key, "1"),
        "recall": lambda b: b.recall(HELD.key, "1", BY),
        "reprint": lambda b: b.reprint(sold.redemption_id, "1"),
        "return_goods": lambda b: b.return_goods(sold.receipt, (), APPROVAL, BY),
        "sign_in": lambda b: b.back_room.sign_in(ADMIN, "999999"),
        "approve": lambda b: b.back_room.approve(ADMIN, "999999", "示例", BY),
        "print_sticker": lambda b: b.back_room.print_sticker(sold.redemption_id, "1"),
        "print_again": lambda b: b.back_room.print_again(job, BY),
        "give_up": lambda b: b.back_room.give_up([job], BY),
        "keep_theme": lambda b: b.back_room.keep_theme("1", "dark", BY),
        "close_session": lambda b: b.back_room.close_session(BY, shop.day, forget_baskets=True),
        "open_session": lambda b: b.back_room.open_session(BY, APPROVAL),
    }


def test_whatever_training_is_asked_leaves_no_trace(engine: Engine, acts: dict[str, Act]) -> None:
    assert set(acts) == writers(Books) | writers(BackRoom)
    before = everything(engine)
    training = TrainingBooks(engine)
    for name, act in acts.items():
        act(training)
        assert everything(engine) == before, name
    assert training.write(lambda session: session.connection.execute(text("DELETE FROM basket")).rowcount) == 1
    assert everything(engine) == before
    assert ok(training.back_room.sign_in(ADMIN, ADMIN_PIN)).role == "admin"


def test_the_real_books_keep_what_they_are_asked(engine: Engine, acts: dict[str, Act]) -> None:
    books = Books(engine)
    for name in ("keep", "hold", "recall", "return_goods", "sign_in", "print_sticker", "give_up", "keep_theme"):
        before = everything(engine)
        acts[name](books)
        assert everything(engine) != before, name
