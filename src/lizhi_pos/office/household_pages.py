"""What is told of a household, an entry and a receipt, in lines of which some lead on. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from lizhi_pos.accounts.batch_card import BatchCard
from lizhi_pos.accounts.changes.members import STATUS_WORDS
from lizhi_pos.accounts.point_sources import PointSource
from lizhi_pos.journal.entry_words import KIND_WORDS
from lizhi_pos.journal.queries import AccountLine
from lizhi_pos.money import format_hundredths, format_tenths
from lizhi_pos.refusal import Message, Reason, message
from lizhi_pos.reports.household_look import CardEntry, EntryKey, EntryStory, HouseholdLook, OtherEntry
from lizhi_pos.reports.receipt_story import GoodsOfReceipt, LotOfReceipt, ReceiptStory

Look = Literal["", "muted", "bold", "done", "hint", "refusal"]
Words = str | Message | Reason


class CardKey(Struct, frozen=True):
    """The card of another household."""

    booklet: str


class ReceiptKey(Struct, frozen=True):
    """A receipt by its number."""

    receipt: str


Place = CardKey | EntryKey | ReceiptKey
"""Where a line leads."""


class PageLine(Struct, frozen=True, kw_only=True):
    """A line: a label and words, or words alone. What `leads` somewhere can be marked, and Enter goes there.

    A label stands once before the lines that have it in a row.
    """

    words: tuple[Words, ...]
    label: Message | None = None
    look: Look = ""
    leads: Place | None = None
    indent: int = 0
    sign: str = ""
    """What stands before the first line, with the others set in behind it."""


class EntryLine(Struct, frozen=True, kw_only=True):
    """An entry of the account in columns: day, kind, points, what was left after them, reference."""

    entry: CardEntry
    leads: Place | None = None


Line = PageLine | EntryLine
HOW = message("Counted so: what was earned first is spent first; what comes back is unspent again")
"""How it is said which points paid for what."""
STATUSES: Mapping[str, Message] = {
    "moved_out": message("moved out"),
    "closed": message("closed"),
    "merged": message("merged into another one"),
}
_PRESENCE: Mapping[str, Message] = {status: words for status, words in STATUS_WORDS.items()}
GROUPS: Mapping[str, Message] = {"assessment": message("Assessed"), "supervision": message("Supervised")}
_STEPS: Mapping[str, Message] = {
    "import": message("Imported"),
    "publish": message("Published"),
    "review": message("Reviewed"),
    "post": message("Posted"),
}
_RECEIPT = re.compile(r"\w+-\d{4}-\d{6}")
"""How the number of a receipt is written."""
_BARS = "▁▂▃▄▅▆▇█"
_LOWEST, _HIGHEST = 600, 1000
"""The scores, in tenths, at which a bar is lowest and highest: nearly all are between them."""


def card_page(look: HouseholdLook) -> list[Line]:
    """Return a household's card: what is proposed first, then verdict, points, people, scores, then every entry."""
    return [*_proposed(look), *_about(look), *_entries(look)]


def _proposed(look: HouseholdLook) -> Iterator[Line]:
    for p in look.proposals:
        words = message("▲ Veto proposed: clause {0}, {1}: {2}", p.clause, p.conduct_on.isoformat(), p.facts)
        yield PageLine(words=(words,), look="hint")
    if look.proposals:
        yield PageLine(words=(message("F6 records it, F8 dismisses it"),), look="muted")


def _about(look: HouseholdLook) -> Iterator[Line]:
    card, facts = look.card, look.card.facts
    yield PageLine(words=(card.booklets[0], facts.head, _place(facts.village, facts.village_group)), look="bold")
    if card.replaced_by and card.replaced_by != card.booklets[0]:
        words = message("Booklet {0} was replaced: take {1}", card.booklets[0], card.replaced_by)
        yield PageLine(words=(words,), look="refusal", leads=CardKey(card.replaced_by))
    if look.reasons:
        yield PageLine(words=(message("✘ may not redeem"),), look="refusal")
        yield from (PageLine(words=(reason,), sign="· ") for reason in look.reasons)
    else:
        yield PageLine(words=(message("✔ may redeem"),), look="done")
    yield PageLine(label=message("Balance"), words=(format_hundredths(card.balance),))
    if card.frozen:
        told = (format_hundredths(card.frozen), message("to spend {0}", format_hundredths(card.available)))
        yield PageLine(label=message("Frozen"), words=told, look="hint")
    if all(member.name != facts.head for member in card.members):
        yield PageLine(label=message("Members"), words=(facts.head, message("head")))
    for member in card.members:
        gone = _PRESENCE[member.status] if member.status != "active" else ""
        is_head = message("head") if member.name == facts.head else ""
        parts = tuple(part for part in (member.name, member.relation, is_head, gone) if part)
        yield PageLine(label=message("Members"), words=parts, look="muted" if gone else "")
    if facts.scores:
        bars = "".join(_bar(s.tenths) for s in facts.scores)
        scores = (f"{s.quarter.year % 100:02}Q{s.quarter.quarter} {format_tenths(s.tenths)}" for s in facts.scores)
        yield PageLine(label=message("Scores"), words=(bars, *scores))
    for v in card.vetoes:
        yield PageLine(label=message("Veto"), words=_veto(v.clause, *_days(v.effective_on, v.bars_until, v.lifted_on)))
    if len(card.booklets) > 1:
        yield PageLine(label=message("Booklets"), words=tuple(card.booklets))


