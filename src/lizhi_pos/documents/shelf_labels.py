"""A sheet of shelf labels (货架签) on A4, to be cut apart, whose barcodes scan from a printer of 203 dots an inch."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from lizhi_pos.checkout.papers import ShelfLabel
from lizhi_pos.documents.typeset import FONTS, pdf, unprintable
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Refusal
from lizhi_pos.text.normalize import check_digit

DOTS_PER_INCH = 203
_WIDTH, _HEIGHT = 516, 320
"""A label in dots, 64.6 × 40 mm."""
_ACROSS, _DOWN = 3, 7
_LEFT, _TOP = 65, 66
"""Dots that printers leave blank at the edges of A4, 8 mm, and a little more."""
_INSET = 12
_NARROWEST_BAR_DOTS, _WIDEST_BAR_DOTS = 2, 3
"""A bar of one dot is lost as soon as a printer fits the page to its paper."""
_RUN = 8
"""Signs of a name that may not be parted where they are no hanzi, so that a long one fits all the same."""
_LONG_RUN = re.compile(r"[^\s\u2e80-\U0010ffff]+")
_QUIET_BARS = 11
"""Bars' widths that stay blank on both sides, without which scanners do not read an EAN; a Code 128 takes ten."""


def label_sheet(labels: Sequence[ShelfLabel]) -> bytes | Refusal:
    """Return the labels as a PDF, 21 on a page; refuse all of them where the font lacks a sign of one."""
    told = [_told(label) for label in labels]
    if refusal := unprintable(
        text for of, label in zip(told, labels, strict=True) for text in (label.name, of["terms"], of["code"])
    ):
        return refusal
    sheet = {
        "title": "货架签",
        "font": FONTS,
        "width": _WIDTH,
        "height": _HEIGHT,
        "across": _ACROSS,
        "down": _DOWN,
        "left": _LEFT,
        "top": _TOP,
        "inset": _INSET,
        "labels": told,
    }
    return pdf("shelf_labels.typ", "sheet", sheet)


def _told(label: ShelfLabel) -> dict[str, Any]:
    price = format_hundredths(label.price)
    spec = label.spec if label.spec not in label.name else ""
    limit = f"每户每月限{label.monthly_limit}件" if label.monthly_limit else ""
    terms = (spec, f"积分/{label.unit}" if label.unit else "积分", f"标价{price}元", limit)
    return {
        "name": _LONG_RUN.sub(lambda run: "\u200b".join(_chunks(run[0])), label.name),
        "runs": [part for run in _LONG_RUN.findall(label.name) for part in _chunks(run)],
        "price": price,
        "terms": "  ".join(filter(None, terms)),
        "code": label.code,
        "bars": list(_bars(label.code)),
    }


def _chunks(run: str) -> list[str]:
    return [run[at : at + _RUN] for at in range(0, len(run), _RUN)]


def _bars(code: str) -> Iterator[tuple[int, int]]:
    """Return each bar of a code in the middle of a label, from its left edge and how wide, in dots.

    None where they would be too narrow to scan, of more than 18 letters: such a code is typed.
    """
    pattern = _pattern(code)
    scale = min(_WIDTH // (len(pattern) + 2 * _QUIET_BARS), _WIDEST_BAR_DOTS)
    if scale < _NARROWEST_BAR_DOTS:
        return
    at = (_WIDTH - len(pattern) * scale) // 2
    for dark, run in groupby(pattern):
        wide = len(list(run)) * scale
        if dark == "1":
            yield at, wide
        at += wide


def _pattern(code: str) -> str:
    """Return a barcode's bars of the narrowest width, 1 for each dark one: EAN where the code is one, else Code 128."""
    from barcode.codex import Code128
    from barcode.ean import EuropeanArticleNumber8, EuropeanArticleNumber13

    ean = {8: EuropeanArticleNumber8, 13: EuropeanArticleNumber13}.get(len(code))
    is_ean = ean is not None and code.isdecimal() and check_digit(code[:-1]) == code[-1]
    pattern: str = (ean if is_ean and ean else Code128)(code).build()[0]
    return pattern
