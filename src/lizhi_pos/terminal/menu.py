"""Where somebody may go from the home screen and the palette: the role decides what shows. Pure."""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lizhi_pos.refusal import Message, message

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Operator, Right
    from lizhi_pos.settlement.overview import Overview

Target = Literal[
    "sell",
    "open",
    "today",
    "printing",
    "close",
    "train",
    "receive gift",
    "receive purchase",
    "near expiry",
    "shelf",
    "stocktake",
    "gifts",
    "planning",
    "honours",
    "supervision",
    "rulebook",
    "households",
    "vetoes proposed",
    "ledgers",
    "ledgers to publish",
    "ledgers to review",
    "ledgers to post",
    "month end",
    "",
]
"""The screen a row leads to; none yet where the command line does the work."""

LEDGER_STEPS: tuple[Target, ...] = ("ledgers to publish", "ledgers to review", "ledgers to post")
"""Where the first batch that waits for a step is marked."""
_ONLY_WHILE_IT_WAITS: frozenset[Target] = frozenset({"", "vetoes proposed", *LEDGER_STEPS})
"""Where another row leads as well: such a row stands there only while something waits."""


class MenuItem(Struct, frozen=True):
    """A row of the home screen: what it is, how many wait there, and where it leads, or which command does it.

    Its number is the same every day, whatever else is there: hands remember it.
    """

    number: int
    label: Message
    waits: int
    target: Target
    command: str = ""


_WITHOUT_A_COUNT: tuple[tuple["Right", MenuItem], ...] = (
    ("see_books", MenuItem(16, message("planning"), 0, "planning")),
    ("see_books", MenuItem(17, message("ledgers"), 0, "ledgers")),
    ("see_households", MenuItem(18, message("households"), 0, "households")),
    ("see_books", MenuItem(19, message("honours"), 0, "honours")),
    ("supervise", MenuItem(20, message("supervision"), 0, "supervision")),
    ("see_books", MenuItem(21, message("rulebook"), 0, "rulebook")),
)
"""Jobs of which nothing is counted: what waits in them has rows of its own, or nothing does."""


def menu_items(known: "Overview", by: "Operator") -> list[MenuItem]:
    """Return what somebody may do, their own work first."""
    rows: list[tuple[Right, MenuItem]] = []
    if known.is_open:
        selling = message("sell, baskets held") if known.held_baskets else message("sell")
        rows += [
            ("sell", MenuItem(1, selling, known.held_baskets, "sell")),
            (
                "sell",
                MenuItem(2, message("today's receipts"), known.market.redemptions if known.market else 0, "today"),
            ),
        ]
    elif known.left_open is not None:
        rows.append(("run_session", MenuItem(1, message("the session of {0}", f"{known.left_open:%m-%d}"), 0, "open")))
    else:
        rows.append(("run_session", MenuItem(1, message("open today's session"), 0, "open")))
    rows.append(("see", MenuItem(3, _paper(known), known.undecided_jobs + known.waiting_jobs, "printing")))
    if known.is_open:
        rows.append(("run_session", MenuItem(4, message("close the session"), 0, "close")))
    elif known.left_open is not None:
        rows.append(("run_session", MenuItem(4, message("close {0}", f"{known.left_open:%m-%d}"), 0, "close")))
    rows += [
        ("sell", MenuItem(5, message("training"), 0, "train")),
        ("step_ledger", MenuItem(6, message("batches to publish"), known.to_publish, "ledgers to publish")),
        ("review_ledger", MenuItem(7, message("batches to review"), known.to_review, "ledgers to review")),
        ("step_ledger", MenuItem(8, message("batches to post"), known.to_post, "ledgers to post")),
        ("record_veto", MenuItem(9, message("vetoes proposed"), known.proposals, "vetoes proposed")),
        ("import_gifts", MenuItem(11, message("receive a gift"), known.open_gifts, "receive gift")),
        ("keep_pool", MenuItem(12, message("receive a purchase"), known.open_purchases, "receive purchase")),
        ("see_stock", MenuItem(10, message("lots near expiry"), known.near_expiry, "near expiry")),
        ("see_stock", MenuItem(13, _shelf(known), known.short_products, "shelf")),
        ("keep_stock", MenuItem(14, message("stocktake"), known.open_counts, "stocktake")),
        ("trace", MenuItem(15, message("gifts and pool"), known.overdue_pledges, "gifts")),
        ("see_books", MenuItem(22, message("month end, villages to confirm"), known.to_settle, "month end")),
        *_WITHOUT_A_COUNT,
    ]
    return [
        place for right, place in rows if by.can(right) and (place.waits or place.target not in _ONLY_WHILE_IT_WAITS)
    ]


def job_places(by: "Operator") -> list[MenuItem]:
    """Return the jobs that somebody may go to at any time, whatever waits there."""
    jobs: list[tuple[Right, MenuItem]] = [
        ("import_gifts", MenuItem(11, message("receive a gift"), 0, "receive gift")),
        ("keep_pool", MenuItem(12, message("receive a purchase"), 0, "receive purchase")),
        ("see_stock", MenuItem(10, message("lots near expiry"), 0, "near expiry")),
        ("see_stock", MenuItem(13, message("shelf"), 0, "shelf")),
        ("keep_stock", MenuItem(14, message("stocktake"), 0, "stocktake")),
        ("trace", MenuItem(15, message("gifts and pool"), 0, "gifts")),
        ("see_books", MenuItem(22, message("month end"), 0, "month end")),
        *_WITHOUT_A_COUNT,
    ]
    return [place for right, place in jobs if by.can(right)]


def _paper(known: "Overview") -> Message:
    """Paper that is not out: what a person has to decide is said, what only waits is in the count alone."""
    if known.undecided_jobs:
        return message("paper, {0} to decide", known.undecided_jobs)
    return message("paper that waits")


def _shelf(known: "Overview") -> Message:
    return message("shelf, products run short") if known.short_products else message("shelf")
