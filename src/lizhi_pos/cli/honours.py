"""`report red`, `report black`, `report candidates`, `report scorecard`: who is honoured, and how villages did."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.villages import known_as
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.report_files import report_path, written
from lizhi_pos.db import Transaction
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.report_sheets import black_sheet, candidates_sheet, red_sheet, scorecard_sheet
from lizhi_pos.refusal import Message, Refusal, message, unwrap
from lizhi_pos.reports.honours import Barred, Candidate, Honoured, Village, black_list, candidates, red_list
from lizhi_pos.reports.report_sheet import ReportSheet
from lizhi_pos.reports.scorecard import VillageCard, scorecard
from lizhi_pos.rulebook.adopted import today

_Row = TypeVar("_Row")
_Report = tuple[
    Callable[[Transaction, Village], list[_Row] | Refusal],
    Callable[[Transaction, Village, Sequence[_Row]], ReportSheet],
]
"""How a list is read, and how it is said on paper."""
_RED: _Report[Honoured] = (red_list, red_sheet)
_BLACK: _Report[Barred] = (black_list, black_sheet)
_CANDIDATES: _Report[Candidate] = (candidates, candidates_sheet)


def show_red(context: Context) -> Outcome:
    """Show a village's red list of a year."""
    by = context.operator("see_books")
    path = report_path(context.args.out)
    village, rows, sheet = _list_of(context, by, "red", _RED)
    words = [f"{r.rank}  {r.booklet}  {r.head}  {format_hundredths(r.earned)}" for r in rows]
    outcome = _outcome(village, rows, words)
    return written(context, path, outcome, sheet, (by, f"report red {village.name} {village.year}"))


def show_black(context: Context) -> Outcome:
    """Show a village's black list of a year: what two people released for it."""
    by = context.operator("see_books")
    path = report_path(context.args.out)
    village, rows, sheet = _list_of(context, by, "black", _BLACK)
    words = [message("{0}  {1}  clause {2}, released by {3}", r.booklet, r.head, r.clause, r.released_by) for r in rows]
    outcome = _outcome(village, rows, words)
    return written(context, path, outcome, sheet, (by, f"report black {village.name} {village.year}"))


def show_candidates(context: Context) -> Outcome:
    """Show the households of a village that may be chosen for the year's honours."""
    by = context.operator("see_books")
    path = report_path(context.args.out)
    village, rows, sheet = _list_of(context, by, "candidates", _CANDIDATES)
    words = [
        f"{r.rank}  {r.booklet}  {r.head}  {format_hundredths(r.earned)}  "
        + " ".join(f"{s.quarter}:{s.score}" for s in r.scores)
        for r in rows
    ]
    outcome = _outcome(village, rows, words)
    return written(context, path, outcome, sheet, (by, f"report candidates {village.name} {village.year}"))


def show_scorecard(context: Context) -> Outcome:
    """Show how every village did in a year."""
    context.operator("see_books")
    path = report_path(context.args.out)
    with context.reading() as tx:
        found = unwrap(scorecard(tx, context.args.year or today(tx).year))
        sheet = scorecard_sheet(tx, found)
    outcome = Outcome(found, tuple(word for card in found.villages for word in _card_words(card)))
    return written(context, path, outcome, sheet, None)


def _list_of(
    context: Context, by: Operator, name: str, report: _Report[_Row]
) -> tuple[Village, list[_Row], ReportSheet]:
    """Return a list and whose it is; one with whole names is kept on record as a look at them."""
    args = context.args

    def look(tx: Transaction) -> tuple[Village, list[_Row], ReportSheet]:
        on = getattr(args, "on", None)
        year = args.year or (on or today(tx)).year
        village = Village(known_as(tx, args.village) or args.village, year, on, args.full)
        rows = unwrap(report[0](tx, village))
        if args.full:
            record(tx, by, "look", f"report {name} {village.name} {year} --full")
        return village, rows, report[1](tx, village, rows)

    if args.full:
        return context.write(look)
    with context.reading() as tx:
        return look(tx)


def _outcome(village: Village, rows: Sequence[object], words: Sequence[Message | str]) -> Outcome:
    answer = {"year": village.year, "village": village.name, "rows": rows}
    return Outcome(answer, tuple(words) or (message("Nobody is on this list"),))


def _card_words(card: VillageCard) -> tuple[Message, ...]:
    return (
        message(
            "{0}: {1} due, {2} in time, {3} missing, {4} sent back, {5} objections, {6} disputes",
            *(card.village, card.due, card.on_time, card.missing, card.sent_back, card.objections, card.disputes),
        ),
        message(
            "    earned {0}, redeemed {1} ({2}), put in {3}, drew {4}; {5} of {6} {6:household|households} may redeem",
            *(format_hundredths(card.earned), format_hundredths(card.redeemed), card.redemption_rate or "–"),
            *(format_hundredths(card.contributed), format_hundredths(card.drawn), card.eligible, card.households),
        ),
    )
