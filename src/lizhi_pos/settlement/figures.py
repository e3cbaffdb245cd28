"""What checks have in common: two sums that must be one, and amounts in what is found."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from lizhi_pos.money import format_hundredths

_Key = TypeVar("_Key", bytes, str, tuple[bytes, bytes])
_Amount = TypeVar("_Amount", bound=int)


def figure(value: int | None) -> str:
    """Hundredths with two decimals, a dash where there is nothing."""
    return "–" if value is None else format_hundredths(int(value))


def unequal(
    ours: Mapping[_Key, _Amount], theirs: Mapping[_Key, _Amount], default: _Amount | None = None
) -> Iterator[tuple[_Key, _Amount | None, _Amount | None]]:
    """Yield each key, in order, under which two sums differ, with both; `default` counts where there is none. Pure."""
    for key in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(key, default), theirs.get(key, default)
        if one != other:
            yield key, one, other
