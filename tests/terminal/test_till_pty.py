"""The whole till through a real pseudo-terminal: what a scanner sends in one burst is what is redeemed."""

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from pty_till import PtyTill
from sqlalchemy import Engine

from towns.till import CLERK, CLERK_PIN, SALT, SCARCE, SOAP, SOON, VINEGAR, wait_until_redeemed

SIGNED_IN: dict[str, Any] = {"LIZHI_OPERATOR": CLERK, "LIZHI_PIN": CLERK_PIN}


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=["CR", "LF", "CRLF"])
def test_sixty_scans_in_one_burst(town: Engine, town_file: Path, end: str) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        scans = [code for _ in range(15) for code in (SALT, VINEGAR, SOAP, SOON)]
        till.send("GZ0012" + end + "".join(scan + end for scan in scans))
        till.wait_for("× 15")
        time.sleep(0.5)
        till.send("\r")
        assert wait_until_redeemed(town) == {SALT: 15, VINEGAR: 15, SOAP: 15, SOON: 15}


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_scans_sent_before_the_books_are_open_are_kept(town: Engine, town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("Opening the books")
        till.send(f"GZ0012\r{SALT}\r{SALT}\r")
        till.wait_for("× 2")
        time.sleep(0.3)
        till.send("\r")
        assert wait_until_redeemed(town) == {SALT: 2}


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_dialog_filled_in_at_once_keeps_every_field(town: Engine, town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN) as till:
        till.wait_for("scan or type its booklet")
        till.send(f"GZ0012\r{SALT}\r")
        till.wait_for("× 1")
        till.send("\x1bOS")
        till.wait_for("Who collects")
        till.send("李小红\r儿媳\r")
        till.wait_for("collected by 李小红")
        time.sleep(0.3)
        till.send("\r")
        assert wait_until_redeemed(town) == {SALT: 1}


def looks(till: PtyTill) -> set[str]:
    """Every number of the looks that were sent: colours, bold, reverse."""
    found = re.findall(r"\x1b\[([0-9;]*)m", till.raw)
    return {number for look in found for number in look.split(";")}


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_without_colour_everything_still_reads(town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN, NO_COLOR="1") as till:
        till.wait_for("scan or type its booklet")
        till.send(f"GZ0012\r{SALT}\r2*{SCARCE}\r")
        for words in ("✔ may redeem", "▸  2 食用油 1L", "× 2     30.00", "▲ 食用油: at most 1", "567.50"):
            till.wait_for(words)
        till.send("\x1b[19~")
        till.wait_for("F8 again: yes")
        assert {"1", "7"} <= looks(till) <= {"", "0", "1", "7", "39", "49"}


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_the_linux_console_gets_its_own_signs_and_sixteen_colours(town_file: Path) -> None:
    with PtyTill(town_file, **SIGNED_IN, TERM="linux", columns=120, rows=40) as till:
        till.wait_for("scan or type its booklet")
        till.send(f"GZ0012\r{SALT}\r2*{SCARCE}\r")
        for words in ("√ may redeem", ">  2 食用油 1L", "× 2     30.00", "▲ 食用油: at most 1", "567.50"):
            till.wait_for(words)
        assert not set("✔✘▸▀▄▓") & set(till.text)
        assert not {"38", "48"} & looks(till)
        assert {"92", "93", "97", "40", "7"} <= looks(till)
