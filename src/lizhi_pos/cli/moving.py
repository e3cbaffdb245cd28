"""`move`: the books go to another database."""

from pathlib import Path

from sqlalchemy import make_url

from lizhi_pos.cli.context import Context
from lizhi_pos.cli.database_place import network_trouble
from lizhi_pos.cli.environment import MachineFailed, Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.database_file import NotOurs
from lizhi_pos.engines import sqlite_path
from lizhi_pos.file_writing import problem
from lizhi_pos.maintenance.books_copy import address_of
from lizhi_pos.maintenance.move import move
from lizhi_pos.refusal import message, unwrap


def move_books(context: Context) -> Outcome:
    """Move the books to another database; what is here can then only be read."""
    given: str = context.args.to
    to = given if "://" in given else address_of(Path(given))
    path = sqlite_path(to)
    is_file = path is not None and not str(path).startswith((":memory:", "file:"))
    if make_url(to).drivername.partition("+")[0] == "sqlite" and not is_file:
        raise Usage(message("{0} is no place that stays: name a file or a PostgreSQL database", given))
    if trouble := network_trouble(to):
        raise MachineFailed(trouble)
    by = context.operator("manage")
    try:
        moved = unwrap(move(context.engine, to, by))
    except NotOurs:
        raise Usage(message("{0} holds another program's data: name a place that is empty", given)) from None
    except OSError as error:
        where = path or Path(given)
        raise MachineFailed(message("Nothing was moved: {0}", problem(error, where))) from error
    context.wrote = True
    words = (
        message("The books are in {0} now: {1} {1:row|rows} in {2} tables", moved.to, moved.rows, moved.tables),
        message("Journal head {0}", moved.head),
        message("What was here can only be read from now on"),
    )
    return Outcome(moved, words)
