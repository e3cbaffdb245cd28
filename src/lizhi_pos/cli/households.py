"""`household …` and `veto …`."""

from collections.abc import Iterator
from datetime import date

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts import vetoes
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.household_card import household_card
from lizhi_pos.accounts.household_history import HistoryEntry, household_history
from lizhi_pos.accounts.household_list import Wanted, household_list
from lizhi_pos.accounts.villages import village_id
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.db import Transaction
from lizhi_pos.i18n.render import reason_words
from lizhi_pos.journal.entry_words import KIND_WORDS
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, Refused, message, unwrap
from lizhi_pos.rulebook.adopted import not_in_future, rules_on, today
from lizhi_pos.text import normalize


def list_households(context: Context) -> Outcome:
    """Return the register, or what of it is looked for."""
    context.operator("see")
    args = context.args
    with context.reading() as tx:
        on = _up_to_today(context, tx)
        place = unwrap(village_id(tx, args.village)) if args.village else None
        wanted = Wanted(place, args.status, normalize.typed(args.search or ""))
        found = household_list(tx, wanted, unwrap(rules_on(tx, on)), on)
    words = [f"{x.booklet}  {x.head}  {x.village} {x.group}  {format_hundredths(x.balance)}" for x in found]
    return Outcome({"households": found}, tuple(words) or (message("No household is found"),))


def show(context: Context) -> Outcome:
    """Return a household's balance, standing and people on a day; of a booklet that was replaced its past too."""
    context.operator("see")
    number = normalize.number(context.args.booklet)
    with context.reading() as tx:
        on = _up_to_today(context, tx)
        rules = unwrap(rules_on(tx, on))
        card = unwrap(household_card(tx, number, on))
    facts, reasons = card.facts, standing(card.facts, rules, on)
    answer = {
        "booklet": number,
        "head": facts.head,
        "village": facts.village,
        "status": facts.status,
        "balance": format_hundredths(card.balance),
        "frozen": format_hundredths(card.frozen),
        "available": format_hundredths(card.available),
        "eligible": not reasons,
        "reasons": list(reasons),
        "members": card.members,
        "scores": card.scores,
        "vetoes": card.vetoes,
        "booklets": card.booklets,
        "replaced_by": card.replaced_by,
    }
    verdict: list[Message | str] = [message("✔ may redeem")] if not reasons else [message("✘ may not redeem")]
    if card.replaced_by:
        verdict.insert(0, message("Booklet {0} was replaced: take {1}", number, card.replaced_by))
    if card.frozen:
        told = (number, format_hundredths(card.frozen), format_hundredths(card.available))
        verdict.insert(0, message("{0}: {1} points are frozen, {2} may be spent", *told))
    words = [
        f"{number}  {facts.head}  {facts.village} {facts.village_group}".rstrip(),
        message("Balance {0}", format_hundredths(card.balance)),
        *verdict,
        *(reason_words(r, context.translate) for r in reasons),
    ]
    return Outcome(answer, tuple(words))


def _up_to_today(context: Context, tx: Transaction) -> date:
    on = context.day(tx)
    if refusal := not_in_future(tx, on):
        raise Refused(refusal)
    return on


def history(context: Context) -> Outcome:
    """Return every entry of a household, with what was left after it and where it comes from."""
    context.operator("see")
    number = normalize.number(context.args.booklet)
    with context.reading() as tx:
        entries = unwrap(household_history(tx, number))
    words = tuple(line for entry in entries for line in _entry_words(entry))
    return Outcome({"booklet": number, "entries": entries}, words)


def _entry_words(entry: HistoryEntry) -> Iterator[Message]:
    line = message(
        "{0}  {1}  {2}  {3} {4}",
        entry.date.isoformat(),
        KIND_WORDS[entry.kind],
        format_hundredths(entry.amount),
        entry.reference,
        entry.note,
    )
    yield message("{0}, balance {1}", line, format_hundredths(entry.balance))
    if entry.source is not None:
        source = entry.source
        place = " ".join(filter(None, (source.file, source.sheet, source.cell, source.member, source.item)))
        told = message("    from {0}", place)
        yield message("{0}, rulebook {1}", told, source.rulebook) if source.rulebook else told


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
