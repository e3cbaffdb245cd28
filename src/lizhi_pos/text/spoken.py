"""Figures and days in the words in which Chinese says them, for what is read out."""

from datetime import date

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "兆")
_FULL_WIDTH = str.maketrans("0123456789０１２３４５６７８９", _DIGITS * 2)


def spoken_count(number: int) -> str:
    """Return a whole number before the word for what is counted.

    >>> [spoken_count(n) for n in (2, 12, 22, 1005, 2200, 100012)]
    ['两', '十二', '二十二', '一千零五', '两千二百', '十万零一十二']
    """
    if number < 0:
        return f"负{spoken_count(-number)}"
    return "两" if number == 2 else _spoken(number)


def spoken_hundredths(value: int) -> str:
    """Return an amount in whole hundredths before 分 or 元.

    >>> [spoken_hundredths(v) for v in (123450, 200, 250, 5, -1005)]
    ['一千二百三十四点五', '两', '二点五', '零点零五', '负十点零五']
    """
    if value < 0:
        return f"负{spoken_hundredths(-value)}"
    whole, rest = divmod(value, 100)
    if not rest:
        return spoken_count(whole)
    return f"{_spoken(whole)}点{spoken_digits(f'{rest:02d}'.rstrip('0'))}"


def spoken_yuan(value: int) -> str:
    """Return an amount of money from 0 up in words, as it is said at a counter.

    >>> [spoken_yuan(value) for value in (930, 5, 10_000, 205)]
    ['九元三角', '五分钱', '一百元', '两元零五分']
    """
    yuan, cents = divmod(value, 100)
    jiao, fen = divmod(cents, 10)
    said = f"{spoken_count(yuan)}元" if yuan or not cents else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif yuan and fen:
        said += "零"
    if fen:
        said += f"{_DIGITS[fen]}分" if said else f"{_DIGITS[fen]}分钱"
    return said


def spoken_digits(text: str) -> str:
    """Return a text with each of its digits said by itself, as in a year or a name: ``第3组`` as ``第三组``."""
    return text.translate(_FULL_WIDTH)


def spoken_month(year: int, month: int) -> str:
    """Return a month: ``二零二四年四月``."""
    return f"{spoken_digits(str(year))}年{_spoken(month)}月"


def spoken_day(day: date) -> str:
    """Return a day: ``二零二四年四月二十八日``."""
    return f"{spoken_month(day.year, day.month)}{_spoken(day.day)}日"


def _spoken(number: int) -> str:
    """Return a whole number from nothing up to 16 digits; a leading ten is said without its one."""
    if number >= 10**16:
        raise ValueError(number)
    if not number:
        return _DIGITS[0]
    words, gap, group = "", False, 0
    while number:
        number, four = divmod(number, 10000)
        if four:
            part = "两" if four == 2 and group else _four(four)
            words = part + _GROUPS[group] + ("零" if gap and words else "") + words
        gap = four < 1000
        group += 1
    return words.removeprefix("一") if words.startswith("一十") else words


def _four(number: int) -> str:
    words, zero = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            # two thousand is said 两千, two hundred and twenty 二百二十
            said = "两" if digit == 2 and place == 3 else _DIGITS[digit]
            words += ("零" if zero and words else "") + said + _PLACES[place]
            zero = False
        else:
            zero = True
    return words
