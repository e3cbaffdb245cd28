"""What people type and scan, brought to one form, so that the same thing written twice is known again."""

import re
from unicodedata import normalize

_INVISIBLE = {
    mark: None
    for marks in ((0x00, 0x09), (0x0E, 0x20), (0x7F, 0xA0), (0x200B, 0x2010), (0x202A, 0x202F), (0x2060, 0x2061))
    for mark in range(*marks)
} | {0xFEFF: None}
_BLANKS = re.compile(r"\s+")
_HAN = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BLANKS_IN_NAME = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")


def visible(text: str) -> str:
    """A text without the marks that nobody sees."""
    return text.translate(_INVISIBLE)


def plain(text: str) -> str:
    """A text in half-width characters, without the blanks and invisible marks around it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return visible(normalize("NFKC", text)).strip()


def one_line(text: str) -> str:
    """A text with every run of blanks, line breaks too, as one blank."""
    return _BLANKS.sub(" ", text)


def unspaced(text: str) -> str:
    """A text without any blank."""
    return _BLANKS.sub("", text)


def name(text: str) -> str:
    """A name on one line: blanks between Chinese characters, typed to fill a column, are left out."""
    return _BLANKS_IN_NAME.sub("", one_line(plain(text)))


def number(text: str) -> str:
    """The number of a booklet, voucher or slip: capital letters, half width, no blanks."""
    return unspaced(plain(text)).upper()


def code(text: str) -> str:
    """A product's code as it is kept: one of 12 digits gets the 0 that makes it 13, one of 14 loses its leading 0."""
    written = number(text)
    if written.isdigit() and len(written) == 12:
        return "0" + written
    return written[1:] if written.isdigit() and len(written) == 14 and written[0] == "0" else written
