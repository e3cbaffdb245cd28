"""Acts on a household from their menu: whose they are, and what is read anew after them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from lizhi_pos.access.operators import Right
from lizhi_pos.money import Points
from lizhi_pos.office.household_pages import CardKey
from lizhi_pos.office.household_rows import HouseholdList
from lizhi_pos.office.households import Offered
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.household_look import EntryKey, HouseholdLook
from lizhi_pos.terminal.keymap import BASKET, Key
from lizhi_pos.terminal.screens.households.pages import PagesScreen
from lizhi_pos.terminal.screens.shared.palette import Palette


class HouseholdActs(PagesScreen):
    """Changes of a household. Who may not do them is told before they fill anything in."""

    ACTS: ClassVar[tuple[tuple[str, Message, Right], ...]] = (
        ("split", message("split: members leave with a booklet of their own"), "change_households"),
        ("merge", message("merge: it goes into another household"), "change_households"),
        ("move", message("move: to another village of the town"), "change_households"),
        ("close", message("close: out of the register"), "change_households"),
        ("booklet", message("booklet: a lost one is replaced"), "change_households"),
        ("member", message("member: one comes, leaves or dies"), "change_households"),
        ("head", message("head: another member becomes head"), "change_households"),
        ("freeze", message("freeze: disputed points"), "change_households"),
        ("release", message("release: frozen points"), "change_households"),
        ("correct", message("correct: points, by an entry that names what it corrects"), "change_households"),
        ("score", message("score: put a posted score right"), "change_households"),
        ("veto", message("veto: record one"), "record_veto"),
        ("lift", message("lift: the latest veto, its points come back"), "record_veto"),
        ("dismiss", message("dismiss: what is proposed is not followed"), "record_veto"),
        ("blacklist", message("black list: release a veto for it"), "record_veto"),
    )

    _list: HouseholdList | None = None

    def more_keys(self) -> Sequence[Key]:
        """Return the acts, to be found by their letters."""
        return [Key(f"act {name}", "F2", told, f"act('{name}')", told, BASKET) for name, told, _ in self.ACTS]

    def action_menu(self) -> None:
        self.begin(self._menu)

    async def _menu(self) -> None:
        if refusal := self.app.signed_in.refusal_to("change_households"):
            self.refuse(refusal)
            return
        look = await self._look()
        if look is None:
            return
        keys = [Key(name, "", told, name, told, BASKET) for name, told, _ in self.ACTS]
        title = message(
            "What is done to {0} ({1})? Letters, or the number", look.card.booklets[0], look.card.facts.head
        )
        key = await self.app.ask(Palette(keys, title))
        if key is not None:
            await self._act(key.action)

    def action_act(self, name: str) -> None:
        """Begin one of the acts by its name."""

        async def do() -> None:
            await self._act(name)

        self.begin(do)

    async def _act(self, name: str) -> None:
        right = next(right for known, _, right in self.ACTS if known == name)
        if refusal := self.app.signed_in.refusal_to(right):
            self.refuse(refusal)
            return
        look = await self._look()
        if look is not None:
            act: Callable[[HouseholdLook], Awaitable[None]] = getattr(self, f"do_{name}")
            await act(look)

    async def _look(self) -> HouseholdLook | None:
        """Return the household that is shown or marked as it is now: figures that are told must hold."""
        place = self.opened.place if self.opened else None
        booklet = place.booklet if isinstance(place, CardKey | EntryKey) else self._list.booklet if self._list else ""
        if not booklet:
            self.app.bell()
            return None
        look = await self.app.work.run(lambda: self._service.look(booklet, self.app.signed_in))
        if isinstance(look, Refusal):
            self.refuse(look)
            return None
        return look

    async def _offered(self) -> Offered | None:
        offered = await self.app.work.run(lambda: self._service.offered(self.app.signed_in))
        if isinstance(offered, Refusal):
            self.refuse(offered)
            return None
        return offered

    async def _changed(self, words: Message, booklet: str, *others: str) -> None:
        """Read what was changed anew and show the household of a booklet, where it was shown."""
        some = (booklet, *others)
        read = await self.app.work.run(lambda: self._service.some(some, self.app.signed_in))
        if isinstance(read, Refusal) or self._list is None:
            return
        was_open = bool(self.pages)
        self.pages.clear()
        self._list.take(read, some)
        if self._list.view == "all":
            self._list.find(booklet)
        if was_open:
            await self.open(CardKey(booklet))
        self.note("done", words)


def who(look: HouseholdLook) -> tuple[str, str, Points]:
    """Return a household's booklet, head and balance, as every dialog names them."""
    return look.card.booklets[0], look.card.facts.head, look.card.balance
