"""The commands around a month's end, and what they take."""

from lizhi_pos.cli import argument_types
from lizhi_pos.cli.command import BOOKLET, FILES, MONTH, ON, REPLACE, VILLAGE, Argument, Command

_HOUSEHOLD_PAGES = Argument(
    "--household-pages", "papers with a page for each household in every village's statement", {"action": "store_true"}
)
MONTHS = (
    Command(
        ("month", "close"),
        "closes a month and writes every village's workbook",
        "months:close",
        [
            MONTH,
            Argument("--out", "the folder for the workbooks", {"required": True, "metavar": "DIR"}),
            Argument("--documents", "writes every paper too", {"action": "store_true"}),
            _HOUSEHOLD_PAGES,
            ON,
            REPLACE,
        ],
    ),
    Command(
        ("month", "documents"),
        "writes a closed month's workbooks and papers again",
        "month_documents:write_again",
        [
            MONTH,
            Argument("--out", "the folder for the files", {"required": True, "metavar": "DIR"}),
            Argument("--village", "only this village's", {"metavar": "VILLAGE"}),
            _HOUSEHOLD_PAGES,
            REPLACE,
        ],
    ),
    Command(
        ("month", "show"),
        "a closed month's statement",
        "months:show",
        [MONTH, Argument("--out", "a folder to write the workbooks into once more", {"metavar": "DIR"}), REPLACE],
    ),
    Command(
        ("month", "check"),
        "every check of closing a month; writes nothing",
        "months:check",
        [MONTH, ON],
    ),
    Command(
        ("month", "status"),
        "where every village stands, of all months that are not settled where none is given",
        "answers:status",
        [Argument("month", "the month, as 2024-03", {"type": argument_types.month, "nargs": "?", "metavar": "MONTH"})],
    ),
    Command(("month", "compare"), "what villages answered", "answers:compare_answers", [MONTH, FILES, ON]),
    Command(
        ("month", "resolve"),
        "what came of a difference",
        "answers:resolve_difference",
        [
            MONTH,
            VILLAGE,
            BOOKLET,
            Argument("--note", "what came of it", {"metavar": "TEXT", "required": True}),
            Argument("--entry", "the receipt, batch or month that explains or corrects it", {"metavar": "REF"}),
            ON,
        ],
    ),
    Command(
        ("month", "confirm"),
        "a village signs its statement, or disputes it",
        "answers:sign",
        [
            MONTH,
            VILLAGE,
            Argument("--by", "who signed for the village", {"metavar": "NAME"}),
            Argument("--dispute", "what the village disputes", {"metavar": "TEXT"}),
            ON,
        ],
    ),
)
