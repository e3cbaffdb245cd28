"""What people type and scan, brought to one form, so that the same thing written twice is known again.

Names are kept as they were typed, without the marks nobody sees, and compared by `comparable`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

_INVISIBLE_RANGES = (
    *((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C)),
    *((0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F)),
    *((0x3164, 0x3164), (0xD800, 0xDFFF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB)),
    *((0xE0000, 0xE0FFF),),
)
"""Control characters, bidi and zero-width marks, variation selectors, fillers, and what is no character at all."""
_INVISIBLE = {mark: None for first, last in _INVISIBLE_RANGES for mark in range(first, last + 1)}
_MOVES = dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), " ")
"""What would begin a line anew, or another one, where it is shown."""
_BLANKS = re.compile(r"\s+")
_HAN = r"[\u2e80-\u2fd5\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BLANKS_IN_NAME = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_DOTS = dict.fromkeys(map(ord, "\u2022\u2027\u30fb\uff65\u2219\u22c5\u0387\u16eb\u2e31\u318d\u1427\ua78f\u25cf"), "·")
"""The dot between the parts of a name, as input methods, word processors and web pages write it."""
_STOP_IN_NAME = re.compile(rf"(?<={_HAN})\s*[.\u2024]\s*(?={_HAN})")
_BLANKS_AT_DOT = re.compile(r"\s*·\s*")
_RADICALS = (
    "⺁厂⺂乛⺄乙⺅亻⺇几⺉刂⺊卜⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歹⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王"
    "⺪疋⺫罒⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒⺶羊⺷羊⺸羋⺹耂⺺肀⺻聿⺼肉⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸"
    "⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
"""Radicals that PDF and fonts put for characters, each before its character; NFKC knows the others."""
_LOOKALIKES = {ord(mark): char for mark, char in zip(_RADICALS[::2], _RADICALS[1::2], strict=True)} | {
    ord(mark): char for mark, char in zip("戶戸靑黃", "户户青黄", strict=True)
}
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58"), "-")
_ISBN_10 = re.compile(r"\d{1,5}-\d{1,7}-\d{1,6}-[\dX]")
_LONGEST_NAME = 100
_GTIN_LENGTHS = (12, 13, 14)
MOST_ECHOED = 40
"""Characters of one word that was typed, as a refusal says it back."""
MOST_ECHOED_OF_PATH, MOST_ECHOED_IN_LINE = 200, 500
_LONG_WORD = re.compile(rf"\S{{{MOST_ECHOED + 1},}}")


def visible(text: str) -> str:
    """Return a text without the marks that nobody sees."""
    return text if text.isascii() and text.isprintable() else text.translate(_INVISIBLE)


def shown(text: str) -> str:
    """Return a text as it may go to a terminal: without marks that nobody sees, or that do something there."""
    return visible(text).translate(_MOVES)


def plain(text: str) -> str:
    """Return a text in half-width characters, without the blanks and invisible marks around it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return visible(normalize("NFKC", visible(text))).translate(_LOOKALIKES).strip()


def one_line(text: str) -> str:
    """Return a text with every run of blanks, line breaks too, as one blank."""
    return _BLANKS.sub(" ", text)


def unspaced(text: str) -> str:
    """Return a text without any blank."""
    return _BLANKS.sub("", text)


def typed(text: str) -> str:
    """Return a text on one line as it was typed, without invisible marks and the blanks around it."""
    return one_line(visible(text)).strip()


def name(text: str) -> str:
    """Return a name as it was typed: only blanks between Chinese characters, typed to fill a column, are left out."""
    return _BLANKS_IN_NAME.sub("", typed(text))


def comparable(text: str) -> str:
    """Return the form in which names are compared, whatever dot, width or look-alike they were typed with.

    >>> comparable("阿依・古丽") == comparable("阿依 . 古丽") == "阿依·古丽"
    True
    """
    return _form(text) if len(text) <= _LONGEST_NAME else _form.__wrapped__(text)


@lru_cache(100_000)
def _form(text: str) -> str:
    form = plain(text).translate(_DOTS)
    if form.isascii():
        return one_line(form)
    form = _BLANKS_AT_DOT.sub("·", _STOP_IN_NAME.sub("·", one_line(form)))
    return _BLANKS_IN_NAME.sub("", form)


def nearest(text: str, known: Iterable[str]) -> str | None:
    """Return which of some known names a text that is none of them was most likely meant to be; None for none.

    >>> nearest("园梦使者", ["圆梦使者", "心灵呵护"])
    '圆梦使者'
    """
    from difflib import get_close_matches

    forms = {comparable(name): name for name in known}
    close = get_close_matches(comparable(text), forms, n=1, cutoff=0.6)
    return forms[close[0]] if close else None


def echo(typed: str) -> str:
    """Return a text as a refusal says it back: of a long word the begin and the end.

    >>> echo("7" * 5000)
    '7777777777777777777777777777…77777777777'
    """
    if len(typed) <= MOST_ECHOED:
        return typed
    said = _LONG_WORD.sub(lambda word: _cut(word[0], MOST_ECHOED_OF_PATH if _is_path(word[0]) else MOST_ECHOED), typed)
    return said if "\n" in said else _cut(said, MOST_ECHOED_IN_LINE)


def _is_path(word: str) -> bool:
    return "/" in word or "\\" in word


def _cut(text: str, most: int) -> str:
    """Return a text of so many characters; its end tells as much as its begin, of a path even more."""
    if len(text) <= most:
        return text
    end = most * 3 // 10 - 1
    return f"{text[: most - end - 1]}…{text[-end:]}"


def number(text: str) -> str:
    """Return the number of a booklet, voucher or slip: capital letters, half width, no blanks."""
    return unspaced(plain(text)).upper()


def code(text: str) -> str:
    """Return a product's code as it is kept, however it is printed, typed or scanned.

    Of barcodes the hyphens of print are left out, and every form of one number is the shortest of 13 or 8 digits.

    >>> code("978-7-5327-0001-1"), code("012345678905"), code("06901234567892"), code("A-1")
    ('9787532700011', '0012345678905', '6901234567892', 'A-1')
    """
    written = number(text).translate(_DASHES)
    digits = written.replace("-", "")
    if _ISBN_10.fullmatch(written) and len(digits) == 10 and _is_isbn_10(digits):
        bare = "978" + digits[:9]
        return bare + check_digit(bare)
    if not (digits.isascii() and digits.isdigit()):
        return written
    if len(digits) in _GTIN_LENGTHS:
        full = digits.zfill(14)
        # a number of eight digits filled up with zeros is that number
        return full[6:] if full.startswith("000000") else full[1:] if full[0] == "0" else full
    if len(written) == len(digits) == 8 and check_digit(digits[:-1]) != digits[-1]:
        return _from_upc_e(digits) or written
    return written


def check_digit(digits: str) -> str:
    """Return the last digit of a barcode that begins with these."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _from_upc_e(digits: str) -> str | None:
    """Return the 13 digits of a shortened UPC of eight; None where these are none."""
    system, a, b, c, d, e, last, check = list(digits)
    if system not in "01":
        return None
    if last in "012":
        body = f"{system}{a}{b}{last}0000{c}{d}{e}"
    elif last == "3":
        body = f"{system}{a}{b}{c}00000{d}{e}"
    elif last == "4":
        body = f"{system}{a}{b}{c}{d}00000{e}"
    else:
        body = f"{system}{a}{b}{c}{d}{e}0000{last}"
    return f"0{body}{check}" if check_digit(body) == check else None


def _is_isbn_10(digits: str) -> bool:
    return sum((10 - place) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits)) % 11 == 0
