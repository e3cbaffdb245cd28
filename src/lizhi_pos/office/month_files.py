"""All files of a closed month, workbooks and papers: what commands, screens and archives write."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.villages import village_id
from lizhi_pos.db import Transaction
from lizhi_pos.documents.month import MonthDocuments, Options
from lizhi_pos.documents.month_words import warning_lines
from lizhi_pos.exchange.statement_workbook import statement_workbook, workbook_names
from lizhi_pos.exchange.town_workbook import town_workbook
from lizhi_pos.file_writing import FolderSilent, OtherContent, file_name, problem, save
from lizhi_pos.ids import Id
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.settlement.details import Details, details
from lizhi_pos.settlement.month_papers import MonthPapers, month_papers
from lizhi_pos.text import normalize

_MOST_FAILURES = 3
"""Files that a folder may refuse before it is given up."""


class ClosedMonth(Struct, frozen=True):
    """What a closed month's files are made of, read once: making them needs no database."""

    papers: MonthPapers
    details: Mapping[Id, Details]


def closed_month(tx: Transaction, month: Month) -> ClosedMonth | Refusal:
    """Return a closed month; refuse one that is open."""
    papers = month_papers(tx, month)
    return papers if isinstance(papers, Refusal) else ClosedMonth(papers, details(tx, month))


def village_in(tx: Transaction, closed: ClosedMonth, name: str) -> Id | Refusal:
    """Return the village of a closed month by the name it had then, or by the one it has now."""
    then = {v.statement.village: v.statement.village_id for v in closed.papers.villages}
    key = then.get(name) or village_id(tx, name)
    if isinstance(key, bytes) and key not in then.values():
        return refuse("not_found", "{0} was no village yet when {1} was closed", name, str(closed.papers.month))
    return key


class MonthFiles:
    """The files of a closed month, each made when it is asked for; the same month gives the same bytes.

    `problems` name what is left out because the fonts lack a sign of it.
    """

    def __init__(self, closed: ClosedMonth, options: Options) -> None:
        self._closed, self._options = closed, options
        self._documents = MonthDocuments(closed.papers, closed.details, options)
        self.problems: tuple[Message, ...] = self._documents.problems

    @property
    def names(self) -> list[str]:
        """The files, in the order they are made."""
        town = [] if self._options.village else [self._town_name]
        return [*(name for name, _at in self._workbooks()), *town, *self._documents.names]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        papers, none = self._closed.papers, Details((), ())
        for name, at in self._workbooks():
            village = papers.villages[at]
            lines = self._closed.details.get(village.statement.village_id, none)
            yield name, statement_workbook(papers, village, lines)
        if not self._options.village:
            yield self._town_name, town_workbook(papers, warning_lines(papers.warnings))
        yield from self._documents

    @property
    def _town_name(self) -> str:
        return file_name(f"{self._closed.papers.month}_{self._closed.papers.town}", "_汇总.xlsx")

    def _workbooks(self) -> Iterator[tuple[str, int]]:
        for at, (name, v) in enumerate(
            zip(workbook_names(self._closed.papers), self._closed.papers.villages, strict=True)
        ):
            if self._options.village in (None, v.statement.village_id):
                yield name, at


def write_files(
    files: Iterable[tuple[str, bytes]], folder: Path, wanted: Sequence[str], *, replace: bool
) -> list[Message]:
    """Write every file that is wanted and can be written, and return why the others could not be."""
    problems: list[Message] = []
    waiting, failed = set(wanted), 0
    for name, content in files if waiting else ():
        if name not in waiting:
            continue
        waiting.discard(name)
        try:
            save(folder / name, content, replace=replace)
        except OtherContent as error:
            problems.append(problem(error, folder / name))
        except OSError as error:
            problems.append(problem(error, folder / name))
            failed += 1
            # each next one would be waited for just as long, or fail for the same reason
            if waiting and (isinstance(error, FolderSilent) or failed == _MOST_FAILURES):
                return [*problems, message("{0} more {0:file is|files are} not written", len(waiting))]
    return problems


def record_export(tx: Transaction, by: Operator, month: Month, folder: str) -> None:
    """Keep who took a month's papers with people's names out of the books, and where to."""
    # a folder's name may hold bytes that no database takes as text
    readable = os.fsencode(folder).decode("utf-8", "replace")
    record(tx, by, "export", f"{month} → {normalize.echo(readable)}")
