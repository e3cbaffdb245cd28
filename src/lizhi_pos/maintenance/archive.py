"""The archive of a year: its books, its papers and what proves them, in a folder that a stranger can verify (六)."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine, bindparam, select

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town, reading, same_row, write
from lizhi_pos.engines import clock_of
from lizhi_pos.evidence.media import ENDINGS
from lizhi_pos.evidence.models import evidence_content, evidence_file
from lizhi_pos.file_writing import file_name
from lizhi_pos.journal.periods import last_closed
from lizhi_pos.journal.queries import first_day
from lizhi_pos.maintenance.books_copy import copy_books, opened
from lizhi_pos.maintenance.journal_file import write_journal
from lizhi_pos.maintenance.new_folder import FIRST_FILE, new_folder, why_not_folder, write_through
from lizhi_pos.maintenance.verify_archive import SUMS, problems
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.rulebook.models import rulebook

_RULEBOOKS = (
    select(rulebook.c.year, rulebook.c.version, rulebook.c.filing, rulebook.c.source)
    .where(of_town(rulebook))
    .order_by(rulebook.c.year, rulebook.c.version)
)
_EVIDENCE = (
    select(evidence_content.c.sha256, evidence_file.c.media)
    .select_from(evidence_content.join(evidence_file, same_row(evidence_file.c.file_id, evidence_content.c.file_id)))
    .where(of_town(evidence_content))
    .order_by(evidence_content.c.sha256)
)
_CONTENT = select(evidence_content.c.content).where(
    of_town(evidence_content), evidence_content.c.sha256 == bindparam("hash_of_it")
)


class ArchivedMonth(Struct, frozen=True):
    """What a closed month leaves: its statement as scripts read it, and its papers by their names."""

    statement: bytes
    documents: Mapping[str, bytes]


class Order(Struct, frozen=True, kw_only=True):
    """What is to be archived, for whom, and where to.

    `so_far` takes the months that are closed, where not all of them are. `files_of` makes a month's files, and `tell`
    says how far it is.
    """

    year: int
    so_far: bool
    folder: Path
    by: Operator
    files_of: Callable[[Transaction, Month], ArchivedMonth]
    tell: Callable[[Message], None]


Content = tuple[str, Callable[[], bytes]]
"""A file by its name, and what reads its content."""

PARTS = ("documents", "evidence", "rulebooks", "statements")
"""The folders of an archive, each there also where nothing is in it."""


class Archive(Struct, frozen=True, kw_only=True):
    """An archive that was written. `problems` is what its own verification found; it is empty where all agrees."""

    year: int
    months: tuple[str, ...]
    folder: str
    files: int
    entries: int
    problems: tuple[str, ...]


def write_archive(engine: Engine, order: Order) -> Archive | Refusal:
    """Write a year's archive into a new or empty folder, and put on record that it was taken out.

    The books are copied first, while tills sell; all the rest is read from that copy. Raise OSError where the folder
    cannot be written; then nothing is left of it.
    """
    if refusal := order.by.refusal_to("see_books"):
        return refusal
    with reading(engine) as tx:
        months = archived_months(tx, order.year, so_far=order.so_far)
    if isinstance(months, Refusal):
        return months
    if refusal := why_not_folder(order.folder):
        return refusal
    with new_folder(order.folder) as folder:
        _fill(engine, order, months, folder.path)
        wrong, entries = problems(folder.path)
        if refusal := why_not_folder(order.folder):
            return refusal
        write(engine, lambda tx: record(tx, order.by, "export", f"year {order.year} archive"))
        count = sum(1 for path in folder.path.rglob("*") if path.is_file())
        if refusal := folder.put_in_place():
            return refusal
    return Archive(
        year=order.year,
        months=tuple(str(month) for month in months),
        folder=str(order.folder),
        files=count,
        entries=entries,
        problems=tuple(wrong),
    )


def archived_months(tx: Transaction, year: int, *, so_far: bool) -> Sequence[Month] | Refusal:
    """Return the closed months of a year from the town's first month on; refuse a year that has open ones."""
    first, last = first_day(tx), last_closed(tx)
    months = [Month(year, number) for number in range(1, 13)]
    due = [month for month in months if first is not None and month >= Month.of(first)]
    if not due:
        return refuse("rule_broken", "There is nothing of {0} in the books", year)
    closed = [month for month in due if last is not None and month <= last]
    still_open = ", ".join(str(month) for month in due if month not in closed)
    if not closed:
        return refuse("month_open", "No month of {0} is closed yet: close {1} first", year, str(due[0]))
    if still_open and not so_far:
        return refuse("month_open", "Not closed yet: {0}. Close them first, or archive what is closed", still_open)
    return closed


def _fill(engine: Engine, order: Order, months: Sequence[Month], folder: Path) -> None:
    """Write every file of the archive."""
    clock = clock_of(engine)
    for part in PARTS:
        (folder / part).mkdir()
    write_through(folder / FIRST_FILE, _readme(order.year, months))
    write_through(folder / "verify.py", _shipped("verify_archive.py"))
    order.tell(message("copying the books"))
    copy_books(engine, folder / "books.db")
    with opened(folder / "books.db", clock) as books, reading(books) as tx:
        order.tell(message("writing the journal"))
        write_journal(tx, months[-1].last_day, folder / "journal.csv")
        for month in months:
            order.tell(message("writing the papers of {0}", str(month)))
            found = order.files_of(tx, month)
            write_through(folder / "statements" / f"{month}.json", found.statement)
            for name, content in found.documents.items():
                write_through(folder / "documents" / name, content)
        for name, read in (*_rulebooks(tx), *_evidence(tx)):
            write_through(folder / name, read())
    order.tell(message("verifying what was written"))
    write_through(folder / SUMS, _sums(folder))


def _rulebooks(tx: Transaction) -> Iterator[Content]:
    for row in tx.all(_RULEBOOKS):
        name = file_name(f"{row.year}-{row.version}_{row.filing}", ".toml")
        yield f"rulebooks/{name}", row.source.encode


def _evidence(tx: Transaction) -> Iterator[Content]:
    for row in tx.all(_EVIDENCE):
        name = f"evidence/{row.sha256.hex()}{ENDINGS[row.media]}"
        # one at a time: each may have ten megabytes
        yield name, partial(tx.value, _CONTENT, hash_of_it=row.sha256)


def _readme(year: int, months: Sequence[Month]) -> bytes:
    text = _shipped("archive_readme.txt").decode()
    for name, value in (("YEAR", year), ("FIRST", months[0]), ("LAST", months[-1])):
        text = text.replace(f"@{name}@", str(value))
    return text.encode()


def _shipped(name: str) -> bytes:
    return (files("lizhi_pos.maintenance") / name).read_bytes()


def _sums(folder: Path) -> bytes:
    """Return every file's hash as `sha256sum` writes it, by name."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    lines = []
    for name in sorted(found):
        with found[name].open("rb") as file:
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n")
    return "".join(lines).encode()
