"""What commands say of the files they write."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import MachineFailed, Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.file_writing import FolderSilent, OtherContent, is_other, problem, save
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import Message, Refusal, Refused, message


def save_one(path: Path, content: bytes, *, replace: bool) -> None:
    """Write one file; raise Refused for one with another content, MachineFailed where it cannot be written."""
    try:
        save(path, content, replace=replace)
    except OtherContent as error:
        raise Refused(Refusal("rule_broken", text=problem(error, path))) from error
    except OSError as error:
        raise MachineFailed(message("Nothing was written: {0}", problem(error, path))) from error


def save_each(folder: Path, files: Mapping[str, bytes], *, replace: bool) -> tuple[list[Path], list[Message]]:
    """Write every file that can be written; the paths written, and why the others could not be."""
    saved: list[Path] = []
    problems: list[Message] = []
    for name, content in files.items():
        try:
            save(folder / name, content, replace=replace)
        except FolderSilent as error:
            # the next one would be waited for just as long
            return saved, [*problems, problem(error, folder / name)]
        except OSError as error:
            problems.append(problem(error, folder / name))
        else:
            saved.append(folder / name)
    return saved, problems


def refuse_others(folder: Path, files: Mapping[str, bytes]) -> None:
    """Raise Refused where files of these names have another content; MachineFailed where the folder cannot be read."""
    others: list[str] = []
    for name, content in files.items():
        try:
            if is_other(folder / name, content):
                others.append(str(folder / name))
        except OSError as error:
            raise MachineFailed(message("Nothing was written: {0}", problem(error, folder / name))) from error
    if others:
        text = message("{0} is there with another content: give --replace to write over it", ", ".join(others))
        raise Refused(Refusal("rule_broken", text=text))


def with_problems(
    context: Context, answer: dict[str, Any], words: Sequence[Message | str], problems: Sequence[Message]
) -> Outcome:
    """Return an answer, and what could not be written of it.

    Then the machine failed, though all that is answered stands.
    """
    if not problems:
        return Outcome(answer, tuple(words))
    what = "\n".join(render(p, context.translate) for p in problems)
    told = {**answer, "error": {"code": "failed", "message": what, "details": {}}}
    return Outcome(told, tuple(words), 3, tuple(problems))


def workbook_path(given: str) -> Path:
    """Return a workbook's path; raise Usage for an ending of another kind of file."""
    path = Path(given)
    if path.suffix.lower() != ".xlsx":
        better = f"{path.stem or given}.xlsx"
        raise Usage(message("Only .xlsx is written: name the file {0}", better))
    return path


def pdf_path(given: str) -> Path:
    """Return a PDF's path; raise Usage for an ending of another kind of file."""
    path = Path(given)
    if path.suffix.lower() != ".pdf":
        better = f"{path.stem or given}.pdf"
        raise Usage(message("Only .pdf is written: name the file {0}", better))
    return path
