"""A town that has been selling for years, built in bulk: its redemptions are written as rows, everything else by us.

2,000 households in four villages, 2,000 redemptions of four lines on every market day, a ledger of a village and sixty
lots a month, months closed in order. The rows of the redemptions are hashed as the program hashes them, so that the
town is whole: `verify` proves it.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy import Engine, Table, select, text, update

from benchmarks.town import ADMIN, HERE, PIN, SUPERVISOR, approved, codes
from lizhi_pos.access.operators import Authority, Operator, add_user
from lizhi_pos.accounts.batches import publish, review
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import ActRow, HouseholdRow, ScoreRow, SignatureRow, VillageWorkbook
from lizhi_pos.accounts.models import booklet
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.market_session import close_session, open_session, open_session_now
from lizhi_pos.checkout.models import (
    REDEMPTION,
    receipt_counter,
    redemption,
    redemption_line,
    redemption_lot,
)
from lizhi_pos.checkout.receipt import SHOP, Receipt, ReceiptLine, short_hash
from lizhi_pos.db import Transaction, of_town, transaction
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.engines import open_engine
from lizhi_pos.ids import Id
from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.inventory.models import GOODS, lot, product, stock_move
from lizhi_pos.inventory.products import take_goods
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.entries import FIRST_HASH, derived_key
from lizhi_pos.journal.hashing import FORMAT, entry_hash
from lizhi_pos.journal.models import balance, journal_entry, journal_head, posting
from lizhi_pos.migrations import guards
from lizhi_pos.money import Points, Yuan
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.printqueue.models import print_job
from lizhi_pos.receiving.files import take_gifts
from lizhi_pos.record.documents import digest_of
from lizhi_pos.refusal import Refusal
from lizhi_pos.rulebook.adopted import adopt
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.town.town import create_town
from lizhi_pos.upgrade import upgrade

FIRST = Month(2020, 1)
VILLAGES = tuple(f"示例{n}村" for n in "一二三四")
HOUSEHOLDS, PRODUCTS, LOTS, LINES, TILL = 2000, 300, 60, 4, "1"
PIECES = 201
RULES = """
town = "示例镇"
year = 2019
[base_score]
threshold = 85
points_per_score = "0.1"
[[category]]
name = "示例"
[[category.item]]
name = "示例"
points = "10.00"
"""


def market_day(month: Month) -> date:
    """The month's day at the shop."""
    return date(month.year, month.month, 28)


