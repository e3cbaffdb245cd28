"""What the dialogs of the ledgers say before an act, and what they ask."""

from collections.abc import Mapping, Sequence
from typing import Literal

from lizhi_pos.accounts.batch_look import BatchSummary
from lizhi_pos.accounts.objection_list import ObjectionView
from lizhi_pos.accounts.objections import Objection, Verdict
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.ledgers import Place
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.reports.batch_preview import BatchPreview
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.panels.ledgers import counts_words
from lizhi_pos.text import normalize

WHY_BACK = (
    message("an objection is right"),
    message("points are missing or too many"),
    message("it does not go with the rulebook"),
    message("signatures are missing"),
)
VERDICTS: Mapping[Literal["upheld", "dismissed"], Message] = {
    "upheld": message("upheld: the batch goes back"),
    "dismissed": message("dismissed: the batch stays as it is"),
}


def day_field(day: str) -> Field:
    """Return the field for the day of an act."""
    return Field(name="day", label=message("Day"), value=day)


def reason_field() -> Field:
    """Return the field for why a batch goes back; the village reads it."""
    return Field(name="reason", label=message("Reason, or number"), choices=WHY_BACK)


def publish_heading(place: Place, found: BatchSummary, days: int) -> Message:
    """Say what publishing a batch does."""
    return message(
        "{0} {1} is published: {2}. It hangs out for {3} {3:day|days} from the day below, then it may be reviewed",
        *(*place, counts_words(found.counts), days),
    )


def review_heading(place: Place, found: BatchSummary) -> Message:
    """Say what reviewing a batch does."""
    view = found.card.batch
    answered = view.objections.upheld + view.objections.dismissed
    published = view.published_on.isoformat() if view.published_on else "–"
    return message(
        "{0} {1} is reviewed for the town: {2}; read in by {3}, published on {4}, "
        "{5} {5:objection|objections} answered",
        *(*place, counts_words(found.counts), view.imported_by, published, answered),
    )


def reject_heading(place: Place, found: BatchSummary) -> Message:
    """Say what sending a batch back does."""
    return message(
        "{0} {1} goes back to draft, {2}: it is signed and published anew, and the reason is shown with it",
        *(*place, counts_words(found.counts)),
    )


def post_heading(preview: BatchPreview) -> Message:
    """Say what posting a batch does."""
    points = [format_hundredths(p) for p in (preview.base, preview.volunteer, preview.adjusted)]
    words = message("Post {0} {1}: base {2}, volunteer {3}, adjusted {4}", preview.village, preview.month, *points)
    households = (preview.households.new, preview.households.changed)
    coverage = (preview.coverage_before or "–", preview.coverage_after or "–")
    words = message(
        "{0}; households {1} new, {2} changed; coverage {3} → {4}. Its points can be spent from the day below",
        words,
        *households,
        *coverage,
    )
    for warning in preview.warnings:
        words = message("{0}. Look at this: {1}", words, warning)
    return words


def objection_fields(day: str) -> tuple[Field, ...]:
    """Return what is asked of an objection."""
    return (
        Field(name="text", label=message("What is objected")),
        Field(name="booklet", label=message("About household (booklet)"), optional=True),
        Field(name="by", label=message("Who objects"), optional=True),
        day_field(day),
    )


def objection_of(values: Mapping[str, str]) -> Objection:
    """Return the objection that was filled in."""
    return Objection(values["text"], values["booklet"], values["by"])


def settle_heading(place: Place, still_open: Sequence[ObjectionView]) -> Message:
    """Say which objections wait, and what an answer does."""
    told: list[str] = []
    for one in still_open:
        who = " ".join(filter(None, (one.by, one.booklet)))
        told.append(f"{one.number} {one.text} ({who})" if who else f"{one.number} {one.text}")
    return message("Objections to {0} {1} that wait for an answer: {2}", *place, "; ".join(told))


def settle_fields(still_open: Sequence[ObjectionView], day: str) -> tuple[Field, ...]:
    """Return what is asked of an answer to an objection."""
    only = str(still_open[0].number) if len(still_open) == 1 else ""
    return (
        Field(name="number", label=message("Objection no."), value=only, most=max(o.number for o in still_open)),
        Field(name="verdict", label=message("Answer, or number"), choices=tuple(VERDICTS.values())),
        Field(name="answer", label=message("Why")),
        day_field(day),
    )


def verdict_of(values: Mapping[str, str]) -> Verdict | Refusal:
    """Return how an objection is answered."""
    kind = next((kind for kind, words in VERDICTS.items() if words.msgid == values["verdict"]), None)
    if kind is None:
        return refuse("rule_broken", "{0} is no answer: give 1 or 2", values["verdict"])
    return Verdict(kind, normalize.typed(values["answer"]))
