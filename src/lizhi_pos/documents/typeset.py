"""Paper that is set with typst: every sign of it is in the font that is installed with the program, or none is set."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.font import font_file

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FONT = "Noto Sans SC"
_ABSENT = "\U0010ffff"
"""A sign that no font has: for what a font lacks it draws the same as for this one."""


def unprintable(texts: Iterable[str]) -> Refusal | None:
    """Return a refusal that names every text with a sign that the font lacks, None where all can be printed."""
    lacking = {text: signs for text in texts if (signs := "".join(dict.fromkeys(s for s in text if not _has(s))))}
    if not lacking:
        return None
    named = "; ".join(f"{text}: {signs}" for text, signs in lacking.items())
    return refuse("rule_broken", "The font cannot print every sign; write it otherwise, then print again. {0}", named)


def pdf(template: str, name: str, content: Any) -> bytes:
    """Return a PDF of a template of this folder, with data as its input `name`; the same data give the same bytes.

    A warning of typst is an error: paper that looks otherwise than it was meant is not to leave the house.
    """
    import typst

    font = font_file()
    if font is None:
        raise FileNotFoundError("the font with Chinese characters is not installed")
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font.parent)])
    source = Path(__file__).with_name(template).read_bytes()
    data = json.dumps(content, ensure_ascii=False)
    compiler = typst.Compiler(source, font_paths=fonts, ignore_system_fonts=True, sys_inputs={name: data})
    made, warnings = compiler.compile_with_warnings(format="pdf", pdf_tags=False, timestamp=0)
    if warnings:
        raise ValueError(f"typst warns: {[w.message for w in warnings]}")
    if not isinstance(made, bytes):
        raise TypeError("typst made no single PDF")
    return made


@cache
def _has(sign: str) -> bool:
    return sign.isspace() or (sign.isprintable() and _drawn(sign) != _drawn(_ABSENT))


def _drawn(sign: str) -> bytes:
    return bytes(_font().getmask(sign))


@cache
def _font() -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(str(font_file()), 24)
