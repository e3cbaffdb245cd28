"""Who may type what: every command of the parser, by every role, and by nobody.

A finished month is tried with the very words that made it, so that each command has something to do.
"""

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.cli.parser import COMMANDS, build
from lizhi_pos.engines import open_engine

from .conftest import SECOND_PIN, Shop
from .test_undelivered import command_of, content, everything_typed

ROLES = ("clerk", "keeper", "accountant", "supervisor", "admin")
EVERYBODY = " ".join(ROLES)
BOOKS = "accountant supervisor admin"
KEEP = "keeper accountant admin"
PRINT = "clerk keeper accountant admin"

MAY: dict[str, str] = {
    "user add": "admin",
    "user list": "admin",
    "user role": "admin",
    "user end": "admin",
    "user pin": "admin",  # one's own is anybody's
    "setting list": EVERYBODY,
    "setting set": "admin",
    "rulebook show": EVERYBODY,
    "rulebook diff": EVERYBODY,
    "rulebook adopt": "admin",
    "village add": "admin",
    "village rename": "admin",
    "village list": EVERYBODY,
    "village template": EVERYBODY,
    "official add": "admin",
    "official end": "admin",
    "official list": "admin",
    "ledger import": "accountant admin",
    "ledger status": BOOKS,
    "ledger preview": BOOKS,
    "ledger diff": BOOKS,
    "ledger show": BOOKS,
    "ledger object": "accountant admin",
    "ledger settle": "accountant admin",
    "ledger publish": "accountant admin",
    "ledger review": "supervisor admin",
    "ledger reject": "supervisor admin",
    "ledger post": "accountant admin",
    "household list": EVERYBODY,
    "household show": EVERYBODY,
    "household history": EVERYBODY,
    "household split": "accountant admin",
    "household merge": "accountant admin",
    "household move": "accountant admin",
    "household close": "accountant admin",
    "household erase": "accountant admin",
    "household booklet": "accountant admin",
    "household member": "accountant admin",
    "household head": "accountant admin",
    "household freeze": "accountant admin",
    "household release": "accountant admin",
    "household correct": "accountant admin",
    "score correct": "accountant admin",
    "veto add": "accountant admin",
    "veto lift": "accountant admin",
    "veto list": BOOKS,
    "veto dismiss": "accountant admin",
    "veto release": "accountant admin",
    "report notice": BOOKS,
    "report red": BOOKS,
    "report black": BOOKS,
    "report candidates": BOOKS,
    "report scorecard": BOOKS,
    "report supervision": "supervisor admin",
    "supervision sign": "supervisor",  # their own signature
    "supervision list": "supervisor admin",
    "audit": "supervisor admin",
    "evidence add": "accountant admin",
    "evidence list": BOOKS,
    "evidence save": BOOKS,
    "product import": KEEP,
    "product list": EVERYBODY,
    "product add": KEEP,
    "product price": KEEP,
    "product rename": KEEP,
    "product pack": KEEP,
    "product code": KEEP,
    "product labels": PRINT,
    "donation import": KEEP,
    "donation add": KEEP,  # goods; of money it is the accountant's, below
    "donation certificate": KEEP,
    "donation void": "accountant admin",
    "purchase import": "accountant admin",
    "purchase add": "accountant admin",
    "purchase void": "accountant admin",
    "pool show": BOOKS,
    "stock list": EVERYBODY,
    "stock short": EVERYBODY,
    "stock near": EVERYBODY,
    "pledge add": "accountant admin",
    "pledge list": BOOKS,
    "donor list": EVERYBODY,
    "donor show": EVERYBODY,
    "donor consent": "accountant admin",
    "pool book": BOOKS,
    "pool bank": "accountant admin",
    "report donors": BOOKS,
    "report coverage": BOOKS,
    "report forecast": BOOKS,
    "stock card": EVERYBODY,
    "stock trace": "keeper accountant supervisor admin",
    "stock writeoff": KEEP,
    "stock recall": KEEP,
    "stock release": KEEP,
    "stock count": KEEP,
    "stock count open": KEEP,
    "stock count add": KEEP,
    "stock count read": KEEP,
    "stock count show": EVERYBODY,
    "stock count list": EVERYBODY,
    "stock count recount": KEEP,
    "stock count close": KEEP,
    "stock count drop": KEEP,
    "market open": "clerk admin",
    "market close": "clerk admin",
    "market status": EVERYBODY,
    "redeem": "clerk admin",
    "return": "clerk admin",
    "slips import": "clerk accountant admin",
    "month close": "accountant admin",
    "month documents": BOOKS,
    "month show": BOOKS,
    "report year": BOOKS,
    "month check": BOOKS,
    "month status": BOOKS,
    "month compare": "accountant admin",
    "month resolve": "accountant admin",
    "month confirm": "accountant admin",
    "year archive": BOOKS,
    "printer add": "admin",
    "printer list": EVERYBODY,
    "printer test": PRINT,
    "printer status": EVERYBODY,
    "printer label": PRINT,
    "printer card": "clerk admin",
    "printer sticker": PRINT,
    "printer certificate": "keeper accountant admin",
    "printer queue": EVERYBODY,
    "printer flush": PRINT,
    "printer retry": PRINT,
    "backup": "keeper accountant supervisor admin",
    "backup list": "keeper accountant supervisor admin",
    "verify": "keeper accountant supervisor admin",
    "move": "admin",  # nothing is written here any more
    "restore": "admin",  # into an empty place anybody; last, for it takes away what was done before
}
"""The roles that may type a command; what is missing here and below fails the tests."""

