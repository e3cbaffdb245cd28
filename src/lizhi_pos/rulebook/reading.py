"""A rulebook read from TOML: every error at once, each with its line and key.

Points and values are strings or whole numbers, never floats.
"""

import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from lizhi_pos.market_days import BRANCHES, Every, MarketDays
from lizhi_pos.money import Points, parse_hundredths
from lizhi_pos.refusal import Message, message
from lizhi_pos.rulebook.lines import Path, key_lines, line_of
from lizhi_pos.rulebook.rules import DEADLINE_DAY, BaseScoreRules, BatchRules, Clause, Item, Rulebook
from lizhi_pos.text import normalize


class RuleError(Struct, frozen=True):
    """One thing wrong in a rulebook: its line from 1, its key, and what is wrong."""

    line: int
    key: str
    text: Message


class _Missing:
    pass


_REQUIRED = _Missing()
NEAR_DAYS = 60
"""How long before its last day a lot is near its expiry, where the rulebook does not say."""
_LONGEST_RATIO = 40
_ALL_MONTHS = tuple(range(1, 13))
_ROOT_KEYS = (
    "town year timezone filing base_score household batch redemption market_days honours goods negative_list "
    "category village"
)
_BASE_SCORE_KEYS = "threshold consecutive_quarters points_per_score window max_age_quarters credit_below_threshold"
_BATCH_KEYS = "publicity_days deadline_day assessment_group supervision_group cap_per_village"
_MARKET_KEYS = "solar_endings lunar_endings weekdays branches every dates extra except"


class NoRulebook(Struct, frozen=True):
    """A text that states no rules, and everything that is wrong with it, by line."""

    errors: tuple[RuleError, ...]


def read_rulebook(text: str) -> Rulebook | NoRulebook:
    """Return the rules a TOML text states."""
    try:
        document = tomllib.loads(text)
    except RecursionError:
        return _not_toml(1, message("Brackets stand within brackets without end; this is no rulebook"))
    except ValueError as error:
        # also a number with more digits than any is read with
        # the parser's own sentence is English, and of what it expected rather than of what stands there
        text_of_it = message("This is not TOML: a line is a name, =, and a value, a text between quotation marks")
        return _not_toml(_line_in(str(error)), text_of_it)
    reader = _Reader(document, text)
    rules = reader.rulebook()
    if reader.errors:
        return NoRulebook(tuple(sorted(reader.errors, key=lambda e: (e.line, e.key))))
    return rules


def _not_toml(line: int, why: Message) -> NoRulebook:
    return NoRulebook((RuleError(line, "", why),))


def _line_in(message: str) -> int:
    words = message.replace(",", " ").split()
    numbers = [words[i + 1] for i, word in enumerate(words[:-1]) if word == "line"]
    return int(numbers[0].rstrip(")")) if numbers else 1


class _Reader:
    """One reading: the table looked at, the keys asked for, the errors found."""

    def __init__(self, document: dict[str, Any], text: str) -> None:
        self.document = document
        self.lines = key_lines(text)
        self.errors: list[RuleError] = []

    def rulebook(self) -> Rulebook:
        root = self.table(self.document, (), _ROOT_KEYS)
        items = tuple(i for c in root.tables("category", "name item") for i in _items(c, c.get("name", _text)))
        villages = [(v.get("name", _name), tuple(_items(v, ""))) for v in root.tables("village", "name filing item")]
        clauses = root.tables("negative_list", "clause text")
        rules = Rulebook(
            town=root.get("town", _text),
            year=root.get("year", _whole(2000, 2100)),
            timezone=root.get("timezone", _zone, "Asia/Shanghai"),
            filing=root.get("filing", _text, ""),
            base_score=_base_score(root.table("base_score", _BASE_SCORE_KEYS)),
            residence_months=root.table("household", "residence_months").get("residence_months", _whole(0, 1200), 6),
            batch=_batch(root.table("batch", _BATCH_KEYS)),
            redemption_months=root.table("redemption", "months").get("months", _list(_whole(1, 12)), _ALL_MONTHS),
            market_days=_market_days(root.table("market_days", _MARKET_KEYS)),
            red_list=root.table("honours", "red_list").get("red_list", _whole(1, 1000), 10),
            near_days=root.table("goods", "near_days").get("near_days", _whole(0, 3650), NEAR_DAYS),
            negative_list=tuple(Clause(c.get("clause", _name), c.get("text", _text)) for c in clauses),
            items=items,
            village_items=dict(villages),
        )
        self.twice("category", [i.name for i in items])
        self.twice("village", [name for name, _ in villages])
        self.twice("negative_list", [c.clause for c in rules.negative_list])
        for name, own in villages:
            self.twice(f"village {name}", [i.name for i in own])
        return rules

    def table(self, value: Any, path: Path, keys: str) -> "_Table":
        if not isinstance(value, dict):
            self.error(path, message("This must be a table of keys"))
            value = {}
        for key in value:
            if key not in keys.split():
                self.error((*path, key), message("This key is not known"))
        return _Table(self, value, path)

    def twice(self, key: str, names: list[str]) -> None:
        latest = {normalize.comparable(name): name for name in names}
        counted = Counter(normalize.comparable(name) for name in names)
        for form, count in sorted(counted.items()):
            if count > 1:
                name = latest[form]
                self.errors.append(RuleError(self.line_of_name(name), key, message("{0} stands here twice", name)))

    def line_of_name(self, name: str) -> int:
        places = [p for p in self.lines if p and p[-1] in ("name", "clause") and self.at(p) == name]
        return max((self.lines[p] for p in places), default=1)

    def at(self, path: Path) -> Any:
        """Return the value at a place; None where a line only looked like a key, as in a text of several lines."""
        value: Any = self.document
        try:
            for part in path:
                value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
        return value

    def error(self, path: Path, text: Message) -> None:
        key = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).removeprefix(".")
        self.errors.append(RuleError(line_of(self.lines, path), key, text))


