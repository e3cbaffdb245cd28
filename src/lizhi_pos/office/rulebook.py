"""The rulebook at the screen: its items by category, its terms, its versions, what changed from one to the next."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from msgspec import structs
from sqlalchemy import bindparam, func, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.models import act
from lizhi_pos.db import Transaction, of_town, reading, summed
from lizhi_pos.money import format_hundredths, format_tenths
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.report_tables import ReportColumn, ReportRow, ReportTable, Word
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.difference import difference
from lizhi_pos.rulebook.models import rulebook
from lizhi_pos.rulebook.rules import Rulebook

RulebookView = Literal["items", "terms", "market_days", "versions"]
VIEWS: tuple[RulebookView, ...] = ("items", "terms", "market_days", "versions")
VIEW_WORDS: Mapping[RulebookView, Message] = {
    "items": message("categories and items"),
    "terms": message("terms and negative list"),
    "market_days": message("redemption days"),
    "versions": message("versions"),
}
CATEGORIES = 9
"""So many categories the plan has (三(二)); it names four and leaves the rest to the town."""

_VERSIONS = select(rulebook).where(of_town(rulebook)).order_by(rulebook.c.year.desc(), rulebook.c.version.desc())
_EARNED = (
    select(act.c.rulebook_id, func.count().label("acts"), summed(act.c.points).label("points"))
    .where(of_town(act))
    .group_by(act.c.rulebook_id)
)
_ADOPTED = select(rulebook.c.source, rulebook.c.filing).where(
    of_town(rulebook), rulebook.c.rulebook_id == bindparam("key")
)


class RulebookService(JobService):
    """The rulebooks that a town adopted, on one database."""

    def day(self, by: Operator) -> date | Refusal:
        """Return the town's day."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            return today(tx)

    def table(self, view: RulebookView, year: int, by: Operator) -> ReportTable | Refusal:
        """Return a part of the rulebook in force at a year's end."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            if view == "versions":
                return _versions(tx)
            rules = rules_on(tx, date(year, 12, 31))
            if isinstance(rules, Refusal):
                return rules
            adopted = tx.first(_ADOPTED, key=rules.key)
            assert adopted is not None
            return _TABLES[view](structs.replace(rules, filing=adopted.filing), adopted.source, year)

    def told_of(self, view: RulebookView, key: str, by: Operator) -> tuple[Word, ...] | Refusal:
        """Return what a version changed against the one before it."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        if view != "versions":
            return ()
        with reading(self.engine) as tx:
            return tuple(_changes(tx, key))


def _items(rules: Rulebook, source: str, _year: int) -> ReportTable:
    columns = (
        ReportColumn(message("Category")),
        ReportColumn(message("Item")),
        ReportColumn(message("Points"), 8, is_figure=True),
        ReportColumn(message("Of village"), 12),
    )
    return ReportTable(VIEW_WORDS["items"], columns, tuple(_item_rows(rules, source)), message("There are no items"))


def _item_rows(rules: Rulebook, source: str) -> Iterator[ReportRow]:
    categories = [str(c.get("name", "")) for c in tomllib.loads(source).get("category", ())]
    for category in categories:
        own = [item for item in rules.items if item.category == category]
        for item in own:
            yield ReportRow(f"{category}/{item.name}", (category, item.name, format_hundredths(item.points), ""))
        if not own:
            yield ReportRow(category, (category, message("still to be filled in"), "", ""), is_hint=True)
    for village, items in rules.village_items.items():
        for item in items:
            cells = (item.category, item.name, format_hundredths(item.points), village)
            yield ReportRow(f"{village}/{item.name}", cells)
    for number in range(len(categories) + 1, CATEGORIES + 1):
        told = message("category {0} of {1}", number, CATEGORIES)
        yield ReportRow(f"#{number}", (told, message("still to be filled in"), "", ""), is_hint=True)


