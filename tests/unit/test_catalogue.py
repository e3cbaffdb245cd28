"""The Chinese catalogue has every sentence the program says, in Chinese and with the right fills, and no other."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from lizhi_pos.i18n.render import reason_words
from lizhi_pos.refusal import Reason, ReasonCode

SRC = Path(__file__).parents[2] / "src"
PO = SRC / "lizhi_pos" / "i18n" / "locale" / "zh_CN" / "LC_MESSAGES" / "lizhi_pos.po"

KEYWORDS = {"message": None, "refuse": (2,), "translate": None, "Argument": (2,), "Command": (2,)}
PLACES = {"message": 0, "refuse": 1, "translate": 0, "Argument": 1, "Command": 1, "_ask": 0, "_ask_pin": 0}
"""Where the message stands among a call's arguments; the last two ask for a name and a PIN."""

ONLY_FILLS = frozenset(
    {
        ", ",
        "  {0}",
        "{0} {1}",
        "    {0}{1}",
        "{0} × {1}",
        "{0} × {1}, {2}",
        "{0}; {1}",
        "{0}, {1} {2}",
        "{0}  {1}",
        "{0}  {1}  {2}",
        "  {0}  {1}  {2}",
        "{0} {1}  {2}",
        "{0}  {1}  {2}  {3} {4}",
        "{0}  × {1}",
        "{0} {1} ({2})",
        "{0}: {1}",
        "{0}:{1}: {2}: {3}",
    }
)
"""Messages without a word of their own."""

HANZI = "\u3400-\u9fff"
TYPED = re.compile(r"--[a-z]+|`[^`]+`|\?\w+=\w+|\[\[.+?\]\]|\[[a-z]+_[a-z]+\]|\b[a-z]+://[A-Z:]+|LIZHI_\w+")
"""What people type as it stands: options, commands, keys."""
HALF_WIDTH = re.compile(rf"[{HANZI}][,;:?!()]|[,;:?!()][{HANZI}]")


def by_babel() -> Iterator[str]:
    """What `make catalogue` gathers."""
    found = extract_from_dir(SRC, [("**.py", "python")], {"**.py": {"encoding": "utf-8"}}, KEYWORDS)
    for _file, _line, message, _comments, _context in found:
        assert isinstance(message, str)
        yield message


def by_calls() -> Iterator[str]:
    """Every call's message, also those Babel passes over: in a tuple inside a call, in an f-string, in a constant."""
    for path in SRC.rglob("*.py"):
        module = ast.parse(path.read_text(encoding="utf-8"))
        constants = dict(_constants(module))
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and (at := PLACES.get(_name(node.func))) is not None and len(node.args) > at:
                yield from _texts(node.args[at], constants)


def _constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    for line in module.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str):
            yield from ((target.id, line.value.value) for target in line.targets if isinstance(target, ast.Name))


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def _texts(given: ast.expr, constants: dict[str, str]) -> Iterator[str]:
    match given:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in constants:
            yield constants[name]
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, constants)
            yield from _texts(other, constants)


@cache
def said() -> frozenset[str]:
    return frozenset((*by_babel(), *by_calls()))


@cache
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN", domain="lizhi_pos", abort_invalid=True)


@cache
def chinese() -> dict[str, str]:
    """What a catalogue compiled from the file would answer with."""
    return {str(m.id): str(m.string) for m in catalogue() if m.id and m.string and not m.fuzzy}


def wrong(check: Callable[[str, str], bool]) -> list[str]:
    return sorted(f"{message!r}: {chinese()[message]!r}" for message in chinese() if check(message, chinese()[message]))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_message_has_a_translation() -> None:
    assert sorted(said() - chinese().keys()) == []


def test_no_message_is_left_that_nobody_says() -> None:
    known = {str(m.id) for m in catalogue() if m.id} | {str(m) for m in catalogue().obsolete}
    assert sorted(known - said()) == []


def test_translations_are_chinese() -> None:
    assert wrong(lambda message, text: message not in ONLY_FILLS and not re.search(f"[{HANZI}]", text)) == []
    assert sorted(ONLY_FILLS - said()) == []


def test_translations_fill_from_their_message() -> None:
    assert wrong(lambda message, text: not fields(text) <= fields(message)) == []
    for message, text in chinese().items():
        fills = [f"<{at}>" for at in range(9)]
        told = text.format(*fills[: len(fields(message))])
        assert all(fills[int(name)] in told for name in fields(text))


def test_what_is_typed_stays_as_it_is() -> None:
    assert wrong(lambda message, text: any(word not in text for word in TYPED.findall(message))) == []


def test_messages_count_their_fills_from_zero() -> None:
    assert [m for m in sorted(said()) if fields(m) != {str(at) for at in range(len(fields(m)))}] == []


def test_one_of_a_thing_has_a_word_of_its_own() -> None:
    """But where there are always several: two lots that share a name, and more pieces than anybody would expect."""
    many = re.compile(r"\{\d\} (?:more )?(?:pieces|lines|products|lots|receipts|households|labels|rows|days|times)\b")
    several = ("{0} is the name of {1} lots", "{0} pieces of {1}. Are they so many?")
    assert [m for m in sorted(said()) if many.search(m) and not m.startswith(several)] == []


def test_punctuation_beside_hanzi_is_full_width() -> None:
    assert wrong(lambda message, text: HALF_WIDTH.search(text) is not None) == []


@pytest.mark.parametrize("code", get_args(ReasonCode))
def test_every_reason_has_words_and_advice(code: ReasonCode) -> None:
    reason = Reason(code, ("2024-04-28", "2024-10-28"))
    assert "{" not in reason_words(reason, lambda message: message)
    told = reason_words(reason, chinese().__getitem__)
    assert re.search(f"[{HANZI}]", told)
    assert "{" not in told