class _Table:
    """One table of the document, and where it stands."""

    def __init__(self, reader: _Reader, values: dict[str, Any], path: Path) -> None:
        self.reader, self.values, self.path = reader, values, path

    def get(self, key: str, parse: Callable[[Any], Any], default: Any = _REQUIRED) -> Any:
        """Return a key's value as `parse` reads it.

        A missing or wrong one is an error and reads as something harmless.
        """
        if key not in self.values:
            if default is _REQUIRED:
                self.reader.error((*self.path, key), message("This key is missing"))
                return _HARMLESS.get(parse, 1)
            return default
        try:
            return parse(self.values[key])
        except ValueError as error:
            reason = error.args[0]
            self.reader.error(
                (*self.path, key), reason if isinstance(reason, Message) else message("This value is not valid")
            )
            return _HARMLESS.get(parse, 1)

    def table(self, key: str, keys: str) -> "_Table":
        """Return the table under `key`, empty where there is none."""
        return self.reader.table(self.values.get(key, {}), (*self.path, key), keys)

    def tables(self, key: str, keys: str) -> "list[_Table]":
        """Return the array of tables under `key`."""
        values = self.values.get(key, [])
        if not isinstance(values, list):
            self.reader.error((*self.path, key), message("This must be a list of tables, written [[{0}]]", key))
            return []
        return [self.reader.table(v, (*self.path, key, i), keys) for i, v in enumerate(values)]


def _items(table: _Table, category: str) -> list[Item]:
    return [Item(category, i.get("name", _name), i.get("points", _points)) for i in table.tables("item", "name points")]


def _base_score(t: _Table) -> BaseScoreRules:
    return BaseScoreRules(
        threshold_tenths=t.get("threshold", _score),
        consecutive_quarters=t.get("consecutive_quarters", _whole(1, 8), 2),
        points_per_score=t.get("points_per_score", _ratio),
        window=t.get("window", _word("half-year", "rolling"), "half-year"),
        max_age_quarters=t.get("max_age_quarters", _whole(0, 40), 1),
        credit_below_threshold=t.get("credit_below_threshold", _flag, True),
    )


def _batch(t: _Table) -> BatchRules:
    return BatchRules(
        publicity_days=t.get("publicity_days", _whole(0, 366), 7),
        deadline_day=t.get("deadline_day", _whole(1, 28), DEADLINE_DAY),
        assessment_group=t.get("assessment_group", _whole(1, 99), 5),
        supervision_group=t.get("supervision_group", _whole(1, 99), 3),
        cap_per_village=t.get("cap_per_village", _points, None),
    )


def _market_days(t: _Table) -> MarketDays:
    every = t.table("every", "days from") if "every" in t.values else None
    digit = _list(_whole(0, 9))
    return MarketDays(
        solar_endings=t.get("solar_endings", digit, ()),
        lunar_endings=t.get("lunar_endings", digit, ()),
        weekdays=t.get("weekdays", _list(_whole(1, 7)), ()),
        branches=t.get("branches", _list(_word(*BRANCHES)), ()),
        every=Every(every.get("days", _whole(1, 366)), every.get("from", _day)) if every else None,
        dates=t.get("dates", _list(_day), ()),
        extra=t.get("extra", _list(_day), ()),
        except_days=t.get("except", _list(_day), ()),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not normalize.plain(value):
        raise ValueError(message("This must be a text in quotes"))
    return normalize.visible(value).strip()


def _name(value: Any) -> str:
    return normalize.name(_text(value))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(message("This must be true or false"))
    return value


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(message("This must be a whole number from {0} to {1}", least, most))
        return value

    return parse


def _word(*words: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in words:
            raise ValueError(message("This must be one of: {0}", " ".join(words)))
        return str(value)

    return parse


def _list(parse: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def parse_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(message("This must be a list in square brackets"))
        return tuple(parse(v) for v in value)

    return parse_all


def _decimal(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(message('This must be a whole number or a decimal in quotes, such as "12.50"'))
    return str(value)


def _points(value: Any) -> Points:
    try:
        points = parse_hundredths(_decimal(value))
    except ValueError as error:
        raise ValueError(message('This must be a whole number or a decimal in quotes, such as "12.50"')) from error
    if points < 0:
        raise ValueError(message("This must not be negative"))
    return Points(points)


def _score(value: Any) -> int:
    hundredths = _points(value)
    if hundredths > 10000 or hundredths % 10:
        raise ValueError(message("This must be a score from 0 to 100 with at most one decimal"))
    return hundredths // 10


def _ratio(value: Any) -> Fraction:
    try:
        text = _decimal(value)
        # an exponent could ask for more digits than fit anywhere
        ratio = Fraction(text) if "e" not in text.lower() and len(text) <= _LONGEST_RATIO else Fraction(-1)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(message('This must be a whole number or a decimal in quotes, such as "12.50"')) from error
    if not 0 <= ratio <= 100:
        raise ValueError(message("This must be a whole number from {0} to {1}", 0, 100))
    return ratio


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(_text(value)).key
    except (KeyError, OSError) as error:
        raise ValueError(message("{0} is not a time zone", str(value))) from error


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(_text(value))
    except ValueError as error:
        raise ValueError(message("This must be a date such as 2024-03-05")) from error


_HARMLESS: dict[Any, Any] = {
    _text: "",
    _name: "",
    _ratio: Fraction(1),
    _points: Points(0),
    _score: 0,
    _day: date(2000, 1, 1),
}
