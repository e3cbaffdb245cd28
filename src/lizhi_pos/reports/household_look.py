"""A household as somebody looks at it: the card with every entry, where an entry comes from, what paid for what."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.batch_card import BatchCard, batch_card
from lizhi_pos.accounts.eligibility import standing
from lizhi_pos.accounts.household_card import HouseholdCard, household_card
from lizhi_pos.accounts.models import batch, veto, village
from lizhi_pos.accounts.point_sources import PointSource, sources_of
from lizhi_pos.accounts.queries import booklet_of, facts_of_any
from lizhi_pos.accounts.spent_points import SpentPart, by_entry, spent_points
from lizhi_pos.accounts.vetoes import Proposal, StoredVeto, VetoView, proposals, vetoes
from lizhi_pos.checkout.models import redemption
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.ids import Id
from lizhi_pos.journal.queries import AccountLine, history
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Reason, Refusal, refuse
from lizhi_pos.reports.receipt_story import ReceiptStory, receipt_story
from lizhi_pos.rulebook.adopted import rules_on, today


class EntryKey(Struct, frozen=True):
    """A line of a household's account: the entry, and the how manyth of its lines there it is."""

    booklet: str
    entry: Id
    nth: int = 0


class CardEntry(Struct, frozen=True):
    """A line of an account, and what was left after it."""

    key: EntryKey
    line: AccountLine
    balance: Points


class HouseholdLook(Struct, frozen=True, kw_only=True):
    """A household's card on a day: `reasons` are why it may not redeem, `entries` the oldest first."""

    on: date
    card: HouseholdCard
    reasons: tuple[Reason, ...]
    entries: tuple[CardEntry, ...]
    proposals: tuple[Proposal, ...]
    vetoes: tuple[VetoView, ...]


class OtherEntry(Struct, frozen=True):
    """An entry that paid for another or was paid by it, with how many points, and the cell that it comes from."""

    entry: CardEntry
    points: Points
    source: PointSource | None


class EntryStory(Struct, frozen=True, kw_only=True):
    """Where a line of an account comes from, and what became of its points: first earned, first spent.

    `paid_by` are the entries that a spending stands on, `paid_for` those that took what this one earned.
    """

    entry: CardEntry
    head: str
    source: PointSource | None
    batch: BatchCard | None
    receipt: ReceiptStory | None
    veto: StoredVeto | None
    paid_by: tuple[OtherEntry, ...]
    paid_for: tuple[OtherEntry, ...]
    unspent: Points


_BATCH = (
    select(village.c.name, batch.c.month)
    .select_from(batch.join(village, same_row(village.c.village_id, batch.c.village_id)))
    .where(of_town(batch), batch.c.batch_id == bindparam("key"))
)
_VETO = select(*(veto.c[name] for name in StoredVeto.__struct_fields__)).where(
    of_town(veto), veto.c.veto_id == bindparam("key")
)
_RECEIPT = select(redemption.c.booklet, redemption.c.points_entry).where(
    of_town(redemption), redemption.c.receipt == bindparam("number")
)


def household_look(tx: Transaction, number: str, by: Operator) -> HouseholdLook | Refusal:
    """Return a household's card today; what is proposed against it for those who see the books."""
    on = today(tx)
    rules = rules_on(tx, on)
    if isinstance(rules, Refusal):
        return rules
    card = household_card(tx, number, on)
    if isinstance(card, Refusal):
        return card
    own, sees = set(card.booklets), by.can("see_books")
    return HouseholdLook(
        on=on,
        card=card,
        reasons=standing(card.facts, rules, on),
        entries=tuple(_entries(card.booklets[0], history(tx, card.facts.household_id))),
        proposals=tuple(p for p in proposals(tx) if p.booklet in own) if sees else (),
        vetoes=tuple(v for v in vetoes(tx) if v.booklet in own) if card.vetoes else (),
    )


def entry_of_receipt(tx: Transaction, receipt: str) -> EntryKey | Refusal:
    """Return the line by which a household paid for a receipt."""
    row = tx.first(_RECEIPT, number=receipt)
    if row is None:
        return refuse("not_found", "There is no receipt {0}: look at the number again", receipt)
    facts = facts_of_any(tx, row.booklet, today(tx))
    if isinstance(facts, Refusal):
        return facts
    return EntryKey(booklet_of(tx, facts.household_id), Id(row.points_entry))


def entry_story(tx: Transaction, key: EntryKey, by: Operator) -> EntryStory | Refusal:
    """Return where a line of a household's account comes from, and what became of its points."""
    facts = facts_of_any(tx, key.booklet, today(tx))
    if isinstance(facts, Refusal):
        return facts
    lines = history(tx, facts.household_id)
    entries = _entries(key.booklet, lines)
    at = next((n for n, e in enumerate(entries) if e.key.entry == key.entry and e.key.nth == key.nth), None)
    if at is None:
        return refuse("not_found", "This entry is not in the account of {0}: look at the household again", key.booklet)
    spent = spent_points(lines)
    paying = [part for part in spent.parts if part.spent_by == at]
    paid = [part for part in spent.parts if part.earned_by == at]
    sources = _sources(tx, facts.household_id, lines, {at, *(part.earned_by for part in paying)})
    line = lines[at]
    return EntryStory(
        entry=entries[at],
        head=facts.head,
        source=sources.get(at),
        batch=_batch(tx, line) if sources.get(at) is not None else None,
        receipt=receipt_story(tx, line.reference, by) if line.kind in ("redeem", "return") else None,
        veto=tx.first_as(StoredVeto, _VETO, key=line.document) if line.kind in ("veto", "restore") else None,
        paid_by=tuple(_other(entries, part, part.earned_by, sources) for part in paying),
        paid_for=tuple(_other(entries, part, part.spent_by, sources) for part in paid),
        unspent=spent.unspent.get(at, Points(0)),
    )


def _entries(number: str, lines: Sequence[AccountLine]) -> list[CardEntry]:
    balances = accumulate(line.amount for line in lines)
    return [
        CardEntry(EntryKey(number, line.entry, nth), line, Points(left))
        for line, nth, left in zip(lines, by_entry(lines), balances, strict=True)
    ]


def _sources(
    tx: Transaction, household_id: Id, lines: Sequence[AccountLine], wanted: set[int]
) -> Mapping[int, PointSource | None]:
    """Return where some lines come from; all lines of their entries are asked for, which find their rows in order."""
    entries = {lines[at].entry for at in wanted}
    places = [at for at, line in enumerate(lines) if line.entry in entries]
    return dict(zip(places, sources_of(tx, household_id, [lines[at] for at in places]), strict=True))


def _batch(tx: Transaction, line: AccountLine) -> BatchCard | None:
    row = tx.first(_BATCH, key=line.document)
    found = None if row is None else batch_card(tx, row.name, Month.parse(row.month))
    return None if isinstance(found, Refusal) else found


def _other(
    entries: Sequence[CardEntry], part: SpentPart, at: int, sources: Mapping[int, PointSource | None]
) -> OtherEntry:
    return OtherEntry(entries[at], part.points, sources.get(at))
