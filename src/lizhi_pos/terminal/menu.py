"""Where somebody may go from the home screen and the palette: the role decides what shows. Pure."""

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lizhi_pos.refusal import Message, message

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Operator, Right
    from lizhi_pos.settlement.overview import Overview

Target = Literal["sell", "open", "today", "printing", "close", "train", ""]
"""The screen a row leads to; none yet where the command line does the work."""


class MenuItem(Struct, frozen=True):
    """A row of the home screen: what it is, how many wait there, and where it leads, or which command does it."""

    label: Message
    waits: int
    target: Target
    command: str = ""


def menu_items(known: "Overview", by: "Operator") -> list[MenuItem]:
    """What somebody may do, their own work first."""
    rows: list[tuple[Right, MenuItem]] = []
    if known.is_open:
        selling = message("sell, baskets held") if known.held_baskets else message("sell")
        rows += [
            ("sell", MenuItem(selling, known.held_baskets, "sell")),
            ("sell", MenuItem(message("today's receipts"), known.market.redemptions if known.market else 0, "today")),
        ]
    else:
        rows.append(("run_session", MenuItem(message("open today's session"), 0, "open")))
    rows.append(("see", MenuItem(message("paper to decide about"), known.undecided_jobs, "printing")))
    if known.waiting_jobs:
        rows.append(("see", MenuItem(message("paper that waits"), known.waiting_jobs, "printing")))
    if known.is_open:
        rows.append(("run_session", MenuItem(message("close the session"), 0, "close")))
    rows += [
        ("step_ledger", MenuItem(message("batches to publish"), known.to_publish, "", "ledger publish")),
        ("review_ledger", MenuItem(message("batches to review"), known.to_review, "", "ledger review")),
        ("step_ledger", MenuItem(message("batches to post"), known.to_post, "", "ledger post")),
        ("record_veto", MenuItem(message("vetoes proposed"), known.proposals, "", "veto list")),
        ("see_stock", MenuItem(message("lots near expiry"), known.near_expiry, "", "stock list")),
        ("sell", MenuItem(message("training"), 0, "train")),
    ]
    return [place for right, place in rows if by.can(right) and (place.target or place.waits)]
