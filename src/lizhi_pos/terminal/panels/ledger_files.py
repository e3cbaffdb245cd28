"""Workbooks that may be read, how far reading them came, and what is wrong in each beside the row it stands in."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content

from lizhi_pos.accounts.batch_difference import BatchDifference, ChangedField, RowKey
from lizhi_pos.cell_errors import CellError, grouped
from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import cell_message, refusal_words, render
from lizhi_pos.office.batch_files import Place, column_of, place_of
from lizhi_pos.office.found_files import FoundFile, short
from lizhi_pos.office.ledgers import FileState, ReadIn
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.columns import left, wrapped
from lizhi_pos.terminal.panels.ledgers import STATES
from lizhi_pos.terminal.rows import page, row

_NUMBER, _WHEN, _NAME = 4, 17, 36
_ROOM = 16
"""What the first faulty cell of a row needs to be seen."""

Stage = Literal["waits", "reads", "checks", "done", "left out"]


class ReadFile(Struct, kw_only=True):
    """A file that is read: how far, what came of it, and the rows that its errors stand in."""

    path: Path
    stage: Stage = "waits"
    seconds: int = 0
    found: ReadIn | Refusal | None = None
    beside: Mapping[Place, tuple[str, ...]] = {}

    @property
    def waits_for_word(self) -> bool:
        """Whether it would change a batch, and that was not said yes to."""
        return isinstance(self.found, ReadIn) and self.found.state == "changes"


def found_lines(
    files: Sequence[FoundFile], marked: int, home: Path, translate: Translate, width: int, height: int
) -> list[Content]:
    """Return the page of files that the marked one is on: number, when it was written, name, folder."""
    heads = f"{left('', _NUMBER)}{left(render(message('Written'), translate), _WHEN)}"
    heads += f"{left(render(message('File'), translate), _NAME)}{render(message('Folder'), translate)}"
    title = Content.styled(left(f" {heads}", width), "$foreground-muted")
    if not files:
        nothing = render(message("No workbook was found: type its folder, or drag the file here"), translate)
        return [title, Content.styled(f"  {nothing}", "$foreground-muted")]
    first, last = page(len(files), marked, max(height - 1, 1))
    return [title, *(_found(files[at], at, marked, home, width) for at in range(first, last))]


def _found(file: FoundFile, at: int, marked: int, home: Path, width: int) -> Content:
    name = left(file.path.name, _NAME - 1)
    return row(f"{at + 1:>3} {left(file.when, _WHEN)}{name} {short(file.path.parent, home)}", at, marked, width)


def about_lines(file: FoundFile, home: Path, translate: Translate, width: int) -> list[Content]:
    """Return where a file is that may be read, and when it was written."""
    written = render(message("written {0}", file.when), translate)
    lines = wrapped(file.path.name, width - 2)
    told = [*wrapped(short(file.path.parent, home), width - 2), written]
    return [*(Content.styled(f" {x}", "bold") for x in lines), *(Content(f" {x}") for x in told)]


def read_lines(files: Sequence[ReadFile], marked: int, translate: Translate, width: int, height: int) -> list[Content]:
    """Return the files with how far each came, and what came of it."""
    first, last = page(len(files), marked, max(height, 1))
    lines: list[Content] = []
    for at in range(first, last):
        words, look = _state(files[at], translate)
        name = left(files[at].path.name, min(_NAME, max(width * 2 // 5 - _NUMBER, 12)) - 1)
        lines.append(row(f"{at + 1:>3} {name} {words}", at, marked, width, style=look))
    return lines


_STATES: Mapping[FileState, Message] = {
    "taken": message("✔ taken"),
    "same": message("✔ known already, nothing new"),
    "changes": message("◆ changes a batch, waits"),
    "errors": message("✘ {0} {0:error|errors}, nothing taken"),
}
_STAGES: Mapping[Stage, Message] = {
    "waits": message("comes later"),
    "reads": message("is read …"),
    "checks": message("is checked against the books …"),
    "left out": message("not read"),
}


def _state(file: ReadFile, translate: Translate) -> tuple[str, str]:
    if file.stage != "done":
        words = render(_STAGES[file.stage], translate)
        look = "bold" if file.stage in ("reads", "checks") else "$foreground-muted"
        return (f"{words} {file.seconds} s" if file.seconds else words), look
    found = file.found
    if not isinstance(found, ReadIn):
        told = refusal_words(found, translate) if found is not None else [""]
        return f"✘ {told[0]}", "$text-error"
    words = render(message(_STATES[found.state].msgid, len(found.file.errors)), translate)
    if found.state == "errors":
        return words, "$text-error"
    drafted = found.file.drafted
    if drafted is not None:
        words = f"{words}  {drafted.village} {drafted.month}"
    if found.file.warnings:
        warned = message("▲ {0} {0:warning|warnings}", len(found.file.warnings))
        return f"{words}  {render(warned, translate)}", "$text-warning"
    return words, "$text-success" if found.state == "taken" else ""


def file_lines(file: ReadFile, home: Path, translate: Translate, width: int) -> list[Content]:
    """Return all that is told of a file: what it changes, its errors and its warnings, each beside its row."""
    lines = [Content.styled(f" {line}", "bold") for line in wrapped(short(file.path, home), width - 2)]
    found = file.found
    if isinstance(found, Refusal):
        told = refusal_words(found, translate)
        return lines + [
            Content.styled(f" ✘ {line}", "$text-error") for words in told for line in wrapped(words, width - 4)
        ]
    if found is None:
        return lines
    lines += _counts(found, translate, width)
    if found.state == "changes" and found.difference is not None:
        lines += _changes(found, found.difference, translate, width)
    lines += _problems(file, found.file.errors, ("✘", "$text-error"), translate, width)
    lines += _problems(file, found.file.warnings, ("▲", "$text-warning"), translate, width)
    return lines


def _counts(found: ReadIn, translate: Translate, width: int) -> Iterator[Content]:
    drafted = found.file.drafted
    if drafted is None or not drafted.village:
        return
    households = drafted.households
    words = message(
        "{0} {1}: households {2} new {3} changed {4} same, scores {5}, acts {6}",
        *(drafted.village, drafted.month, households.new, households.changed, households.same),
        *(drafted.base, drafted.volunteer),
    )
    yield from (Content(f" {line}") for line in wrapped(render(words, translate), width - 2))


def _changes(found: ReadIn, changes: BatchDifference, translate: Translate, width: int) -> Iterator[Content]:
    batch = found.batch
    if batch is not None:
        words = message("The batch is there, read in by {0}: {1}", batch.imported_by, STATES[batch.state])
        yield from (Content(f" {line}") for line in wrapped(render(words, translate), width - 2))
        if batch.state in ("publicised", "reviewed"):
            words = message("▲ Taking this file sends it back to draft: it is signed and published anew")
            for line in wrapped(render(words, translate), width - 2):
                yield Content.styled(f" {line}", "bold $text-warning")
    told = [f"+ {_key(one)}" for one in changes.added]
    told += [f"− {_key(one)}" for one in changes.removed]
    told += [f"≠ {_key(one)}  {one.field}: {one.was or '–'} → {one.now or '–'}" for one in changes.changed]
    for one in told or [render(message("Nothing that is told by rows differs"), translate)]:
        for at, line in enumerate(wrapped(one, width - 4)):
            yield Content(f" {'  ' if at else ''}{line}")


def _key(one: RowKey | ChangedField) -> str:
    return " ".join(filter(None, (one.sheet, one.key, one.of)))


def _problems(
    file: ReadFile, problems: Sequence[CellError], look: tuple[str, str], translate: Translate, width: int
) -> Iterator[Content]:
    """Yield what is wrong, by sheet: cell and words, and below them the row with the faulty cell marked."""
    sign, style = look
    sheet: str | None = None
    for place, errors in groupby(grouped(problems), key=place_of):
        faulty: list[int] = []
        for error in errors:
            if error.sheet != sheet:
                sheet = error.sheet
                yield Content.styled(f" {sheet}", "bold")
            words = " ".join(filter(None, (error.cell, cell_message(error, translate))))
            faulty.append(column_of(error))
            for at, line in enumerate(wrapped(words, width - 4)):
                yield Content.styled(f" {'  ' if at else f'{sign} '}{line}", style)
        if place is not None and (cells := file.beside.get(place)) is not None:
            yield _beside(cells, place[1], faulty, width)


def _beside(cells: Sequence[str], number: int, faulty: Sequence[int], width: int) -> Content:
    """Return a row of a file in one line, beginning so far left of the first faulty cell that it is seen."""
    first = min(faulty)
    start = 0 if sum(cell_len(cell) + 3 for cell in cells[: first + 1]) < width - _ROOM else max(first - 2, 0)
    parts: list[Content] = [Content.styled(f"     {number}: {'… ' if start else ''}", "$foreground-muted")]
    for at in range(start, len(cells)):
        parts.append(Content.styled(cells[at] or "  ", "reverse") if at in faulty else Content(cells[at]))
        parts.append(Content.styled(" │ ", "$foreground-muted"))
    return Content.assemble(*parts[:-1]).truncate(width, ellipsis=True)
