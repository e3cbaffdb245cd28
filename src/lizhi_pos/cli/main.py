"""Runs one command: reads what was asked, calls its function, shows the answer, turns every failure into words."""

import gc
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lizhi_pos.cli.failures import machine_words
from lizhi_pos.cli.parser import BadUsage, build, wants_json
from lizhi_pos.cli.streams import complain, flush, put
from lizhi_pos.i18n.catalogue import Translate, language, let_argparse_speak, translator

if TYPE_CHECKING:
    from lizhi_pos.cli.environment import Environment
    from lizhi_pos.cli.output import Outcome
    from lizhi_pos.refusal import Message

DONE, REFUSED, BAD_USAGE, MACHINE_FAILED = 0, 1, 2, 3


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; no traceback reaches the user."""
    given = list(sys.argv[1:] if words is None else words)
    lang = language(_option(given, "--lang"))
    translate = translator(lang)
    let_argparse_speak(lang)
    try:
        args = _parsed(given, translate)
    except BadUsage as error:
        return _fail(wants_json(given), "usage", str(error), BAD_USAGE)
    except SystemExit:
        if flush() is not None:
            raise SystemExit(MACHINE_FAILED) from None
        raise
    if args.version:
        from lizhi_pos import __version__

        return DONE if put(__version__) is None else MACHINE_FAILED
    return _run(args, lang, translate)


def _parsed(given: Sequence[str], translate: Translate) -> Namespace:
    try:
        args, rest = build(translate, given, only_meant=True).parse_known_args(given)
        if rest and (not hasattr(args, "goods") or any(word.startswith("-") for word in rest)):
            raise BadUsage
        if rest:
            # goods may stand before the options, behind them, or both
            args.goods = [*args.goods, *rest]
        return args
    except BadUsage:
        # what is wrong is said with every command in mind
        return build(translate, given).parse_args(given)


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
        handler = getattr(import_module(f"lizhi_pos.cli.{module}"), name)
        if not gc.isenabled():
            # what is imported stays, and is not looked through again
            gc.freeze()
            gc.enable()
        outcome: Outcome = handler(context)
    except (KeyboardInterrupt, Exception) as error:
        return _failed(error, context, translate)
    finally:
        context.close()
    return _show(outcome, context, translate)


def _context(module: str, args: Namespace, lang: str) -> "Environment":
    # painting comes before the books are opened, and what is wrong is told also where they cannot be
    if module in ("till", "display", "doctor"):
        from lizhi_pos.cli.environment import Environment

        return Environment(args, lang)
    from lizhi_pos.cli.context import Context

    return Context(args, lang)


def _failed(error: BaseException, context: "Environment", translate: Translate) -> int:
    """Return what a command that did not get through says, and its exit status.

    Where something of it stands all the same, the answer says what, and the status is never one of those that mean
    that nothing was written.
    """
    from lizhi_pos.cli.output import plain

    told, lines, status = _told(error, context, translate)
    stands = context.stands
    answer = {**(plain(stands.answer, translate) if stands else {}), **told}
    words = [_line(line, translate) for line in stands.words] if stands else []
    out = json_text(answer) if context.args.json else "\n".join(words)
    undelivered = put(out) if out else None
    complain([*(words if undelivered else ()), *lines])
    # into books that were moved nothing can have been written, whatever was tried first
    is_moved = told["error"].get("code") == "moved"
    return MACHINE_FAILED if context.wrote and not is_moved else status


def _told(error: BaseException, context: "Environment", translate: Translate) -> tuple[dict[str, Any], list[str], int]:
    """Return a failure as scripts and people read it, and the exit status it has where nothing was written."""
    from lizhi_pos.cli.environment import MachineFailed, Usage, no_town
    from lizhi_pos.cli.hints import hint
    from lizhi_pos.cli.output import refusal_object
    from lizhi_pos.db import NoTown
    from lizhi_pos.i18n.render import refusal_words, render
    from lizhi_pos.refusal import Refused

    if isinstance(error, Refused | NoTown):
        refusal = error.refusal if isinstance(error, Refused) else no_town()
        words = refusal_words(refusal, translate)
        beside = hint(refusal)
        return refusal_object(refusal, translate), [*words, *([render(beside, translate)] if beside else [])], REFUSED
    if isinstance(error, Usage):
        code, message, status = "usage", render(error.text, translate), BAD_USAGE
    elif isinstance(error, MachineFailed):
        code, message, status = "failed", render(error.text, translate), MACHINE_FAILED
    elif isinstance(error, KeyboardInterrupt):
        stopped = translate("Stopped; what was done by then stays") if context.wrote else translate("Stopped")
        code, message, status = "interrupted", stopped, MACHINE_FAILED
    else:
        code, message, status = "failed", machine_words(error, context, translate), MACHINE_FAILED
    return _error(code, message), [message], status


def _show(outcome: "Outcome", context: "Environment", translate: Translate) -> int:
    """Give the answer out. Where nobody takes it, standard error says what it was and the status tells that."""
    from lizhi_pos.cli.output import encode
    from lizhi_pos.system_errors import system_words

    words = [_line(line, translate) for line in outcome.words]
    undelivered = None
    if context.args.json:
        undelivered = put(encode(outcome.answer, translate))
    elif words:
        undelivered = put("\n".join(words))
    warnings = [_line(line, translate) for line in outcome.warnings]
    if undelivered is None:
        complain(warnings)
        return outcome.exit_status
    reason = _line(system_words(undelivered), translate)
    complain([translate("The answer could not be given out ({0}). It was:").format(reason), *words, *warnings])
    return MACHINE_FAILED if context.wrote else outcome.exit_status or MACHINE_FAILED


def _line(line: "Message | str", translate: Translate) -> str:
    from lizhi_pos.i18n.render import render
    from lizhi_pos.text.normalize import shown

    # what was typed is said back: it must not work on the terminal
    return shown(line if isinstance(line, str) else render(line, translate))


def _fail(as_json: bool, code: str, message: str, status: int) -> int:
    if as_json:
        put(json_text(_error(code, message)))
    complain([message])
    return status


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "details": {}}}


def json_text(answer: dict[str, Any]) -> str:
    """Return an answer that is plain already, as JSON."""
    import json

    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
