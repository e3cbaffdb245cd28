"""A report as papers, pages and workbooks say it: one value, whatever the report is of."""

from datetime import date
from typing import Literal

from msgspec import Struct

Kind = Literal["text", "figure"]
PRIVATE_WORDS = "不公开：内部资料，不得张贴或转发"


class SheetColumn(Struct, frozen=True):
    """A column: what stands above it, and whether its cells are figures, which workbooks keep as numbers."""

    label: str
    kind: Kind = "text"


class BarPair(Struct, frozen=True):
    """Two bars beside each other with what they say; their lengths are in one unit over the whole chart."""

    label: str
    lengths: tuple[int, int]
    told: tuple[str, str]


class SheetChart(Struct, frozen=True):
    """Bars in pairs: what they show, and what the first and the second one of each pair are."""

    title: str
    names: tuple[str, str]
    bars: tuple[BarPair, ...]


class ReportSheet(Struct, frozen=True, kw_only=True):
    """A report of a town, as it stood on a day.

    `scope` says what it is of, `lead` what is read first, `figures` are large ones, each as what it is, the figure and
    its unit; `nothing` is said where there are no rows. One that is `private` is not for a wall: it says so itself.
    """

    town: str
    day: date
    title: str
    scope: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    nothing: str
    total: tuple[str, ...] = ()
    lead: str = ""
    figures: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    chart: SheetChart | None = None
    private: bool = False
