"""How a name is said, every reading of every character, so that a clerk can search without typing Chinese."""

from collections.abc import Iterator
from functools import cache
from itertools import islice, product

from lizhi_pos.text.normalize import comparable

MAX_READINGS = 16
"""Readings kept of one name; names with more are rare and their first ones serve."""

Sounds = tuple[tuple[str, ...], ...]
"""Of every sign of a name the ways to say it, lower case: ``单芳`` is ``(("chan", "dan", "shan"), ("fang",))``."""


_TWO_LETTERS = ("zh", "ch", "sh")


def sounds(name: str) -> Sounds:
    """Return how a name is said. Letters and digits stand for themselves, other signs are left out."""
    return tuple(readings for sign in comparable(name) if (readings := _readings(sign)))


@cache
def _readings(sign: str) -> tuple[str, ...]:
    """Return the ways to say a sign. A town's names share a few thousand signs, each of which is looked up once."""
    from pypinyin import Style, pinyin

    if sign.isascii():
        return (sign.lower(),) if sign.isalnum() else ()
    spoken = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(sorted({reading for reading in spoken[0] if reading})) if spoken else ()


def initials(name: str) -> str:
    """Return the initials of all readings, lower case, separated by blanks: ``单`` gives ``c d s``.

    Letters and digits stand for themselves, other signs are left out.
    """
    first = [sorted({reading[0] for reading in readings}) for readings in sounds(name)]
    return " ".join(islice(("".join(letters) for letters in product(*first)), MAX_READINGS)) if first else ""


def spoken(typed: str) -> str:
    """Return what was typed as it is compared with sounds: small letters, no blanks between syllables, v for ü."""
    return comparable(typed).lower().replace(" ", "").replace("'", "").replace("ü", "v")


def begins(heard: Sounds, typed: str) -> bool:
    """Return whether a name may begin with what was typed: of each sign its first letter, more of it, or all.

    >>> all(begins((("wang",), ("guo",), ("fu",)), typed) for typed in ("w", "wgf", "wangguofu", "wangg", "wguof"))
    True
    """
    return any(end == len(typed) for ends in _ends(heard, typed) for end in ends)


class SoundIndex:
    """Names by how they are said, sign after sign, so that a town's are searched without going through all of them."""

    __slots__ = ("_further", "_keys")

    def __init__(self) -> None:
        self._keys: list[str] = []
        """The keys of all names that begin as far as here."""
        self._further: dict[tuple[str, ...], SoundIndex] = {}

    def add(self, name: str, key: str) -> None:
        """Take a name in under what it is the name of."""
        at = self
        for readings in sounds(name):
            at = at._further.setdefault(readings, SoundIndex())
            at._keys.append(key)

    def find(self, typed: str) -> set[str]:
        """Return the keys of the names that may begin with what was typed, as `begins` has it."""
        said = spoken(typed)
        return set(self._found(said, {0})) if said else set()

    def _found(self, typed: str, ends: set[int]) -> Iterator[str]:
        for readings, further in self._further.items():
            reached = {end for at in ends for reading in readings for end in _said(reading, typed, at)}
            if len(typed) in reached:
                yield from further._keys
            elif reached:
                yield from further._found(typed, reached)


def is_said(name: str, typed: str) -> bool:
    """Return whether what was typed is how a part of a name is said. How it is said is worked out once a name."""
    said, heard = spoken(typed), _heard(name)
    return bool(said) and said.isascii() and any(begins(heard[at:], said) for at in range(len(heard)))


@cache
def _heard(name: str) -> Sounds:
    return sounds(name)


def says_all(heard: Sounds, typed: str) -> bool:
    """Return whether what was typed reaches to a name's last sign.

    All its initials, all its syllables, or some of each.
    """
    *_, ends = ({0}, *_ends(heard, typed))
    return bool(typed) and len(typed) in ends


def _ends(heard: Sounds, typed: str) -> list[set[int]]:
    """After each sign: how much of the text may be said by then."""
    found: list[set[int]] = []
    ends = {0}
    for readings in heard:
        ends = {end for at in ends for reading in readings for end in _said(reading, typed, at)}
        if not ends:
            return [*found, ends]
        found.append(ends)
    return found


def _said(reading: str, typed: str, at: int) -> set[int]:
    """Return where a sign's part of a text may end.

    After its first letter, its zh, ch or sh, all of it, or the text.
    """
    n = 0
    while n < len(reading) and at + n < len(typed) and reading[n] == typed[at + n]:
        n += 1
    parts = {1, len(reading), len(typed) - at, *([2] if reading[:2] in _TWO_LETTERS else [])}
    return {at + part for part in parts if 0 < part <= n}
