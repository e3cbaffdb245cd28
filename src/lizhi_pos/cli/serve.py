"""`serve`: the till in a browser on this machine."""

import errno
import logging
import sys
from socket import socket

from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import MachineFailed
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.streams import complain, put
from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import message


def serve(context: Context) -> Outcome:
    """Serve one till until Ctrl+C; every window is a process of its own that asks for name and PIN."""
    # what is wrong with the books is said here, not in the browser
    context.engine.dispose()
    listening = _listening(context.args.port)
    from lizhi_pos.terminal.failures import keep_off_screen
    from lizhi_pos.web.server import TillServer

    command = (sys.executable, "-m", "lizhi_pos", "--lang", context.lang, "till", "--till", context.args.till)
    server = TillServer(command, context.url, listening, context.lang, context.args.till)
    log = keep_off_screen(lambda: context.log)
    try:
        server.run(lambda: _say_where(context, server.public_url))
    finally:
        logging.getLogger().removeHandler(log)
    return Outcome({"address": server.public_url}, ())


def _listening(port: int) -> socket:
    from lizhi_pos.web.server import listen

    try:
        return listen(port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise MachineFailed(message("Port {0} is taken: give another with --port", port)) from None
        raise MachineFailed(
            message("Port {0} cannot be opened on this machine: give another with --port", port)
        ) from None


def _say_where(context: Context, address: str) -> None:
    text = message("Till {0} is open in a browser on this machine at {1} (Ctrl+C ends it)", context.args.till, address)
    line = render(text, context.translate)
    if context.args.json or put(line) is not None:
        complain([line])