ASKS_NOBODY = {
    "till": "its first screen asks for name and PIN",
    "display": "opens no book, and shows what the household and all behind it may see",
    "serve": "every window is a till, which asks for name and PIN",
    "demo": "a made-up town in a file of its own, whose PINs it shows",
    "init": "there is nobody yet who could sign in; refused where there is a town",
    "calendar": "the market days hang on the wall",
    "rulebook check": "reads a file, and no books",
    "doctor": "for when nobody can sign in: it tells of the machine, of the town its name and how many entries it has",
}
"""Commands that ask for nobody's PIN, each with the reason."""

UNTYPED = {"printer retry": ("printer", "retry", "none")}


def tree(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every command there is, as argparse knows it."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for name, child in ((n, c) for group in groups for n, c in group.choices.items()):
        below = list(tree(child))
        yield from (f"{name} {rest}" for rest in below) if below else (name,)


def test_every_command_says_who_may_type_it() -> None:
    parsers = [build(lambda message: message, command.words, only_meant=True) for command in COMMANDS]
    assert {name for parser in parsers for name in tree(parser)} == {*MAY, *ASKS_NOBODY}
    assert all(ASKS_NOBODY.values())


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the books of a finished month and the files it was made of, a user of every role in it."""
    folder = tmp_path_factory.mktemp("month")
    with pytest.MonkeyPatch.context() as patched:
        shutil.copyfile(_empty(folder), folder / "town.db")
        patched.setenv("LIZHI_DB", str(folder / "town.db"))
        shop = _Typist(patched, folder)
        for words in everything_typed(folder, shop):
            if words[0] == "as":
                shop.act(*words[1:])
            elif words[0] != "move":
                # these books are still to be written
                shop.type(*words)
        for role in ROLES:
            shop.type("user", "add", f"{role}示例", "--role", role)
    return folder


def _empty(folder: Path) -> Path:
    from lizhi_pos.upgrade import upgrade

    engine = open_engine(f"sqlite:///{folder / 'empty.db'}")
    upgrade(engine)
    engine.dispose()
    return folder / "empty.db"


class _Typist(Shop):
    """Types without looking at what is answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        super().__init__(None, monkeypatch, folder)  # type: ignore[arg-type]

    def type(self, *words: Any) -> None:
        from lizhi_pos.cli.main import main

        assert main(["--json", *map(str, words)]) == 0, words


@pytest.fixture
def books(month: Path, shop: Shop, sqlite_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A copy of the month's books."""
    shutil.copyfile(month / "town.db", tmp_path / "town.db")
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def typed(month: Path, shop: Shop) -> dict[str, tuple[Any, ...]]:
    """Words for every command that asks who acts, with something to do."""
    found = {}
    for words in everything_typed(month, shop):
        if words[0] != "as":
            found[" ".join(command_of(words))] = words
    return {name: UNTYPED.get(name) or found[name] for name in MAY}


def without_tries(engine: Engine) -> dict[str, Any]:
    """Everything but what a wrong PIN writes: its count, and its line in the audit, which is on the record."""
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE app_user SET wrong_pins = 0, not_before = NULL")
    found = content(engine)
    audit = [row for row in found["audit_event"] if row.action != "wrong_pin"]
    return {**found, "audit_event": audit, "record_line": None, "record_head": None}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_types_its_own_commands_and_no_other(
    role: str, books: Engine, shop: Shop, typed: dict[str, tuple[Any, ...]]
) -> None:
    shop.act(f"{role}示例", SECOND_PIN)
    may = set()
    for name, words in typed.items():
        before = content(books)
        status = shop.run(*words)
        if shop.code != "not_allowed":
            assert shop.code not in ("bad_pin", "locked", "usage") or name in UNTYPED, (name, shop.said)
            may.add(name)
            continue
        assert status == 1, name
        assert shop.said.strip(), name
        assert content(books) == before, name
    assert may == {name for name, roles in MAY.items() if role in roles.split()}


@pytest.mark.parametrize("kind", ["money", "sponsor", "village"])
def test_a_keeper_receives_goods_and_no_money(kind: str, books: Engine, shop: Shop) -> None:
    before = content(books)
    gift = ("donation", "add", "XJ-9", "--kind", kind, "--donor", "天桥村", "--village", "天桥村", "--amount", "5")
    for role in ROLES:
        shop.act(f"{role}示例", SECOND_PIN)
        shop.run(*gift)
        assert (shop.code == "not_allowed") == (role not in ("accountant", "admin")), role
        assert (content(books) == before) == (role in ("clerk", "keeper")), role


NO_PIN, WRONG_PIN = (2, "usage"), (1, "bad_pin")


@pytest.mark.parametrize(
    ("who", "pin", "answer"),
    [("", "", NO_PIN), ("admin示例", "", NO_PIN), ("admin示例", "000000", WRONG_PIN), ("无此人", "000000", WRONG_PIN)],
    ids=["nobody", "a name", "a wrong PIN", "a name that nobody has"],
)
def test_nothing_is_done_without_a_right_pin(
    who: str,
    pin: str,
    answer: tuple[int, str],
    books: Engine,
    shop: Shop,
    typed: dict[str, tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIZHI_OPERATOR", "")
    monkeypatch.setenv("LIZHI_PIN", pin)
    before = without_tries(books)
    for name, words in typed.items():
        status = shop.run(*(["--operator", who] if who else []), *words)
        assert (status, shop.code) == answer, name
        assert without_tries(books) == before, name


@pytest.mark.parametrize("role", ROLES)
def test_anybody_gives_themselves_a_new_pin(role: str, books: Engine, shop: Shop) -> None:
    shop.act(f"{role}示例", SECOND_PIN)
    assert shop("user", "pin", f"{role}示例")["name"] == f"{role}示例"


def test_what_asks_nobody_writes_nothing_into_the_books(
    month: Path, books: Engine, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIZHI_OPERATOR")
    before, tried = content(books), set()
    for words in everything_typed(month, shop):
        name = next((n for n in ASKS_NOBODY if tuple(n.split()) == tuple(map(str, words[: len(n.split())]))), None)
        if name is not None:
            tried.add(name)
            shop.run(*words)
            assert shop.code == ("out_of_turn" if name == "init" else ""), name
            assert content(books) == before, name
    assert tried == set(ASKS_NOBODY) - {"till", "serve", "display"}


def test_a_paper_printed_again_says_who_decided_it(books: Engine, shop: Shop) -> None:
    """No name that was only typed gets on record."""
    shop.act("admin示例", SECOND_PIN)
    shop("printer", "add", "柜台", "--profile", "generic-58", "--device", "tcp://127.0.0.1:1")
    job = shop("printer", "test", "柜台", exits=3)["id"]
    with books.begin() as connection:
        connection.exec_driver_sql("UPDATE print_job SET state = 'unknown' WHERE state = 'queued'")
    shop.act("clerk示例", SECOND_PIN)
    shop("printer", "retry", job[-8:], exits=3)
    with books.connect() as connection:
        details = connection.exec_driver_sql("SELECT detail FROM print_job WHERE state = 'abandoned'").scalars().all()
    assert len(details) == 1
    assert "clerk示例" in details[0]
    with books.connect() as connection:
        (added,) = connection.exec_driver_sql(
            "SELECT by_user FROM audit_event WHERE action = 'printer.add' AND subject LIKE '%127.0.0.1:1'"
        ).scalars()
    assert added == "admin示例"
