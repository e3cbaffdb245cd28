"""One redemption (三(五)1, 五): eligibility, points, stock, receipt and print job commit together or not at all."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Table, bindparam, update

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.after_merge import bring_back
from lizhi_pos.accounts.queries import is_same_household
from lizhi_pos.checkout.authorize import Authorized, authorize
from lizhi_pos.checkout.basket import Basket
from lizhi_pos.checkout.models import (
    REDEMPTION,
    receipt_counter,
    redemption,
    redemption_line,
    redemption_lot,
    slip,
)
from lizhi_pos.checkout.open_baskets import discard
from lizhi_pos.checkout.receipt import SHOP, Receipt, ReceiptLine, head_on_paper, short_hash
from lizhi_pos.checkout.redemption_facts import redemption_facts
from lizhi_pos.checkout.redemptions import PrintJobRef, RedeemedLine, Redemption, TakenLot, find_redemption
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.engines import straight
from lizhi_pos.ids import Id
from lizhi_pos.inventory.count_closing import post_taken_back
from lizhi_pos.inventory.stock import Move, moves_digest, moves_of, take, write_moves
from lizhi_pos.journal.balances import town_account
from lizhi_pos.journal.entries import (
    Entry,
    PointsPosting,
    Posted,
    YuanPosting,
    derived_key,
    post_linked,
)
from lizhi_pos.money import Points, Yuan
from lizhi_pos.printqueue.models import RECEIPTS, print_job
from lizhi_pos.printqueue.print_jobs import enqueue
from lizhi_pos.record.documents import digest_of
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import not_in_future, rules_on, today
from lizhi_pos.rulebook.rules import Rulebook

_COUNT_ON = straight(
    update(receipt_counter)
    .where(
        of_town(receipt_counter),
        receipt_counter.c.till == bindparam("of_till"),
        receipt_counter.c.year == bindparam("of_year"),
    )
    .values(number=receipt_counter.c.number + 1)
    .returning(receipt_counter.c.number)
)


def redeem(tx: Transaction, basket: Basket, authority: Authority) -> Redemption | Refusal:
    """Redeems a basket for its household, or says every reason why not and writes nothing.

    The same key with the same basket answers with the first redemption; with another one it is a conflict.
    A day other than today, and the clerk's own household, need a second person's approval.
    """
    if refusal := _why_not_well_formed(basket):
        return refusal
    stands_on = redemption_facts(tx, basket.key, authority.on)
    if (kept := stands_on.kept) is not None:
        if kept.content_hash != basket.content_hash() or kept.on != authority.on:
            return refuse("key_conflict", "Key {0} belongs to another basket: use a new key", basket.key)
        return find_redemption(tx, kept.redemption_id)
    rules = rules_on(tx, authority.on)
    if isinstance(rules, Refusal):
        return rules
    if refusal := not_in_future(tx, authority.on) or _why_not_alone(tx, basket, authority):
        return refusal
    found = authorize(tx, basket, rules, authority.on, stands_on)
    if isinstance(found, Refusal):
        return found
    written = _rows(tx, basket, found, authority)
    # a paper slip's household went home with its slip long ago
    if found.taken_back:
        post_taken_back(tx, found.taken_back, found.lots, authority)
    if found.merge is not None:
        bring_back(tx, found.household.household_id, found.merge, found.total, (written.row["receipt"], authority))
    papers = [] if basket.slip else _papers(tx, written.row, basket, found, rules, stands_on.settings)
    return _write(tx, basket, found, written, papers)


def _why_not_well_formed(basket: Basket) -> Refusal | None:
    if not basket.wanted:
        return refuse("rule_broken", "The basket is empty: scan goods first")
    if any(w.quantity < 1 for w in basket.wanted):
        return refuse("rule_broken", "A quantity must be a whole number from 1")
    if bool(basket.proxy) != bool(basket.relation) and not basket.slip:
        return refuse("rule_broken", "Somebody who collects for a household gives name and relation")
    return None


def _why_not_alone(tx: Transaction, basket: Basket, authority: Authority) -> Refusal | None:
    if authority.approval is not None:
        return None
    if authority.by.booklet and is_same_household(tx, authority.by.booklet, basket.booklet):
        return refuse("approval_needed", "This is the clerk's own household: another person serves it or approves")
    if authority.on != today(tx) and not basket.slip:
        return refuse(
            "approval_needed", "{0} is not today: redeeming needs a supervisor's PIN", authority.on.isoformat()
        )
    return None


def _write(
    tx: Transaction,
    basket: Basket,
    found: Authorized,
    written: "_Rows",
    papers: Sequence[tuple[str, bytes]],
) -> Redemption:
    with tx.in_one_go():
        points, _goods = _post(tx, written, basket, found, papers)
        picks = [pick for picks in found.picks.values() for pick in picks]
        take(tx, picks)
        write_moves(tx, written.moves)
        for table, rows in written.by_table():
            tx.insert(table, *rows)
        discard(tx, basket.key)
        jobs = [
            enqueue(
                tx,
                kind=kind,
                document=document.replace(_NO_CHAIN, b'"chain":"%s"' % short_hash(points.hash).encode(), 1),
                redemption_id=written.row["redemption_id"],
                till=basket.till,
            )
            for kind, document in papers
        ]
    return _answer(written.row, found, jobs[0] if jobs else None)


_NO_CHAIN = b'"chain":""'


class _Rows(Struct, frozen=True):
    """A redemption as it is hashed and then written."""

    row: dict[str, Any]
    lines: list[dict[str, Any]]
    lots: list[dict[str, Any]]
    slips: list[dict[str, Any]]
    moves: list[Move]

    def by_table(self) -> tuple[tuple[Table, list[dict[str, Any]]], ...]:
        return (redemption, [self.row]), (redemption_line, self.lines), (redemption_lot, self.lots), (slip, self.slips)


def _rows(tx: Transaction, basket: Basket, found: Authorized, authority: Authority) -> _Rows:
    key, number = tx.new_id(), _next_number(tx, basket.till, authority.on.year)
    row: dict[str, Any] = {
        "redemption_id": key,
        "receipt": f"{basket.till}-{authority.on.year}-{number:06d}",
        "till": basket.till,
        "year": authority.on.year,
        "number": number,
        "session_id": found.session_id,
        "household_id": found.household.household_id,
        "booklet": basket.booklet,
        "on_date": authority.on,
        "recorded_at": tx.now,
        "clerk": authority.by.name,
        "approved_by": authority.approver,
        "approval_reason": authority.approval.reason if authority.approval else "",
        "proxy": basket.proxy,
        "relation": basket.relation,
        "total": found.total,
        "balance_before": found.balance,
        "balance_after": found.balance - found.total,
        "key": basket.key,
        "content_hash": basket.content_hash(),
        "points_entry": tx.new_id(),
        "goods_entry": tx.new_id(),
    }
    picks = [pick for line in found.lines for pick in found.picks[line.product_id]]
    return _Rows(
        row,
        _line_rows(key, found),
        _lot_rows(key, found),
        [{"number": basket.slip, "redemption_id": key, "content_hash": slip_hash(basket, authority.on)}]
        if basket.slip
        else [],
        moves_of(tx, row["goods_entry"], "redeem", authority.on, picks),
    )


def _papers(
    tx: Transaction, row: dict[str, Any], basket: Basket, found: Authorized, rules: Rulebook, town: Mapping[str, str]
) -> list[tuple[str, bytes]]:
    """Return the household's receipt, and the village's copy where the town has set one, without the entry's hash."""
    document = msgspec.json.encode(_receipt(tx, row, basket, found, rules, town))
    return [(kind, document) for kind in RECEIPTS if kind == "receipt" or town["village-copy"] == "yes"]


