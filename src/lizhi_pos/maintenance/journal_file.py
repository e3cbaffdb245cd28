"""The journal as a file that a stranger can follow: a posting a row, with everything that its entry's hash covers."""

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select

from lizhi_pos.accounts.models import booklet
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.journal.models import account, account_lines, journal_entry, posting
from lizhi_pos.money import format_hundredths

COLUMNS = (
    *("entry", "number", "till", "kind", "unit", "date", "recorded_at", "reference", "by", "approved_by"),
    *("line", "account", "booklet", "amount", "note", "previous_hash", "hash"),
)
"""The columns that the file is known by."""

HASHED_BESIDE = (
    *("town_id", "account_id", "place", "earned_month", "document_id", "document_hash", "linked_entry"),
    *("key", "format"),
)
"""What an entry's hash covers beside them."""

_REACH = (
    select(journal_entry.c.till, func.max(journal_entry.c.number).label("number"))
    .where(of_town(journal_entry), journal_entry.c.on_date <= bindparam("last"))
    .group_by(journal_entry.c.till)
)
_LINES = (
    select(
        *(column for column in journal_entry.c if column.name != "town_id"),
        *(posting.c[name] for name in ("town_id", "line", "account_id", "amount", "note", "place")),
        account.c.kind.label("account_kind"),
    )
    .select_from(account_lines)
    .where(of_town(posting))
    .order_by(journal_entry.c.till, journal_entry.c.number, posting.c.line)
    .execution_options(yield_per=1000)
)
_BOOKLETS = select(booklet.c.number, booklet.c.household_id, booklet.c.replaced_by, booklet.c.replaced_on).where(
    of_town(booklet)
)


def write_journal(tx: Transaction, last: date, path: Path) -> int:
    """Write each till's entries from its first to the last one dated by `last`, and return how many postings they have.

    What stands between them and is dated later is written too: without it the chain could not be followed.
    """
    reach = {row.till: row.number for row in tx.all(_REACH, last=last)}
    count = 0
    with path.open("x", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow((*COLUMNS, *HASHED_BESIDE))
        for row in _rows(tx, reach, _booklets(tx, last)):
            rows.writerow(row)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def _rows(tx: Transaction, reach: Mapping[str, int], booklets: Mapping[Id, str]) -> Iterator[list[Any]]:
    lines = tx.connection.execute(_LINES, {"town": tx.town})
    for line in lines:
        if line.number > reach.get(line.till, 0):
            continue
        fields = {
            **line._mapping,
            "entry": line.entry_id,
            "date": line.on_date,
            "recorded_at": line.recorded_at.isoformat(timespec="microseconds"),
            "by": line.by_user,
            "account": line.account_kind,
            "booklet": booklets.get(line.account_id, "") if line.account_kind == "household" else "",
            "amount": format_hundredths(line.amount),
        }
        yield [_cell(fields[name]) for name in (*COLUMNS, *HASHED_BESIDE)]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


def _booklets(tx: Transaction, last: date) -> Mapping[Id, str]:
    """Return each household's number as it is at the end of a day; of a former household the last of its own."""
    own: dict[Id, list[Any]] = {}
    for row in tx.all(_BOOKLETS):
        own.setdefault(row.household_id, []).append(row)
    return {household: _held(rows, last) for household, rows in own.items()}


def _held(rows: Sequence[Any], last: date) -> str:
    # of a household that comes later than that day, the first number
    holding = [row for row in rows if row.replaced_on is None or row.replaced_on > last]
    if holding:
        return str(min(holding, key=lambda row: row.replaced_on or date.max).number)
    numbers = {row.number for row in rows}
    return next(str(row.number) for row in rows if row.replaced_by not in numbers)
