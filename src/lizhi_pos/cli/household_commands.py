"""The commands of households, and what they take."""

from lizhi_pos.cli import argument_types
from lizhi_pos.cli.command import APPROVER, AT, BOOKLET, ON, REASON, Argument, Command

_BY_TWO = (REASON, ON, APPROVER)
_POINTS = {"type": argument_types.amount, "metavar": "POINTS"}

HOUSEHOLDS = (
    Command(
        ("household", "list"),
        "the register, searched by booklet, name, pinyin, group or last four digits",
        "households:list_households",
        [
            Argument("--village", "of this village", {"metavar": "VILLAGE"}),
            Argument("--status", "of this status", {"choices": ("active", "moved_out", "closed", "merged")}),
            Argument("--search", "what is known of it", {"metavar": "TEXT"}),
            AT,
        ],
    ),
    Command(("household", "show"), "balance, verdict and reasons", "households:show", [BOOKLET, AT]),
    Command(("household", "history"), "every entry of a household", "households:history", [BOOKLET]),
    Command(
        ("household", "split"),
        "lets members leave with a booklet of their own",
        "household_changes:split",
        [
            BOOKLET,
            Argument("new", "the new booklet's number", {"metavar": "NEW"}),
            Argument("--head", "who becomes head of the new household", {"metavar": "NAME", "required": True}),
            Argument("--member", "who leaves with them, once for each", {"metavar": "NAME", "action": "append"}),
            Argument("--points", "what of their own volunteer points goes with them", _POINTS),
            Argument("--group", "of the village, as the old household's if not given", {"metavar": "TEXT"}),
            *_BY_TWO,
        ],
    ),
    Command(
        ("household", "merge"),
        "lets one household go into another",
        "household_changes:merge",
        [
            Argument("booklet", "of the household that ends", {"metavar": "FROM"}),
            Argument("into", "of the household it goes into", {"metavar": "INTO"}),
            *_BY_TWO,
        ],
    ),
    Command(
        ("household", "move"),
        "lets a household live in another village of the town",
        "household_changes:move",
        [
            BOOKLET,
            Argument("village", "the village it lives in from then on", {"metavar": "VILLAGE"}),
            Argument("--group", "of the new village", {"metavar": "TEXT"}),
            *_BY_TWO,
        ],
    ),
    Command(
        ("household", "close"),
        "takes a household out of the register, what it has left is closed out",
        "household_changes:close",
        [
            BOOKLET,
            Argument("--as", "how it leaves", {"choices": ("moved_out", "closed"), "required": True, "dest": "status"}),
            *_BY_TWO,
        ],
    ),
    Command(
        ("household", "erase"),
        "erases what is personal of a household that is gone: numbers, notes, pictures",
        "household_changes:erase",
        [BOOKLET, REASON, APPROVER],
    ),
    Command(
        ("household", "booklet"),
        "replaces a lost booklet",
        "household_changes:booklet",
        [
            Argument("booklet", "the lost booklet's number", {"metavar": "OLD"}),
            Argument("new", "the new booklet's number", {"metavar": "NEW"}),
            *_BY_TWO,
        ],
    ),
    Command(
        ("household", "member"),
        "adds a member or changes one",
        "household_changes:member",
        [
            BOOKLET,
            Argument("name", "the member's name", {"metavar": "NAME"}),
            Argument("--status", "present, left or dead", {"choices": ("active", "left", "died"), "required": True}),
            Argument("--relation", "to the head (与户主关系)", {"metavar": "TEXT"}),
            REASON,
            ON,
        ],
    ),
    Command(
        ("household", "head"),
        "lets another present member become head",
        "household_changes:head",
        [BOOKLET, Argument("name", "the new head's name", {"metavar": "NAME"}), REASON, ON],
    ),
    Command(
        ("household", "freeze"),
        "freezes a disputed amount, the rest stays spendable",
        "household_changes:freeze",
        [BOOKLET, Argument("points", "how much", _POINTS), *_BY_TWO],
    ),
    Command(
        ("household", "release"),
        "releases what is frozen",
        "household_changes:release",
        [BOOKLET, Argument("points", "how much, all of it if not given", {**_POINTS, "nargs": "?"}), *_BY_TWO],
    ),
    Command(
        ("household", "correct"),
        "puts a household's points right",
        "household_changes:correct",
        [
            BOOKLET,
            Argument("points", "signed points", {"type": argument_types.balance, "metavar": "POINTS"}),
            Argument("--corrects", "what it corrects, as the books name it", {"required": True, "metavar": "REF"}),
            *_BY_TWO,
        ],
    ),
    Command(
        ("score", "correct"),
        "puts a posted base score right",
        "household_changes:correct_score",
        [
            BOOKLET,
            Argument("quarter", "the quarter, as 2024Q1", {"type": argument_types.quarter, "metavar": "QUARTER"}),
            Argument("score", "the right score, as 87.5", {"type": argument_types.score, "metavar": "SCORE"}),
            *_BY_TWO,
        ],
    ),
)
