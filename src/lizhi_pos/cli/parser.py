"""The commands and what they take. Nothing heavy is imported here: `--help` answers at once."""

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, NoReturn

from lizhi_pos.cli import argument_types
from lizhi_pos.i18n.catalogue import Translate


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


class BadUsage(Exception):
    """Arguments that no command takes; the message is argparse's own."""


_ROLES = ("clerk", "keeper", "accountant", "supervisor", "admin")
_ON = Argument("--on", "the day it counts for, today if not given", {"type": argument_types.day, "metavar": "DATE"})
_AT = Argument(
    "--on", "as it stood at the end of this day, today if not given", {"type": argument_types.day, "metavar": "DATE"}
)
_APPROVER = Argument("--approver", "the second person", {"metavar": "NAME"})
_REASON = Argument("--reason", "why", {"metavar": "TEXT"})
_BOOKLET = Argument("booklet", "the household's booklet number", {"metavar": "BOOKLET"})
_RECEIPT = Argument("receipt", "the receipt's number", {"metavar": "RECEIPT"})
_VILLAGE = Argument("village", "the village's name", {"metavar": "VILLAGE"})
_MONTH = Argument("month", "the month, as 2024-03", {"type": argument_types.month, "metavar": "MONTH"})
_FILE = Argument("file", "the file", {"metavar": "FILE"})
_FILES = Argument("files", "the files", {"metavar": "FILE", "nargs": "+"})
_JOBS = Argument("jobs", "the jobs, by the numbers `printer queue` shows", {"metavar": "JOB", "nargs": "+"})
_REPLACE = Argument("--replace", "writes over files that are there with another content", {"action": "store_true"})
_TILL = Argument("--till", "the till's number", {"type": argument_types.till, "default": "1"})
_PRINTER = Argument("name", "the printer's name", {"metavar": "NAME"})

