"""What a village posts of a batch while it is in publicity: what each household is to get (四(三))."""

from datetime import date

from msgspec import Struct

from lizhi_pos.accounts.batch_board import publicity_ends
from lizhi_pos.accounts.batch_preview import HouseholdDue, due_by_household
from lizhi_pos.accounts.batches import batch_view
from lizhi_pos.db import Transaction
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import today


class BatchNotice(Struct, frozen=True, kw_only=True):
    """A batch as it is posted on the board: published on a day, to be objected to until another."""

    village: str
    month: Month
    published_on: date
    until: date
    households: tuple[HouseholdDue, ...]


def batch_notice(tx: Transaction, village_name: str, month: Month) -> BatchNotice | Refusal:
    """Return what is posted of a batch that was published and is not posted to the books yet.

    It holds what a posting holds, so let it be rolled back.
    """
    view = batch_view(tx, village_name, month)
    if isinstance(view, Refusal):
        return view
    if view.state == "posted":
        return refuse(
            "out_of_turn",
            "The points of {0} for {1} are posted: its notice is of the month, once that is closed (month close {1})",
            view.village,
            str(month),
        )
    if view.published_on is None:
        return refuse(
            "out_of_turn",
            "The batch of {0} for {1} is a draft: publish it first (ledger publish {0} {1})",
            view.village,
            str(month),
        )
    due = due_by_household(tx, village_name, month, today(tx))
    if isinstance(due, Refusal):
        return due
    return BatchNotice(
        village=view.village,
        month=month,
        published_on=view.published_on,
        until=publicity_ends(tx, view.published_on, view.published_on),
        households=tuple(due),
    )
