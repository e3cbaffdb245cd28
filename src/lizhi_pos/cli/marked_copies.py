"""Copies of village workbooks in which what is wrong is marked, for the village to put right."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from lizhi_pos.cell_errors import CellError
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import with_problems
from lizhi_pos.exchange.marked_workbook import Problem, marked_workbook
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.file_writing import OtherContent, file_names, problem, save
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import cell_message
from lizhi_pos.refusal import Message

Found = tuple[Path, Sequence[CellError], Sequence[CellError]]
"""A file, its errors and its warnings."""


class Copies(Struct):
    """The copy of each file, None where it has none; what was not written over, and what could not be written."""

    paths: list[Path | None]
    kept: list[Message]
    problems: list[Message]

    def told_in(self, context: Context, done: Outcome) -> Outcome:
        """Return what was done with what became of the copies; all that was taken stands."""
        if self.problems:
            return with_problems(context, done.answer, done.words, (*self.problems, *self.kept))
        if self.kept:
            return Outcome(done.answer, done.words, 1, tuple(self.kept))
        return done


def mark_copies(folder: Path, files: Sequence[Found], *, replace: bool) -> Copies:
    """Write a copy of each file with errors or warnings into a folder, and never over one of the files."""
    copies = Copies([], [], [])
    for target, (path, errors, warnings) in zip(_targets(folder, [f[0] for f in files]), files, strict=True):
        content = _marked(path, errors, warnings) if errors or warnings else None
        copies.paths.append(None)
        if content is None:
            continue
        try:
            save(target, content, replace=replace)
        except OtherContent as error:
            copies.kept.append(problem(error, target))
        except OSError as error:
            copies.problems.append(problem(error, target))
        else:
            copies.paths[-1] = target
    return copies


def _targets(folder: Path, paths: Sequence[Path]) -> list[Path]:
    own = {path.resolve() for path in paths}
    targets = [folder / name for name in file_names([path.stem for path in paths], ".xlsx")]
    return [t.with_name(f"{t.stem}_问题.xlsx") if t.resolve() in own else t for t in targets]


def _marked(path: Path, errors: Sequence[CellError], warnings: Sequence[CellError]) -> bytes | None:
    sheets = read_sheets(path)
    if isinstance(sheets, CellError):
        return None
    # a village reads it, in whatever language the shop's screens are
    translate = translator("zh")
    found = [
        Problem(kind, e.sheet, e.cell, cell_message(e, translate)) for kind, of in _kinds(errors, warnings) for e in of
    ]
    return marked_workbook(sheets, path.stem, found)


def _kinds(errors: Sequence[CellError], warnings: Sequence[CellError]) -> Sequence[tuple[bool, Sequence[CellError]]]:
    return (True, errors), (False, warnings)