def _entries(look: HouseholdLook) -> Iterator[Line]:
    yield PageLine(words=(message("Entries: {0}, the newest first", len(look.entries)),), look="muted")
    yield from (EntryLine(entry=entry, leads=entry.key) for entry in reversed(look.entries))


def _place(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _bar(tenths: int) -> str:
    part = min(max(tenths, _LOWEST), _HIGHEST) - _LOWEST
    return _BARS[min(part * len(_BARS) // (_HIGHEST - _LOWEST), len(_BARS) - 1)]


def _days(*days: object) -> tuple[str, ...]:
    return tuple(str(day) if day is not None else "" for day in days)


def _veto(clause: str, first: str, last: str, lifted: str) -> tuple[Words, ...]:
    if lifted:
        return (message("clause {0}, from {1}, lifted on {2}", clause, first, lifted),)
    return (message("clause {0}, from {1} until {2}", clause, first, last),)


def story_page(story: EntryStory) -> list[Line]:
    """Return where an entry comes from, what paid for it and what it paid for."""
    lines: list[Line] = [
        PageLine(words=(story.entry.key.booklet, story.head), look="bold", leads=CardKey(story.entry.key.booklet)),
        EntryLine(entry=story.entry),
    ]
    if story.receipt is not None:
        lines += _receipt(story.receipt, story.entry.line.kind)
    if story.source is not None:
        lines += _source(story.source)
    elif story.receipt is None:
        lines += _signed(story)
    # points before goods and before signatures: on a small screen they are what is followed
    lines += [*_paid_by(story), *_paid_for(story)]
    if story.receipt is not None:
        lines += _goods(story.receipt)
    if story.batch is not None:
        lines += _batch(story.batch)
    return lines


def _source(source: PointSource) -> Iterator[Line]:
    told = (
        (message("Workbook"), source.file or "–"),
        (message("Sheet"), source.sheet),
        (message("Cell"), source.cell),
        (message("Member"), source.member),
        (message("Item"), source.item),
        (message("Rulebook"), source.rulebook),
    )
    for label, words in told:
        if words:
            yield PageLine(label=label, words=(words,), look="bold" if label.msgid == "Cell" else "")


def _batch(card: BatchCard) -> Iterator[Line]:
    yield PageLine(label=message("Batch"), words=(f"{card.batch.village}/{card.batch.month}",))
    newest = {step.step: step for step in card.steps}
    for name, label in _STEPS.items():
        if name in newest:
            yield PageLine(label=label, words=(newest[name].on.isoformat(), newest[name].by))
    for group, label in GROUPS.items():
        if names := [s.name for s in card.signatures if s.group == group]:
            yield PageLine(label=label, words=("、".join(names),))


def _signed(story: EntryStory) -> Iterator[Line]:
    """Tell of an entry that no workbook and no receipt explains what it names, why, and who did it with whom."""
    line = story.entry.line
    if line.kind == "transfer":
        other = EntryKey(line.note, line.entry)
        label = message("Came from") if line.amount > 0 else message("Went to")
        yield PageLine(label=label, words=(line.note,), leads=other)
    elif story.veto is not None:
        yield PageLine(label=message("Veto"), words=(message("clause {0}", story.veto.clause),))
        yield PageLine(label=message("Conduct"), words=(story.veto.conduct_on.isoformat(), story.veto.facts))
    else:
        if line.reference:
            lead = ReceiptKey(line.reference) if _RECEIPT.fullmatch(line.reference) else None
            yield PageLine(label=message("Refers to"), words=(line.reference,), leads=lead)
        if line.note:
            yield PageLine(label=message("Reason"), words=(line.note,))
    yield PageLine(label=message("By"), words=tuple(x for x in (line.by, line.approved_by) if x))


def _receipt(receipt: ReceiptStory, kind: str) -> Iterator[Line]:
    lead = ReceiptKey(receipt.receipt) if kind != "redeem" else None
    yield PageLine(label=message("Receipt"), words=(receipt.receipt, receipt.on.isoformat()), leads=lead)
    who = (receipt.clerk, *([receipt.approved_by] if receipt.approved_by else []))
    yield PageLine(label=message("By"), words=(message("till {0}", receipt.till), *who))
    if receipt.proxy:
        yield PageLine(label=message("Collector"), words=(receipt.proxy, receipt.relation))


def _goods(receipt: ReceiptStory) -> Iterator[Line]:
    yield PageLine(words=(message("Goods"),), look="bold")
    for goods in receipt.goods:
        yield PageLine(words=_pieces(goods))
        for lot in goods.lots:
            yield PageLine(words=_lot(lot), look="muted", indent=2)


def _pieces(goods: GoodsOfReceipt) -> tuple[Words, ...]:
    told: tuple[Words, ...] = (f"{goods.name} × {goods.quantity}", format_hundredths(goods.amount))
    return (*told, message("{0} came back", goods.back)) if goods.back else told


def _lot(lot: LotOfReceipt) -> tuple[Words, ...]:
    told: list[Words] = [message("lot {0} × {1}, voucher {2}", lot.lot, lot.quantity, lot.voucher)]
    for giver in lot.givers:
        words = message("bought of {0}", giver.donor) if giver.kind == "purchase" else message("from {0}", giver.donor)
        told.append(words if giver.voucher == lot.voucher else message("paid by {0} {1}", giver.voucher, giver.donor))
    return tuple(told)


def _paid_by(story: EntryStory) -> Iterator[Line]:
    if not story.paid_by:
        return
    yield PageLine(words=(message("Paid with"),), look="bold")
    yield PageLine(words=(HOW,), look="muted")
    yield from (PageLine(words=_earned(other), leads=other.entry.key) for other in story.paid_by)


def _earned(other: OtherEntry) -> tuple[Words, ...]:
    line, source = other.entry.line, other.source
    start: tuple[Words, ...] = (line.on.isoformat(), format_hundredths(other.points), KIND_WORDS[line.kind])
    if source is None:
        return (*start, other_household(line) if line.kind == "transfer" else line.reference or line.note)
    place = " ".join(
        part for part in (source.file, f"{source.sheet}!{source.cell}", source.member, source.item) if part
    )
    return (*start, place)


def _paid_for(story: EntryStory) -> Iterator[Line]:
    if story.entry.line.amount <= 0 or (not story.paid_for and not story.unspent):
        return
    yield PageLine(words=(message("What became of it"),), look="bold")
    yield PageLine(words=(HOW,), look="muted")
    for other in story.paid_for:
        line = other.entry.line
        about = other_household(line) if line.kind == "transfer" else line.reference
        words = (line.on.isoformat(), format_hundredths(other.points), KIND_WORDS[line.kind], about)
        yield PageLine(words=words, leads=other.entry.key)
    if story.unspent:
        yield PageLine(words=(message("not spent yet: {0}", format_hundredths(story.unspent)),))


def other_household(line: AccountLine) -> str:
    """Return to which booklet points went by a transfer, or from which they came."""
    return f"{'←' if line.amount > 0 else '→'} {line.note}"


class OpenPage:
    """A page that somebody opened: its lines, the marked one of those that lead on, and the first line shown."""

    def __init__(self, place: Place, lines: list[Line]) -> None:
        self.place = place
        self.lines = lines
        leading = self.leading
        self.marked = next((at for at, to in enumerate(leading) if isinstance(to, EntryKey)), 0)
        self.top = 0
        self.follows = False
        """Whether the mark is to be seen; not while somebody only goes on reading."""
        self.aside = 0
        """Where the mark was when this was painted last: seen, below what is seen (1), or above it (-1)."""

    @property
    def leading(self) -> list[Place]:
        """Where the lines lead that can be marked, in their order."""
        return [line.leads for line in self.lines if line.leads is not None]

    @property
    def leads(self) -> Place | None:
        """Where the marked line leads."""
        leading = self.leading
        return leading[self.marked] if self.marked < len(leading) else None

    def step(self, by: int) -> None:
        """Mark another line that leads on; where there is no further one, go on reading."""
        there = min(max(self.marked + by, 0), max(len(self.leading) - 1, 0))
        if self.aside * by > 0:
            self.follows = True
        elif there != self.marked and not self.aside:
            self.marked, self.follows = there, True
        else:
            self.top, self.follows = max(self.top + by, 0), False

    def jump(self, to: Place) -> None:
        """Mark the line that leads to a place, if there is one."""
        leading = self.leading
        if to in leading:
            self.marked, self.follows = leading.index(to), True
