"""Lists of honour at the screen, masked as printed: red, black, candidates, the villages' scorecard, coverage."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.batches import batches, missing_batches
from lizhi_pos.accounts.household_history import HistoryEntry, household_history
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.db import Transaction, reading
from lizhi_pos.journal.entry_words import KIND_WORDS
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.report_tables import ReportColumn, ReportRow, ReportTable, Word
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.coverage_by_month import MonthCoverage, coverage_by_month
from lizhi_pos.reports.honours import Barred, Candidate, Honoured, Village, black_list, candidates, red_list
from lizhi_pos.reports.scorecard import VillageCard, scorecard
from lizhi_pos.rulebook.adopted import today

HonoursView = Literal["red", "black", "candidates", "scorecard", "coverage"]
VIEWS: tuple[HonoursView, ...] = ("red", "black", "candidates", "scorecard", "coverage")
VIEW_WORDS: Mapping[HonoursView, Message] = {
    "red": message("red list"),
    "black": message("black list"),
    "candidates": message("candidates"),
    "scorecard": message("villages' scorecard"),
    "coverage": message("coverage by month"),
}
MOST_MONTHS = 60
EARNED_KINDS = ("base", "volunteer", "adjust")
_NOBODY = message("Nobody is on this list")
_RANK = ReportColumn(message("Rank"), 5, is_figure=True)
_BOOKLET = ReportColumn(message("Booklet"), 9)
_HEAD = ReportColumn(message("Head"))
_EARNED = ReportColumn(message("Earned"), 10, is_figure=True)


class Scope(Struct, frozen=True):
    """What the town has to choose from: its villages, and the day it is there."""

    villages: tuple[str, ...]
    day: date


class HonoursService(JobService):
    """Lists of honour on one database."""

    def scope(self, by: Operator) -> Scope | Refusal:
        """Return what lists there can be."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            return Scope(tuple(village_names(tx).values()), today(tx))

    def table(self, view: HonoursView, village: str, year: int, by: Operator) -> ReportTable | Refusal:
        """Return a list of a village and year; the scorecard is of all villages, coverage of the town."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            return _TABLES[view](tx, Village(village, year))

    def told_of(self, view: HonoursView, key: str, year: int, by: Operator) -> tuple[Word, ...] | Refusal:
        """Return what a row is made of: a household's entries of the year, a village's figures in words."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            if view == "scorecard":
                return _card_words(tx, key, year)
            return () if view == "coverage" else _entries(tx, key, year)


def _red(tx: Transaction, village: Village) -> ReportTable | Refusal:
    found = red_list(tx, village)
    return found if isinstance(found, Refusal) else red_table(found)


def red_table(found: Sequence[Honoured]) -> ReportTable:
    """Return a red list as screens and papers say it."""
    rows = (ReportRow(r.booklet, (str(r.rank), r.booklet, r.head, format_hundredths(r.earned))) for r in found)
    return ReportTable(VIEW_WORDS["red"], (_RANK, _BOOKLET, _HEAD, _EARNED), tuple(rows), _NOBODY)


def _black(tx: Transaction, village: Village) -> ReportTable | Refusal:
    found = black_list(tx, village)
    return found if isinstance(found, Refusal) else black_table(found)


def black_table(found: Sequence[Barred]) -> ReportTable:
    """Return a black list as screens and papers say it."""
    columns = (
        _BOOKLET,
        _HEAD,
        ReportColumn(message("Clause"), 8),
        ReportColumn(message("Released by"), 12),
    )
    rows = (ReportRow(r.booklet, (r.booklet, r.head, r.clause, r.released_by)) for r in found)
    return ReportTable(VIEW_WORDS["black"], columns, tuple(rows), _NOBODY)


def _candidates(tx: Transaction, village: Village) -> ReportTable | Refusal:
    found = candidates(tx, village)
    return found if isinstance(found, Refusal) else candidates_table(found)


def candidates_table(found: Sequence[Candidate]) -> ReportTable:
    """Return candidates as screens and papers say them."""
    columns = (_RANK, _BOOKLET, _HEAD, _EARNED, ReportColumn(message("Scores")))
    rows = (
        ReportRow(
            r.booklet,
            (
                str(r.rank),
                r.booklet,
                r.head,
                format_hundredths(r.earned),
                " ".join(f"{s.quarter[4:]}:{s.score}" for s in r.scores),
            ),
        )
        for r in found
    )
    return ReportTable(VIEW_WORDS["candidates"], columns, tuple(rows), _NOBODY)


