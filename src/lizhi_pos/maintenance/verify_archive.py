"""核对这份档案 / Verify this archive.

    python3 verify.py [DIR]

只用 Python 自带的库（3.11 以上），不需要收银程序。全部相符时打印 OK，返回 0；否则逐条说明哪里不对，返回 1。
Needs nothing but Python's own library (3.11 or later). Prints OK and ends with 0, or names all that is wrong and ends
with 1.
"""

import csv
import hashlib
import json
import re
import sqlite3
import struct
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path
from typing import Any

SUMS = "SHA256SUMS"
OF_FILE_MANAGERS = {".DS_Store", "Thumbs.db", "desktop.ini"}

# columns of journal.csv that an entry's hash covers, and how their text is read; three are hashed under another name
ENTRY_COLUMNS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("approved_by", "by", "earned_month", "kind", "reference", "till", "unit"), str),
    **dict.fromkeys(("document_hash", "document_id", "entry", "key", "linked_entry", "previous_hash"), bytes.fromhex),
    **{"town_id": bytes.fromhex, "format": int, "number": int},
    **{"date": date.fromisoformat, "recorded_at": datetime.fromisoformat},
}
HASHED_AS = {"by": "by_user", "date": "on_date", "entry": "entry_id"}
MAY_BE_EMPTY = {"approved_by", "document_hash", "document_id", "earned_month", "format", "linked_entry"}
# the first way of hashing, of entries whose format is empty: values in this order, without their names
FIRST_ENTRY = (
    *("town_id", "entry_id", "unit", "kind", "on_date", "earned_month", "reference", "document_id", "linked_entry"),
    *("by_user", "approved_by", "recorded_at", "key", "till", "number", "previous_hash"),
)
FIRST_POSTING = ("town_id", "entry_id", "line", "unit", "account_id", "amount", "note")

# kind of entry: column of a statement that it moves, and in which direction
MOVES = {
    "base": ("base", 1),
    "volunteer": ("volunteer", 1),
    "redeem": ("redeemed", -1),
    "return": ("returned", 1),
    "veto": ("vetoed", -1),
    "restore": ("restored", 1),
    "adjust": ("adjusted", 1),
    "transfer": ("transferred", 1),
    "close_out": ("adjusted", 1),
}
SIGNS = dict(MOVES.values())
AMOUNTS = ("opening", *SIGNS, "closing")

Problem = str
Known = tuple[dict[str, int], dict[str, dict[str, int]], dict[str, int]]
"""By household: opening, movements and closing."""


class Journal:
    """What journal.csv was found to say.

    `moved` is by month and household what each column of a statement moved by, signed as in the journal; `booklets`
    the numbers that a household's lines carry; `hashes` what each till's entries end with.
    """

    def __init__(self) -> None:
        self.moved: dict[str, dict[str, dict[str, int]]] = {}
        self.booklets: dict[str, set[str]] = {}
        self.hashes: dict[tuple[str, int], str] = {}

    def add(self, rows: list[dict[str, str]]) -> None:
        """Add an entry of points."""
        month = self.moved.setdefault(rows[0]["date"][:7], {})
        column, _sign = MOVES[rows[0]["kind"]]
        for row in rows:
            if row["account"] == "household":
                held = month.setdefault(row["account_id"], {})
                held[column] = held.get(column, 0) + hundredths(row["amount"])
                self.booklets.setdefault(row["account_id"], set()).add(row["booklet"])


def packed(value: Any) -> bytes:
    """Return a value in MessagePack, as it is hashed."""
    if value is None:
        return b"\xc0"
    if isinstance(value, int):
        return _packed_number(value)
    if isinstance(value, str):
        text = value.encode()
        return _headed(text, len(text), ((31, 0xA0), (0xFF, 0xD9), (0xFFFF, 0xDA), (0xFFFFFFFF, 0xDB)))
    if isinstance(value, bytes):
        return _headed(value, len(value), ((0xFF, 0xC4), (0xFFFF, 0xC5), (0xFFFFFFFF, 0xC6)))
    if isinstance(value, datetime):
        return _packed_moment(value)
    if isinstance(value, date):
        return packed(value.isoformat())
    if isinstance(value, dict):
        body = b"".join(packed(name) + packed(one) for name, one in value.items())
        return _headed(body, len(value), ((15, 0x80), (0xFFFF, 0xDE), (0xFFFFFFFF, 0xDF)))
    body = b"".join(packed(one) for one in value)
    return _headed(body, len(value), ((15, 0x90), (0xFFFF, 0xDC), (0xFFFFFFFF, 0xDD)))


