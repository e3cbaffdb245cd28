"""Lists of screens as files: read on the database thread, made and written away from it, in a folder that is asked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator, Right
from lizhi_pos.db import Transaction, reading
from lizhi_pos.file_writing import OtherContent, file_name, is_other, problem, save
from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.office.found_files import short, sticks
from lizhi_pos.office.honours import MOST_MONTHS, HonoursView
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.report_files import ENDINGS, report_files
from lizhi_pos.office.report_sheets import (
    black_sheet,
    candidates_sheet,
    coverage_sheet,
    forecast_sheet,
    red_sheet,
    scorecard_sheet,
    supervision_sheet,
)
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.reports.coverage_by_month import coverage_by_month
from lizhi_pos.reports.findings import Days
from lizhi_pos.reports.forecast import forecast
from lizhi_pos.reports.honours import Village, black_list, candidates, red_list
from lizhi_pos.reports.report_sheet import ReportSheet
from lizhi_pos.reports.scorecard import scorecard
from lizhi_pos.reports.supervision import supervision
from lizhi_pos.text import normalize

_DOCUMENTS = ("Documents", "文档")


class ReportDraft(Struct, frozen=True):
    """A report that is to be written: what it says, how its file is called, and what of people's data it takes out."""

    sheet: ReportSheet
    name: str
    subject: str = ""
    right: Right = "see_books"


class MadeFiles(Struct, frozen=True):
    """A report's files by where they are to be written."""

    contents: Mapping[Path, bytes]

    @property
    def paths(self) -> str:
        """Where they lie, in words."""
        return ", ".join(map(str, self.contents))


class ReportDrafts(JobService):
    """Reports to be written, on one database; `folder` is where one was written last."""

    folder: Path | None = None

    def honours(self, view: HonoursView, village: str, year: int, by: Operator) -> ReportDraft | Refusal:
        """Return one of the lists of honour, masked."""
        return self._read("see_books", by, lambda tx: _HONOURS[view](tx, Village(village, year)))

    def supervision(self, days: Days, by: Operator) -> ReportDraft | Refusal:
        """Return the findings of some days."""

        def look(tx: Transaction) -> ReportDraft:
            first = "建账" if days.first == BEFORE_ALL else days.first.isoformat()
            sheet = supervision_sheet(tx, supervision(tx, days).findings, f"{first} 至 {days.last.isoformat()}")
            named = f"{first}_{days.last.isoformat()}_监督事项"
            return ReportDraft(sheet, named, f"report supervision {sheet.scope}", "supervise")

        return self._read("supervise", by, look)

    def forecast(self, day: date, by: Operator) -> ReportDraft | Refusal:
        """Return the forecast of a market day."""

        def look(tx: Transaction) -> ReportDraft | Refusal:
            found = forecast(tx, day)
            if isinstance(found, Refusal):
                return found
            return ReportDraft(forecast_sheet(tx, found), f"{day.isoformat()}_备货预测")

        return self._read("see_books", by, look)

    def keep_export(self, draft: ReportDraft, made: MadeFiles, by: Operator) -> Refusal | None:
        """Keep who takes people's data out of the books, and where to; of others nothing is kept."""
        if refusal := by.refusal_to(draft.right):
            return refusal
        if not draft.subject:
            return None
        told = f"{draft.subject} → {normalize.echo(made.paths)}"
        return self.write(lambda tx: record(tx, by, "export", told), by)

    def _read(
        self, right: Right, by: Operator, look: Callable[[Transaction], ReportDraft | Refusal]
    ) -> ReportDraft | Refusal:
        if refusal := by.refusal_to(right):
            return refusal
        with reading(self.engine) as tx:
            return look(tx)


