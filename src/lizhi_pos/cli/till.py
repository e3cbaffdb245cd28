"""`till`: the selling screen."""

import os
import sys
from typing import TYPE_CHECKING

from lizhi_pos.cli.output import Outcome
from lizhi_pos.refusal import message

if TYPE_CHECKING:
    from lizhi_pos.cli.environment import Environment


def till(context: "Environment") -> Outcome:
    """Open the till; signed in where the environment names an operator and a PIN."""
    if not ((sys.stdin.isatty() and sys.stdout.isatty()) or _behind_a_page()):
        from lizhi_pos.cli.environment import Usage

        raise Usage(message("The till needs a terminal"))
    from lizhi_pos.terminal.app import TillApp
    from lizhi_pos.terminal.shell import Settings

    settings = Settings(
        open_engine=lambda: context.engine,
        log=lambda: context.log,
        till=getattr(context.args, "till", "1"),
        lang=context.lang,
        operator=_as_utf8(context.args.operator or os.environ.get("LIZHI_OPERATOR", "")),
        pin=os.environ.get("LIZHI_PIN", ""),
        notes=getattr(context.args, "hint", ()),
    )
    app = TillApp(settings)
    try:
        app.run()
    finally:
        app.finish()
    if app.failure is not None:
        raise app.failure
    if app.terminal_lost:
        from lizhi_pos.cli.environment import MachineFailed

        raise MachineFailed(message("The terminal is gone: the till ended, what lay on the counter is kept"))
    return Outcome({}, ())


def _behind_a_page() -> bool:
    # `serve` names the driver that speaks to its page through pipes
    return bool(os.environ.get("TEXTUAL_DRIVER"))


def _as_utf8(name: str) -> str:
    # in a locale without UTF-8 Python hands Chinese from the command line on as bytes it could not read
    return os.fsencode(name).decode("utf-8", "replace")