def _headed(body: bytes, size: int, heads: tuple[tuple[int, int], ...]) -> bytes:
    """Return a body after its head: what it is and how long."""
    most, sign = next((most, sign) for most, sign in heads if size <= most)
    if most in (15, 31):
        return bytes([sign | size]) + body
    return bytes([sign]) + size.to_bytes({0xFF: 1, 0xFFFF: 2, 0xFFFFFFFF: 4}[most], "big") + body


def _packed_number(value: int) -> bytes:
    if -32 <= value < 128:
        return struct.pack("b", value)
    bits = (value if value >= 0 else ~value).bit_length() + (value < 0)
    size = next(size for size in (1, 2, 4, 8) if bits <= 8 * size)
    sign = (0xCC if value >= 0 else 0xD0) + (1, 2, 4, 8).index(size)
    return bytes([sign]) + value.to_bytes(size, "big", signed=value < 0)


def _packed_moment(value: datetime) -> bytes:
    since = value - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    seconds, nanoseconds = since.days * 86400 + since.seconds, since.microseconds * 1000
    if seconds >> 34 or seconds < 0:
        return b"\xc7\x0c\xff" + struct.pack(">Iq", nanoseconds, seconds)
    if nanoseconds or seconds >> 32:
        return b"\xd7\xff" + struct.pack(">Q", nanoseconds << 34 | seconds)
    return b"\xd6\xff" + struct.pack(">I", seconds)


def hundredths(text: str) -> int:
    """Return an amount, as ``-12.50``, in whole hundredths; raise ValueError for anything else."""
    if not re.fullmatch(r"-?\d+\.\d\d", text, re.ASCII):
        raise ValueError(text)
    return int(text.replace(".", ""))


def written(amount: int) -> str:
    """Return whole hundredths as an amount with two decimals."""
    whole, rest = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:02d}"


def entry_hash(rows: list[dict[str, str]]) -> bytes:
    """Return the SHA-256 of an entry, from its rows of journal.csv."""
    first = rows[0]
    entry = {
        HASHED_AS.get(name, name): None if not first[name] and name in MAY_BE_EMPTY else read(first[name])
        for name, read in ENTRY_COLUMNS.items()
    }
    postings: list[dict[str, Any]] = [
        {name: entry[name] for name in ("entry_id", "town_id", "unit")}
        | {"account_id": bytes.fromhex(row["account_id"]), "amount": hundredths(row["amount"]), "note": row["note"]}
        | {"line": int(row["line"]), "place": int(row["place"]) if row["place"] else None}
        for row in rows
    ]
    if entry["format"] is None:
        told: Any = [[entry[name] for name in FIRST_ENTRY], [[p[name] for name in FIRST_POSTING] for p in postings]]
    else:
        told = [_fields(entry), [_fields(p) for p in postings]]
    return hashlib.sha256(packed(told)).digest()


def _fields(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in sorted(found) if found[name] is not None}


def check_files(folder: Path) -> Iterator[Problem]:
    """Yield every file that is not what SHA256SUMS says, is gone, or was put there."""
    listed = {}
    for line in (folder / SUMS).read_text(encoding="utf-8").removesuffix("\n").split("\n"):
        if not re.fullmatch(r"[0-9a-f]{64}  .+", line):
            yield f"{SUMS}：读不懂这一行 / cannot read the line {line!r}"
        listed[line[66:]] = line[:64]
    there = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if not p.is_dir()}
    for name, told in listed.items():
        if name not in there:
            yield f"{name}：文件不见了 / is gone"
        elif _sha256(there[name]) != told:
            yield f"{name}：内容变了，和 {SUMS} 不符 / was changed, it is not what {SUMS} says"
    for name, path in there.items():
        if name not in listed and name != SUMS and path.name not in OF_FILE_MANAGERS:
            yield f"{name}：{SUMS} 里没有这个文件 / is not listed in {SUMS}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_evidence(folder: Path) -> Iterator[Problem]:
    """Yield every picture or paper that is not what its name says."""
    for path in sorted((folder / "evidence").glob("*")):
        if path.name not in OF_FILE_MANAGERS and _sha256(path) != path.name.partition(".")[0]:
            yield f"evidence/{path.name}：内容和文件名里的哈希不符 / is not what the hash in its name says"


