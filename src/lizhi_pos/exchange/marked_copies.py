"""Copies of village workbooks in which what is wrong is marked, for the village to put right."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange.marked_workbook import Problem, marked_workbook
from lizhi_pos.exchange.workbook_reader import read_sheets
from lizhi_pos.file_writing import OtherContent, file_name, file_names, problem, save
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import cell_message
from lizhi_pos.refusal import Message, message

Found = tuple[Path, Sequence[CellError], Sequence[CellError]]
"""A file, its errors and its warnings."""


_MARK = "_问题"
"""What the name of a marked copy ends with, where it stands beside its file."""
_MOST_COPIES = 9


class Copies(Struct):
    """The copy of each file, None where it has none; what was not written over, and what could not be written."""

    paths: list[Path | None]
    kept: list[Message]
    problems: list[Message]


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


def mark_beside(path: Path, errors: Sequence[CellError], warnings: Sequence[CellError]) -> Path | Message:
    """Write a file's marked copy beside it under a name of its own; return where it is, or why there is none.

    An earlier copy is left as it is: somebody may have begun to put it right.
    """
    content = _marked(path, errors, warnings)
    if content is None:
        return message("{0} cannot be opened any more: nothing was written", str(path))
    for number in range(1, _MOST_COPIES + 1):
        target = path.with_name(file_name(f"{path.stem}{_MARK}{number if number > 1 else ''}", ".xlsx"))
        try:
            save(target, content)
        except OtherContent:
            continue
        except OSError as error:
            return problem(error, target)
        return target
    return message("There are {0} marked copies of {1} already: take them away first", _MOST_COPIES, path.name)


def _targets(folder: Path, paths: Sequence[Path]) -> list[Path]:
    own = {path.resolve() for path in paths}
    targets = [folder / name for name in file_names([path.stem for path in paths], ".xlsx")]
    return [t.with_name(f"{t.stem}{_MARK}.xlsx") if t.resolve() in own else t for t in targets]


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
