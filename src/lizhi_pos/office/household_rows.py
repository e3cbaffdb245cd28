"""The register in memory: searched by whatever somebody knows of a household, and what of it is shown. Pure."""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from msgspec import Struct

from lizhi_pos.accounts.household_list import LAST_DIGITS, NamedHousehold
from lizhi_pos.accounts.vetoes import Proposal
from lizhi_pos.reports.household_look import HouseholdLook
from lizhi_pos.text.normalize import comparable, number
from lizhi_pos.text.pinyin import SoundIndex, spoken

HouseholdView = Literal["all", "proposed"]
SHORTEST_NUMBER = 2
"""So many signs of a booklet, or more, are looked for inside of its number; one alone is in nearly all."""


class RegisterRead(Struct, frozen=True):
    """The register as it was read, and what is proposed that nobody has acted on."""

    households: tuple[NamedHousehold, ...]
    proposals: tuple[Proposal, ...]


class _Known(Struct, frozen=True):
    """A household beside what it is found by."""

    row: NamedHousehold
    number: str
    group: str
    village: str
    names: tuple[str, ...]


class Register:
    """Every household by its booklet, found by booklet, group, village, a person's name or its sound."""

    def __init__(self, read: RegisterRead) -> None:
        self._known: dict[str, _Known] = {}
        self._heard: SoundIndex | None = None
        self.proposals: tuple[Proposal, ...] = ()
        self.take(read, ())

    def __len__(self) -> int:
        return len(self._known)

    def get(self, booklet: str) -> NamedHousehold | None:
        """Return a household by its booklet."""
        found = self._known.get(booklet)
        return found.row if found else None

    @property
    def proposed(self) -> frozenset[str]:
        """The booklets of households that something is proposed against."""
        return frozenset(p.booklet for p in self.proposals)

    def take(self, read: RegisterRead, gone: Collection[str]) -> None:
        """Take households as they were read, and let go those of some booklets that are not among them."""
        for booklet in gone:
            self._known.pop(booklet, None)
        for one in read.households:
            known = self._known[one.listed.booklet] = _known(one)
            if self._heard is not None:
                self._hear(self._heard, known)
        self.proposals = read.proposals

    def learn_sounds(self) -> SoundIndex:
        """Work out how everybody's name is said, so that the first letter typed need not wait for it."""
        if self._heard is None:
            heard = SoundIndex()
            for known in self._known.values():
                self._hear(heard, known)
            self._heard = heard
        return self._heard

    @staticmethod
    def _hear(heard: SoundIndex, known: _Known) -> None:
        for name in known.names:
            heard.add(name, known.number)

    def all(self) -> list[NamedHousehold]:
        """Return every household, those first that something is proposed against, then by booklet."""
        first = self.proposed
        return [self._known[n].row for n in sorted(self._known, key=lambda n: (n not in first, n))]

    def search(self, typed: str, also: Collection[str] = ()) -> list[NamedHousehold]:
        """Return the households that a text tells, and those of some booklets, by booklet."""
        wanted, name = number(typed), comparable(typed)
        found = {n for n, known in self._known.items() if _is_told(known, wanted, name)}
        said = spoken(typed)
        if said.isascii() and said.isalpha():
            found |= self.learn_sounds().find(said)
        # a booklet that is gone may still be heard of
        return [self._known[n].row for n in sorted({*found, *also} & self._known.keys())]


def _known(one: NamedHousehold) -> _Known:
    row = one.listed
    names = tuple(comparable(name) for name in one.names)
    return _Known(one, row.booklet, comparable(row.group), comparable(row.village), names)


def _is_told(known: _Known, wanted: str, name: str) -> bool:
    if not name:
        return False
    if len(wanted) >= SHORTEST_NUMBER and wanted in known.number:
        return True
    return name == known.group or name in known.village or any(name in own for own in known.names)


def is_last_digits(typed: str) -> bool:
    """Return whether a text may be the last digits of a phone or identity number, of which only the books know."""
    written = number(typed)
    return len(written) == LAST_DIGITS and written[:-1].isdigit()


class HouseholdList:
    """The households that are shown, narrowed by a text, with one marked, and the cards that were read."""

    def __init__(self, read: RegisterRead, view: HouseholdView) -> None:
        self.register = Register(read)
        self.view: HouseholdView = view
        self.filter = ""
        self.marked = 0
        self.looks: dict[str, HouseholdLook] = {}
        self.rows: list[NamedHousehold] = []
        self._also: tuple[str, ...] = ()
        self._fill()

    @property
    def booklet(self) -> str:
        """The marked household's booklet, empty where none is marked."""
        return self.rows[self.marked].listed.booklet if 0 <= self.marked < len(self.rows) else ""

    @property
    def look(self) -> HouseholdLook | None:
        """The marked household's card, as far as it was read."""
        return self.looks.get(self.booklet)

    @property
    def wants_look(self) -> bool:
        """Whether the marked household's card is still to be read."""
        return bool(self.booklet) and self.booklet not in self.looks

    def take(self, read: RegisterRead, changed: Iterable[str]) -> None:
        """Take the households of some booklets as they are now; the mark stays on its row."""
        booklet, gone = self.booklet, set(changed)
        for number_of in gone:
            self.looks.pop(number_of, None)
        self.register.take(read, gone)
        self._fill()
        if not self.jump(booklet):
            self.mark(self.marked)

    def show(self, view: HouseholdView) -> None:
        """Show all households, or only those that something is proposed against."""
        booklet = self.booklet
        self.view, self.filter, self._also = view, "", ()
        self._fill()
        self.marked = 0
        self.jump(booklet)

    def mark(self, at: int) -> None:
        """Mark a row, or the one nearest to it that there is."""
        self.marked = min(max(at, 0), max(len(self.rows) - 1, 0))

    def jump(self, booklet: str) -> bool:
        """Mark the household of a booklet where it is shown; return whether it is."""
        at = next((at for at, row in enumerate(self.rows) if row.listed.booklet == booklet), None)
        if at is not None:
            self.marked = at
        return at is not None

    def find(self, booklet: str) -> bool:
        """Mark the household of a booklet, with all others shown where it is not; return whether there is one."""
        if self.register.get(booklet) is None:
            return False
        if not self.jump(booklet):
            self.show("all")
            self.jump(booklet)
        return True

    def narrow(self, typed: str, also: Collection[str] = ()) -> bool:
        """Show only what a text means; return whether there is any. Otherwise all stays as it is."""
        found = self._of_view(self.register.search(typed, also))
        if found:
            self.filter, self._also, self.rows, self.marked = typed, tuple(also), found, 0
        return bool(found)

    def widen(self) -> None:
        """Show all rows again, with the mark where it was."""
        booklet = self.booklet
        self.filter, self._also = "", ()
        self._fill()
        self.jump(booklet)

    def _fill(self) -> None:
        rows = self.register.search(self.filter, self._also) if self.filter else self.register.all()
        self.rows = self._of_view(rows)

    def _of_view(self, rows: Sequence[NamedHousehold]) -> list[NamedHousehold]:
        if self.view == "all":
            return list(rows)
        proposed = self.register.proposed
        return [row for row in rows if row.listed.booklet in proposed]