def noon(day: date) -> datetime:
    """Noon of a day in the town."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def _turn(month: Month) -> int:
    return month.year * 12 + month.month


def numbers(village: int) -> list[str]:
    """The booklets of a village."""
    size = HOUSEHOLDS // len(VILLAGES)
    return [f"SL{n:05}" for n in range(village * size, (village + 1) * size)]


def engine_of(path: Path) -> Engine:
    """An engine that does not wait for the disk."""
    from sqlalchemy import event

    engine = open_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def unsafe(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-200000")

    return engine


def begin(path: Path) -> Engine:
    """The town before its first month."""
    engine = engine_of(path)
    upgrade(engine)
    rules = read_rulebook(RULES)
    assert isinstance(rules, Rulebook)
    with transaction(engine, noon(FIRST.first_day)) as tx:
        create_town(tx, "示例镇", ADMIN.name, PIN)
        add_user(tx, SUPERVISOR.name, "supervisor", PIN)
        adopt(tx, RULES, rules, "示例", ADMIN.name)
        for name in VILLAGES:
            add_village(tx, name)
        take_goods(tx, [GoodsRow(code, f"示例商品{code}", Yuan(100), HERE) for code in codes(PRODUCTS)], ADMIN)
        money = GiftRow("XJ-1", FIRST.first_day, "cash", "示例", HERE, amount=Yuan(1000000))
        take_gifts(tx, [money], ADMIN)
    with engine.begin() as connection:
        guards.remove(connection)
    return engine


def live(engine: Engine, months: Iterator[Month]) -> None:
    """One month after the other: ledgers, gifts, the market day, the end of the month before."""
    for month in months:
        day = market_day(month)
        with transaction(engine, noon(day)) as tx:
            for village in range(len(VILLAGES)):
                if month == FIRST or month.month % 3 == 1 or _turn(month) % len(VILLAGES) == village:
                    _ledger(tx, village, month)
            take_gifts(tx, gifts(month), ADMIN)
            market = open_session(tx, Authority(ADMIN, day, approved(tx)), "示例")
            assert not isinstance(market, Refusal), market
            _Sales(tx, month).write()
            closed = close_session(tx, Authority(ADMIN, day))
            assert not isinstance(closed, Refusal), closed
        after = month.last_day + timedelta(1)
        with transaction(engine, noon(after)) as tx:
            statement = close_month(tx, month, Authority(ADMIN, after), proved=True)
            assert not isinstance(statement, Refusal), statement


def finish(engine: Engine) -> None:
    """The guards stand again, and the database knows what lies in its tables."""
    with engine.begin() as connection:
        guards.install(connection)
        connection.execute(text("ANALYZE"))


def _ledger(tx: Transaction, village: int, month: Month) -> None:
    """A village's month: acts of its turn, and the scores of a quarter once it has ended."""
    people = numbers(village)
    heads = tuple(HouseholdRow(b, "示例户主", date(2015, 1, 1), HERE) for b in people) if month == FIRST else ()
    ended = Quarter.last_ended_before(month.first_day)
    quarters = (Quarter.at_index(ended.index - 1), ended) if month == FIRST else (ended,)
    scored = [ScoreRow(b, q, 900, HERE) for b in people for q in quarters] if month.month % 3 == 1 else []
    turn = month == FIRST or _turn(month) % len(VILLAGES) == village
    acts = [ActRow(b, "示例户主", month.first_day, "示例", Points(3000), HERE, times=3) for b in people if turn]
    signed = tuple(SignatureRow("assessment", f"评议示例{n}", HERE) for n in range(5)) + tuple(
        SignatureRow("supervision", f"监督示例{n}", HERE) for n in range(3)
    )
    name, day = VILLAGES[village], market_day(month)
    book = VillageWorkbook(name, month, heads, (), tuple(scored), tuple(acts), (), signed)
    accountant = Operator("会计示例", "accountant")
    for step in (
        draft(tx, book, accountant),
        publish(tx, name, month, Authority(accountant, day - timedelta(20))),
        review(tx, name, month, Authority(SUPERVISOR, day - timedelta(9))),
        post_batch(tx, name, month, Authority(accountant, day - timedelta(1))),
    ):
        assert not isinstance(step, Refusal), step


def gifts(month: Month) -> list[GiftRow]:
    """Sixty lots of goods."""
    day = month.first_day + timedelta(4)
    some = [codes(PRODUCTS)[(_turn(month) * LOTS + n) % PRODUCTS] for n in range(LOTS)]
    return [
        GiftRow(
            f"SW-{month}-{code}",
            day,
            "in_kind",
            "示例",
            HERE,
            code=code,
            quantity=PIECES,
            unit_value=Yuan(90),
            expires_on=day + timedelta(500),
        )
        for code in some
    ]


def _insert(tx: Transaction, table: Table, rows: list[dict[str, Any]]) -> None:
    """Rows through the driver alone."""
    dialect = tx.connection.dialect
    named = [name for name in rows[0]]
    told = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in named]
    seen: dict[Any, Any] = {}

    def bound(value: Any, processor: Any) -> Any:
        if not isinstance(value, date):
            return value
        if value not in seen:
            seen[value] = processor(value)
        return seen[value]

    values = [tuple(map(bound, row.values(), told)) for row in rows]
    marks = ", ".join("?" * len(named))
    tx.connection.exec_driver_sql(f"INSERT INTO {table.name} ({', '.join(named)}) VALUES ({marks})", values)


