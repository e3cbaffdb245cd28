"""Posting an entry: the only door through which any balance moves.

An entry's postings are written first and sum to zero; the entry itself, written last, seals them with its
hash and the hash of the entry before it at the same till.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, insert, select, update

from lizhi_pos.db import Id, Session, lock_rows, new_id, of_town
from lizhi_pos.journal.models import (
    POINTS_ACCOUNTS,
    YUAN_ACCOUNTS,
    account,
    balance,
    journal_entry,
    journal_head,
    posting,
)
from lizhi_pos.money import Points, Yuan
from lizhi_pos.refusal import BrokenPromise

EntryKind = Literal[
    "base",
    "volunteer",
    "adjust",
    "redeem",
    "return",
    "veto",
    "restore",
    "transfer",
    "close_out",
    "gift_money",
    "gift_in_kind",
    "allocation",
    "purchase",
    "goods_out",
    "goods_back",
    "loss",
]

OFFICE = "office"
"""The till of everything that is not sold: batches, vetoes, gifts."""

FIRST_HASH = bytes(32)


def town_account(kind: str) -> Id:
    """The key of one of the town's own accounts, the same in every town: its name, padded."""
    return Id(kind.encode().ljust(16, b"\0"))


class PointsPosting(Struct, frozen=True):
    """Points into (+) or out of (−) an account, and what this line is for."""

    account: Id
    amount: Points
    note: str = ""


class YuanPosting(Struct, frozen=True):
    """Yuan into (+) or out of (−) an account, and what this line is for."""

    account: Id
    amount: Yuan
    note: str = ""


class Entry(Struct, frozen=True, kw_only=True):
    """What an entry is about. `on` is the day it counts for; `key` makes a repeat impossible.

    `earned_month` is the month points were earned in, `document` the row the entry carries out, and
    `linked` the other half of a redemption or the entry that this one undoes.
    """

    kind: EntryKind
    on: date
    key: Id
    by: str
    reference: str
    till: str = OFFICE
    approved_by: str | None = None
    earned_month: str | None = None
    document: Id | None = None
    linked: Id | None = None


class Posted(Struct, frozen=True):
    """An entry that stands, and the hash that seals it."""

    entry_id: Id
    hash: bytes


_Posting = PointsPosting | YuanPosting

_HEAD = lock_rows(
    select(journal_head.c.number, journal_head.c.hash).where(
        of_town(journal_head), journal_head.c.till == bindparam("t")
    )
)
_MOVE_HEAD = (
    update(journal_head)
    .where(of_town(journal_head), journal_head.c.till == bindparam("t"), journal_head.c.number == bindparam("old"))
    .values(number=bindparam("new_number"), hash=bindparam("new_hash"))
)
_MOVE_BALANCE = (
    update(balance)
    .where(of_town(balance), balance.c.account_id == bindparam("account"), balance.c.amount + bindparam("delta") >= 0)
    .values(amount=balance.c.amount + bindparam("delta"))
)
_INSERT_POSTING = insert(posting)
_INSERT_ENTRY = insert(journal_entry)


def post_points(session: Session, entry: Entry, postings: Sequence[PointsPosting]) -> Posted:
    """Posts an entry of points and moves the balances of the households it touches.

    Raises BrokenPromise where the postings do not sum to zero or a household's balance would become negative:
    rules have refused that before.
    """
    _move_balances(session, postings)
    return _post(session, (entry, "points", postings))[0]


def post_yuan(session: Session, entry: Entry, postings: Sequence[YuanPosting]) -> Posted:
    """Posts an entry of yuan; raises BrokenPromise where its postings do not sum to zero."""
    return _post(session, (entry, "yuan", postings))[0]


def post_linked(
    session: Session,
    points: tuple[Entry, Sequence[PointsPosting]],
    yuan: tuple[Entry, Sequence[YuanPosting]],
) -> tuple[Posted, Posted]:
    """Posts the two halves of a redemption at one till: points spent, and goods given at cost, linked to them.

    Raises BrokenPromise as `post_points` does.
    """
    _move_balances(session, points[1])
    first, second = _post(session, (points[0], "points", points[1]), (yuan[0], "yuan", yuan[1]))
    return first, second


