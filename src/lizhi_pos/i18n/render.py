"""A rule's answer in words: reasons by their code, refusals and what is wrong in a file, in the clerk's language."""

from collections.abc import Sequence

from lizhi_pos.cell_errors import CellError
from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.refusal import Message, Reason, Refusal, echoed, message
from lizhi_pos.text.normalize import echo

_REASONS: dict[str, Message] = {
    "inactive": message("The household is no longer in its village's register ({0})"),
    "residence": message("Residence began on {0}: it may redeem from {1}"),
    "scores_missing": message("Two consecutive quarters' base scores are not posted yet ({0})"),
    "score_below": message("A base score is below the threshold: {0}"),
    "scores_stale": message("The last base score is too old: {0}, the last quarter that ended is {1}"),
    "vetoed": message("Veto, clause {0}: {1}. Barred from {2} until {3}"),
    "balance": message("The points do not cover it: {0}"),
    "limit": message("Beyond the limit of a household and month: {0}"),
    "stock": message("Not enough in stock: {0}"),
    "no_session": message("No market-day session is open for {0}"),
    "month_closed": message("{0} is closed: it takes no more entries"),
    "unknown_household": message("No household has booklet {0}"),
    "unknown_product": message("There is no product with code {0}"),
    "slip_conflict": message("Slip {0} was posted with another content"),
    "booklet_replaced": message("Booklet {0} was replaced by {1}"),
}
_ADVICE: dict[str, Message] = {
    "inactive": message("ask the village committee"),
    "residence": message("come again from that day on"),
    "scores_missing": message("ask the village's assessment group"),
    "score_below": message("it may redeem when the next two scores reach it"),
    "scores_stale": message("ask the village's assessment group"),
    "vetoed": message("objections go to the village's supervision group"),
    "balance": message("take something out"),
    "limit": message("take some out"),
    "stock": message("take some out"),
    "no_session": message("open the session first"),
    "month_closed": message("ask the accountant"),
    "unknown_household": message("look at the number again"),
    "unknown_product": message("look at the goods again, or import them first"),
    "slip_conflict": message("look at both papers"),
    "booklet_replaced": message("take the new one"),
}
_OF_WHAT_WAS_TYPED = ("unknown_household", "unknown_product", "slip_conflict", "booklet_replaced")
"""Reasons whose facts are what somebody typed."""
_WORDS = {
    "moved_out": message("moved out"),
    "closed": message("closed"),
}


class _Fill(str):
    """What fills a brace; `{0:piece|pieces}` is the word that goes with it, the first beside one of it."""

    def __format__(self, words: str) -> str:
        if "|" not in words:
            return super().__format__(words)
        singular, plural = words.split("|")
        return singular if self == "1" else plural


def render(text: Message, translate: Translate) -> str:
    """Return a sentence in a language, its braces filled."""
    fills = (render(f, translate) if isinstance(f, Message) else f for f in text.args)
    return translate(text.msgid).format(*map(_Fill, fills))


def reason_words(reason: Reason, translate: Translate) -> str:
    """Return a reason as a clerk reads it aloud: what rule, which facts, what to do next."""
    facts = [_fact_words(fact, translate) for fact in reason.facts]
    if reason.code in _OF_WHAT_WAS_TYPED:
        facts = [echo(fact) for fact in facts]
    sentence = translate(_REASONS[reason.code].msgid).format(*_filled(reason.code, facts, translate))
    return translate("{0}; {1}").format(sentence, translate(_ADVICE[reason.code].msgid))


def fact_for_scripts(fact: str | Message) -> str:
    """Return a fact as scripts read it, whatever language people are spoken to in."""
    return render(fact, str) if isinstance(fact, Message) else fact


def _fact_words(fact: str | Message, translate: Translate) -> str:
    told = _WORDS.get(fact, fact) if isinstance(fact, str) else fact
    return render(told, translate) if isinstance(told, Message) else told


def refusal_words(refusal: Refusal, translate: Translate) -> list[str]:
    """Return a refusal, one sentence a line."""
    if refusal.reasons:
        return [reason_words(reason, translate) for reason in refusal.reasons]
    return [render(refusal.sentence, translate)]


def cell_message(error: CellError, translate: Translate) -> str:
    """Return what is wrong in a cell."""
    return render(echoed(error.text), translate)


def cell_words(error: CellError, translate: Translate) -> str:
    """Return what is wrong in a file, with the sheet and cell it stands in."""
    place = " ".join(part for part in (error.sheet, error.cell) if part)
    words = cell_message(error, translate)
    return translate("{0}: {1}").format(place, words) if place else words


def _filled(code: str, facts: Sequence[str], translate: Translate) -> list[str]:
    """Return the facts as their sentence's braces want them.

    Lists of like facts are joined, missing ones are a dash.
    """
    if code == "vetoed":
        return [*facts[:4], *["–"] * (4 - len(facts))]
    if code in ("residence", "scores_stale", "booklet_replaced"):
        return [*facts[:2], *["–"] * (2 - len(facts))]
    return [translate(", ").join(facts) or "–"]
