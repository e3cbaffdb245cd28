"""A cell as its number format shows it: per cent, leading zeros, units, hidden digits.

A format is up to four sections, for positive and negative numbers, zero and text: ``0.00"元";[Red]-0.00"元"``.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from msgspec import Struct

from lizhi_pos.exchange.sheet import Cell, Fault, HalfShown
from lizhi_pos.refusal import message

BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"},
    **{5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00", 37: "#,##0_);(#,##0)", 38: "#,##0_);(#,##0)"},
    **{39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);(#,##0.00)", 48: "##0.0E+0"},
    **{n: "#,##0_);(#,##0);-_)" for n in (41, 42)},
    **{n: "#,##0.00_);(#,##0.00);-_)" for n in (43, 44)},
    **{n: 'yyyy"年"m"月"' for n in (17, 27, 36, 50, 52, 57)},
}
"""The formats that files name by a number alone, as far as they change what is seen."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>General|G/通用格式|常规)|(?P<science>E[+-])|(?P<date>AM/PM|A/P|上午/下午|[yYmMdDhHsSeEgGaAbB]+)"
    r"|(?P<digit>[0#?])|(?P<text>@)|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<slash>/)|(?P<other>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)")
_UNKNOWN = message("The number format of this cell is not understood; format the cell as general or text.")
_LONGEST = 200
_LOSSLESS = Decimal(10**15)


class _Section(Struct):
    """One section: what kind it is, and its parts in order, each with the name of its token."""

    kind: str = "empty"
    parts: list[tuple[str, str]] = []
    condition: tuple[str, Decimal] | None = None
    letters: str = ""


@lru_cache(20_000, typed=True)
def shown_as(value: Cell, code: str) -> Cell:
    """Return a cell as a format shows it: the value itself where the format changes nothing that matters.

    >>> shown_as(0.9, "0%"), shown_as(7, "000000"), shown_as(12.5, '0.0"分"'), shown_as(2.5, "0.00")
    ('90%', '000007', '12.5分', 2.5)
    >>> shown_as(2.5, "0")
    HalfShown(shown='3', held=2.5)
    """
    if isinstance(value, date):
        return _day_shown(value, _sections(code)[0])
    if isinstance(value, str):
        return _text_shown(value, _sections(code)) if value else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    number = Decimal(format(value, ".15g"))
    section, signed = _section_for(number, _sections(code))
    if section.kind in ("date", "fraction"):
        return Fault(str(value), _UNKNOWN)
    if section.kind in ("science", "text") or abs(number) >= _LOSSLESS:
        return value
    return _number_shown(value, number if signed else abs(number), section)


def _number_shown(value: int | float, number: Decimal, section: _Section) -> Cell:
    text, scaled, rounded = _written(number, section)
    if rounded != scaled:
        return HalfShown(text, value)
    if value < 0 and "-" not in text and "−" not in text:
        return value if text.startswith("(") and text.endswith(")") else HalfShown(text, value)
    if value == 0 and not text.strip("-–—"):
        return value if text else ""
    if not text:
        return HalfShown(text, value)
    return value if _PLAIN.fullmatch(text) and Decimal(text) == number else text


def _written(number: Decimal, section: _Section) -> tuple[str, Decimal, Decimal]:
    """Return the text of a number, what it stands for, and that rounded to the decimals shown."""
    if section.kind == "general":
        shown = "".join(format(number, "f") if kind == "general" else text for kind, text in section.parts)
        return shown.strip(), number, number
    if section.kind == "empty":
        return "".join(text for _, text in section.parts).strip(), number, number
    whole, decimals, scale = _split(section)
    scaled = number.scaleb(scale)
    places = sum(kind == "digit" for kind, _ in decimals)
    rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    digits, _, fraction = format(abs(rounded), "f").partition(".")
    text = _filled_whole(whole, digits.lstrip("0")) + _filled_decimals(decimals, fraction)
    return ("-" if rounded < 0 else "") + text.strip(), scaled, rounded


def _split(section: _Section) -> tuple[list[tuple[str, str]], list[tuple[str, str]], int]:
    """Return the parts around the decimal point, and the power of ten that per cent signs and commas scale by."""
    parts = section.parts
    point = next((i for i, (kind, _) in enumerate(parts) if kind == "point"), len(parts))
    last = max((i for i, (kind, _) in enumerate(parts) if kind == "digit"), default=-1)
    scale = 2 * sum(kind == "percent" for kind, _ in parts)
    scale -= 3 * sum(kind == "comma" for kind, _ in parts[last + 1 :])
    before_point = max((i for i, (kind, _) in enumerate(parts[:point]) if kind == "digit"), default=-1)
    if point < last:
        scale -= 3 * sum(kind == "comma" for kind, _ in parts[before_point + 1 : point])
    shown = [(kind, "" if kind == "comma" else text) for kind, text in parts]
    return shown[:point], shown[point:], scale