class _Sales:
    """One market day's redemptions as rows: every household comes once and takes four kinds of goods."""

    def __init__(self, tx: Transaction, month: Month) -> None:
        self.tx, self.month, self.day = tx, month, market_day(month)
        market = open_session_now(tx)
        assert market is not None
        self.market = market.session_id
        self.rows: dict[Any, list[dict[str, Any]]] = {
            table: []
            for table in (posting, journal_entry, stock_move, redemption, redemption_line, redemption_lot, print_job)
        }
        found = tx.first(select(journal_head).where(of_town(journal_head), journal_head.c.till == TILL))
        self.number: int = found.number if found else 0
        self.hash: bytes = found.hash if found else FIRST_HASH
        self.first_of_till = found is None
        counter = select(receipt_counter.c.number).where(
            of_town(receipt_counter), receipt_counter.c.till == TILL, receipt_counter.c.year == month.year
        )
        self.receipt = tx.value(counter) or 0
        self.first_of_year = self.receipt == 0
        lots = select(lot, product.c.code, product.c.name.label("product_name")).select_from(
            lot.join(product, (product.c.town_id == lot.c.town_id) & (product.c.product_id == lot.c.product_id))
        )
        full = lots.where(of_town(lot), lot.c.on_hand > 0).order_by(lot.c.lot_id)
        self.shelf = deque(row._asdict() for row in tx.all(full))
        people = select(booklet.c.number, booklet.c.household_id, balance.c.amount, balance.c.place).select_from(
            booklet.join(
                balance,
                (balance.c.town_id == booklet.c.town_id) & (balance.c.account_id == booklet.c.household_id),
            )
        )
        self.people = tx.all(people.where(of_town(booklet)).order_by(booklet.c.number))

    def write(self) -> None:
        """Every household's redemption, and what it leaves behind."""
        moved: dict[Id, int] = {}
        for person in self.people:
            self._one(person, moved)
        tx = self.tx
        for table, rows in self.rows.items():
            _insert(tx, table, rows)
        tx.connection.execute(
            text("UPDATE balance SET amount = amount - :spent, place = place + 1 WHERE account_id = :whose"),
            [{"spent": row["total"], "whose": row["household_id"]} for row in self.rows[redemption]],
        )
        tx.connection.execute(
            text("UPDATE lot SET on_hand = on_hand - :pieces WHERE lot_id = :key"),
            [{"pieces": pieces, "key": key} for key, pieces in moved.items()],
        )
        head = {"number": self.number, "hash": self.hash}
        if self.first_of_till:
            tx.insert(journal_head, {"till": TILL, **head})
        tx.change(update(journal_head).where(of_town(journal_head), journal_head.c.till == TILL).values(head))
        if self.first_of_year:
            tx.insert(receipt_counter, {"till": TILL, "year": self.month.year, "number": self.receipt})
        last = update(receipt_counter).where(
            of_town(receipt_counter), receipt_counter.c.till == TILL, receipt_counter.c.year == self.month.year
        )
        tx.change(last.values(number=self.receipt))

    def _one(self, person: Any, moved: dict[Id, int]) -> None:
        key, points, goods = self.tx.new_id(), self.tx.new_id(), self.tx.new_id()
        self.receipt += 1
        receipt = f"{TILL}-{self.month.year}-{self.receipt:06d}"
        taken = self._take(moved)
        total = sum(pieces * 100 for _, pieces in taken)
        town = {"town_id": self.tx.town}
        wanted = tuple(Wanted(one["code"], pieces) for one, pieces in taken)
        row = {
            **town,
            "redemption_id": key,
            "receipt": receipt,
            "till": TILL,
            "year": self.month.year,
            "number": self.receipt,
            "session_id": self.market,
            "household_id": person.household_id,
            "booklet": person.number,
            "on_date": self.day,
            "recorded_at": self.tx.now,
            "clerk": ADMIN.name,
            "approved_by": None,
            "approval_reason": "",
            "proxy": "",
            "relation": "",
            "total": total,
            "balance_before": person.amount,
            "balance_after": person.amount - total,
            "key": key.hex(),
            "content_hash": Basket(booklet=person.number, wanted=wanted, key="").content_hash(),
            "points_entry": points,
            "goods_entry": goods,
        }
        assert row["balance_after"] >= 0, (self.month, person)
        lines = [
            {
                **town,
                "redemption_id": key,
                "line": n,
                "product_id": one["product_id"],
                "quantity": pieces,
                "price": 100,
                "amount": pieces * 100,
            }
            for n, (one, pieces) in enumerate(taken, 1)
        ]
        lots = [
            {**town, "redemption_id": key, "line": n, "lot_id": one["lot_id"], "quantity": pieces}
            for n, (one, pieces) in enumerate(taken, 1)
        ]
        moves = [
            {
                **town,
                "move_id": self.tx.new_id(),
                "lot_id": one["lot_id"],
                "kind": "redeem",
                "on_date": self.day,
                "quantity": -pieces,
                "cost": -pieces * one["unit_cost"],
                "entry_id": goods,
                "recorded_at": self.tx.now,
            }
            for one, pieces in taken
        ]
        paper = self._paper(row, taken)
        document = msgspec.json.encode(paper)
        job = {"redemption_id": key, "kind": "receipt", "document": document}
        sealed = digest_of(
            REDEMPTION, (key,), {redemption: [row], redemption_line: lines, redemption_lot: lots, print_job: [job]}
        )
        cost = sum(pieces * one["unit_cost"] for one, pieces in taken)
        place = person.place + 1
        spent = [(person.household_id, -total, place), (town_account("redeemed"), total, None)]
        given = [(town_account("goods_redeemed"), cost, None), (town_account("stock"), -cost, None)]
        self._entry(points, "points", "redeem", row, derived_key(key, "points"), sealed, None, spent)
        chain = short_hash(self.hash)
        self._entry(
            goods,
            "yuan",
            "goods_out",
            row,
            derived_key(key, "goods"),
            digest_of(GOODS, (goods,), {stock_move: moves}),
            points,
            given,
        )
        self.rows[redemption].append(row)
        self.rows[redemption_line] += lines
        self.rows[redemption_lot] += lots
        self.rows[stock_move] += moves
        printed = {
            "job_id": self.tx.new_id(),
            "printer": "示例",
            "till": TILL,
            "document": msgspec.json.encode(structs.replace(paper, chain=chain)),
            "copy": 0,
            "state": "sent",
            "detail": "",
            "created_at": self.tx.now,
            "changed_at": self.tx.now,
        }
        self.rows[print_job].append({**town, **job, **printed})

    def _take(self, moved: dict[Id, int]) -> list[tuple[dict[str, Any], int]]:
        """Four lots that still hold something, one after the other, and how much of each."""
        found: list[tuple[dict[str, Any], int]] = []
        while len(found) < LINES:
            one = self.shelf[0]
            pieces = min(1 + len(found) % 2, one["on_hand"])
            if not pieces:
                self.shelf.popleft()
                continue
            one["on_hand"] -= pieces
            moved[one["lot_id"]] = moved.get(one["lot_id"], 0) + pieces
            found.append((one, pieces))
            self.shelf.rotate(-1)
        return found

    def _entry(
        self,
        key: Id,
        unit: str,
        kind: str,
        row: dict[str, Any],
        act: Id,
        sealed: bytes,
        linked: Id | None,
        lines: Sequence[tuple[Id, int, int | None]],
    ) -> None:
        self.number += 1
        entry = {
            "town_id": self.tx.town,
            "entry_id": key,
            "unit": unit,
            "kind": kind,
            "on_date": self.day,
            "earned_month": None,
            "reference": row["receipt"],
            "document_id": row["redemption_id"],
            "linked_entry": linked,
            "by_user": ADMIN.name,
            "approved_by": None,
            "recorded_at": self.tx.now,
            "key": act,
            "till": TILL,
            "number": self.number,
            "previous_hash": self.hash,
            "format": FORMAT,
            "document_hash": sealed,
        }
        postings = [
            {
                "town_id": self.tx.town,
                "entry_id": key,
                "line": n,
                "unit": unit,
                "account_id": whose,
                "amount": amount,
                "note": "",
                "place": place,
            }
            for n, (whose, amount, place) in enumerate(lines, 1)
        ]
        self.hash = entry["hash"] = entry_hash(entry, postings)
        self.rows[journal_entry].append(entry)
        self.rows[posting] += postings

    def _paper(self, row: dict[str, Any], taken: list[tuple[dict[str, Any], int]]) -> Receipt:
        return Receipt(
            shop=SHOP,
            town=self.tx.town_name,
            number=row["receipt"],
            on=self.day,
            printed_at=f"{self.day.isoformat()} 12:00",
            clerk=ADMIN.name,
            till=TILL,
            booklet=row["booklet"],
            head="示*主",
            village=VILLAGES[0],
            lines=tuple(
                ReceiptLine(one["code"], one["product_name"], n, Yuan(100), Points(n * 100)) for one, n in taken
            ),
            total=Points(row["total"]),
            balance_before=row["balance_before"],
            balance_after=row["balance_after"],
            chain="",
        )
