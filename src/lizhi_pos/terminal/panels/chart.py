"""The day in a chart, points by half-hour with the villages stacked, and whether the points are covered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, message
from lizhi_pos.terminal.columns import left, right

if TYPE_CHECKING:
    from lizhi_pos.checkout.day_chart import DayChart
    from lizhi_pos.settlement.coverage import PoolView

_LOOKS = (("█", "$primary"), ("▓", "$warning"), ("▒", "$success"), ("░", "$secondary"))
"""A pattern and a colour for each village: the pattern alone tells them apart."""
_TIME, _SUM = 6, 10


def chart_lines(
    chart: "DayChart | None", back: Message | None, translate: Translate, width: int, height: int
) -> list[Content]:
    """Return the half-hours, the last ones where not all fit, and what the patterns mean.

    `back` says what came back, which the half-hours leave out; None where nothing did.
    """
    title = Content.styled(render(message("Points by half-hour"), translate), "bold")
    sums = [] if back is None else [Content(render(back, translate))]
    if chart is None or not chart.half_hours:
        return [
            title,
            Content.styled(render(message("Nothing was redeemed today yet"), translate), "$foreground-muted"),
        ]
    legend = _legend(chart.villages, width)
    shown = chart.half_hours[-max(height - 1 - len(sums) - len(legend), 1) :]
    most = max(sum(half.points) for half in shown)
    room = max(width - _TIME - _SUM, 4)
    lines = [title, *sums]
    for half in shown:
        parts = [(f"{half.start:%H:%M} ", "$foreground-muted"), *_bar(half.points, most, room)]
        total = sum(half.points)
        lines.append(Content.assemble(*parts, right(format_hundredths(total) if total else "", _SUM)))
    return [*lines, *legend]


def coverage_lines(pool: "PoolView", translate: Translate, width: int) -> list[Content]:
    """Points outstanding against goods on the shelf and cash: full is where every point is covered."""
    room = max(width - 22, 8)
    have = pool.stock_at_tag + pool.cash
    filled = room if not pool.outstanding_points else min(have * room // pool.outstanding_points, room)
    short = have < pool.outstanding_points
    times = render(message("{0} {0:time|times}", pool.coverage), translate) if pool.coverage else "–"
    gauge = Content.assemble(
        (left(render(message("covered"), translate), 9), "$foreground-muted"),
        ("█" * filled, "$error" if short else "$success"),
        ("·" * (room - filled), "$foreground-muted"),
        (right(f"{'✘' if short else '✔'} {times}", 13), "bold"),
    )
    rows = (
        (message("points outstanding"), pool.outstanding_points),
        (message("goods at tag price"), pool.stock_at_tag),
        (message("cash in the pool"), pool.cash),
    )
    figures = [Content(left(render(label, translate), 22) + right(format_hundredths(sum_), 14)) for label, sum_ in rows]
    return [gauge, *figures]


def _bar(points: Sequence[int], most: int, room: int) -> list[tuple[str, str]]:
    """Return the villages' shares of a bar.

    Its ends are rounded from the sums, so that no bar is longer than its sum.
    """
    parts, sum_, drawn = [], 0, 0
    for at, share in enumerate(points):
        sum_ += share
        end = (sum_ * room + most // 2) // most
        sign, colour = _LOOKS[min(at, len(_LOOKS) - 1)]
        parts.append((sign * (end - drawn), colour))
        drawn = end
    return [*parts, (" " * (room - drawn), "")]


def _legend(villages: Sequence[str], width: int) -> list[Content]:
    """Return which pattern is whose; villages beyond the patterns share the last one."""
    names = list(villages[: len(_LOOKS) - 1])
    rest = villages[len(_LOOKS) - 1 :]
    if rest:
        names.append(rest[0] if len(rest) == 1 else f"{rest[0]} +{len(rest) - 1}")
    lines: list[Content] = []
    line: list[tuple[str, str]] = []
    for name, (sign, colour) in zip(names, _LOOKS, strict=False):
        more = [(f"{sign}{sign} ", colour), (f"{name}  ", "$foreground-muted")]
        if line and Content.assemble(*line, *more).cell_length > width:
            lines.append(Content.assemble(*line))
            line = []
        line += more
    return [*lines, Content.assemble(*line)] if line else lines
