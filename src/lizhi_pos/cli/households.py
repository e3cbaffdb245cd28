"""`household …` and `veto …`."""

from datetime import date

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts import vetoes
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.queries import household_facts, household_not_found
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.i18n.render import reason_words
from lizhi_pos.journal.entry_words import KIND_WORDS
from lizhi_pos.journal.queries import balance_on
from lizhi_pos.journal.queries import history as account_history
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.refusal import Message, Refused, message, unwrap
from lizhi_pos.rulebook.adopted import not_in_future, rules_on, today
from lizhi_pos.text import normalize


def show(context: Context) -> Outcome:
    """Return a household's balance and standing on a day."""
    context.operator("see")
    number = normalize.number(context.args.booklet)
    with context.reading() as tx:
        on = context.day(tx)
        if refusal := not_in_future(tx, on):
            raise Refused(refusal)
        rules = unwrap(rules_on(tx, on))
        facts = household_facts(tx, [number], on).get(number)
        if facts is None:
            raise Refused(household_not_found(tx, number))
        balance = Points(balance_on(tx, facts.household_id, on))
    reasons = standing(facts, rules, on)
    answer = {
        "booklet": number,
        "head": facts.head,
        "village": facts.village,
        "balance": format_hundredths(balance),
        "eligible": not reasons,
        "reasons": list(reasons),
    }
    verdict: list[Message | str] = [message("✔ may redeem")] if not reasons else [message("✘ may not redeem")]
    words = [
        f"{number}  {facts.head}  {facts.village} {facts.village_group}".rstrip(),
        message("Balance {0}", format_hundredths(balance)),
        *verdict,
        *(reason_words(r, context.translate) for r in reasons),
    ]
    return Outcome(answer, tuple(words))


def history(context: Context) -> Outcome:
    """Return every entry of a household."""
    context.operator("see")
    number = normalize.number(context.args.booklet)
    with context.reading() as tx:
        facts = household_facts(tx, [number], context.day(tx)).get(number)
        if facts is None:
            raise Refused(household_not_found(tx, number))
        lines = account_history(tx, facts.household_id)
    entries = [
        {
            "date": line.on,
            "kind": line.kind,
            "amount": format_hundredths(line.amount),
            "reference": line.reference,
            "note": line.note,
            "earned_month": line.earned_month,
            "by": line.by,
            "approved_by": line.approved_by,
        }
        for line in lines
    ]
    words = tuple(
        message(
            "{0}  {1}  {2}  {3} {4}",
            str(e["date"]),
            KIND_WORDS[str(e["kind"])],
            str(e["amount"]),
            str(e["reference"]),
            str(e["note"]),
        )
        for e in entries
    )
    return Outcome({"booklet": number, "entries": entries}, words)


def add_veto(context: Context) -> Outcome:
    """Record a veto with a second signature."""
    by, args = context.operator("record_veto"), context.args
    approval = context.approval(by)
    found = context.write(
        lambda tx: vetoes.record_veto(
            tx,
            normalize.number(args.booklet),
            clause=args.clause,
            facts=args.facts,
            conduct_on=args.conduct,
            authority=Authority(by, context.day(tx), approval),
        )
    )
    words = message(
        "{0}: veto from {1} until {2}, {3} points cleared",
        found.booklet,
        found.effective_on.isoformat(),
        found.bars_until.isoformat(),
        format_hundredths(found.cleared),
    )
    return Outcome(found, (words,))


def lift_veto(context: Context) -> Outcome:
    """Lifts the latest veto of a household with a second signature."""
    by, args = context.operator("record_veto"), context.args
    approval = context.approval(by)
    number = normalize.number(args.booklet)
    found = context.write(
        lambda tx: vetoes.lift_veto(tx, number, facts=args.facts, authority=Authority(by, context.day(tx), approval))
    )
    words = message("{0}: veto lifted, {1} points are back", found.booklet, format_hundredths(found.restored))
    return Outcome(found, (words,))


def list_vetoes(context: Context) -> Outcome:
    """Vetoes, and proposals nobody has acted on."""
    context.operator("see_books")
    with context.reading() as tx:
        recorded, proposed, day = vetoes.vetoes(tx), vetoes.proposals(tx), today(tx)
    words = [message("{0}  clause {1}  {2}  {3}", v.booklet, v.clause, _veto_state(v, day), v.facts) for v in recorded]
    words += [
        message("{0}  proposed: clause {1}  {2}  {3}", p.booklet, p.clause, p.conduct_on.isoformat(), p.facts)
        for p in proposed
    ]
    return Outcome({"vetoes": recorded, "proposals": proposed}, tuple(words))


def _veto_state(v: vetoes.VetoView, day: date) -> Message:
    first, last = v.effective_on.isoformat(), v.bars_until.isoformat()
    if v.lifted_on is not None:
        return message("from {0}, lifted on {1}", first, v.lifted_on.isoformat())
    if v.bars_until < day:
        return message("from {0}, ended on {1}", first, last)
    return message("from {0}, in force until {1}", first, last)