def _scorecard(tx: Transaction, village: Village) -> ReportTable | Refusal:
    found = scorecard(tx, village.year)
    if isinstance(found, Refusal):
        return found
    columns = (
        ReportColumn(message("Village")),
        ReportColumn(message("In time"), 8, is_figure=True),
        ReportColumn(message("Missing"), 8, is_figure=True),
        ReportColumn(message("Sent back"), 9, is_figure=True),
        ReportColumn(message("Eligible"), 9, is_figure=True),
        ReportColumn(message("Redeemed"), 9, is_figure=True),
    )
    rows = (
        ReportRow(
            card.village,
            (
                card.village,
                f"{card.on_time}/{card.due}",
                str(card.missing),
                str(card.sent_back),
                f"{card.eligible}/{card.households}",
                card.redemption_rate or "–",
            ),
            is_hint=bool(card.missing or card.disputes),
        )
        for card in found.villages
    )
    return ReportTable(VIEW_WORDS["scorecard"], columns, tuple(rows), message("There is no village yet"))


def _coverage(tx: Transaction, _village: Village) -> ReportTable | Refusal:
    return coverage_table(coverage_by_month(tx, MOST_MONTHS)[::-1])


def coverage_table(found: Sequence[MonthCoverage]) -> ReportTable:
    """Return months as screens and papers say how they were covered, in the order given."""
    columns = (
        ReportColumn(message("Month"), 8),
        ReportColumn(message("Outstanding"), 0, is_figure=True),
        ReportColumn(message("Goods at tag"), 0, is_figure=True),
        ReportColumn(message("Cash"), 0, is_figure=True),
        ReportColumn(message("Coverage"), 9, is_figure=True),
    )
    rows = (
        ReportRow(
            m.month,
            (m.month, *map(format_hundredths, (m.outstanding, m.stock_at_tag, m.cash)), m.coverage or "–"),
            is_hint=m.outstanding > m.stock_at_tag + m.cash,
        )
        for m in found
    )
    return ReportTable(VIEW_WORDS["coverage"], columns, tuple(rows), message("No month has ended yet"))


_TABLES: Mapping[HonoursView, Callable[[Transaction, Village], ReportTable | Refusal]] = {
    "red": _red,
    "black": _black,
    "candidates": _candidates,
    "scorecard": _scorecard,
    "coverage": _coverage,
}


def _entries(tx: Transaction, booklet: str, year: int) -> tuple[Word, ...] | Refusal:
    """Return the entries by which a household earned in a year, each with the cell it comes from."""
    found = household_history(tx, booklet)
    if isinstance(found, Refusal):
        return found
    own = [e for e in found if e.kind in EARNED_KINDS and _year_of(e) == year]
    return (message("{0}: what it earned in {1}", booklet, str(year)), *(_entry_words(e) for e in own))


def _year_of(entry: HistoryEntry) -> int:
    return int((entry.earned_month or entry.date.isoformat())[:4])


def _entry_words(entry: HistoryEntry) -> Message:
    source = entry.source
    place = " ".join(filter(None, (source.file, source.sheet, source.cell, source.item))) if source else entry.reference
    told = (entry.date.isoformat(), KIND_WORDS[entry.kind], format_hundredths(entry.amount), place)
    return message("{0}  {1}  {2} from {3}", *told)


def _card_words(tx: Transaction, name: str, year: int) -> tuple[Word, ...] | Refusal:
    found = scorecard(tx, year)
    if isinstance(found, Refusal):
        return found
    card = next((card for card in found.villages if card.village == name), None)
    return (name, *_figures(card), "", *_ledgers(tx, name, f"{year:04}-")) if card is not None else ()


def _ledgers(tx: Transaction, village: str, year: str) -> Iterator[Word]:
    """Yield the ledgers of a village and year, those that are missing among them, the oldest first."""
    told: dict[str, Word] = {}
    for one in batches(tx):
        if one.village == village and one.month.startswith(year):
            days = (day.isoformat() if day else "–" for day in (one.due, one.published_on, one.posted_on))
            words = message("{0}: due {1}, published {2}, posted {3}", one.month, *days)
            told[one.month] = message("▲ late: {0}", words) if one.late else words
    for gap in missing_batches(tx):
        if gap.village == village and gap.month.startswith(year):
            told[gap.month] = message("▲ {0}: missing, due {1}", gap.month, gap.due.isoformat())
    yield from (told[month] for month in sorted(told))


def _figures(card: VillageCard) -> tuple[Message, ...]:
    return (
        message("ledgers: {0} of {1} in time, {2} missing", card.on_time, card.due, card.missing),
        message(
            "sent back {0} {0:time|times}, {1} {1:objection|objections}, {2} {2:dispute|disputes}",
            card.sent_back,
            card.objections,
            card.disputes,
        ),
        message(
            "earned {0}, redeemed {1}, that is {2}",
            format_hundredths(card.earned),
            format_hundredths(card.redeemed),
            card.redemption_rate or "–",
        ),
        message("put {0} into the pool, drew {1}", format_hundredths(card.contributed), format_hundredths(card.drawn)),
        message("{0} {0:household|households}, {1} of them may redeem", card.households, card.eligible),
    )