def entries(folder: Path) -> Iterator[list[dict[str, str]]]:
    """Yield the rows of each entry of journal.csv, in order."""
    with (folder / "journal.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        needed = {*ENTRY_COLUMNS, "line", "account", "account_id", "booklet", "amount", "note", "place", "hash"}
        if missing := sorted(needed - set(rows.fieldnames or ())):
            raise ValueError(f"columns missing: {', '.join(missing)}")
        for _, one in groupby(rows, key=lambda row: (row["till"], row["number"], row["entry"])):
            yield list(one)


def check_journal(folder: Path, journal: Journal) -> Iterator[Problem]:
    """Yield every entry that is not what its hash says, does not balance, or does not follow the one before it."""
    till, number, previous, named = "", 0, bytes(32).hex(), True
    done: set[str] = set()
    for rows in entries(folder):
        first = rows[0]
        name = f"journal.csv {first['till']} {first['number']} {first['kind']} {first['reference']}"
        try:
            if first["till"] != till:
                done.add(till)
                till, number, previous, named = first["till"], 0, bytes(32).hex(), False
                if till in done:
                    yield f"{name}：这台机的分录不在一处 / its till's entries do not stand together"
            if int(first["number"]) != number + 1:
                yield f"{name}：缺第 {number + 1} 号 / number {number + 1} is missing"
            if first["previous_hash"] != previous:
                yield f"{name}：和前一笔接不上 / does not follow the entry before it"
            if named and not first["format"]:
                yield f"{name}：用了已停用的算法 / is hashed in a way that was given up before it"
            yield from _check_entry(name, rows)
            if first["unit"] == "points":
                journal.add(rows)
        except (ValueError, OverflowError, KeyError, TypeError) as error:
            yield f"{name}：读不懂 / cannot be read: {error}"
            if not re.fullmatch(r"\d+", first["number"], re.ASCII):
                continue
        number, previous, named = int(first["number"]), first["hash"], bool(first["format"])
        journal.hashes[till, number] = previous


def _check_entry(name: str, rows: list[dict[str, str]]) -> Iterator[Problem]:
    if total := sum(hundredths(row["amount"]) for row in rows):
        yield f"{name}：借贷不平，差 {written(total)} / does not balance, it sums to {written(total)}"
    if any(row[column] != rows[0][column] for row in rows for column in (*ENTRY_COLUMNS, "hash")):
        yield f"{name}：各行说法不一 / its rows do not say the same"
    if entry_hash(rows).hex() != rows[0]["hash"]:
        yield f"{name}：和它的哈希不符 / is not what its hash says"


def check_statements(folder: Path, journal: Journal) -> Iterator[Problem]:
    """Yield every figure of a statement that the journal or its own rows contradict."""
    statements = {path.stem: path for path in sorted((folder / "statements").glob("*.json"))}
    if not statements:
        yield "statements：没有对账单 / there is no statement"
        return
    first, last, moved = min(statements), max(statements), journal.moved
    for month in _months(max(min(moved, default=first), f"{first[:4]}-01"), last):
        if month not in statements:
            yield f"statements/{month}.json：缺这个月的对账单 / the month's statement is missing"
    balances: dict[str, int] = {}
    for month in _months(min(first, *moved), last):
        opening = dict(balances)
        for account, columns in moved.get(month, {}).items():
            balances[account] = balances.get(account, 0) + sum(columns.values())
        if month in statements:
            name = f"statements/{month}.json"
            try:
                yield from _check_month(name, month, statements[month], (opening, moved.get(month, {}), balances))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                yield f"{name}：读不懂 / cannot be read: {error!r}"
    yield from _check_booklets(statements[last], journal.booklets)


def _check_booklets(path: Path, known: dict[str, set[str]]) -> Iterator[Problem]:
    """Yield every household whose lines in the journal carry another number than the last statement has."""
    for village in json.loads(path.read_text(encoding="utf-8"))["villages"]:
        for line in village["households"]:
            for number in sorted(known.get(line["household_id"], set()) - {line["booklet"]}):
                yield (
                    f"journal.csv {number}：statements/{path.name} 里这一户是 {line['booklet']} / "
                    f"this household is {line['booklet']} in the statement"
                )


def _months(first: str, last: str) -> Iterator[str]:
    year, month = int(first[:4]), int(first[5:7])
    while (name := f"{year:04d}-{month:02d}") <= last:
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _check_month(name: str, month: str, path: Path, known: Known) -> Iterator[Problem]:
    statement = json.loads(path.read_text(encoding="utf-8"))
    if statement["month"] != month:
        yield f"{name}：写的是别的月份 / speaks of another month, {statement['month']}"
    told: dict[str, dict[str, int]] = {}
    booklets: dict[str, str] = {}
    for village in statement["villages"]:
        where = f"{name} {village['village']}"
        lines = [(line, {n: hundredths(line[n]) for n in AMOUNTS}) for line in village["households"]]
        for line, amounts in lines:
            booklets[line["household_id"]] = line["booklet"]
            sums = told.setdefault(line["household_id"], dict.fromkeys(AMOUNTS, 0))
            for column, amount in amounts.items():
                sums[column] += amount
            if amounts["opening"] + sum(sign * amounts[n] for n, sign in SIGNS.items()) != amounts["closing"]:
                yield f"{where} {line['booklet']}：期初加变动不等于期末 / opening and movements do not make closing"
        yield from _check_totals(where, village, [amounts for _line, amounts in lines])
    yield from _check_households(name, told, booklets, known)


def _check_totals(where: str, village: dict[str, Any], lines: list[dict[str, int]]) -> Iterator[Problem]:
    totals = {n: hundredths(village["totals"][n]) for n in AMOUNTS}
    for column in AMOUNTS:
        found = sum(amounts[column] for amounts in lines)
        if totals[column] != found:
            yield _differs(f"{where} {column}", totals[column], found, "各户相加 / its households make")
    value = totals["redeemed"] - totals["returned"]
    for column in ("goods_value", "drawn"):
        if (says := hundredths(village[column])) != value:
            yield _differs(f"{where} {column}", says, value, "兑换减退回 / redeemed less returned is")


def _differs(what: str, says: int, found: int, by: str) -> Problem:
    return f"{what}：写 / it says {written(says)}，{by} {written(found)}"


def _check_households(
    name: str, told: dict[str, dict[str, int]], booklets: dict[str, str], known: Known
) -> Iterator[Problem]:
    opening, moved, closing = known
    for household in sorted(told.keys() | closing.keys() | moved.keys()):
        says = told.get(household, dict.fromkeys(AMOUNTS, 0))
        booklet = booklets.get(household, household)
        found = {"opening": opening.get(household, 0), "closing": closing.get(household, 0)}
        found.update({n: sign * moved.get(household, {}).get(n, 0) for n, sign in SIGNS.items()})
        for column in AMOUNTS:
            if says[column] != found[column]:
                yield _differs(f"{name} {booklet} {column}", says[column], found[column], "日记账 / the journal says")


def check_books(folder: Path, hashes: dict[tuple[str, int], str]) -> Iterator[Problem]:
    """Yield where books.db and journal.csv do not hold the same entries."""
    if sqlite3.sqlite_version_info < (3, 37):
        return  # too old to open it; that it is what it was says SHA256SUMS
    # immutable: nothing is written beside it, and it may lie on a disk that cannot be written
    books = sqlite3.connect(f"{(folder / 'books.db').resolve().as_uri()}?immutable=1", uri=True)
    try:
        kept = {
            (till, number): held.hex()
            for till, number, held in books.execute("SELECT till, number, hash FROM journal_entry")
        }
    finally:
        books.close()
    for till, number in sorted(hashes):
        if kept.get((till, number)) != hashes[till, number]:
            yield f"books.db {till} {number}：和 journal.csv 不是同一笔 / is not the entry that journal.csv has"


def problems(folder: Path) -> tuple[list[Problem], int]:
    """Return all that is wrong with an archive, and how many entries its journal has."""
    journal = Journal()
    found: list[Problem] = []
    checks: list[tuple[str, Callable[[], Iterator[Problem]]]] = [
        (SUMS, lambda: check_files(folder)),
        ("evidence", lambda: check_evidence(folder)),
        ("journal.csv", lambda: check_journal(folder, journal)),
        ("statements", lambda: check_statements(folder, journal)),
        ("books.db", lambda: check_books(folder, journal.hashes)),
    ]
    for what, check in checks:
        try:
            found += check()
        except (OSError, ValueError, KeyError, TypeError, csv.Error, sqlite3.Error) as error:
            found.append(f"{what}：读不出来 / cannot be read: {error}")
    return found, len(journal.hashes)


def main(words: list[str]) -> int:
    """Verify the archive in a folder, this file's own where none is given; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    folder = Path(words[0]) if words else Path(__file__).resolve().parent
    found, count = problems(folder)
    if not found:
        print("OK")
        print(f"全部相符：日记账 {count} 笔，一笔接一笔，都和对账单、文件清单一致。")
        print(f"All of it agrees: {count} entries, each following the one before, the statements and the files.")
        return 0
    print(f"不相符 {len(found)} 处 / {len(found)} things are wrong:")
    for problem in found:
        print(f"✘ {problem}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
