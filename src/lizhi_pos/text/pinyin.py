"""Pinyin initials of a name, every reading of every character, so that a clerk can search without typing Chinese."""

from itertools import islice, product

from lizhi_pos.text.normalize import comparable

MAX_READINGS = 16
"""Readings kept of one name; names with more are rare and their first ones serve."""


def initials(name: str) -> str:
    """The initials of all readings, lower case, separated by blanks: ``单`` gives ``c d s``.

    Letters and digits stand for themselves, other signs are left out.
    """
    from pypinyin import Style, pinyin

    readings: list[list[str]] = []
    for sign in comparable(name):
        if sign.isascii():
            heard = [sign.lower()] if sign.isalnum() else []
        else:
            spoken = pinyin(sign, style=Style.NORMAL, heteronym=True, errors="ignore")
            heard = sorted({reading[0] for reading in spoken[0] if reading}) if spoken else []
        if heard:
            readings.append(heard)
    return " ".join(islice(("".join(letters) for letters in product(*readings)), MAX_READINGS)) if readings else ""
