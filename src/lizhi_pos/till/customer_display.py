"""What the household at the counter is shown, as plain data: the same for every display."""

from time import monotonic
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.refusal import Message, message
from lizhi_pos.text.masking import masked

if TYPE_CHECKING:
    from lizhi_pos.till.basket import BasketInProgress
    from lizhi_pos.till.counter_state import CounterState

Verdict = Literal["none", "may", "may_not", "short", "wait", "refused", "done"]
"""How it stands with the household's turn; `none` where nobody is at the counter."""

THANKS_S = 8.0
"""Seconds that a household is thanked; after that the counter is empty."""


class DisplayedLine(Struct, frozen=True):
    """The line that was touched last; `amount` in hundredths of a point."""

    name: str
    quantity: int
    amount: int


class CustomerDisplay(Struct, frozen=True):
    """One moment of a counter, as the household may see it, and the people behind it too.

    `head` is masked as on receipts. Amounts are hundredths of a point: `total` of the basket and `left` after it; of
    a household that may not redeem `left` is its balance. `pieces` counts the goods of all lines.
    """

    verdict: Verdict = "none"
    head: str = ""
    village: str = ""
    last: DisplayedLine | None = None
    lines: int = 0
    pieces: int = 0
    total: int = 0
    left: int = 0
    training: bool = False


NOBODY = CustomerDisplay()
"""An empty counter: nothing of anybody."""


def displayed(counter: "CounterState", thanks_s: float = THANKS_S, *, training: bool = False) -> CustomerDisplay:
    """Return what a counter shows to its household; without a household nothing of anybody.

    The household whose checkout was done last is thanked until the next scan, and for `thanks_s` at most.
    """
    if counter.opened is None:
        return CustomerDisplay(training=training)
    if counter.basket is not None:
        return _turn(counter, counter.basket, training)
    is_thanked = counter.thanked_at is not None and monotonic() - counter.thanked_at < thanks_s
    if counter.last is not None and is_thanked:
        done = counter.last.redemption
        return CustomerDisplay(
            "done",
            masked(counter.last.head),
            counter.last.village,
            None,
            len(done.lines),
            sum(line.quantity for line in done.lines),
            done.total,
            done.balance_after,
            training,
        )
    return CustomerDisplay(training=training)


def _turn(counter: "CounterState", basket: "BasketInProgress", training: bool) -> CustomerDisplay:
    household, marked = basket.household, basket.marked_line
    last = None
    if marked is not None:
        name = f"{marked.goods.name} {marked.goods.spec}".rstrip()
        last = DisplayedLine(name, marked.quantity, marked.amount)
    return CustomerDisplay(
        _verdict(counter, basket),
        masked(household.head),
        household.village,
        last,
        len(basket.lines),
        sum(line.quantity for line in basket.lines),
        basket.total,
        basket.remainder,
        training,
    )


def _verdict(counter: "CounterState", basket: "BasketInProgress") -> Verdict:
    if basket.household.reasons:
        return "may_not"
    if basket.uncertain or (counter.refused is not None and counter.refused.code == "approval_needed"):
        return "wait"
    if basket.missing:
        return "short"
    return "refused" if counter.refused is not None else "may"


def verdict_words(shown: CustomerDisplay) -> tuple[str, Message] | None:
    """Return a verdict's sign and its words; None where nobody is at the counter.

    The reasons stay with the clerk, who reads them aloud to the household alone: others stand behind it.
    """
    match shown.verdict:
        case "may":
            return "✔", message("You may redeem")
        case "may_not":
            return "✘", message("No redemption today: the clerk tells you why")
        case "short":
            return "▲", message("The points do not cover it: {0} too much", format_hundredths(-shown.left))
        case "wait":
            return "…", message("One moment please")
        case "refused":
            return "✘", message("Not redeemed yet: the clerk tells you why")
        case "done":
            return "✔", message("Thank you!")
    return None


TRAINING = message("TRAINING · nothing of this counts")
"""What stands above everything while a clerk trains."""


def welcome_words(shown: CustomerDisplay | None, till: str) -> Message:
    """Return what stands on a display with nobody at the counter; None stands for a till that is not there."""
    return message("Till {0} is not open here", till) if shown is None else message("Welcome: have your booklet ready")


def counted_words(shown: CustomerDisplay) -> Message | None:
    """Return how much lies on the counter; None where nothing does."""
    return message("{0} {0:product|products}, {1} {1:piece|pieces}", shown.lines, shown.pieces) if shown.lines else None


def figures(shown: CustomerDisplay) -> tuple[tuple[Message, Points], ...]:
    """Return the figures of a household's turn with what each is, the first to be read first."""
    if shown.verdict == "none":
        return ()
    if shown.verdict == "may_not":
        return ((message("Balance"), Points(shown.left)),)
    return (message("Total"), Points(shown.total)), (message("Left"), Points(shown.left))
