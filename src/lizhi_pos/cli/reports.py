"""`stock card`, `stock trace` and `report forecast`: looks that change nothing."""

from datetime import date
from functools import partial

from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.report_files import report_path, written, written_files
from lizhi_pos.exchange.shopping_list import shopping_list
from lizhi_pos.i18n.render import render
from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.planning_rows import to_buy
from lizhi_pos.office.report_files import named
from lizhi_pos.office.report_sheets import coverage_sheet, forecast_sheet
from lizhi_pos.refusal import Message, message, unwrap
from lizhi_pos.reports.coverage_by_month import coverage_by_month
from lizhi_pos.reports.forecast import Forecast, forecast
from lizhi_pos.reports.move_words import MOVE_WORDS, SOURCE_WORDS
from lizhi_pos.reports.product_card import product_card
from lizhi_pos.reports.trace import trace
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.text import normalize


def card(context: Context) -> Outcome:
    """Show every move of a product."""
    context.operator("see_stock")
    args = context.args
    with context.reading() as tx:
        found = unwrap(product_card(tx, normalize.code(args.code), args.first or BEFORE_ALL, args.last or date.max))
    said = partial(render, translate=context.translate)
    words = [
        f"{x.date}  {said(MOVE_WORDS[x.kind])}  {x.quantity:+}  {x.lot}  {x.reference}  {x.on_hand}"
        for x in found.moves
    ]
    return Outcome(found, tuple(words) or (message("{0} never moved", found.code),))


def show_trace(context: Context) -> Outcome:
    """Show where goods come from and what became of them."""
    by = context.operator("trace")
    with context.reading() as tx:
        found = unwrap(trace(tx, context.args.name, by))
    said = partial(render, translate=context.translate)
    words: list[Message | str] = [
        f"{x.date}  {said(SOURCE_WORDS[x.kind])}  {x.voucher}  {x.donor}  {format_hundredths(x.amount)}"
        for x in found.up
    ]
    words += [message("    {0}  {1} × {2}, on hand {3}", x.lot, x.name, x.quantity, x.on_hand) for x in found.lots]
    words += [
        f"{x.date}  {said(MOVE_WORDS[x.kind])}  {x.reference}  {x.booklet or '–'}  {x.quantity:+}" for x in found.down
    ]
    return Outcome(found, tuple(words))


def show_coverage(context: Context) -> Outcome:
    """Show how points outstanding were covered at each month's end."""
    context.operator("see_books")
    path = report_path(context.args.out)
    with context.reading() as tx:
        found = coverage_by_month(tx, context.args.months)
        sheet = coverage_sheet(tx, found)
    words = [
        message(
            "{0}  points {1}, goods {2}, cash {3}, covered {4}",
            *(x.month, format_hundredths(x.outstanding), format_hundredths(x.stock_at_tag), format_hundredths(x.cash)),
            x.coverage or "–",
        )
        for x in found
    ]
    outcome = Outcome({"months": found}, tuple(words) or (message("No month has ended yet"),))
    return written(context, path, outcome, sheet, None)


def show_forecast(context: Context) -> Outcome:
    """Show what a market day is likely to ask for, and what to buy for it; as a workbook it is a purchases file too."""
    path = report_path(context.args.out)
    context.operator("see_books")
    with context.reading() as tx:
        found, town, day = unwrap(forecast(tx, context.args.date)), tx.town_name, today(tx)
        sheet = forecast_sheet(tx, found)
    outcome, lines = Outcome(found, tuple(_forecast_words(found))), to_buy(found)
    if path is None or path.suffix.lower() != ".xlsx" or not lines:
        return written(context, path, outcome, sheet, None)
    files = named(path, [shopping_list(town, found.date, day, lines, sheet)])
    return written_files(context, path, outcome, files, None)


def _forecast_words(found: Forecast) -> list[Message | str]:
    test = found.backtest
    words: list[Message | str] = [found.method]
    words += [
        message(
            "{0}  {1}: expected {2}, sellable {3}, buy {4} for {5}",
            *(x.code, x.name, x.expected, x.sellable, x.suggested, format_hundredths(x.cost)),
        )
        for x in found.products
    ]
    words.append(message("Cash {0}, to spend {1}", format_hundredths(found.cash), format_hundredths(found.total_cost)))
    if test.error is not None and test.naive_error is not None:
        words.append(
            message(
                "Over {0} market {0:day|days} it was off by {1}, as last time by {2}",
                test.market_days,
                test.error,
                test.naive_error,
            )
        )
    return words
