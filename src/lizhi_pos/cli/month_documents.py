"""`month documents`, and the papers of `month close --documents`."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from lizhi_pos.cli.context import Context, month_argument
from lizhi_pos.cli.environment import MachineFailed
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import with_problems
from lizhi_pos.cli.streams import end_progress, show_progress
from lizhi_pos.documents.month import Options
from lizhi_pos.file_writing import any_there, is_other, problem
from lizhi_pos.office.month_files import MonthFiles, closed_month, record_export, village_in, write_files
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, Refused, message, unwrap
from lizhi_pos.text import normalize


def write_again(context: Context) -> Outcome:
    """Write a closed month's workbooks and papers again, byte for byte as they were."""
    by, args = context.operator("see_books"), context.args
    month, folder = month_argument(args.month), Path(args.out)
    files = _files(context, month)
    missing = files.names if args.replace else _missing(context, folder, files)
    context.write(lambda tx: record_export(tx, by, month, args.out))
    problems = write_files(_shown(context, files), folder, missing, replace=args.replace)
    answer: dict[str, Any] = {"month": str(month), "files": files.names}
    return with_problems(context, answer, _words(files, folder, problems), [*problems, *files.problems])


def write_all(context: Context, month: Month, folder: Path) -> tuple[tuple[Message, ...], list[Message]]:
    """Write all files of a month that has just been closed; what was written, and why others were not."""
    files = _files(context, month)
    problems = write_files(_shown(context, files), folder, files.names, replace=context.args.replace)
    words = _words(files, folder, problems)
    if problems or files.problems:
        stands = message("{0} is closed, and that stands; not every paper is written", str(month))
        again = message(
            "Write them again: lizhi-pos month documents {0} --out DIR (with --replace over other files)", str(month)
        )
        problems = [stands, *problems, *files.problems, again]
    return words, problems


def _files(context: Context, month: Month) -> MonthFiles:
    name = getattr(context.args, "village", None)
    with context.reading() as tx:
        closed = unwrap(closed_month(tx, month))
        village = unwrap(village_in(tx, closed, normalize.name(name))) if name else None
    return MonthFiles(closed, Options(village, context.args.household_pages))


def _missing(context: Context, folder: Path, files: MonthFiles) -> list[str]:
    """Return the files that are not there yet; raise Refused where some are there with another content."""
    if not _found(folder, lambda: any_there(folder, files.names)):
        return files.names
    others, missing = [], []
    for name, content in _shown(context, files):
        path = folder / name
        if _found(path, partial(is_other, path, content)):
            others.append(str(path))
        elif not _found(path, partial(any_there, folder, [name])):
            missing.append(name)
    if others:
        text = message("{0} is there with another content: give --replace to write over it", ", ".join(others))
        raise Refused(Refusal("rule_broken", text=text))
    return missing


def _found(path: Path, act: Callable[[], bool]) -> bool:
    try:
        return act()
    except OSError as error:
        raise MachineFailed(message("Nothing was written: {0}", problem(error, path))) from error


def _shown(context: Context, files: MonthFiles) -> Iterator[tuple[str, bytes]]:
    """Yield every file and say which of how many it is, to a person."""
    count = len(files)
    try:
        for at, (name, content) in enumerate(files, 1):
            if not context.args.json:
                show_progress(f"{at}/{count} {name}")
            yield name, content
    finally:
        if not context.args.json:
            end_progress()


def _words(files: MonthFiles, folder: Path, problems: list[Message]) -> tuple[Message, ...]:
    return () if problems else (message("{0} {0:file is|files are} in {1}", len(files), str(folder)),)