def _terms(rules: Rulebook, _source: str, _year: int) -> ReportTable:
    base, batch = rules.base_score, rules.batch
    cap = format_hundredths(batch.cap_per_village) if batch.cap_per_village is not None else "–"
    terms: tuple[tuple[Message, str], ...] = (
        (message("filing"), rules.filing or "–"),
        (message("score that may redeem"), format_tenths(base.threshold_tenths)),
        (message("quarters in a row"), str(base.consecutive_quarters)),
        (message("points for a score point"), _rate(base.points_per_score)),
        (message("months of residence"), str(rules.residence_months)),
        (message("days of publicity"), str(batch.publicity_days)),
        (message("day by which a month is published"), str(batch.deadline_day)),
        (message("signatures of the two groups"), f"{batch.assessment_group} + {batch.supervision_group}"),
        (message("cap for a village and month"), cap),
        (message("ranks of the red list"), str(rules.red_list)),
    )
    rows = [ReportRow(label.msgid, (label, value)) for label, value in terms]
    rows += [ReportRow(f"/{c.clause}", (message("negative list {0}", c.clause), c.text)) for c in rules.negative_list]
    columns = (ReportColumn(message("Term"), 24), ReportColumn(message("Value")))
    return ReportTable(VIEW_WORDS["terms"], columns, tuple(rows), message("There are no terms"))


def _market_days(rules: Rulebook, _source: str, year: int) -> ReportTable:
    rows = []
    for month in range(1, 13):
        day = rules.redemption_day(year, month)
        all_days = " ".join(str(d.day) for d in rules.market_days.in_month(year, month))
        told: Word = day.isoformat() if day else message("none")
        rows.append(ReportRow(f"{month:02}", (f"{year}-{month:02}", told, all_days)))
    columns = (
        ReportColumn(message("Month"), 8),
        ReportColumn(message("Redemption"), 12),
        ReportColumn(message("Market days")),
    )
    return ReportTable(VIEW_WORDS["market_days"], columns, tuple(rows), message("none"))


def _rate(rate: Fraction) -> str:
    return str(Decimal(rate.numerator) / Decimal(rate.denominator))


_TABLES: Mapping[RulebookView, Callable[[Rulebook, str, int], ReportTable]] = {
    "items": _items,
    "terms": _terms,
    "market_days": _market_days,
}


def _versions(tx: Transaction) -> ReportTable:
    earned = {row.rulebook_id: row for row in tx.all(_EARNED)}
    columns = (
        ReportColumn(message("Version"), 8),
        ReportColumn(message("Filing")),
        ReportColumn(message("Adopted by"), 12),
        ReportColumn(message("Acts"), 8, is_figure=True),
        ReportColumn(message("Points"), 12, is_figure=True),
    )
    rows = []
    for row in tx.all(_VERSIONS):
        own = earned.get(row.rulebook_id)
        points = format_hundredths(int(own.points)) if own is not None else "0.00"
        cells = (f"{row.year}/{row.version}", row.filing, row.adopted_by, str(own.acts if own else 0), points)
        rows.append(ReportRow(cells[0], cells))
    return ReportTable(VIEW_WORDS["versions"], columns, tuple(rows), message("No rulebook was adopted yet"))


def _changes(tx: Transaction, key: str) -> Iterator[Word]:
    kept: list[Any] = list(tx.all(_VERSIONS))
    at = next((at for at, row in enumerate(kept) if f"{row.year}/{row.version}" == key), None)
    if at is None:
        return
    if at + 1 == len(kept):
        yield message("{0}: the first rulebook", key)
        return
    before = kept[at + 1]
    found = difference(before.source, kept[at].source)
    yield message("{0} against {1}", key, f"{before.year}/{before.version}")
    yield from (f"+ {name}" for name in found.added)
    yield from (f"− {name}" for name in found.removed)
    yield from (f"{one.key}: {one.was} → {one.now}" for one in found.changed)
    if not (found.added or found.removed or found.changed):
        yield message("nothing changed")
