"""Posting an entry: the only door through which any balance moves.

An entry's postings are written first and sum to zero; the entry itself, written last, seals them with its
hash and the hash of the entry before it at the same till.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import bindparam, insert, select, update

from lizhi_pos.db import Transaction, of_town
from lizhi_pos.engines import straight
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import CASH, TOWN_ACCOUNTS, move_balances, town_account
from lizhi_pos.journal.hashing import FORMAT, entry_hash
from lizhi_pos.journal.models import (
    account,
    balance,
    journal_entry,
    journal_head,
    posting,
)
from lizhi_pos.locking import lock_rows
from lizhi_pos.money import Points, Yuan
from lizhi_pos.refusal import InvariantViolated
from lizhi_pos.text.normalize import typed

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
    "count",
    "void",
]

OFFICE = "office"
"""The till of everything that is not sold: batches, vetoes, gifts."""

FIRST_HASH = bytes(32)


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

    `earned_month` is the month points were earned in, `document` the key of what the entry carries out, and
    `document_hash` its digest: the entry's own hash seals both. `linked` is the other half of a redemption or the
    entry that this one undoes, `entry_id` the entry's own key where its document has to name it.
    """

    kind: EntryKind
    on: date
    key: Id
    by: str
    reference: str
    till: str = OFFICE
    approved_by: str | None = None
    earned_month: str | None = None
    document_hash: bytes
    document: Id | None = None
    linked: Id | None = None
    entry_id: Id | None = None


class Posted(Struct, frozen=True):
    """An entry that stands, and the hash that seals it."""

    entry_id: Id
    hash: bytes


_Posting = PointsPosting | YuanPosting

_HEAD = straight(
    lock_rows(
        select(journal_head.c.number, journal_head.c.hash).where(
            of_town(journal_head), journal_head.c.till == bindparam("of_till")
        )
    )
)
_MOVE_HEAD = (
    update(journal_head)
    .where(
        of_town(journal_head),
        journal_head.c.till == bindparam("of_till"),
        journal_head.c.number == bindparam("number_before"),
    )
    .values(number=bindparam("new_number"), hash=bindparam("new_hash"))
)
_INSERT_POSTING = insert(posting)
_INSERT_ENTRY = insert(journal_entry)


def post_points(tx: Transaction, entry: Entry, postings: Sequence[PointsPosting]) -> Posted:
    """Post an entry of points and move the balances of the households it touches.

    Raises InvariantViolated where the postings do not sum to zero or a household's balance would become negative:
    rules have refused that before.
    """
    return _post(tx, (entry, "points", postings))[0]


def post_yuan(tx: Transaction, entry: Entry, postings: Sequence[YuanPosting]) -> Posted:
    """Post an entry of yuan; raise InvariantViolated where it does not balance or the cash would be negative."""
    return _post(tx, (entry, "yuan", postings))[0]


def post_linked(
    tx: Transaction,
    points: tuple[Entry, Sequence[PointsPosting]],
    yuan: tuple[Entry, Sequence[YuanPosting]],
) -> tuple[Posted, Posted]:
    """Post the two halves of a redemption at one till: points spent, and goods given at cost, linked to them.

    Raises InvariantViolated as `post_points` does.
    """
    first, second = _post(tx, (points[0], "points", points[1]), (yuan[0], "yuan", yuan[1]))
    return first, second


def open_household_accounts(tx: Transaction, households: Iterable[Id]) -> None:
    """Accounts and zero balances for new households; a household's account has the household's key."""
    ids = list(households)
    tx.insert(account, *({"account_id": i, "unit": "points", "kind": "household"} for i in ids))
    tx.insert(balance, *({"account_id": i, "amount": 0, "place": 0} for i in ids))


def open_town_accounts(tx: Transaction) -> None:
    """Open the town's own accounts, once, when it is founded."""
    tx.insert(
        account, *({"account_id": town_account(kind), "unit": unit, "kind": kind} for kind, unit in TOWN_ACCOUNTS)
    )
    tx.insert(balance, {"account_id": CASH, "amount": 0, "place": 0})


def derived_key(*parts: bytes | str) -> Id:
    """Return a key made from others, so that the same act always has the same one."""
    joined = b"\0".join(p.encode() if isinstance(p, str) else p for p in parts)
    return Id(hashlib.sha256(joined).digest()[:16])


def _post(tx: Transaction, *entries: tuple[Entry, str, Sequence[_Posting]]) -> list[Posted]:
    """Seals entries of one till one after another; each later one is linked to the first."""
    till = entries[0][0].till
    places = iter(move_balances(tx, (p for _, _, postings in entries for p in postings)))
    head = tx.first(_HEAD, of_till=till)
    number, previous = (head.number, head.hash) if head else (0, FIRST_HASH)
    lines: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for entry, unit, postings in entries:
        if len(postings) < 2 or sum(p.amount for p in postings) != 0:
            raise InvariantViolated(f"an entry of {entry.kind} does not balance")
        number += 1
        row = _entry_row(tx, entry, unit, number, previous)
        if rows:
            row["linked_entry"] = rows[0]["entry_id"]
        own = _posting_rows(row, postings, places)
        previous = row["hash"] = entry_hash(row, own)
        rows.append(row)
        lines += own
    tx.send(_INSERT_POSTING, lines)
    tx.send(_INSERT_ENTRY, rows)
    if head is None:
        tx.insert(journal_head, {"till": till, "number": number, "hash": previous})
    else:
        moved = {
            "town": tx.town,
            "of_till": till,
            "number_before": head.number,
            "new_number": number,
            "new_hash": previous,
        }
        tx.send(_MOVE_HEAD, moved, 1, f"another entry was posted at till {till} meanwhile")
    return [Posted(row["entry_id"], row["hash"]) for row in rows]


def _entry_row(tx: Transaction, entry: Entry, unit: str, number: int, previous: bytes) -> dict[str, Any]:
    """Return an entry's columns but its hash."""
    return {
        "town_id": tx.town,
        "entry_id": entry.entry_id or tx.new_id(),
        "unit": unit,
        "kind": entry.kind,
        "on_date": entry.on,
        "earned_month": entry.earned_month,
        "reference": entry.reference,
        "document_id": entry.document,
        "linked_entry": entry.linked,
        "by_user": entry.by,
        "approved_by": entry.approved_by,
        "recorded_at": tx.now,
        "key": entry.key,
        "till": entry.till,
        "number": number,
        "previous_hash": previous,
        "format": FORMAT,
        "document_hash": entry.document_hash,
    }


def _posting_rows(
    row: dict[str, Any], postings: Sequence[_Posting], places: Iterator[int | None]
) -> list[dict[str, Any]]:
    return [
        {
            "town_id": row["town_id"],
            "entry_id": row["entry_id"],
            "line": line,
            "unit": row["unit"],
            "account_id": p.account,
            "amount": p.amount,
            "note": p.note and typed(p.note),
            "place": place,
        }
        for line, (p, place) in enumerate(zip(postings, places, strict=False), 1)
    ]
