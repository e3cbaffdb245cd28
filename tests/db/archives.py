"""Archives for the tests: written as the command writes them, verified as a stranger does."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from lizhi_pos.cli.archive import month_papers
from lizhi_pos.cli.months import statement_answer
from lizhi_pos.cli.output import encode
from lizhi_pos.db import Transaction
from lizhi_pos.maintenance.archive import Archive, ArchivedMonth, Order, write_archive
from lizhi_pos.periods import Month
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.closing import closed_statement, warnings_of
from towns.small import ACCOUNTANT

FOLDERS = ("documents", "evidence", "rulebooks", "statements")


def files_of(tx: Transaction, month: Month) -> ArchivedMonth:
    statement = unwrap(closed_statement(tx, month))
    told = encode(statement_answer(statement, warnings_of(tx, month)), str)
    return ArchivedMonth(told.encode() + b"\n", month_papers(tx, month))


def ordered(folder: Path, **more: Any) -> Order:
    given = {"year": 2024, "so_far": True, "by": ACCOUNTANT, "files_of": files_of, "tell": lambda _words: None}
    return Order(**{**given, "folder": folder, **more})


def archived(engine: Engine, folder: Path, **more: Any) -> Archive:
    return unwrap(write_archive(engine, ordered(folder, **more)))


def verified(folder: Path) -> tuple[int, str]:
    """What a stranger gets who has Python alone."""
    words = [sys.executable, "-I", "-S", str(folder / "verify.py")]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert not done.stderr
    return done.returncode, done.stdout


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "journal.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
