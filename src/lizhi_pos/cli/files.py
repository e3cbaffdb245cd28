"""What a file that was read comes to, the same for every kind of file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from lizhi_pos.cell_errors import CellError, grouped
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.i18n.render import cell_words
from lizhi_pos.inventory.products import Taken
from lizhi_pos.refusal import Message, message

_T = TypeVar("_T")


def take_file(
    context: Context,
    path: Path,
    read: Reading[tuple[_T, ...]],
    take: Callable[[Transaction, Sequence[_T]], Taken],
    look_at: Callable[[Transaction, Sequence[_T]], tuple[CellError, ...]],
) -> Outcome:
    """Take a file that was read, whole or not at all.

    Where something could not be read, `look_at` finds what else is wrong, so that every error of the file is said
    at once.
    """
    if read.content is not None:
        content = read.content
        taken = context.write(lambda tx: take(tx, content))
        context.wrote = not taken.errors
        return file_outcome(context, path, taken, read.warnings)
    return unread_outcome(context, path, read, look_at)


def unread_outcome(
    context: Context,
    path: Path,
    read: Reading[tuple[_T, ...]],
    look_at: Callable[[Transaction, Sequence[_T]], tuple[CellError, ...]],
) -> Outcome:
    """Answer for a file of which something could not be read, with what `look_at` finds wrong besides."""
    with context.reading() as tx:
        found = look_at(tx, read.readable or ())
    return file_outcome(context, path, Taken(0, 0, 0, (*read.errors, *found)), read.warnings)


def file_outcome(context: Context, path: Path, taken: Taken, warnings: tuple[CellError, ...] = ()) -> Outcome:
    """One file's answer: nothing of a file with errors was taken."""
    errors, warned = grouped(taken.errors), grouped(warnings or taken.warnings)
    answer = {
        "file": path.name,
        "new": taken.new,
        "changed": taken.changed,
        "same": taken.same,
        "errors": list(errors),
        "warnings": list(warned),
    }
    words: list[Message | str] = [
        message("{0}: error, {1}", path.name, cell_words(e, context.translate)) for e in errors
    ]
    words += [message("{0}: look at this, {1}", path.name, cell_words(w, context.translate)) for w in warned]
    if taken.errors:
        words.append(message("{0}: nothing was taken, put it right and read it again", path.name))
    else:
        words.append(message("{0}: new {1}, changed {2}, same {3}", path.name, taken.new, taken.changed, taken.same))
    return Outcome(answer, tuple(words), 1 if taken.errors else 0)