def open_household_accounts(session: Session, households: Iterable[Id]) -> None:
    """Accounts and zero balances for new households; a household's account has the household's key."""
    ids = list(households)
    session.insert(account, *({"account_id": i, "unit": "points", "kind": "household"} for i in ids))
    session.insert(balance, *({"account_id": i, "amount": 0} for i in ids))


def open_town_accounts(session: Session) -> None:
    """The town's own accounts, once, when it is founded."""
    kinds = [("points", k) for k in POINTS_ACCOUNTS if k != "household"] + [("yuan", k) for k in YUAN_ACCOUNTS]
    session.insert(account, *({"account_id": town_account(k), "unit": unit, "kind": k} for unit, k in kinds))


def derived_key(*parts: bytes | str) -> Id:
    """A key made from others, so that the same act always has the same one."""
    joined = b"\0".join(p.encode() if isinstance(p, str) else p for p in parts)
    return Id(hashlib.sha256(joined).digest()[:16])


def entry_hash(entry: Sequence[Any], postings: Iterable[Sequence[Any]]) -> bytes:
    """SHA-256 over every column of an entry but its own hash, and of its postings in order of their lines."""
    return hashlib.sha256(msgspec.msgpack.encode([list(entry), [list(p) for p in postings]])).digest()


_TOWN_POINTS = frozenset(town_account(kind) for kind in POINTS_ACCOUNTS if kind != "household")


def _move_balances(session: Session, postings: Sequence[PointsPosting]) -> None:
    deltas: dict[Id, int] = {}
    for p in postings:
        if p.account not in _TOWN_POINTS:
            deltas[p.account] = deltas.get(p.account, 0) + p.amount
    # in the order of the keys, so that two tills never wait for each other in a circle
    moves = [{"town": session.town, "account": a, "delta": d} for a, d in sorted(deltas.items()) if d]
    if moves and session.connection.execute(_MOVE_BALANCE, moves).rowcount != len(moves):
        raise BrokenPromise("a balance would become negative or is missing")


def _post(session: Session, *entries: tuple[Entry, str, Sequence[_Posting]]) -> list[Posted]:
    """Seals entries of one till one after another; each later one is linked to the first."""
    till = entries[0][0].till
    head = session.first(_HEAD, t=till)
    number, previous = (head.number, head.hash) if head else (0, FIRST_HASH)
    lines: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for entry, unit, postings in entries:
        if len(postings) < 2 or sum(p.amount for p in postings) != 0:
            raise BrokenPromise(f"an entry of {entry.kind} does not balance")
        number += 1
        row = _entry_row(session, entry, unit, number, previous)
        if rows:
            row["linked_entry"] = rows[0]["entry_id"]
        own = _posting_rows(row, postings)
        previous = row["hash"] = entry_hash(list(row.values()), [list(line.values()) for line in own])
        rows.append(row)
        lines += own
    session.connection.execute(_INSERT_POSTING, lines)
    session.connection.execute(_INSERT_ENTRY, rows)
    if head is None:
        session.insert(journal_head, {"till": till, "number": number, "hash": previous})
    elif session.change(_MOVE_HEAD, t=till, old=head.number, new_number=number, new_hash=previous) != 1:
        raise BrokenPromise(f"another entry was posted at till {till} meanwhile")
    return [Posted(row["entry_id"], row["hash"]) for row in rows]


def _entry_row(session: Session, entry: Entry, unit: str, number: int, previous: bytes) -> dict[str, Any]:
    """An entry's columns but its hash, in the order of the table, which is the order they are hashed in."""
    return {
        "town_id": session.town,
        "entry_id": new_id(),
        "unit": unit,
        "kind": entry.kind,
        "on_date": entry.on,
        "earned_month": entry.earned_month,
        "reference": entry.reference,
        "document_id": entry.document,
        "linked_entry": entry.linked,
        "by_user": entry.by,
        "approved_by": entry.approved_by,
        "recorded_at": session.now,
        "key": entry.key,
        "till": entry.till,
        "number": number,
        "previous_hash": previous,
    }


def _posting_rows(row: dict[str, Any], postings: Sequence[_Posting]) -> list[dict[str, Any]]:
    return [
        {
            "town_id": row["town_id"],
            "entry_id": row["entry_id"],
            "line": line,
            "unit": row["unit"],
            "account_id": p.account,
            "amount": p.amount,
            "note": p.note,
        }
        for line, p in enumerate(postings, 1)
    ]
