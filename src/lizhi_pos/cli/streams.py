"""Where answers go: standard output and standard error, whatever has become of them."""

import os
import sys
from collections.abc import Iterable
from typing import TextIO


def put(text: str) -> OSError | None:
    """Write lines to standard output at once; what kept them from getting there, None where they did.

    A disk for the answer may be full, its reader gone, the stream closed: none of it says anything of what was done.
    """
    return _write(sys.stdout, f"{text}\n")


def complain(lines: Iterable[str]) -> None:
    """Write lines to standard error; where that takes nothing either, the exit status alone speaks."""
    from lizhi_pos.text.normalize import shown

    _write(sys.stderr, "".join(f"{shown(line)}\n" for line in lines))


def show_progress(line: str) -> None:
    """Say on standard error how far something is; in a terminal each time on the same line."""
    from lizhi_pos.text.normalize import shown

    _write(sys.stderr, f"\r{shown(line)}\x1b[K" if sys.stderr.isatty() else f"{shown(line)}\n")


def end_progress() -> None:
    """Leave the line of a terminal blank for what comes after it."""
    if sys.stderr.isatty():
        _write(sys.stderr, "\r\x1b[K")


def flush() -> OSError | None:
    """Bring out what argparse left in standard output's buffer; what kept it from getting there."""
    return _write(sys.stdout, "")


def hold_standard_streams() -> None:
    """Put a stream in the place of each standard stream that is closed.

    Else the next file to be opened, the database too, takes its number, and `print` to a missing standard error
    writes to standard output. What is written to a closed standard output fails, as it should.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is not None:
            continue
        flag = os.O_WRONLY if name == "stderr" else os.O_RDONLY
        opened = os.open(os.devnull, flag)
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)
        stream = open(number, mode, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)


def _write(stream: TextIO, text: str) -> OSError | None:
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError) as error:
        _let_go(stream)
        return error if isinstance(error, OSError) else OSError(*error.args)
    return None


def _let_go(stream: TextIO) -> None:
    # what is left in the buffer would be tried again when the interpreter ends, with a traceback
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return
