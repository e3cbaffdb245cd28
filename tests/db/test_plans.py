"""No statement that a till, a verdict, a checkout or home runs walks through the years: its plan on both databases.

A town of three months, 2,000 redemptions in each, with statistics; what is looked at are the tables that grow.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from shutil import copyfile
from typing import Any
from unittest.mock import patch

import pytest
from benchmarks import years
from benchmarks.town import ADMIN, approved
from sqlalchemy import Connection, Engine, create_engine, event, text

from databases import SUPERUSER, fresh_postgres
from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.checkout import open_baskets, receipt_summaries
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.market_session import close_session, market_view, open_session
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.checkout.returns import return_goods
from lizhi_pos.checkout.till_queries import (
    household_at_counter,
    households,
    recent_entries,
    shelf_items,
    trading_day,
    with_digits,
)
from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.journal.queries import balance_on, history, last_entry_day, lowest_balance_since
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.periods import Month
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.record.documents import DOCUMENTS, stored_digests
from lizhi_pos.settlement import closing_checks
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.coverage import pool_view
from lizhi_pos.settlement.overview import overview
from lizhi_pos.settlement.statement import Statement
from lizhi_pos.upgrade import upgrade

pytestmark = [pytest.mark.slow, pytest.mark.no_cover, pytest.mark.xdist_group("years"), pytest.mark.owner]

GROWING = frozenset(
    (
        *("act", "base_credit", "batch", "gift", "journal_entry", "posting", "print_job", "record_line", "redemption"),
        *("redemption_line", "redemption_lot", "redemption_return", "redemption_return_lot", "score", "slip"),
        *("statement_line", "stock_move"),
    )
)
SMALL = ("ix_print_job_not_done",)
"""Indexes of what waits: a handful of rows, however long the town has been selling."""
MONTH = Month(2020, 4)
DAY = years.market_day(MONTH)
NOON = years.noon(DAY)
BOOKLET = "SL00001"


@pytest.fixture(scope="module")
def three_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town as a SQLite file."""
    path = tmp_path_factory.mktemp("years") / "town.db"
    engine = years.begin(path)
    years.live(engine, islice((Month(2020, n) for n in (1, 2, 3)), 3))
    years.finish(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="module", params=["sqlite", "sqlite without statistics", "postgresql"])