def _post(
    tx: Transaction, written: _Rows, basket: Basket, found: Authorized, papers: Sequence[tuple[str, bytes]]
) -> tuple[Posted, Posted]:
    """Return the two entries: points spent, and goods given at cost."""
    row, key = written.row, written.row["redemption_id"]
    jobs = [{"redemption_id": key, "kind": kind, "document": document} for kind, document in papers]
    entry = Entry(
        kind="redeem",
        on=row["on_date"],
        key=derived_key(key, "points"),
        by=row["clerk"],
        approved_by=row["approved_by"],
        reference=row["receipt"],
        till=basket.till,
        document=key,
        document_hash=digest_of(REDEMPTION, (key,), {**dict(written.by_table()), print_job: jobs}),
        entry_id=row["points_entry"],
    )
    goods = structs.replace(
        entry,
        kind="goods_out",
        key=derived_key(key, "goods"),
        document_hash=moves_digest(row["goods_entry"], written.moves),
        entry_id=row["goods_entry"],
    )
    cost = Yuan(-sum(move.cost for move in written.moves))
    spent = [
        PointsPosting(row["household_id"], Points(-found.total), basket.slip),
        PointsPosting(town_account("redeemed"), found.total),
    ]
    given = [YuanPosting(town_account("goods_redeemed"), cost), YuanPosting(town_account("stock"), Yuan(-cost))]
    return post_linked(tx, (entry, spent), (goods, given))


