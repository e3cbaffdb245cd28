"""Runs one command: reads what was asked, calls its function, shows the answer, turns every failure into words."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from lizhi_pos.catalog import Translate, language, let_argparse_speak, translator
from lizhi_pos.cli.parser import BadUsage, build, wants_json

if TYPE_CHECKING:
    from lizhi_pos.cli.answers import Outcome
    from lizhi_pos.cli.surroundings import Surroundings

DONE, REFUSED, BAD_USAGE, MACHINE_FAILED = 0, 1, 2, 3


def main(words: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status; no traceback reaches the user."""
    given = list(sys.argv[1:] if words is None else words)
    lang = language(_option(given, "--lang"))
    translate = translator(lang)
    let_argparse_speak(lang)
    try:
        args = build(translate, given).parse_args(given)
    except BadUsage as error:
        return _fail(wants_json(given), "usage", str(error), BAD_USAGE)
    if args.version:
        from lizhi_pos import __version__

        print(__version__)
        return DONE
    return _run(args, lang, translate)


def _option(words: Sequence[str], flag: str) -> str | None:
    for at, word in enumerate(words):
        if word == flag and at + 1 < len(words):
            return words[at + 1]
        if word.startswith(f"{flag}="):
            return word.partition("=")[2]
    return None


def _run(args: Namespace, lang: str, translate: Translate) -> int:
    module, _, name = getattr(args, "handler", "till:till").partition(":")
    context = _context(module, args, lang)
    try:
        outcome: Outcome = getattr(import_module(f"lizhi_pos.cli.{module}"), name)(context)
    except KeyboardInterrupt:
        return _fail(args.json, "interrupted", translate("Stopped"), MACHINE_FAILED)
    except BrokenPipeError:
        return MACHINE_FAILED
    except Exception as error:
        return _failed(error, context, translate)
    return _show(outcome, args.json, translate)


def _context(module: str, args: Namespace, lang: str) -> "Surroundings":
    if module == "till":  # paints before it opens the books, and asks itself who acts
        from lizhi_pos.cli.surroundings import Surroundings

        return Surroundings(args, lang)
    from lizhi_pos.cli.context import Context

    return Context(args, lang)


def _failed(error: Exception, context: "Surroundings", translate: Translate) -> int:
    """What a command that did not get through says, and its exit status."""
    from lizhi_pos.cli.answers import encode, refusal_object
    from lizhi_pos.cli.surroundings import MachineFailed, Refused, Usage, no_town
    from lizhi_pos.db import NoTown
    from lizhi_pos.messages import refusal_words, tell

    as_json = context.args.json
    if isinstance(error, Refused | NoTown):
        refusal = error.refusal if isinstance(error, Refused) else no_town()
        if as_json:
            print(encode(refusal_object(refusal, translate), translate))
        for line in refusal_words(refusal, translate):
            print(line, file=sys.stderr)
        return REFUSED
    if isinstance(error, Usage):
        return _fail(as_json, "usage", tell(error.text, translate), BAD_USAGE)
    if isinstance(error, MachineFailed):
        return _fail(as_json, "failed", tell(error.text, translate), MACHINE_FAILED)
    return _fail(as_json, "failed", _machine_words(error, context, translate), MACHINE_FAILED)


def _show(outcome: "Outcome", as_json: bool, translate: Translate) -> int:
    from lizhi_pos.cli.answers import encode
    from lizhi_pos.messages import tell

    if as_json:
        print(encode(outcome.answer, translate))
    else:
        for line in outcome.words:
            print(line if isinstance(line, str) else tell(line, translate))
    return outcome.exit_status


def _fail(as_json: bool, code: str, message: str, status: int) -> int:
    if as_json:
        import json

        print(json.dumps({"error": {"code": code, "message": message, "details": {}}}, ensure_ascii=False))
    print(message, file=sys.stderr)
    return status


def _machine_words(error: Exception, context: "Surroundings", translate: Translate) -> str:
    from sqlalchemy.exc import ArgumentError, OperationalError

    from lizhi_pos.driver import sqlite_path
    from lizhi_pos.log import log_failure, log_file
    from lizhi_pos.upgrade import NewerDatabase

    if isinstance(error, NewerDatabase):
        return translate("This database was made by a newer program: install that one")
    if isinstance(error, ArgumentError):
        return translate("This is no database the program knows: give a file, sqlite:///FILE or postgresql+psycopg://…")
    try:
        path = log_file(sqlite_path(context.url))
    except Exception:
        path = log_file(None)
    written = log_failure(error, path)
    sentence = translate("The machine failed, nothing was changed; ask whoever looks after it.")
    if isinstance(error, OperationalError):
        sentence = translate("The database does not answer, nothing was changed; see whether it is there and not full.")
    if written is None:
        return sentence
    where = translate("What happened is written in {0}").format(written)
    return f"{sentence} {where}"
