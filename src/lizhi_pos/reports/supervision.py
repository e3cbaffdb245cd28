"""What a supervisor has to look at: everything that is odd, late, large or somebody's own (五, 六)."""

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, func, or_, select

from lizhi_pos.accounts.batches import unpacked
from lizhi_pos.accounts.correction_checks import names_something
from lizhi_pos.accounts.import_rows import CorrectionRow
from lizhi_pos.accounts.models import batch, booklet, household_change, village
from lizhi_pos.accounts.queries import register_on
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.approval_findings import approval_findings
from lizhi_pos.reports.findings import KINDS, Days, Finding, newest_booklets
from lizhi_pos.reports.sales_findings import sales_findings
from lizhi_pos.rulebook.adopted import rules_on


class Supervision(Struct, frozen=True):
    """Everything to be looked at, in order of kinds and then of days."""

    findings: tuple[Finding, ...]


class _Content(Struct, frozen=True):
    """What of a batch's workbook is looked at."""

    corrections: tuple[CorrectionRow, ...] = ()


_told_on = func.coalesce(batch.c.posted_on, batch.c.published_on)
_BATCHES = (
    select(batch.c.month, batch.c.content, _told_on.label("day"), village.c.name)
    .select_from(batch.join(village, same_row(village.c.village_id, batch.c.village_id)))
    .where(
        of_town(batch),
        or_(
            batch.c.posted_on.between(bindparam("first"), bindparam("last")),
            batch.c.posted_on.is_(None) & batch.c.published_on.between(bindparam("first"), bindparam("last")),
        ),
    )
    .order_by(batch.c.month, village.c.village_id)
)
_CORRECTIONS = (
    select(household_change)
    .where(
        of_town(household_change),
        household_change.c.kind == "correct",
        household_change.c.on_date.between(bindparam("first"), bindparam("last")),
    )
    .order_by(household_change.c.on_date, household_change.c.change_id)
)
_HOUSEHOLD_OF = select(booklet.c.household_id).where(of_town(booklet), booklet.c.number == bindparam("number"))


def supervision(tx: Transaction, days: Days) -> Supervision:
    """Return everything that a supervisor has to look at of some days."""
    booklets = newest_booklets(tx)
    found = (
        *sales_findings(tx, days),
        *approval_findings(tx, days, booklets),
        *_big_corrections(tx, days, booklets),
    )
    return Supervision(tuple(sorted(found, key=lambda finding: KINDS.index(finding.kind))))


def _big_corrections(tx: Transaction, days: Days, booklets: Mapping[Id, str]) -> Iterator[Finding]:
    """Yield corrections of ledgers that a reviewer was warned of, and those of a household above the dearest item."""
    for row in tx.all(_BATCHES, **days.span):
        for told in msgspec.json.decode(unpacked(row.content), type=_Content).corrections:
            if abs(told.points) > _dearest(tx, row.day, row.name) or not _names(tx, told):
                facts = (told.booklet, format_hundredths(told.points), told.corrects, told.note)
                yield Finding("big_corrections", tuple(filter(None, facts)), (f"{row.name}/{row.month}",))
    changes = tx.all(_CORRECTIONS, **days.span)
    homes = {r.household_id: r.village_name for r in register_on(tx, days.last).values()} if changes else {}
    for row in changes:
        if abs(row.points) > _dearest(tx, row.on_date, homes.get(row.household_id, "")):
            number = booklets.get(row.household_id, "")
            facts = (number, format_hundredths(row.points), row.told, row.reason)
            yield Finding("big_corrections", tuple(filter(None, facts)), (number,))


def _names(tx: Transaction, row: CorrectionRow) -> bool:
    household = tx.value(_HOUSEHOLD_OF, number=row.booklet)
    return household is not None and names_something(tx, household, row.corrects)


def _dearest(tx: Transaction, day: date, village_name: str) -> int:
    """Return what the rulebook's dearest item is worth in a village; 0 where no rules were in force."""
    rules = rules_on(tx, day)
    if isinstance(rules, Refusal):
        return 0
    return max((item.points for item in rules.items_of(village_name).values()), default=0)
