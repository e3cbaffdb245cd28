"""Paper that is set with typst: every sign of it is in the font that is installed with the program, or none is set."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.text.font import font_file

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont
    from typst import Compiler

FONTS = ("Noto Sans SC", "Noto Serif SC")
"""Both are installed with the program; the second draws what the first one lacks."""
PICTURE_DOTS_PER_INCH = 144
_REMEMBERED = 11
NO_SIGN = "The font cannot print every sign; write it otherwise, then print again. {0}"
_ABSENT = "\U0010ffff"
"""A sign that no font has: for what a font lacks it draws the same as for this one."""


def unprintable(texts: Iterable[str]) -> Refusal | None:
    """Return a refusal that names every text with a sign that the fonts lack, None where all can be printed."""
    named = lacking(texts)
    if not named:
        return None
    return refuse("rule_broken", NO_SIGN, named)


def lacking(texts: Iterable[str]) -> str:
    """Return every text with a sign that the fonts lack, and which signs; empty where all can be printed."""
    found = {text: signs for text in texts if (signs := "".join(dict.fromkeys(s for s in text if not _has(s))))}
    return "; ".join(f"{text}: {signs}" for text, signs in found.items())


def texts_in(content: Any) -> Iterator[str]:
    """Yield every text that stands anywhere in a paper's data."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for part in content.values():
            yield from texts_in(part)
    elif isinstance(content, Sequence):
        for part in content:
            yield from texts_in(part)


class Typesetter:
    """Sets papers one after another: the fonts are looked up once and each template is read once.

    A warning of typst is an error: paper that looks otherwise than it was meant is not to leave the house. Belongs to
    the thread that made it.
    """

    def __init__(self) -> None:
        import typst

        font = font_file()
        if font is None:
            raise FileNotFoundError("the font with Chinese characters is not installed")
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font.parent)]
        )
        self._compilers: dict[str, typst.Compiler] = {}

    def pdf(self, template: str, name: str, content: Any) -> bytes:
        """Return a PDF of a template of this folder, with data as its input `name`; the same data, the same bytes."""
        made = self._set(template, {name: content}, format="pdf", pdf_tags=False)
        if not isinstance(made, bytes):
            raise TypeError("typst made no single PDF")
        return made

    def pictures(self, template: str, name: str, content: Any) -> list[bytes]:
        """Return a PNG of every page of a template, two dots for each point of it."""
        made = self._set(template, {name: content}, format="png", ppi=PICTURE_DOTS_PER_INCH)
        return [made] if isinstance(made, bytes) else list(made or ())

    def forget(self) -> None:
        """Let go of what typst remembers of earlier papers: it keeps the last ten, of which a long one has 40 MB."""
        for _ in range(_REMEMBERED):
            self._set("blank.typ", {}, format="pdf", pdf_tags=False)

    def _set(self, template: str, inputs: Mapping[str, Any], **how: Any) -> bytes | list[bytes] | None:
        data = {name: json.dumps(content, ensure_ascii=False) for name, content in inputs.items()}
        made, warnings = self._compiler(template).compile_with_warnings(sys_inputs=data, timestamp=0, **how)
        if warnings:
            raise ValueError(f"typst warns: {[w.message for w in warnings]}")
        return made

    def _compiler(self, template: str) -> "Compiler":
        import typst

        if template not in self._compilers:
            folder = Path(__file__).parent
            self._compilers[template] = typst.Compiler(
                folder / template, root=folder, font_paths=self._fonts, ignore_system_fonts=True
            )
        return self._compilers[template]


def pdf(template: str, name: str, content: Any) -> bytes:
    """Return one PDF, as a `Typesetter` sets it."""
    return Typesetter().pdf(template, name, content)


@cache
def _has(sign: str) -> bool:
    return sign.isspace() or (sign.isprintable() and any(_drawn(f, sign) != _drawn(f, _ABSENT) for f in _fonts()))


def _drawn(font: "FreeTypeFont", sign: str) -> bytes:
    return bytes(font.getmask(sign))


@cache
def _fonts() -> "tuple[FreeTypeFont, ...]":
    from PIL import ImageFont

    first = font_file()
    if first is None:
        raise FileNotFoundError("the font with Chinese characters is not installed")
    files = (first, first.with_name("NotoSerifSC-Regular.otf"))
    return tuple(ImageFont.truetype(str(file), 24) for file in files if file.is_file())
