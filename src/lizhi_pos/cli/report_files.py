"""`report … --out FILE`: a report as a file, with the figures of the answer."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome, plain
from lizhi_pos.cli.saving import refuse_others, save_one
from lizhi_pos.office.report_files import ENDINGS, report_files
from lizhi_pos.refusal import Message, Refusal, message, unwrap
from lizhi_pos.reports.report_sheet import ReportSheet
from lizhi_pos.text import normalize


def report_path(given: str | None, endings: Sequence[str] = ENDINGS) -> Path | None:
    """Return where a report is to be written, None where it is not; raise Usage for an ending of another kind."""
    if given is None:
        return None
    path = Path(given)
    if path.suffix.lower() not in endings:
        raise Usage(message("A report is written as {0}: name the file so, as {1}", ", ".join(endings), _better(path)))
    return path


def written(
    context: Context, path: Path | None, outcome: Outcome, sheet: ReportSheet, of_people: tuple[Operator, str] | None
) -> Outcome:
    """Return what a report answers; where a path is given, after it was written there.

    `of_people` says who takes which people's data out of the books, which is kept.
    """
    if path is None:
        return outcome
    return written_files(context, path, outcome, report_files(sheet, path), of_people)


def written_files(
    context: Context,
    path: Path,
    outcome: Outcome,
    files: Mapping[str, bytes] | Refusal,
    of_people: tuple[Operator, str] | None,
) -> Outcome:
    """Return an answer with its files, after they were written beside `path`; that people's data left is kept."""
    made = unwrap(files)
    if not context.args.replace:
        refuse_others(path.parent, made)
    if of_people is not None:
        by, what = of_people
        # a folder's name may hold bytes that no database takes as text
        where = normalize.echo(os.fsencode(path).decode("utf-8", "replace"))
        context.write(lambda tx: record(tx, by, "export", f"{what} → {where}"))
    for name, content in made.items():
        save_one(path.parent / name, content, replace=context.args.replace)
    names = [str(path.parent / name) for name in made]
    answer: dict[str, Any] = {**plain(outcome.answer, context.translate), "file": names[0]}
    if len(names) > 1:
        answer["files"] = names
    said: tuple[Message | str, ...] = (message("Written: {0}", ", ".join(names)),)
    return Outcome(answer, (*outcome.words, *said), outcome.exit_status, outcome.warnings)


def _better(path: Path) -> str:
    return f"{path.stem or path.name}.pdf"