def proposed_paths(draft: ReportDraft, last: Path | None) -> Sequence[str]:
    """Return where a report may be written, each kind of file in the folder used last or among the documents, then on
    what is plugged in. Looks at folders: not for the database's thread.
    """
    home = Path.home()
    folder = last or _documents(home)
    names = [file_name(draft.name, ending) for ending in ENDINGS]
    beside = [short(stick / names[0], home) for stick in sticks() if stick != folder][:2]
    return [*(short(folder / name, home) for name in names), *beside]


def make_files(draft: ReportDraft, given: str) -> MadeFiles | Refusal:
    """Return a report's files for a path that was typed; refuse another ending, or files with another content.

    No transaction may be open: a folder may keep this waiting.
    """
    try:
        path = Path(given.strip()).expanduser()
        if path.suffix.lower() not in ENDINGS:
            return refuse(
                "rule_broken",
                "A report is written as {0}: name the file so, as {1}",
                ", ".join(ENDINGS),
                f"{path.stem or given}.pdf",
            )
        made = report_files(draft.sheet, path)
        if isinstance(made, Refusal):
            return made
        contents = {path.parent / name: content for name, content in made.items()}
        if others := [str(at) for at, content in contents.items() if is_other(at, content)]:
            return _other_content(", ".join(others))
    except (OSError, RuntimeError, ValueError) as error:
        return _not_written(error, Path(given))
    return MadeFiles(contents)


def save_files(made: MadeFiles) -> Refusal | None:
    """Write files whole, never over others; refuse where that cannot be. No transaction may be open."""
    for path, content in made.contents.items():
        try:
            save(path, content)
        except OtherContent:
            return _other_content(str(path))
        except (OSError, RuntimeError, ValueError) as error:
            return _not_written(error, path)
    return None


def _other_content(paths: str) -> Refusal:
    return refuse("rule_broken", "{0} is there with another content: give another name", paths)


def _not_written(error: Exception, path: Path) -> Refusal:
    # a home that is not known, a name with a sign that no system takes
    told = problem(error, path) if isinstance(error, OSError) else None
    return Refusal(text=told) if told else refuse("rule_broken", "{0} is no name for a file", str(path))


def _documents(home: Path) -> Path:
    from platformdirs import user_documents_path

    told = user_documents_path()
    return told if told.is_dir() else next((home / name for name in _DOCUMENTS if (home / name).is_dir()), told)


def _red(tx: Transaction, village: Village) -> ReportDraft | Refusal:
    found = red_list(tx, village)
    return found if isinstance(found, Refusal) else _of_village(red_sheet(tx, village, found), village, "red", "红榜")


def _black(tx: Transaction, village: Village) -> ReportDraft | Refusal:
    found = black_list(tx, village)
    if isinstance(found, Refusal):
        return found
    return _of_village(black_sheet(tx, village, found), village, "black", "黑榜")


def _candidates(tx: Transaction, village: Village) -> ReportDraft | Refusal:
    found = candidates(tx, village)
    if isinstance(found, Refusal):
        return found
    return _of_village(candidates_sheet(tx, village, found), village, "candidates", "候选名单")


def _of_village(sheet: ReportSheet, village: Village, name: str, said: str) -> ReportDraft:
    return ReportDraft(sheet, f"{village.year}_{village.name}_{said}", f"report {name} {village.name} {village.year}")


def _scorecard(tx: Transaction, village: Village) -> ReportDraft | Refusal:
    found = scorecard(tx, village.year)
    return (
        found if isinstance(found, Refusal) else ReportDraft(scorecard_sheet(tx, found), f"{village.year}_各村成绩单")
    )


def _coverage(tx: Transaction, _village: Village) -> ReportDraft:
    sheet = coverage_sheet(tx, coverage_by_month(tx, MOST_MONTHS))
    return ReportDraft(sheet, f"{sheet.day.isoformat()[:7]}_积分保障")


_HONOURS: Mapping[HonoursView, Callable[[Transaction, Village], ReportDraft | Refusal]] = {
    "red": _red,
    "black": _black,
    "candidates": _candidates,
    "scorecard": _scorecard,
    "coverage": _coverage,
}
