"""What a command and its arguments are, and the arguments that many commands take."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lizhi_pos.cli import argument_types


class Argument(NamedTuple):
    """One argument of a command: its name or flag, what it means, and argparse's own settings."""

    name: str
    help: str
    settings: Mapping[str, Any] = {}


class Command(NamedTuple):
    """A command: its words, what it does, the function that does it (``module:function``) and what it takes."""

    words: tuple[str, ...]
    help: str
    handler: str
    arguments: Sequence[Argument] = ()


ROLES = ("clerk", "keeper", "accountant", "supervisor", "admin")
ON = Argument("--on", "the day it counts for, today if not given", {"type": argument_types.day, "metavar": "DATE"})
AT = Argument(
    "--on", "as it stood at the end of this day, today if not given", {"type": argument_types.day, "metavar": "DATE"}
)
APPROVER = Argument("--approver", "the second person", {"metavar": "NAME"})
REASON = Argument("--reason", "why", {"metavar": "TEXT"})
BOOKLET = Argument("booklet", "the household's booklet number", {"metavar": "BOOKLET"})
RECEIPT = Argument("receipt", "the receipt's number", {"metavar": "RECEIPT"})
VILLAGE = Argument("village", "the village's name", {"metavar": "VILLAGE"})
MONTH = Argument("month", "the month, as 2024-03", {"type": argument_types.month, "metavar": "MONTH"})
FILE = Argument("file", "the file", {"metavar": "FILE"})
FILES = Argument("files", "the files", {"metavar": "FILE", "nargs": "+"})
JOBS = Argument("jobs", "the jobs, by the numbers `printer queue` shows", {"metavar": "JOB", "nargs": "+"})
REPLACE = Argument("--replace", "writes over files that are there with another content", {"action": "store_true"})
OUT = (
    Argument("--out", "writes it as a file: .pdf, .png, .html or .xlsx by the name's ending", {"metavar": "FILE"}),
    REPLACE,
)
"""What reports take that may become a file."""
TILL = Argument("--till", "the till's number", {"type": argument_types.till, "default": "1"})
PRINTER = Argument("name", "the printer's name", {"metavar": "NAME"})
