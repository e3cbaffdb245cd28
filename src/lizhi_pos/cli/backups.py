"""`backup …`, `restore`: copies of the books, taken, listed and brought back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from lizhi_pos.cli.context import Context, readable
from lizhi_pos.cli.environment import MachineFailed, Usage
from lizhi_pos.cli.output import Outcome, plain
from lizhi_pos.cli.saving import with_problems
from lizhi_pos.database_file import DAMAGED, NotOurs
from lizhi_pos.file_writing import problem
from lizhi_pos.maintenance.automatic_backup import Automatic, back_up_automatically, own_folder
from lizhi_pos.maintenance.backup import back_up as copy_to
from lizhi_pos.maintenance.checked_copy import BadCopy
from lizhi_pos.maintenance.copies import Copy, listed
from lizhi_pos.maintenance.restore import has_books, restore
from lizhi_pos.refusal import Message, message, unwrap
from lizhi_pos.system_errors import system_words


def back_up(context: Context) -> Outcome:
    """Copy the books into a file, or into the folders of automatic copies."""
    args = context.args
    if args.auto == bool(args.file):
        raise Usage(message("Name the file of the copy, or give --auto"))
    if (args.auto and args.replace) or (args.to and not args.auto):
        raise Usage(message("--to goes with --auto, and --replace with a file"))
    by = context.operator("verify")
    if args.auto:
        return _automatic(
            context, back_up_automatically(context.engine, by, [Path(folder) for folder in args.to or ()])
        )
    path = Path(args.file)
    with _written(path):
        copy = unwrap(copy_to(context.engine, path, by, replace=args.replace))
    context.wrote = True
    words = (
        message("A copy of the books is in {0}: {1} {1:entry|entries}", copy.file, copy.entries),
        message("Journal head {0}", copy.head),
        message("SHA-256 {0}", copy.sha256),
    )
    return Outcome(copy, words)


def _automatic(context: Context, made: Automatic) -> Outcome:
    context.wrote = bool(made.copies)
    answer = plain({"copies": made.copies, "removed": made.removed}, context.translate)
    if not made.copies:
        raise MachineFailed(made.problems[0])
    return with_problems(context, answer, copy_words(made), made.problems)


def copy_words(made: Automatic) -> tuple[Message, ...]:
    """Return what a person is told of automatic copies."""
    words = [message("A copy of the books is in {0}", copy.file) for copy in made.copies]
    if made.removed:
        words.append(message("{0} old {0:copy is|copies are} removed", len(made.removed)))
    return tuple(words)


def list_copies(context: Context) -> Outcome:
    """Return the copies in a folder."""
    context.operator("verify")
    folder = Path(context.args.folder) if context.args.folder else own_folder(context.engine)
    try:
        copies = listed(folder)
    except OSError as error:
        raise MachineFailed(message("{0} cannot be read: {1}", str(folder), system_words(error))) from error
    words = [_copy_words(copy) for copy in copies] or [message("There is no copy in {0}", str(folder))]
    return Outcome({"backups": copies}, tuple(words))


def _copy_words(copy: Copy) -> Message:
    when = copy.taken_at.astimezone().isoformat(" ", "seconds")
    if not copy.ok:
        return message("✘ {0}  {1}  broken", when, copy.file)
    return message("✔ {0}  {1}  {2} {2:entry|entries}", when, copy.file, copy.entries or 0)


def bring_back(context: Context) -> Outcome:
    """Bring a copy back into an empty place; over books it is an administrator's work."""
    args = context.args
    file = readable(args.file)
    context.refuse_network()
    try:
        if has_books(context.url) and args.replace:
            context.operator("manage")
            # its own way into the books would count as somebody who has them open
            context.close()
        with _written(file):
            brought = unwrap(restore(context.url, file, context.clock, replace=args.replace))
    except BadCopy as error:
        raise MachineFailed(error.text) from error
    except DatabaseError as error:
        if not any(sign in str(error.orig) for sign in DAMAGED):
            raise
        raise MachineFailed(
            message("The books that stand here are damaged: rename their file, and do it again")
        ) from error
    except NotOurs:
        raise MachineFailed(
            message("This database is another program's: give one that is empty, or made by `init`")
        ) from None
    context.wrote = True
    words = [message("The books are back: {0} {0:entry|entries}, head {1}", brought.entries, brought.head)]
    if brought.kept_aside:
        words.append(message("What stood there is kept in {0}", brought.kept_aside))
    return Outcome(brought, tuple(words))


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Say in words of ours that a file could not be written."""
    try:
        yield
    except OSError as error:
        raise MachineFailed(message("Nothing was written: {0}", problem(error, path))) from error
