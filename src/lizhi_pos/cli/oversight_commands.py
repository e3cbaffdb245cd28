"""The commands of honours and oversight, and what they take."""

from lizhi_pos.cli import argument_types
from lizhi_pos.cli.command import (
    APPROVER,
    AT,
    BOOKLET,
    FILE,
    MONTH,
    ON,
    OUT,
    REASON,
    REPLACE,
    VILLAGE,
    Argument,
    Command,
)

_DAY = {"type": argument_types.day, "metavar": "DATE"}
_CONDUCT = Argument("--conduct", "the day it happened", {**_DAY, "required": True})
_YEAR = Argument("--year", "the year, this one if not given", {"type": argument_types.year, "metavar": "YYYY"})
_FULL = Argument("--full", "whole names; that they were looked at is kept", {"action": "store_true"})
_NOTICE_OUT = Argument(
    "--out", "the file: .pdf, .png or .html by the name's ending", {"required": True, "metavar": "FILE"}
)
_FIRST = {**_DAY, "dest": "first"}
_LAST = {**_DAY, "dest": "last"}

OVERSIGHT: tuple[Command, ...] = (
    Command(
        ("veto", "dismiss"),
        "decides that a proposal is not followed",
        "veto_decisions:dismiss",
        [BOOKLET, _CONDUCT, REASON, ON, APPROVER],
    ),
    Command(
        ("veto", "release"),
        "releases a veto for the black list",
        "veto_decisions:release",
        [BOOKLET, _CONDUCT, REASON, ON, APPROVER],
    ),
    Command(
        ("report", "notice"),
        "a village's notice of a batch in publicity, or of a closed month",
        "notice:write",
        [VILLAGE, MONTH, _NOTICE_OUT, REPLACE],
    ),
    Command(("report", "red"), "a village's red list of a year", "honours:show_red", [VILLAGE, _YEAR, AT, _FULL, *OUT]),
    Command(
        ("report", "black"), "a village's black list of a year", "honours:show_black", [VILLAGE, _YEAR, _FULL, *OUT]
    ),
    Command(
        ("report", "candidates"),
        "who of a village may be chosen for a year's honours",
        "honours:show_candidates",
        [VILLAGE, _YEAR, _FULL, *OUT],
    ),
    Command(("report", "scorecard"), "how every village did in a year", "honours:show_scorecard", [_YEAR, *OUT]),
    Command(
        ("report", "year"),
        "a year of closed months in one statement, of a village or one household",
        "year_statement:show",
        [VILLAGE, _YEAR, Argument("--booklet", "of this household alone", {"metavar": "BOOKLET"}), _FULL, *OUT],
    ),
    Command(
        ("report", "supervision"),
        "everything that a supervisor has to look at",
        "supervision:show",
        [Argument("--from", "from this day on", _FIRST), Argument("--to", "up to this day", _LAST), *OUT],
    ),
    Command(
        ("supervision", "sign"),
        "keeps that these days were looked through, and what there is to say of them",
        "supervision:sign",
        [
            Argument("--from", "from this day on", {**_FIRST, "required": True}),
            Argument("--to", "up to this day", {**_LAST, "required": True}),
            Argument("--note", "what there is to say of them", {"required": True, "metavar": "TEXT"}),
            ON,
        ],
    ),
    Command(("supervision", "list"), "what supervisors have signed", "supervision:list_signed"),
    Command(
        ("audit",),
        "who signed in, approved, looked, wrote data out, changed settings or users, made copies",
        "audit:show",
        [
            Argument("--from", "from this day on", _FIRST),
            Argument("--to", "up to this day", _LAST),
            Argument("--user", "of this user alone", {"metavar": "NAME"}),
        ],
    ),
    Command(
        ("evidence", "add"),
        "keeps a picture or a PDF for something in the books",
        "evidence:add",
        [
            FILE,
            Argument("--to", "what it proves, as receipt:1-2024-000001", {"required": True, "metavar": "KIND:NAME"}),
            Argument("--note", "what there is to say of it", {"metavar": "TEXT"}),
            ON,
        ],
    ),
    Command(
        ("evidence", "list"),
        "what is kept, and for what; that it was looked at is kept",
        "evidence:show",
        [Argument("--to", "for this alone, as receipt:1-2024-000001", {"metavar": "KIND:NAME"})],
    ),
    Command(
        ("evidence", "save"),
        "writes a picture or paper into a file; that it was looked at is kept",
        "evidence:save",
        [
            Argument("sha256", "its hash, as `evidence list` shows it", {"metavar": "SHA256"}),
            FILE,
            REPLACE,
        ],
    ),
)
