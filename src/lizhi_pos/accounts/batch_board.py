"""Every village's months at a glance: how far each batch came, which are late and which are missing (三(四)2)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import select

from lizhi_pos.accounts.batches import BatchView, batches, due_on, missing_batches
from lizhi_pos.accounts.models import batch, batch_step, village
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.periods import Month
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import Rulebook


class BoardCell(Struct, frozen=True, kw_only=True):
    """One month of a village. `state` is a batch's, ``sent_back`` for a draft that was, ``missing`` without one.

    `days_left` are the days of publicity until it may be reviewed; of a missing one `late` says that it is overdue.
    """

    village: str
    month: str
    state: str
    due: date
    late: bool
    days_left: int | None = None
    open_objections: int = 0


class BatchBoard(Struct, frozen=True, kw_only=True):
    """Villages by months. A month that has not ended and has no batch yet has no cell."""

    today: date
    villages: tuple[str, ...]
    months: tuple[str, ...]
    cells: Mapping[tuple[str, str], BoardCell]


_LAST_STEP = (
    select(batch_step.c.step)
    .where(same_row(batch_step.c.batch_id, batch.c.batch_id))
    .order_by(batch_step.c.step_id.desc())
    .limit(1)
    .correlate(batch)
    .scalar_subquery()
    .label("last_step")
)
_DRAFTS = (
    select(village.c.name, batch.c.month, _LAST_STEP)
    .select_from(batch.join(village, same_row(batch.c.village_id, village.c.village_id)))
    .where(of_town(batch), batch.c.state == "draft")
)


def batch_board(tx: Transaction) -> BatchBoard:
    """Return where every village stands with every month since the town's first batch.

    Before there is one, with the month that has ended last.
    """
    day = today(tx)
    found = [*_batches(tx, day), *_missing(tx, day)] or [*_awaited(tx, day)]
    first = min((Month.parse(cell.month) for cell in found), default=Month.of(day))
    last = max((Month.parse(cell.month) for cell in found), default=first)
    return BatchBoard(
        today=day,
        villages=tuple(village_names(tx).values()),
        months=tuple(map(str, _months(first, max(last, Month.of(day))))),
        cells={(cell.village, cell.month): cell for cell in found},
    )


def publicity_ends(tx: Transaction, published_on: date, day: date) -> date:
    """Return the day from which a batch may be reviewed, by the rules of a day (四(三))."""
    rules = rules_on(tx, day)
    return published_on + timedelta(rules.batch.publicity_days if isinstance(rules, Rulebook) else 0)


def _batches(tx: Transaction, day: date) -> Iterator[BoardCell]:
    sent_back = {(row.name, row.month) for row in tx.all(_DRAFTS) if row.last_step == "reject"}
    for view in batches(tx):
        yield BoardCell(
            village=view.village,
            month=view.month,
            state="sent_back" if (view.village, view.month) in sent_back else view.state,
            due=view.due,
            late=view.late,
            days_left=_days_left(tx, view, day),
            open_objections=view.objections.open,
        )


def _days_left(tx: Transaction, view: BatchView, day: date) -> int | None:
    if view.state != "publicised" or view.published_on is None:
        return None
    return max((publicity_ends(tx, view.published_on, day) - day).days, 0)


def _missing(tx: Transaction, day: date) -> Iterator[BoardCell]:
    for one in missing_batches(tx):
        yield BoardCell(village=one.village, month=one.month, state="missing", due=one.due, late=day > one.due)


def _awaited(tx: Transaction, day: date) -> Iterator[BoardCell]:
    """Yield the month that every village brings first: the last one that has ended."""
    month = Month.of(Month.of(day).first_day - timedelta(1))
    for name in village_names(tx).values():
        yield BoardCell(village=name, month=str(month), state="missing", due=due_on(tx, month), late=False)


def _months(first: Month, last: Month) -> Iterator[Month]:
    while first <= last:
        yield first
        first = first.next()
