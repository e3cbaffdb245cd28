"""The commands and what they take. Nothing heavy is imported here: `--help` answers at once."""

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

from lizhi_pos.cli import argument_types
from lizhi_pos.cli.backup_commands import BACKUPS
from lizhi_pos.cli.batch_commands import BATCHES
from lizhi_pos.cli.command import (
    APPROVER,
    AT,
    BOOKLET,
    FILE,
    FILES,
    JOBS,
    MONTH,
    ON,
    PRINTER,
    REASON,
    RECEIPT,
    REPLACE,
    ROLES,
    TILL,
    VILLAGE,
    Argument,
    Command,
)
from lizhi_pos.cli.goods_commands import GOODS
from lizhi_pos.cli.household_commands import HOUSEHOLDS
from lizhi_pos.cli.month_commands import MONTHS
from lizhi_pos.cli.oversight_commands import OVERSIGHT
from lizhi_pos.i18n.catalogue import Translate


class BadUsage(Exception):
    """Arguments that no command takes; the message is argparse's own."""


COMMANDS: tuple[Command, ...] = (
    Command(("till",), "opens the till", "till:till", [TILL]),
    Command(("display",), "shows the household what lies on a till's counter", "display:display", [TILL]),
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
            TILL,
        ],
    ),
    Command(
        ("demo",),
        "a sample town in a fresh file, the till open, nothing to set up",
        "demo:demo",
        [
            Argument("--dir", "where to put it, a temporary folder if not given", {"metavar": "DIR"}),
            Argument("--files", "writes an example of every file into this folder instead", {"metavar": "DIR"}),
            REPLACE,
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
            Argument("--role", "what the user does", {"required": True, "choices": ROLES}),
            Argument("--household", "the user's own booklet, whom they do not serve", {"metavar": "BOOKLET"}),
        ],
    ),
    Command(("user", "list"), "every user and role", "town:list_users"),
    Command(("user", "pin"), "gives a user a new PIN", "town:set_pin", [Argument("name", "the user's name")]),
    Command(
        ("user", "role"),
        "gives a user another role",
        "town:change_role",
        [
            Argument("name", "the user's name", {"metavar": "NAME"}),
            Argument("role", "what the user does from now on", {"choices": ROLES, "metavar": "ROLE"}),
        ],
    ),
    Command(
        ("user", "end"),
        "lets a user leave, whose record stays",
        "town:end_user",
        [Argument("name", "the user's name", {"metavar": "NAME"}), ON],
    ),
    Command(("setting", "list"), "what the town has set for its shop", "settings:show"),
    Command(
        ("setting", "set"),
        "sets one value for the whole town",
        "settings:change",
        [Argument("name", "the setting's name"), Argument("value", "its value, one of those `setting list` shows")],
    ),
    Command(("rulebook", "show"), "the rules in force", "rules:show", [AT]),
    Command(("rulebook", "check"), "says everything that is wrong with a rulebook", "rules:check", [FILE]),
    Command(
        ("rulebook", "diff"),
        "what changed from one rulebook to another",
        "rules:diff",
        [
            Argument("before", "a year or a file", {"metavar": "A"}),
            Argument("after", "another year or file", {"metavar": "B"}),
        ],
    ),
    Command(
        ("rulebook", "adopt"),
        "adopts a rulebook for its year",
        "rules:adopt",
        [FILE, Argument("--filing", "its filing number (备案号)", {"required": True, "metavar": "NO"})],
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
            FILE,
            Argument("--village", "whose it is", {"metavar": "NAME"}),
            Argument("--month", "for which month", {"type": argument_types.month}),
            REPLACE,
        ],
    ),
    Command(
        ("ledger", "import"),
        "reads village workbooks into draft batches",
        "ledger:import_files",
        [
            FILES,
            Argument("--dry-run", "reads and checks, writes nothing", {"action": "store_true"}),
            Argument("--marked", "a folder for copies with the faulty cells marked", {"metavar": "DIR"}),
            REPLACE,
        ],
    ),
    Command(("ledger", "status"), "where every batch stands", "ledger:status"),
    Command(("ledger", "publish"), "starts a batch's publicity", "ledger:publish", [VILLAGE, MONTH, ON]),
    Command(("ledger", "review"), "reviews a published batch", "ledger:review", [VILLAGE, MONTH, ON]),
    Command(("ledger", "reject"), "sends a batch back to draft", "ledger:reject", [VILLAGE, MONTH, ON, REASON]),
    Command(("ledger", "post"), "posts a reviewed batch", "ledger:post", [VILLAGE, MONTH, ON]),
    *BATCHES,
    *HOUSEHOLDS,
    Command(
        ("veto", "add"),
        "records a veto",
        "households:add_veto",
        [
            BOOKLET,
            Argument("--clause", "the clause of the negative list", {"required": True}),
            Argument("--facts", "what happened", {"required": True}),
            Argument(
                "--conduct", "the day it happened", {"required": True, "type": argument_types.day, "metavar": "DATE"}
            ),
            ON,
            APPROVER,
        ],
    ),
    Command(
        ("veto", "lift"),
        "lifts the latest veto of a household",
        "households:lift_veto",
        [BOOKLET, Argument("--facts", "why it is lifted", {"required": True}), ON, APPROVER],
    ),
    Command(("veto", "list"), "vetoes, and proposals nobody has acted on", "households:list_vetoes"),
    *OVERSIGHT,
    *GOODS,
    Command(
        ("market", "open"),
        "opens the market-day session",
        "market:open_market",
        [Argument("date", "the day", {"type": argument_types.day, "metavar": "DATE"}), APPROVER, REASON],
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
            BOOKLET,
            Argument(
                "goods", "codes, each with *QUANTITY where it is not one", {"nargs": "+", "metavar": "CODE[*QTY]"}
            ),
            ON,
            APPROVER,
            REASON,
            TILL,
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
            RECEIPT,
            Argument(
                "goods", "codes, each with *QUANTITY where it is not one", {"nargs": "*", "metavar": "CODE[*QTY]"}
            ),
            REASON,
            ON,
            APPROVER,
        ],
    ),
    Command(("slips", "import"), "reads paper slips", "slips:import_slips", [FILE, ON, APPROVER, REASON]),
    *MONTHS,
    Command(
        ("year", "archive"),
        "a year's books and papers in a folder that a stranger can verify; that it was taken out is kept",
        "archive:write",
        [
            Argument("year", "the year", {"type": argument_types.year, "metavar": "YYYY"}),
            Argument("--out", "the folder, new or empty", {"required": True, "metavar": "DIR"}),
            Argument("--so-far", "the months that are closed, where not all of them are", {"action": "store_true"}),
        ],
    ),
    Command(
        ("printer", "add"),
        "adds a printer",
        "printers:add",
        [
            PRINTER,
            Argument("--profile", "its model's profile", {"required": True}),
            Argument("--device", "where it is, as tcp://HOST:PORT", {"required": True, "metavar": "URL"}),
            Argument(
                "--till", "the till it stands at; every till prints on it if not given", {"type": argument_types.till}
            ),
        ],
    ),
    Command(("printer", "list"), "printers and profiles", "printers:show"),
    Command(("printer", "test"), "prints a test page", "printers:test", [PRINTER]),
    Command(("printer", "status"), "what a printer says of itself", "printers:status", [PRINTER]),
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
    Command(("printer", "sticker"), "prints a redemption's sticker for the booklet", "paper:sticker", [RECEIPT]),
    Command(
        ("printer", "certificate"),
        "prints a gift's certificate for its donor",
        "paper:certificate",
        [Argument("voucher", "the gift's voucher number", {"metavar": "VOUCHER"})],
    ),
    Command(("printer", "queue"), "jobs that are not done", "printers:queue"),
    Command(("printer", "flush"), "sends what waits, and ends", "printers:flush"),
    Command(("printer", "retry"), "prints failed or unknown jobs again", "printers:retry", [JOBS]),
    *BACKUPS,
    Command(
        ("verify",),
        "proves that books, stock, pool and hash chain are whole",
        "verify:verify_books",
        [Argument("--against", "a head that stands on an earlier paper", {"action": "append", "metavar": "HEAD"})],
    ),
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        from lizhi_pos.text.normalize import echo

        raise BadUsage(echo(f"{self.prog}: {message}"))


