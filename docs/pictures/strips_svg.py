"""A terminal's rows as an SVG picture that looks the same wherever it is opened.

Every run of letters is put at its column and set to its width, every Chinese character into the middle of its two
cells; blocks and lines are drawn, not written. So it does not matter which fonts a machine has.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

CELL, ROW, EDGE = 10, 24, 8
"""Pixels of a cell, of a row, and around it all."""
LATIN, WIDE, BASE = 16.4, 19, 17.5
"""Sizes of the two kinds of signs, and where in a row they stand."""
FONTS = "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Noto Sans CJK SC','Microsoft YaHei',monospace"
_SHARES = {
    "─": (0, 0.48, 1, 0.06),
    "━": (0, 0.45, 1, 0.12),
    "│": (0.45, 0, 0.12, 1),
}
"""Signs that are drawn: from where in the cell, and how much of it."""
_SHADES = {"█": 1, "▓": 0.7, "▒": 0.45, "░": 0.22}


def picture(strips: Sequence[Strip], width: int, title: str) -> str:
    """Return the whole picture; the first cell's ground is the ground around it."""
    wide, high = width * CELL + 2 * EDGE, len(strips) * ROW + 2 * EDGE
    ground = _colours(next(iter(strips[0]))[1])[1]
    body = "\n".join(line for at, strip in enumerate(strips) for line in _row(strip, at))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'font-family="{FONTS}" font-size="{LATIN}">\n<title>{escape(title)}</title>\n'
        f'<rect width="{wide}" height="{high}" rx="6" fill="{ground}"/>\n{body}\n</svg>\n'
    )


def _row(strip: Strip, at: int) -> Iterator[str]:
    y, x = EDGE + at * ROW, EDGE
    texts: list[str] = []
    for segment in Segment.simplify(strip):
        ink, ground = _colours(segment.style)
        width = cell_len(segment.text) * CELL
        # a hair wider, or the seam between two of them shows
        yield f'<rect x="{x}" y="{y}" width="{width + 0.5}" height="{ROW + 0.5}" fill="{ground}"/>'
        bold = ' font-weight="bold"' if segment.style and segment.style.bold else ""
        texts += _signs(segment.text, x, y, ink, bold)
        x += width
    yield from texts


def _signs(text: str, x: float, y: float, ink: str, bold: str) -> Iterator[str]:
    for kind, signs in groupby(text, _kind):
        run = "".join(signs)
        width = cell_len(run) * CELL
        if kind == "drawn":
            yield from (_drawn(sign, x + at * CELL, y, ink) for at, sign in enumerate(run))
        elif kind == "wide":
            middles = " ".join(f"{x + CELL + at * 2 * CELL:g}" for at in range(len(run)))
            yield (
                f'<text x="{middles}" y="{y + BASE}" font-size="{WIDE}" text-anchor="middle" '
                f'fill="{ink}"{bold}>{escape(run)}</text>'
            )
        elif kind == "narrow":
            yield (
                f'<text x="{x}" y="{y + BASE}" textLength="{width}" lengthAdjust="spacingAndGlyphs" '
                f'fill="{ink}"{bold}>{escape(run)}</text>'
            )
        x += width


def _kind(sign: str) -> str:
    if sign == " ":
        return "blank"
    if sign in _SHARES or sign in _SHADES:
        return "drawn"
    return "wide" if cell_len(sign) == 2 else "narrow"


def _drawn(sign: str, x: float, y: float, ink: str) -> str:
    if sign in _SHADES:
        return f'<rect x="{x}" y="{y + 3}" width="{CELL}" height="{ROW - 6}" fill="{ink}" opacity="{_SHADES[sign]}"/>'
    left, top, wide, high = _SHARES[sign]
    return (
        f'<rect x="{x + left * CELL:g}" y="{y + top * ROW:g}" '
        f'width="{wide * CELL:g}" height="{high * ROW:g}" fill="{ink}"/>'
    )


def _colours(style: Style | None) -> tuple[str, str]:
    ink, ground = (_hex(style.color), _hex(style.bgcolor)) if style else ("#000", "#fff")
    return (ground, ink) if style and style.reverse else (ink, ground)


def _hex(colour: Color | None) -> str:
    return colour.triplet.hex if colour is not None and colour.triplet is not None else "#888888"
