"""`display`: what the household sees, on a screen that faces it."""

import sys
from typing import TYPE_CHECKING

from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.refusal import message

if TYPE_CHECKING:
    from lizhi_pos.cli.environment import Environment


def display(context: "Environment") -> Outcome:
    """Follow a till of this machine until it is ended; no book is opened, so it keeps nobody waiting."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(message("The display needs a terminal"))
    from lizhi_pos.terminal.display_app import DisplayApp
    from lizhi_pos.till.display_channel import DisplayReader, channel_file

    till = context.args.till
    reader = DisplayReader(channel_file(context.url, till))
    DisplayApp(reader.look, till, context.lang).run()
    return Outcome({}, ())
