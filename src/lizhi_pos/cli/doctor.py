"""`doctor`: what is wrong with this machine and these books, and what to do."""

from lizhi_pos.cli.environment import Environment
from lizhi_pos.cli.output import Outcome
from lizhi_pos.maintenance import books_checks, doctor, machine_checks
from lizhi_pos.maintenance.doctor import Check, Look, Subject
from lizhi_pos.printing import device_checks
from lizhi_pos.refusal import Message, message

NAME_WORDS = {
    "python": message("Python itself"),
    "libraries": message("packages"),
    "sqlite": message("the database's library"),
    "database": message("books"),
    "integrity": message("whole file"),
    "migrations": message("shape"),
    "disk": message("disk"),
    "folder": message("folder"),
    "backups": message("copies"),
    "clock": message("clock"),
    "timezone": message("time zone"),
    "terminal": message("terminal"),
    "encoding": message("encoding"),
    "fonts": message("fonts"),
    "printers": message("printers"),
    "ports": message("ports"),
    "log": message("log"),
}
SIGNS = {"ok": "✔", "warn": "！", "bad": "✘"}


def looks() -> dict[str, Look]:
    """Return every check by its name, in the order in which they are told."""
    rooms = (machine_checks, books_checks, device_checks)
    return {name: next(getattr(room, name) for room in rooms if hasattr(room, name)) for name in doctor.NAMES}


def examine(context: Environment) -> Outcome:
    """Look at everything; needs nobody's PIN and no database that works, and changes nothing."""
    checks = doctor.examine(_subject(context), looks())
    return Outcome({"checks": checks}, tuple(_words(checks)), 1 if any(c.level == "bad" for c in checks) else 0)


def _subject(context: Environment) -> Subject:
    from lizhi_pos.engines import sqlite_path

    try:
        path = sqlite_path(context.url)
    except Exception:  # told under `database`
        path = None
    return Subject(context.url, path, context.log_or_default, context.clock)


def _words(checks: list[Check]) -> list[Message | str]:
    words: list[Message | str] = []
    for check in checks:
        words.append(message("{0} {1}", SIGNS[check.level], NAME_WORDS[check.name]))
        words += [message("  {0}", fact) for fact in check.facts]
    wrong = sum(check.level != "ok" for check in checks)
    words.append(
        message("{0} {0:thing|things} to see to", wrong) if wrong else message("everything is as it should be")
    )
    return words