def slip_hash(basket: Basket, on: date) -> bytes:
    """SHA-256 of what a paper slip says, by which it is known again."""
    return hashlib.sha256(on.isoformat().encode() + basket.content_hash()).digest()


def _answer(row: Mapping[str, Any], found: Authorized, job: Id | None) -> Redemption:
    """Return what `find_redemption` would read back."""
    lines = tuple(
        RedeemedLine(
            line.code,
            line.name,
            line.quantity,
            line.price,
            line.amount,
            tuple(TakenLot(p.lot.name, p.quantity, p.lot.expires_on) for p in found.picks[line.product_id]),
        )
        for line in found.lines
    )
    return Redemption(
        receipt=row["receipt"],
        booklet=row["booklet"],
        date=row["on_date"],
        total=row["total"],
        balance_before=row["balance_before"],
        balance_after=row["balance_after"],
        lines=lines,
        print_job=PrintJobRef(job, "queued") if job else None,
        clerk=row["clerk"],
        proxy=row["proxy"],
        relation=row["relation"],
        approved_by=row["approved_by"],
        recorded_at=row["recorded_at"],
        redemption_id=row["redemption_id"],
    )


def _line_rows(key: Id, found: Authorized) -> list[dict[str, Any]]:
    return [
        {
            "redemption_id": key,
            "line": number,
            "product_id": line.product_id,
            "quantity": line.quantity,
            "price": line.price,
            "amount": line.amount,
        }
        for number, line in enumerate(found.lines, 1)
    ]


def _lot_rows(key: Id, found: Authorized) -> list[dict[str, Any]]:
    return [
        {"redemption_id": key, "line": number, "lot_id": pick.lot.lot_id, "quantity": pick.quantity}
        for number, line in enumerate(found.lines, 1)
        for pick in found.picks[line.product_id]
    ]


def _next_number(tx: Transaction, till: str, year: int) -> int:
    number = tx.value(_COUNT_ON, of_till=till, of_year=year)
    if number is None:
        tx.insert(receipt_counter, {"till": till, "year": year, "number": 1})
    return int(number or 1)


def _receipt(
    tx: Transaction,
    row: dict[str, Any],
    basket: Basket,
    found: Authorized,
    rules: Rulebook,
    town: Mapping[str, str],
) -> Receipt:
    household = found.household
    return Receipt(
        shop=SHOP,
        town=tx.town_name,
        number=row["receipt"],
        on=row["on_date"],
        printed_at=tx.now.astimezone(rules.zone).strftime("%Y-%m-%d %H:%M"),
        clerk=row["clerk"],
        till=basket.till,
        booklet=basket.booklet,
        head=head_on_paper(household.head, town),
        village=household.village,
        lines=_receipt_lines(found),
        total=found.total,
        balance_before=row["balance_before"],
        balance_after=row["balance_after"],
        chain="",
        proxy=basket.proxy,
        relation=basket.relation,
        approved_by=row["approved_by"] or "",
        approval_reason=row["approval_reason"],
        slip=basket.slip,
        session_approved_by=found.session_approved_by,
        session_reason=found.session_reason if found.session_approved_by else "",
    )


def _receipt_lines(found: Authorized) -> tuple[ReceiptLine, ...]:
    return tuple(ReceiptLine(x.code, x.name, x.quantity, x.price, x.amount) for x in found.lines)
