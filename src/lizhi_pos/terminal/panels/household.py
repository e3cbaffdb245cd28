"""The household at the counter: who it is, and the verdict as sign, word and colour with every reason."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import refusal_words, render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Refusal, message
from lizhi_pos.terminal.columns import wrapped
from lizhi_pos.till.notices import OPENING
from lizhi_pos.till.progress import progress_bar

if TYPE_CHECKING:
    from lizhi_pos.checkout.till_queries import HouseholdAtCounter
    from lizhi_pos.till.counter import Counter
    from lizhi_pos.till.shift import Shift


STEPS = (
    message("Opening the books"),
    message("Asking who it is"),
    message("Reading the goods"),
    message("Reading what lay here"),
)
"""What is done on the way to being open, by how many steps are done already."""


def household_lines(counter: "Counter", translate: Translate, width: int) -> Sequence[Content]:
    """Return the lines of the household panel."""
    if counter.opened is None:
        step = render(STEPS[min(counter.opening, OPENING - 1)], translate)
        return [Content.styled(f"{step}  {progress_bar(counter.opening, OPENING)}", "$foreground-muted")]
    past = _past_midnight(counter.opened, translate, width)
    if counter.basket is None:
        return [Content.styled(render(message("Next household: scan or type its booklet"), translate), "bold"), *past]
    household = counter.basket.household
    lines = [_who(household)]
    name, relation = counter.basket.proxy
    if name:
        collected = render(message("collected by {0} ({1})", name, relation), translate)
        lines.append(Content.styled(f"→ {collected}", "bold"))
    if counter.refused is not None:
        lines.append(_refused(render(message("not redeemed"), translate)))
        lines.extend(_reasons(counter.refused, translate, width))
    elif household.reasons:
        lines.append(_refused(render(message("may not redeem"), translate)))
        lines.extend(_reasons(Refusal(reasons=household.reasons), translate, width))
    else:
        lines.append(Content.styled(f"✔ {render(message('may redeem'), translate)}", "bold $text-success"))
    return [*lines, *past, *_not_usable(household, translate, width)]


def _past_midnight(opened: "Shift", translate: Translate, width: int) -> list[Content]:
    """Return that the session is yesterday's, and what the rules allow; nothing on its own day."""
    if not opened.is_past:
        return []
    day = f"{opened.shop.day:%m-%d}"
    text = message("It is past midnight, the session of {0} is still open: F10 closes it", day)
    more = message("until then a second person approves each redemption, for {0}", day)
    lines = [line for words in (text, more) for line in wrapped(render(words, translate), max(width - 2, 10))]
    return [Content.styled(f"{'  ' if at else '▲ '}{line}", "$text-warning") for at, line in enumerate(lines)]


def _not_usable(household: "HouseholdAtCounter", translate: Translate, width: int) -> list[Content]:
    """Points that cannot be redeemed today: posted to a household that may not, or not posted yet."""
    texts = []
    if household.reasons and household.balance:
        texts.append(message("{0} points are locked until then", format_hundredths(household.balance)))
    if household.frozen:
        texts.append(message("{0} points are frozen: not to be redeemed", format_hundredths(household.frozen)))
    if household.pending:
        texts.append(
            message("{0} points are not posted yet: not to be redeemed today", format_hundredths(household.pending))
        )
    hints = [wrapped(render(text, translate), max(width - 2, 10)) for text in texts]
    return [
        Content.styled(f"{'  ' if at else '▲ '}{line}", "$text-warning")
        for hint in hints
        for at, line in enumerate(hint)
    ]


def _who(household: "HouseholdAtCounter") -> Content:
    place = " ".join(part for part in (household.village, household.group) if part)
    return Content.assemble((household.booklet, "$foreground-muted"), "  ", (household.head, "bold"), "  ", place)


def _refused(words: str) -> Content:
    return Content.styled(f"✘ {words}", "bold $text-error")


def _reasons(refusal: Refusal, translate: Translate, width: int) -> list[Content]:
    """Return every reason on its own line, its further lines set in, to be read aloud as it stands."""
    lines = []
    for words in refusal_words(refusal, translate):
        first, *rest = wrapped(words, max(width - 2, 10))
        lines.append(Content.assemble(("· ", "$text-error"), first))
        lines.extend(Content("  " + line) for line in rest)
    return lines