def build(translate: Translate, words: Sequence[str], *, only_meant: bool = False) -> argparse.ArgumentParser:
    """Return the parser of a command line, its help in a language.

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
        if (only_meant and not meant) or not _is_this(command, words):
            continue
        if len(command.words) == 1:
            _add(commands, command, translate, meant)
            continue
        if group not in groups:
            groups[group] = _group(commands, (group,), meant)
        if meant and _is_meant(command, words):
            _add(_within(groups, command), command, translate, meant)
    return parser


def _is_this(command: Command, words: Sequence[str]) -> bool:
    """Whether words can mean this one of `backup FILE` and `backup list`, where the second word says which."""
    alike = [c for c in COMMANDS if c.words[0] == command.words[0]]
    seconds = {c.words[1] for c in alike if len(c.words) > 1}
    if len(alike) == 1 or all(len(c.words) > 1 for c in alike):
        return True
    return (len(command.words) == 1) == seconds.isdisjoint(words)


def _is_meant(command: Command, words: Sequence[str]) -> bool:
    """Whether words can mean this one of `stock count` and `stock count open`, where the third word says which."""
    alike = [c for c in COMMANDS if c.words[:2] == command.words[:2]]
    if len(alike) == 1:
        return True
    thirds = {c.words[2] for c in alike if len(c.words) == 3}
    if len(command.words) == 3:
        return not thirds.isdisjoint(words) or {"-h", "--help"} & set(words) != set()
    return thirds.isdisjoint(words) and not {"-h", "--help"} & set(words)


def _within(groups: dict[str, Any], command: Command) -> Any:
    """Return the parsers among which a command stands, made where they are not there yet."""
    if len(command.words) == 2:
        return groups[command.words[0]]
    name = " ".join(command.words[:2])
    if name not in groups:
        groups[name] = _group(groups[command.words[0]], command.words[:2], True)
    return groups[name]


def _group(among: Any, words: tuple[str, ...], meant: bool) -> Any:
    depth = len(words)
    below = dict.fromkeys(c.words[depth] for c in COMMANDS if c.words[:depth] == words and len(c.words) > depth)
    names = " | ".join(below)
    sub = among.add_parser(words[-1], help=names, add_help=meant)
    return sub.add_subparsers(metavar=names, required=True, parser_class=_Parser) if meant else None


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
    """Return whether `--json` was given, also where the rest of the line does not parse."""
    return "--json" in words