COMMANDS: tuple[Command, ...] = (
    Command(("till",), "opens the till", "till:till", [_TILL]),
    Command(("display",), "shows the household what lies on a till's counter", "display:display", [_TILL]),
    Command(
        ("serve",),
        "the till in a browser on this machine",
        "serve:serve",
        [
            Argument(
                "--port",
                "the port on this machine, 8000 if not given, 0 for any that is free",
                {"type": argument_types.port, "default": 8000, "metavar": "N"},
            ),
            _TILL,
        ],
    ),
    Command(
        ("demo",),
        "a sample town in a fresh file, the till open, nothing to set up",
        "demo:demo",
        [
            Argument("--dir", "where to put it, a temporary folder if not given", {"metavar": "DIR"}),
            Argument("--files", "writes an example of every file into this folder instead", {"metavar": "DIR"}),
            _REPLACE,
        ],
    ),
    Command(
        ("init",),
        "a new database for a town, with its first administrator",
        "town:init",
        [
            Argument("--town", "the town's name", {"required": True, "metavar": "NAME"}),
            Argument("--admin", "the administrator's name", {"required": True, "metavar": "NAME"}),
            Argument("--rulebook", "a rulebook to adopt at once", {"metavar": "FILE"}),
            Argument("--filing", "its filing number (备案号)", {"metavar": "NO"}),
        ],
    ),
    Command(
        ("user", "add"),
        "adds a user, whose PIN is asked for",
        "town:add_user",
        [
            Argument("name", "the user's name", {"metavar": "NAME"}),
            Argument("--role", "what the user does", {"required": True, "choices": _ROLES}),
            Argument("--household", "the user's own booklet, whom they do not serve", {"metavar": "BOOKLET"}),
        ],
    ),
    Command(("user", "list"), "every user and role", "town:list_users"),
    Command(("user", "pin"), "gives a user a new PIN", "town:set_pin", [Argument("name", "the user's name")]),
    Command(("setting", "list"), "what the town has set for its shop", "settings:show"),
    Command(
        ("setting", "set"),
        "sets one value for the whole town",
        "settings:change",
        [Argument("name", "the setting's name"), Argument("value", "its value, one of those `setting list` shows")],
    ),
    Command(("rulebook", "show"), "the rules in force", "rules:show", [_AT]),
    Command(("rulebook", "check"), "says everything that is wrong with a rulebook", "rules:check", [_FILE]),
    Command(
        ("rulebook", "adopt"),
        "adopts a rulebook for its year",
        "rules:adopt",
        [_FILE, Argument("--filing", "its filing number (备案号)", {"required": True, "metavar": "NO"})],
    ),
    Command(
        ("calendar",),
        "the market days of a year, and which are redemption days",
        "rules:calendar",
        [Argument("year", "the year", {"type": argument_types.year, "metavar": "YYYY"})],
    ),
    Command(("village", "add"), "adds a village", "town:add_village", [Argument("name", "the village's name")]),
    Command(
        ("village", "rename"),
        "gives a village another name",
        "town:rename_village",
        [Argument("name", "the village's name"), Argument("new", "its name from now on")],
    ),
    Command(("village", "list"), "every village", "town:list_villages"),
    Command(
        ("village", "template"),
        "an empty workbook for a village",
        "town:template",
        [
            _FILE,
            Argument("--village", "whose it is", {"metavar": "NAME"}),
            Argument("--month", "for which month", {"type": argument_types.month}),
            _REPLACE,
        ],
    ),
    Command(
        ("ledger", "import"),
        "reads village workbooks into draft batches",
        "ledger:import_files",
        [_FILES, Argument("--dry-run", "reads and checks, writes nothing", {"action": "store_true"})],
    ),
    Command(("ledger", "status"), "where every batch stands", "ledger:status"),
    Command(("ledger", "publish"), "starts a batch's publicity", "ledger:publish", [_VILLAGE, _MONTH, _ON]),
    Command(("ledger", "review"), "reviews a published batch", "ledger:review", [_VILLAGE, _MONTH, _ON]),
    Command(("ledger", "reject"), "sends a batch back to draft", "ledger:reject", [_VILLAGE, _MONTH, _ON, _REASON]),
    Command(("ledger", "post"), "posts a reviewed batch", "ledger:post", [_VILLAGE, _MONTH, _ON]),
    Command(("household", "show"), "balance, verdict and reasons", "households:show", [_BOOKLET, _AT]),
    Command(("household", "history"), "every entry of a household", "households:history", [_BOOKLET]),
    Command(
        ("veto", "add"),
        "records a veto",
        "households:add_veto",
        [
            _BOOKLET,
            Argument("--clause", "the clause of the negative list", {"required": True}),
            Argument("--facts", "what happened", {"required": True}),
            Argument(
                "--conduct", "the day it happened", {"required": True, "type": argument_types.day, "metavar": "DATE"}
            ),
            _ON,
            _APPROVER,
        ],
    ),
    Command(
        ("veto", "lift"),
        "lifts the latest veto of a household",
        "households:lift_veto",
        [_BOOKLET, Argument("--facts", "why it is lifted", {"required": True}), _ON, _APPROVER],
    ),
    Command(("veto", "list"), "vetoes, and proposals nobody has acted on", "households:list_vetoes"),
    Command(("product", "import"), "reads goods and tag prices", "goods:import_products", [_FILE]),
    Command(("product", "list"), "every product and its tag price", "goods:list_products"),
    Command(("donation", "import"), "reads gifts and allocations", "goods:import_donations", [_FILE]),
    Command(("purchase", "import"), "reads purchases paid from the pool", "goods:import_purchases", [_FILE, _APPROVER]),
    Command(("pool", "show"), "the fund pool", "goods:show_pool", [_AT]),
    Command(("stock", "list"), "every product's lots", "goods:list_stock", [_AT]),
    Command(("stock", "short"), "products below their reserve (安全库存)", "goods:list_short", [_AT]),
    Command(
        ("market", "open"),
        "opens the market-day session",
        "market:open_market",
        [Argument("date", "the day", {"type": argument_types.day, "metavar": "DATE"}), _APPROVER, _REASON],
    ),
    Command(
        ("market", "close"),
        "closes the session",
        "market:close_market",
        [
            Argument("date", "the day", {"type": argument_types.day, "metavar": "DATE"}),
            Argument("--forget-baskets", "also with baskets open, which are forgotten", {"action": "store_true"}),
        ],
    ),
    Command(("market", "status"), "the session, and what was redeemed", "market:status"),
    Command(
        ("redeem",),
        "one redemption",
        "redeem:redeem_basket",
        [
            _BOOKLET,
            Argument(
                "goods", "codes, each with *QUANTITY where it is not one", {"nargs": "+", "metavar": "CODE[*QTY]"}
            ),
            _ON,
            _APPROVER,
            _REASON,
            _TILL,
            Argument("--key", "a repeat with the same key answers with the first redemption"),
            Argument("--proxy", "who collects for the household", {"metavar": "NAME"}),
            Argument("--relation", "how they are related", {"metavar": "TEXT"}),
            Argument("--print", "prints the receipt before it returns", {"action": "store_true", "dest": "print_it"}),
        ],
    ),
    Command(
        ("return",),
        "takes goods of a redemption back, whole or part",
        "returns:return_receipt",
        [
            _RECEIPT,
            Argument(
                "goods", "codes, each with *QUANTITY where it is not one", {"nargs": "*", "metavar": "CODE[*QTY]"}
            ),
            _REASON,
            _ON,
            _APPROVER,
        ],
    ),
    Command(("slips", "import"), "reads paper slips", "slips:import_slips", [_FILE, _ON, _APPROVER, _REASON]),
    Command(
        ("month", "close"),
        "closes a month and writes every village's workbook",
        "months:close",
        [
            _MONTH,
            Argument("--out", "the folder for the workbooks", {"required": True, "metavar": "DIR"}),
            _ON,
            _REPLACE,
        ],
    ),
    Command(
        ("month", "show"),
        "a closed month's statement",
        "months:show",
        [_MONTH, Argument("--out", "a folder to write the workbooks into once more", {"metavar": "DIR"}), _REPLACE],
    ),
    Command(("month", "compare"), "what villages answered", "months:compare_answers", [_MONTH, _FILES]),
    Command(
        ("printer", "add"),
        "adds a printer",
        "printers:add",
        [
            _PRINTER,
            Argument("--profile", "its model's profile", {"required": True}),
            Argument("--device", "where it is, as tcp://HOST:PORT", {"required": True, "metavar": "URL"}),
            Argument(
                "--till", "the till it stands at; every till prints on it if not given", {"type": argument_types.till}
            ),
        ],
    ),
    Command(("printer", "list"), "printers and profiles", "printers:show"),
    Command(("printer", "test"), "prints a test page", "printers:test", [_PRINTER]),
    Command(("printer", "status"), "what a printer says of itself", "printers:status", [_PRINTER]),
    Command(
        ("printer", "label"),
        "prints shelf labels",
        "paper:labels",
        [
            Argument("codes", "the products' codes", {"nargs": "+", "metavar": "CODE"}),
            Argument("--copies", "how many of each", {"type": argument_types.count, "default": 1, "metavar": "N"}),
        ],
    ),
    Command(
        ("printer", "card"),
        "prints household cards",
        "paper:cards",
        [Argument("booklets", "the households' booklet numbers", {"nargs": "+", "metavar": "BOOKLET"})],
    ),
    Command(("printer", "sticker"), "prints a redemption's sticker for the booklet", "paper:sticker", [_RECEIPT]),
    Command(
        ("printer", "certificate"),
        "prints a gift's certificate for its donor",
        "paper:certificate",
        [Argument("voucher", "the gift's voucher number", {"metavar": "VOUCHER"})],
    ),
    Command(("printer", "queue"), "jobs that are not done", "printers:queue"),
    Command(("printer", "flush"), "sends what waits, and ends", "printers:flush"),
    Command(("printer", "retry"), "prints failed or unknown jobs again", "printers:retry", [_JOBS]),
    Command(("verify",), "proves that books, stock, pool and hash chain are whole", "verify:verify_books"),
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        from lizhi_pos.text.normalize import echo

        raise BadUsage(echo(f"{self.prog}: {message}"))


def build(translate: Translate, words: Sequence[str], *, only_meant: bool = False) -> argparse.ArgumentParser:
    """The parser of a command line, its help in a language.

    Only commands that `words` can mean are set up in full: the rest are known by name and help, which keeps
    `--help` quick, and with `only_meant` not at all, which keeps every command quick.
    """
    known = {command.words[0] for command in COMMANDS}
    only_meant = only_meant and not known.isdisjoint(words) and not {"-h", "--help"} & set(words)
    parser = _Parser(prog="lizhi-pos", description=translate("Point of sale and inventory of the 励志超市"))
    parser.add_argument("--db", metavar="URL", help=translate("the database"))
    parser.add_argument("--lang", choices=("zh", "en"), help=translate("the language"))
    parser.add_argument("--json", action="store_true", help=translate("answers as one JSON object"))
    parser.add_argument("--operator", metavar="NAME", help=translate("who acts"))
    parser.add_argument("--version", action="store_true", help=translate("the program's version"))
    commands = parser.add_subparsers(metavar=translate("COMMAND"), parser_class=_Parser)
    groups: dict[str, Any] = {}
    for command in COMMANDS:
        group = command.words[0]
        meant = group in words
        if only_meant and not meant:
            continue
        if len(command.words) == 1:
            _add(commands, command, translate, meant)
        elif group not in groups:
            among = " | ".join(c.words[1] for c in COMMANDS if c.words[0] == group)
            sub = commands.add_parser(group, help=among, add_help=meant)
            groups[group] = sub.add_subparsers(metavar=among, required=True, parser_class=_Parser) if meant else None
        if len(command.words) == 2 and meant:
            _add(groups[group], command, translate, meant)
    return parser


def _add(to: Any, command: Command, translate: Translate, meant: bool) -> None:
    words = translate(command.help)
    parser = to.add_parser(command.words[-1], help=words, description=words, add_help=meant)
    parser.set_defaults(handler=command.handler)
    for argument in command.arguments if meant else ():
        settings = dict(argument.settings)
        if "type" in settings:
            settings["type"] = partial(settings["type"], translate)
        parser.add_argument(argument.name, help=translate(argument.help), **settings)


def wants_json(words: Sequence[str]) -> bool:
    """Whether `--json` was given, also where the rest of the line does not parse."""
    return "--json" in words
