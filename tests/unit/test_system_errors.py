"""The system's own English never reaches words for people; every failure has words of ours, in both languages."""

import ast
import errno
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lizhi_pos.file_writing import problem
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import render
from lizhi_pos.printing.devices import open_device, parse_device
from lizhi_pos.printing.profiles import load_profile
from lizhi_pos.printing.status_protocol import MaybeSent, NotSent, Timeouts, broken_off
from lizhi_pos.refusal import Refusal
from lizhi_pos.system_errors import system_words

SRC = Path(__file__).parents[2] / "src" / "lizhi_pos"
ENGLISH = re.compile(r"[A-Za-z]{3,}")
QUOTES_A_FILE = {"rulebook/reading.py", "printing/profiles.py"}
"""Where what a parser says of a file is quoted, with its line, for whoever writes that file."""


class SerialTimeoutException(OSError):
    """As pyserial's: without a number."""


class DriverError(Exception):
    """As pywintypes.error: a number, where, and what the system says."""


@pytest.mark.parametrize(
    "error",
    [
        *(OSError(number, "Connection refused by the system") for number in errno.errorcode),
        OSError("not everything was taken"),
        TimeoutError("timed out"),
        socket.gaierror(-2, "Name or service not known"),
        subprocess.CalledProcessError(1, ["lp", "-d", "POS58"]),
        subprocess.TimeoutExpired(["lp"], 5),
        SerialTimeoutException("Write timeout"),
        DriverError(1801, "OpenPrinter", "The printer name is invalid."),
        ValueError("unknown kind of print job"),
        UnicodeDecodeError("utf-8", b"x", 0, 1, "invalid start byte"),
    ],
    ids=repr,
)
def test_every_failure_has_words_and_none_of_the_systems(error: Exception) -> None:
    chinese = render(system_words(error), translator("zh"))
    assert not ENGLISH.search(chinese)
    assert chinese
    english = render(system_words(error), translator("en"))
    assert "by the system" not in english
    assert not ENGLISH.search(render(broken_off(1, error).text, translator("zh")))
    assert not ENGLISH.search(render(broken_off(0, error).text, translator("zh")))
    if isinstance(error, OSError):
        assert not ENGLISH.search(render(problem(error, Path("台账")), translator("zh")).replace("--replace", ""))


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:1", "tcp://no-such-name.invalid:9100", "file:/proc/1/没有"])
def test_a_printer_that_cannot_be_opened_is_said_in_chinese(url: str) -> None:
    address, profile = parse_device(url), load_profile("generic-58")
    assert not isinstance(address, Refusal)
    assert not isinstance(profile, Refusal)
    with pytest.raises((NotSent, MaybeSent)) as refused:
        open_device(address, profile.status, Timeouts(connect=1.0), process_id=profile.process_id).open()
    failure = refused.value
    assert isinstance(failure, NotSent | MaybeSent)
    said = render(failure.text, translator("zh"))
    for typed in ("127.0.0.1", "no-such-name.invalid", "/proc/"):
        said = said.replace(typed, "")
    assert not ENGLISH.search(said)


def quoted(module: ast.Module) -> Iterator[int]:
    """The lines that put what an exception says of itself into words for people."""
    for handler in ast.walk(module):
        if isinstance(handler, ast.ExceptHandler) and handler.name:
            for call in ast.walk(handler):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("say", "refuse"):
                    yield from (call.lineno for given in call.args if _says(given, handler.name))


def _says(given: ast.expr, name: str) -> bool:
    for node in ast.walk(given):
        match node:
            case ast.Call(func=ast.Name(id="str" | "repr"), args=[ast.Name(id=found)]) if found == name:
                return True
            case ast.FormattedValue(value=ast.Name(id=found)) if found == name:
                return True
            case ast.Attribute(attr="strerror"):
                return True
    return False


def test_no_exceptions_own_text_becomes_words() -> None:
    found = [
        f"{path.relative_to(SRC)}:{line}"
        for path in SRC.rglob("*.py")
        if path.relative_to(SRC).as_posix() not in QUOTES_A_FILE
        for line in quoted(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []
    assert not [path for path in SRC.rglob("*.py") if ".strerror" in path.read_text(encoding="utf-8")]
