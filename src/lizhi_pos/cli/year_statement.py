"""`report year`: a year of closed months in one statement, of a village or of one household."""

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.villages import village_id, village_names
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.report_files import report_path, written
from lizhi_pos.db import Transaction
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.year_sheets import household_year_sheet, village_year_sheet
from lizhi_pos.refusal import Refusal, refuse, unwrap
from lizhi_pos.reports.report_sheet import ReportSheet
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.settlement.statement import AMOUNTS, Amounts
from lizhi_pos.settlement.year_statement import YearLine, YearStatement, year_statement
from lizhi_pos.text import normalize
from lizhi_pos.text.masking import masked


def show(context: Context) -> Outcome:
    """Show a village's year, or one household's of it."""
    by = context.operator("see_books")
    path = report_path(context.args.out)
    if context.args.full:
        outcome, sheet, name = context.write(lambda tx: _look(context, tx, by))
    else:
        with context.reading() as tx:
            outcome, sheet, name = _look(context, tx, by)
    return written(context, path, outcome, sheet, (by, f"report year {name}"))


def _look(context: Context, tx: Transaction, by: Operator) -> tuple[Outcome, ReportSheet, str]:
    args = context.args
    key = unwrap(village_id(tx, args.village))
    name, year = village_names(tx)[key], args.year or today(tx).year
    found = unwrap(year_statement(tx, key, year))
    if args.full:
        record(tx, by, "look", f"report year {name} {year} --full")
    if args.booklet:
        of = unwrap(_household(found, name, args.booklet))
        sheet = household_year_sheet(tx, name, found, of, full=args.full)
        return _of_household(found, name, of, full=args.full), sheet, f"{name} {of.booklet} {year}"
    sheet = village_year_sheet(tx, name, found, full=args.full)
    return _of_village(found, name, full=args.full), sheet, f"{name} {year}"


def _household(found: YearStatement, village: str, booklet: str) -> YearLine | Refusal:
    number = normalize.number(booklet)
    of = next((line for line in found.households if line.booklet == number), None)
    return of or refuse("unknown_household", "{0} is in no statement of {1} in {2}", number, village, found.year)


def _of_village(found: YearStatement, village: str, *, full: bool) -> Outcome:
    answer = {
        "year": found.year,
        "village": village,
        "rows": [_row(line, full=full) for line in found.households],
        "months": list(found.months),
        "totals": found.totals,
        "goods_value": format_hundredths(found.goods_value),
        "contributed": format_hundredths(found.contributed),
    }
    words = tuple(f"{x.booklet}  {x.head if full else masked(x.head)}  {_sum(x)}" for x in found.households)
    return Outcome(answer, (*words, f"{village} {found.year}  {_sum(found.totals)}"))


def _of_household(found: YearStatement, village: str, of: YearLine, *, full: bool) -> Outcome:
    answer = {"year": found.year, "village": village, **_row(of, full=full), "months": list(of.months)}
    return Outcome(answer, tuple(f"{month.month}  {_sum(month)}" for month in of.months))


def _row(line: YearLine, *, full: bool) -> dict[str, str]:
    amounts = {name: format_hundredths(getattr(line, name)) for name in AMOUNTS}
    return {"booklet": line.booklet, "head": line.head if full else masked(line.head), **amounts}


def _sum(of: Amounts) -> str:
    return f"{format_hundredths(of.opening)} → {format_hundredths(of.closing)}"
