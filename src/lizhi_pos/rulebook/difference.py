"""What changed from one rulebook to another: by key, as the file names it, an item's as category/item (三(二))."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct


class ChangedKey(Struct, frozen=True):
    """A key that both have, with what it was and is."""

    key: str
    was: str
    now: str


class RulebookDifference(Struct, frozen=True):
    """The keys that came, went and changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[ChangedKey, ...]


def difference(before: str, after: str) -> RulebookDifference:
    """Return what changed between two rulebooks' texts, which must read as TOML. Pure."""
    one, other = dict(_keys(tomllib.loads(before))), dict(_keys(tomllib.loads(after)))
    return RulebookDifference(
        tuple(key for key in other if key not in one),
        tuple(key for key in one if key not in other),
        tuple(ChangedKey(key, was, other[key]) for key, was in one.items() if other.get(key, was) != was),
    )


def _keys(rules: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in rules.items():
        if isinstance(value, Mapping):
            yield from _keys(value, f"{above}{key}.")
        elif isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
            yield from _rows(key, value)
        else:
            yield f"{above}{key}", _text(value)


def _rows(key: str, rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what a list of tables says: items by category/item or village/item, clauses by their number."""
    for row in rows:
        if key == "negative_list":
            yield f"negative_list/{row.get('clause')}", _text(row.get("text", ""))
            continue
        name = str(row.get("name", ""))
        for item in row.get("item", ()):
            yield f"{name}/{item.get('name')}", _text(item.get("points", ""))
        others = {k: v for k, v in row.items() if k not in ("name", "item")}
        yield from _keys(others, f"{name}/")


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
