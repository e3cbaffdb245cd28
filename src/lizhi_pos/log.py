"""What failed and why, with its traceback, in a rotating file beside the database.

No names, booklets' owners or PINs go in: values are not written, and what an error says is stripped of them.
"""

import os
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path

from lizhi_pos.database_file import close_to_others

MOST_BYTES = 1_000_000
KEPT = 3

_PRIVATE = re.compile(r"[^\x20-\x7e]+|\d{6,}|'[^']*'|\"[^\"]*\"|\([^)]*\)")


def log_file(database: Path | None) -> Path:
    """Return where the log of a database lies: beside a SQLite file, else in the user's data folder."""
    if database is not None:
        return database.with_suffix(".log")
    from platformdirs import user_data_path

    return user_data_path("lizhi-pos") / "lizhi-pos.log"


def log_failure(error: BaseException, path: Path) -> Path | None:
    """Write a failure with its traceback; return the log's path, None where even that cannot be written."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    causes = []
    cause: BaseException | None = error
    while cause is not None:
        first = (str(cause).splitlines() or [""])[0]
        causes.append(f"{type(cause).__module__}.{type(cause).__qualname__}: {_PRIVATE.sub('…', first)}")
        cause = cause.__cause__
    # by the machine's clock: what fails may be the books, or their opening
    moment = datetime.now(UTC).isoformat(timespec="seconds")  # noqa: TID251
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _rotate(path)
        with open(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a", encoding="utf-8") as log:
            close_to_others(path)
            log.write(f"{moment}\n{frames}" + "\n".join(causes) + "\n\n")
    except OSError:
        return None
    return path


def _rotate(path: Path) -> None:
    if not path.exists() or path.stat().st_size < MOST_BYTES:
        return
    for age in range(KEPT, 1, -1):
        older = path.with_name(f"{path.name}.{age - 1}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{age}"))
    path.replace(path.with_name(f"{path.name}.1"))