def _filled_whole(parts: list[tuple[str, str]], digits: str) -> str:
    """Return the digits before the point, laid from the right into their places."""
    places = [i for i, (kind, _) in enumerate(parts) if kind == "digit"]
    if not places:
        return "".join(text for _, text in parts) + digits
    written: list[str] = []
    for i, (kind, text) in reversed(list(enumerate(parts))):
        if kind != "digit":
            written.append(text)
        elif i == places[0]:
            written.append(digits or ("0" if text == "0" else ""))
        elif digits:
            written.append(digits[-1])
            digits = digits[:-1]
        else:
            written.append("0" if text == "0" or any(parts[p][1] == "0" for p in places if p < i) else "")
    return "".join(reversed(written))


def _filled_decimals(parts: list[tuple[str, str]], fraction: str) -> str:
    written = ""
    left = fraction
    for kind, text in parts:
        if kind == "digit":
            digit, left = left[:1], left[1:]
            # the zeros of a # are not shown
            written += digit if text == "0" or digit != "0" or left.strip("0") else ""
        else:
            written += text
    return written


def _day_shown(value: date, section: _Section) -> Cell:
    """Return a date whose format shows year or month but no day: how it reads, and the date behind it."""
    letters = section.letters
    if section.kind != "date" or any(c in letters for c in "dhsa") or not any(c in letters for c in "yem"):
        return value
    year = f"{value.year}年" if "y" in letters or "e" in letters else ""
    return HalfShown(year + (f"{value.month}月" if "m" in letters else ""), value)


def _text_shown(value: str, sections: list[_Section]) -> Cell:
    section = sections[3] if len(sections) > 3 else next((s for s in sections if s.kind == "text"), None)
    if section is None:
        return value
    shown = "".join(value if kind == "text" else text for kind, text in section.parts)
    return shown if section.kind == "text" else HalfShown(shown, value)


def _section_for(number: Decimal, sections: list[_Section]) -> tuple[_Section, bool]:
    """Return the section a number is shown by, and whether its sign is shown by itself."""
    numeric = sections[:3]
    if any(s.condition for s in numeric):
        chosen = next((s for s in numeric if s.condition is None or _holds(number, *s.condition)), numeric[-1])
        return chosen, True
    if len(numeric) > 1 and number < 0 and numeric[1].kind != "text":
        return numeric[1], False
    if len(numeric) > 2 and number == 0:
        return numeric[2], True
    return numeric[0], True


def _holds(number: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": number < bound,
        "<=": number <= bound,
        ">": number > bound,
        ">=": number >= bound,
        "=": number == bound,
        "<>": number != bound,
    }[sign]


@lru_cache(1000)
def _sections(code: str) -> list[_Section]:
    if len(code) > _LONGEST:
        return [_Section("fraction")]
    sections = [_Section()]
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            sections.append(_Section())
        else:
            _add(sections[-1], token)
    return sections[:4]


def _add(section: _Section, token: re.Match[str]) -> None:
    section.parts = [*section.parts, *_parts(section, token)]
    kind = token.lastgroup
    if kind == "digit" and section.kind in ("empty", "text"):
        section.kind = "number"
    elif kind == "slash" and section.kind == "number":
        section.kind = "fraction"
    elif kind in ("general", "science", "date") or (kind == "text" and section.kind == "empty"):
        section.kind = kind
    if kind == "date":
        section.letters += token[0].lower()


def _parts(section: _Section, token: re.Match[str]) -> Iterator[tuple[str, str]]:
    kind, text = token.lastgroup, token[0]
    if kind == "bracket":
        inside = token["bracket"]
        if condition := _CONDITION.fullmatch(inside):
            section.condition = (condition[1], Decimal(condition[2]))
        elif inside.startswith("$"):
            yield "literal", inside[1:].partition("-")[0]
        elif _ELAPSED.fullmatch(inside):
            section.kind = "date"
            section.letters += "h"
    elif kind in ("quoted", "escaped"):
        yield "literal", token[kind]
    elif kind is not None:
        yield kind if kind != "other" else "literal", text
