"""The mouse as a terminal reports it: bytes in, and the same rows and keys under them."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from pty_till import PtyTill
from rich.cells import cell_len
from sqlalchemy import Engine

from towns.till import CLERK, CLERK_PIN, SALT, SOAP, VINEGAR, wait_until_redeemed

SIGNED_IN: dict[str, Any] = {"LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN}


def shown(till: PtyTill, text: str) -> None:
    till.until(lambda it: "" if any(text in line for line in it.lines) else f"{text!r} is not shown")


def click(till: PtyTill, words: str) -> None:
    """Press and let go the left button over the first sign of words that are shown, as a terminal reports it."""
    shown(till, words)
    lines = till.lines
    row = next(at for at, line in enumerate(lines) if words in line)
    column = cell_len(lines[row][: lines[row].index(words)])
    for end in "Mm":
        till.send(f"\x1b[<0;{column + 1};{row + 1}{end}")


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_rows_and_keys_are_clicked_in_a_terminal(town: Engine, town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        shown(till, "scan or type its booklet")
        till.send(f"GZ0012\r{SALT}\r{VINEGAR}\r{SOAP}\r")
        shown(till, "▸  3")
        click(till, "海星加碘盐")
        shown(till, "▸  1")
        till.send("+")
        shown(till, "× 2")
        click(till, "F10 home")
        shown(till, "training")
        click(till, "back")
        shown(till, "Balance")
        # a scan after all that lands where it did
        till.send(f"{SALT}\r")
        shown(till, "× 3")
        time.sleep(0.3)
        till.send("\r")
        assert wait_until_redeemed(town) == {SALT: 3, VINEGAR: 1, SOAP: 1}