def town(
    request: pytest.FixtureRequest, three_months: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The town on each database, on its next market day; on SQLite also as a shop's file is, that nobody analysed."""
    if request.param != "postgresql":
        path = tmp_path_factory.mktemp("town") / "town.db"
        copyfile(three_months, path)
        engine = open_engine(f"sqlite:///{path}")
        if request.param != "sqlite":
            with engine.begin() as connection:
                connection.execute(text("DELETE FROM sqlite_stat1"))
                connection.execute(text("DELETE FROM sqlite_stat4"))
            engine.dispose()
        open_shop(engine)
        yield engine
        engine.dispose()
        return
    for url in fresh_postgres(request.getfixturevalue("postgres_url"), "template0", SUPERUSER):
        engine = open_engine(url)
        upgrade(engine)
        copied(three_months, engine)
        open_shop(engine)
        yield engine
        engine.dispose()


def copied(path: Path, engine: Engine) -> None:
    """Every row of the SQLite file; the statistics are worked out anew."""
    old = create_engine(f"sqlite:///{path}")
    with old.connect() as source, engine.begin() as target:
        target.execute(text("SET LOCAL session_replication_role = replica"))
        for table in metadata.sorted_tables:
            names = ", ".join(f'"{column.name}"' for column in table.c)
            rows = source.execute(text(f'SELECT {names} FROM "{table.name}"')).mappings().all()
            if rows:
                cursor = target.connection.cursor()
                with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row(tuple(row.values()))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as target:
        target.execute(text("ANALYZE"))
    old.dispose()


def open_shop(engine: Engine) -> None:
    with transaction(engine, NOON) as tx:
        take_gifts(tx, years.gifts(MONTH), ADMIN)
        open_session(tx, Authority(ADMIN, DAY, approved(tx)), "示例")


def sale(tx: Transaction) -> Redemption:
    some = [p.code for p in stock_on(tx, DAY) if p.sellable > 20][:5]
    goods = tuple(Wanted(code, 1) for code in some)
    answer = redeem(tx, Basket(booklet=BOOKLET, wanted=goods, key=tx.new_id().hex()), Authority(ADMIN, DAY))
    assert isinstance(answer, Redemption), answer
    return answer


def household(tx: Transaction) -> Any:
    return household_facts(tx, [BOOKLET], DAY)[BOOKLET].household_id


def save_and_hold(tx: Transaction) -> None:
    shop: Any = trading_day(tx)
    basket = Basket(booklet=BOOKLET, wanted=(Wanted("2000000", 1),), key="open-1")
    assert open_baskets.save(tx, basket, shop.market_session, ADMIN) is None
    assert open_baskets.hold(tx, "open-1", "1") is None
    open_baskets.held(tx)


def look_back(tx: Transaction) -> None:
    sale(tx)
    assert receipt_summaries.receipts_on(tx, DAY)
    one = receipt_summaries.receipt_numbered(tx, "1-2020-000001")
    assert one is not None
    receipt_summaries.lines_of_receipt(tx, one.redemption_id)
    receipt_summaries.last_at_till(tx, "1", DAY)


def come_back(tx: Transaction) -> None:
    sold = sale(tx)
    one = [Wanted(sold.lines[0].code, 1)]
    return_goods(tx, sold.receipt, one, reason="示例", authority=Authority(ADMIN, DAY, approved(tx)))


def opened(tx: Transaction) -> None:
    shop: Any = trading_day(tx)
    shelf_items(tx, shop.market_session, DAY)
    households(tx, DAY)
    with_digits(tx, "1", DAY)


def printed(tx: Transaction) -> None:
    job = print_jobs.waiting(tx)[0]
    print_jobs.queue(tx)
    print_jobs.recover(tx)
    print_jobs.claim(tx, job.id, printer="示例", owner="示例")
    print_jobs.finish(tx, job.id, "sent", None)


def sold_and_printed(tx: Transaction) -> None:
    sale(tx)
    printed(tx)


def month_closed(tx: Transaction) -> None:
    """The whole chain and the whole stock are proved before; every batch there was is looked at once a month."""
    after = MONTH.next().first_day
    close_session(tx, Authority(ADMIN, DAY))
    with patch.dict(closing_checks.WARNS, {"batches": _nothing}):
        closed = close_month(tx.at(years.noon(after)), MONTH, Authority(ADMIN, after), proved=True)
    assert isinstance(closed, Statement)


def _nothing(_tx: Transaction, _closing: closing_checks.Closing) -> tuple[()]:
    return ()


ACTS: dict[str, Callable[[Transaction], Any]] = {
    "a checkout": sale,
    "a return": come_back,
    "a verdict": lambda s: household_at_counter(s, BOOKLET, DAY, ADMIN),
    "a basket": save_and_hold,
    "the till's opening": opened,
    "the receipts of a day": look_back,
    "the spool": sold_and_printed,
    "home": lambda s: overview(s, DAY),
    "the session": lambda s: market_view(s, DAY),
    "closing the session": lambda s: close_session(s, Authority(ADMIN, DAY)),
    "closing the month": month_closed,
    "a balance": lambda s: balance_on(s, household(s), DAY),
    "an earlier balance": lambda s: lowest_balance_since(s, household(s), years.market_day(Month(2020, 2))),
    "a history": lambda s: history(s, household(s)),
    "the last entries": lambda s: recent_entries(s, BOOKLET, DAY, 40),
    "the last entry": lambda s: last_entry_day(s, household(s)),
    "the shelf": lambda s: stock_on(s, DAY),
    "the pool": lambda s: pool_view(s, DAY),
}


@pytest.mark.parametrize("act", ACTS)
def test_no_act_of_the_shop_walks_through_the_years(town: Engine, act: str) -> None:
    walks = planned(town, ACTS[act], least=1000) + planned(town, ACTS[act], least=0)
    assert not walks, "\n".join(walks)


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_a_document_is_found_by_its_key(town: Engine, kind: str) -> None:
    with reading(town, NOON) as tx:
        root = DOCUMENTS[kind].parts[0]
        row = tx.connection.execute(root.table.select().limit(1)).first()
    if row is None:
        pytest.skip(f"nothing of {kind} has happened in this town")
    key = tuple(row._mapping[name] for name in root.key)
    walks = planned(town, lambda tx: stored_digests(tx, DOCUMENTS[kind], [key]), least=0)
    assert not walks, "\n".join(walks)


def planned(engine: Engine, act: Callable[[Transaction], Any], *, least: int) -> list[str]:
    """The statements of an act whose plan walks through a table that grows; what the act does is undone.

    PostgreSQL walks through a small table whatever indexes it has: of those with fewer than `least` rows nothing is
    said; with 0 it is told to take an index where there is one, and an empty table is passed over.
    """
    with engine.connect() as connection:
        tx = Transaction(connection, connection.scalar(text("SELECT town_id FROM town")), NOON)
        with _told(engine) as statements:
            act(tx)
            tx.settle()
        if connection.dialect.name == "sqlite":
            plan: Callable[[str, Any], Iterator[str]] = partial(_sqlite_walks, connection)
        else:
            if not least:
                connection.execute(text("SET LOCAL enable_seqscan = off"))
            whole = _wholes(connection)
            known = text("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'")
            big = {whole.get(name, name) for name, rows in connection.execute(known).all() if rows >= max(least, 1)}
            # in a town of three months a month's statements are a third of them all
            big -= {"statement_line"} if least else set()
            plan = partial(_postgres_walks, connection, (GROWING & big, whole))
        walks = [f"{walk}: {statement}" for statement, values in statements for walk in plan(statement, values)]
        connection.rollback()
    return walks


@contextmanager
def _told(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements that the database is told meanwhile, with their values; PostgreSQL's as its driver gets them."""
    statements: list[tuple[str, Any]] = []

    def remember(statement: str, values: Any) -> None:
        # the first or last of an index is at its end
        if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE)(?! (min|max)\()", statement):
            statements.append((statement, values))

    def heard(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        remember(statement, values[0] if many else values)

    if engine.dialect.name == "sqlite":
        event.listen(engine, "before_cursor_execute", heard)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", heard)
        return
    from psycopg import Cursor

    execute, executemany = Cursor.execute, Cursor.executemany

    def one(cursor: Any, statement: Any, values: Any = None, **more: Any) -> Any:
        remember(statement, values)
        return execute(cursor, statement, values, **more)

    def many(cursor: Any, statement: Any, values: Any, **more: Any) -> None:
        remember(statement, values[0])
        executemany(cursor, statement, values, **more)

    with patch.object(Cursor, "execute", one), patch.object(Cursor, "executemany", many):
        yield statements


def _sqlite_walks(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
        found = re.match(r"(SCAN|SEARCH) (\w+)(?: USING .*\((.*)\))?", row[3])
        if not found or found[2] not in GROWING or any(name in row[3] for name in SMALL):
            continue
        if found[1] == "SCAN" or found[3] == "town_id=?":
            yield row[3]


Looked = tuple[Set[str], Mapping[str, str]]
"""The tables that grow, and of each part of a table or index what it is a part of."""


def _wholes(connection: Connection) -> Mapping[str, str]:
    parts = text("SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits")
    return dict(tuple(row) for row in connection.execute(parts))


def _postgres_walks(connection: Connection, looked: Looked, statement: str, values: Any) -> Iterator[str]:
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar()
    (whole,) = json.loads(plan) if isinstance(plan, str) else plan or []
    yield from _nodes(whole["Plan"], looked)


def _nodes(node: dict[str, Any], looked: Looked) -> Iterator[str]:
    """Every node of PostgreSQL's plan that reads a growing table from end to end."""
    tables, whole = looked
    table, index = (whole.get(name, name) for name in (node.get("Relation Name", ""), node.get("Index Name", "")))
    kind = node["Node Type"]
    if table in tables and index not in SMALL:
        narrowed = re.sub(r"\(?town_id = [^)]*\)?( AND )?", "", node.get("Index Cond", ""))
        if kind == "Seq Scan" or ("Index" in kind and len(narrowed) < 6):
            yield f"{kind} {table} {node.get('Index Cond', '')}"
    for child in node.get("Plans", ()):
        yield from _nodes(child, looked)
