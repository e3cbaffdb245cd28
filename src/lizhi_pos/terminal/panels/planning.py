"""What to buy, whether the points are covered, and how that went from month to month."""

from collections.abc import Sequence

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.planning import Plan
from lizhi_pos.office.planning_rows import ForecastList, is_short
from lizhi_pos.refusal import Message, message
from lizhi_pos.reports.forecast import ForecastLine
from lizhi_pos.terminal.columns import left, right, wrapped
from lizhi_pos.terminal.panels.chart import coverage_lines
from lizhi_pos.terminal.rows import page, row

_NUMBER, _COUNT, _COST, _SIGN = 4, 9, 12, 3
_LEVELS = "▁▂▃▄▅▆▇█"
_LABEL, _FIGURE = 12, 13


def forecast_lines(plan: ForecastList, translate: Translate, width: int, height: int) -> list[Content]:
    """Return the columns' names, the page of products that the marked one is on, and what all of it costs."""
    words = (message("Expected"), message("Sellable"), message("Buy"))
    heads = _in_columns(
        "", render(message("Product"), translate), [render(w, translate) for w in words],
        render(message("Cost"), translate), "", width - 1,
    )  # fmt: skip
    title = Content.styled(left(f" {heads}", width), "$foreground-muted")
    if plan.rows:
        first, last = page(len(plan.rows), plan.marked, max(height - 3, 1))
        lines = [_row(plan, at, width) for at in range(first, last)]
    else:
        nothing = render(message("Nothing is likely to be asked for yet"), translate)
        lines = [Content.styled(f"  {nothing}", "$foreground-muted")]
    told = (plan.pieces, format_hundredths(plan.found.total_cost), format_hundredths(plan.cash_left))
    total = render(message("Buy {0} {0:piece|pieces} for {1}; the pool has {2} left then", *told), translate)
    return [title, *lines, Content(""), Content.styled(f"    {total}", "bold")]


def _row(plan: ForecastList, at: int, width: int) -> Content:
    line = plan.rows[at]
    counts = [str(line.expected), str(line.sellable), str(line.suggested) if line.suggested else ""]
    cost = format_hundredths(line.cost) if line.suggested else ""
    text = _in_columns(f"{at + 1:>3} ", line.name, counts, cost, " ▲" if is_short(line) else "", width - 1)
    return row(text, at, plan.marked, width, style="" if line.suggested or is_short(line) else "$foreground-muted")


def _in_columns(number: str, name: str, counts: Sequence[str], cost: str, sign: str, width: int) -> str:
    room = max(width - _NUMBER - 3 * _COUNT - _COST - _SIGN, 8)
    figures = "".join(right(count, _COUNT) for count in counts)
    return f"{left(number, _NUMBER)}{left(name, room)}{figures}{right(cost, _COST)}{sign}"


def plan_lines(plan: Plan, marked: "ForecastLine | None", translate: Translate, width: int) -> list[Content]:
    """Return the gauge, the curve over the months, how the forecast is made and how far it was off."""
    inner = width - 2
    lines = [*coverage_lines(plan.pool, translate, inner), Content(""), *_curve(plan, translate, inner)]
    found, test = plan.forecast, plan.forecast.backtest
    lines += [Content(""), *_words(found.method, translate, inner)]
    if test.error is not None and test.naive_error is not None:
        told = message(
            "Over {0} market {0:day|days} it was off by {1}, as last time by {2}",
            *(test.market_days, test.error, test.naive_error),
        )
        lines += _words(told, translate, inner)
    else:
        lines += _words(message("It can be tried from the third market day on"), translate, inner)
    if marked is not None:
        lines += [Content(""), Content.styled(left(marked.name, inner), "bold"), Content(f"{marked.code}")]
        if is_short(marked):
            missing = marked.expected - marked.sellable - marked.suggested
            lines += _words(message("▲ the cash does not reach for {0} more of it", missing), translate, inner)
    return [Content.assemble(" ", line) for line in lines]


def _words(words: Message, translate: Translate, width: int) -> list[Content]:
    return [Content(line) for line in wrapped(render(words, translate), max(width, 20))]


def _curve(plan: Plan, translate: Translate, width: int) -> list[Content]:
    """Return points outstanding, goods and cash at each month's end and today, all three on one scale."""
    room = max(width - _LABEL - _FIGURE, 4)
    months = plan.months[-(room - 1) :]
    pool = plan.pool
    series: tuple[tuple[Message, list[int]], ...] = (
        (message("outstanding"), [*(m.outstanding for m in months), pool.outstanding_points]),
        (message("goods, cost"), [*(m.stock_at_cost for m in months), pool.stock_at_cost]),
        (message("cash"), [*(m.cash for m in months), pool.cash]),
    )
    most = max(max(values) for _, values in series)
    since = str(months[0].month) if months else plan.today.isoformat()
    heading = message("Month ends since {0}, and today", since) if months else message("No month is closed yet: today")
    lines = [Content.styled(left(render(heading, translate), width), "bold")]
    for label, values in series:
        drawn = "".join(_level(value, most) for value in values)
        start = (left(render(label, translate), _LABEL), "$foreground-muted")
        figure = right(format_hundredths(values[-1]), _FIGURE)
        lines.append(Content.assemble(start, (left(drawn, room), "$primary"), figure))
    return lines


def _level(value: int, most: int) -> str:
    """Return a bar as high as a value is beside the greatest; nothing at all has none."""
    if value <= 0 or most <= 0:
        return "·"
    return _LEVELS[min(value * len(_LEVELS) // most, len(_LEVELS) - 1)]
