"""What is done at the shelf: price, barcode, loss, recall and release, label; each asks for its right first."""

from msgspec import Struct

from lizhi_pos.access.operators import Right
from lizhi_pos.checkout.recalled_goods import TookOfLot
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.office.shelf import ShelfService
from lizhi_pos.office.shelf_rows import Shelf, ShelfLot, ShelfRow
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.terminal.screens.shelf.dialogs import ask_all_expired, ask_loss, ask_price, ask_recall, ask_release
from lizhi_pos.till.typed_input import TypedInput

MOST_MOVES = 30
"""Moves of a product that are read: more than a screen has lines."""


class Took(Struct):
    """Who has goods of a lot, while that list is shown."""

    title: str
    lot: ShelfLot
    households: tuple[TookOfLot, ...]
    marked: int = 0


class ShelfActs(JobScreen):
    """The acts on the marked product or lot; the screen itself says how the shelf is read and shown."""

    def __init__(self) -> None:
        super().__init__()
        self._service: ShelfService
        self._shelf: Shelf | None = None
        self._took: Took | None = None
        self._names: ShelfRow | None = None
        """The product that the next scan is another barcode of."""

    async def _read(self) -> None:
        """Read the shelf anew."""
        raise NotImplementedError

    async def _read_detail(self, found: ShelfRow) -> None:
        """Read what more is told of a product than its row."""
        if self._shelf is not None:
            self._shelf.detail = await self.app.work.run(lambda: self._service.detail(found, MOST_MOVES))

    def action_price(self) -> None:
        self.begin(self._price)

    async def _price(self) -> None:
        if (found := self._product("import_products")) is None:
            return

        async def give(amount: Yuan) -> Refusal | None:
            done = await self.app.work.run(lambda: self._service.set_price(found.code, amount, self.app.signed_in))
            return done if isinstance(done, Refusal) else None

        if await ask_price(self.app, found, give):
            await self._read()
            now = next(row for row in self._shelf.view.rows if row.code == found.code) if self._shelf else found
            self.note("done", message("{0} costs {1} from the next session on", now.title, _yuan(now.price)))

    def action_barcode(self) -> None:
        self.begin(self._barcode)

    async def _barcode(self) -> None:
        self._names = self._product("import_products") if self._names is None else None

    async def _give_code(self, found: ShelfRow, entry: TypedInput) -> None:
        pieces, self._names = entry.quantity or 1, None
        question = (
            message("Does {0} mean {1}, too, from now on?", entry.text, found.title)
            if pieces == 1
            else message("Is {0} a carton with {1} of {2}?", entry.text, pieces, found.title)
        )
        if await self.app.ask(Confirm(question, "f3", "F3")) is not True:
            return
        done = await self.app.work.run(
            lambda: self._service.give_code(found.code, entry.text, pieces, self.app.signed_in)
        )
        if isinstance(done, Refusal):
            self.refuse(done)
        else:
            await self._read()
            self.note("done", message("{0} means {1} × {2}", entry.code, done.name, done.pieces))

    def action_write_off(self) -> None:
        self.begin(self._write_off)

    async def _write_off(self) -> None:
        marked = await self._marked("keep_stock", "F4")
        if marked is None:
            return
        found, lot = marked
        if not lot.on_hand:
            self.note("refusal", message("Nothing of lot {0} is on the shelf", lot.name))
            return
        loss = await ask_loss(self.app, found, lot)
        if loss is None:
            return
        done = (
            loss
            if isinstance(loss, Refusal)
            else await self.app.work.run(
                lambda: self._service.write_off(lot.name, loss.quantity, loss.reason, self.app.signed_in, loss.approval)
            )
        )
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        await self._changed()
        self.note(
            "done", message("{0}: {1} of {2}, cost {3}", done.writeoff, done.quantity, found.title, _yuan(done.cost))
        )

    def action_expired(self) -> None:
        self.begin(self._all_expired)

    async def _all_expired(self) -> None:
        if self._shelf is None or not self._may("keep_stock"):
            return
        if not (expired := self._shelf.view.expired):
            self.note("said", message("No expired goods are left"))
            return
        approval = await ask_all_expired(self.app, expired)
        if approval is None:
            return
        done = await self.app.work.run(lambda: self._service.write_off_expired(self.app.signed_in, approval))
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        await self._changed()
        cost = _yuan(Yuan(sum(x.cost for x in done)))
        self.note("done", message("{0} {0:lot is|lots are} written off, cost {1}", len(done), cost))

    def action_recall(self) -> None:
        self.begin(self._recall)

    async def _recall(self) -> None:
        marked = await self._marked("keep_stock", "F6")
        if marked is None:
            return
        found, lot = marked
        if lot.is_recalled:
            await self._release(found, lot)
            return
        took = await self.app.work.run(lambda: self._service.who_took(lot.lot_id, self.app.signed_in))
        if isinstance(took, Refusal):
            self.refuse(took)
            return
        approval = await ask_recall(self.app, found, lot, [x.quantity for x in took])
        if approval is None:
            return
        done = await self.app.work.run(lambda: self._service.recall(lot.name, self.app.signed_in, approval))
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        await self._changed()
        self._took = Took(found.title, lot, done.households) if done.households else None
        self.note("done", message("Lot {0} is recalled: {1} on the shelf", lot.name, done.lot.on_hand))

    async def _release(self, found: ShelfRow, lot: ShelfLot) -> None:
        approval = await ask_release(self.app, found, lot)
        if approval is None:
            return
        done = await self.app.work.run(lambda: self._service.release(lot.name, self.app.signed_in, approval))
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        await self._changed()
        self.note("done", message("Lot {0} may be given again", lot.name))

    def action_who_took(self) -> None:
        self.begin(self._who_took)

    async def _who_took(self) -> None:
        marked = await self._marked("trace", "F10")
        if marked is None:
            return
        found, lot = marked
        took = await self.app.work.run(lambda: self._service.who_took(lot.lot_id, self.app.signed_in))
        if isinstance(took, Refusal):
            self.refuse(took)
        elif not took:
            self.note("said", message("Nobody has goods of lot {0} of {1}", lot.name, found.title))
        else:
            self._took = Took(found.title, lot, took)

    def action_label(self) -> None:
        self.begin(self._label)

    async def _label(self) -> None:
        took, found = self._took, self._shelf.row if self._shelf else None
        if took is not None:
            printed: object = await self.app.work.run(
                lambda: self._service.print_who_took(took.lot.lot_id, self.app.signed_in)
            )
            await self._printing(printed, message("The list of lot {0} is with the printer", took.lot.name))
        elif found is not None and self._may("print"):
            printed = await self.app.work.run(lambda: self._service.print_label(found.code, self.app.signed_in))
            await self._printing(printed, message("The label of {0} is with the printer", found.title))

    def action_labels(self) -> None:
        self.begin(self._due_labels)

    async def _due_labels(self) -> None:
        if self._shelf is None or not self._may("print"):
            return
        if not (due := self._shelf.view.due):
            self.note("said", message("Every label shows the price of today"))
            return
        question = message(
            "Print {0} {0:label|labels}: those whose price changed, and those that were never printed?", due
        )
        if await self.app.ask(Confirm(question, "f9", "F9")) is True:
            printed = await self.app.work.run(lambda: self._service.print_due_labels(self.app.signed_in))
            await self._printing(printed, message("{0} {0:label is|labels are} with the printer", due))

    async def _printing(self, printed: object, words: Message) -> None:
        """Say what became of papers that were to be printed."""
        if isinstance(printed, Refusal):
            self.refuse(printed)
            return
        self.app.wake_printing()
        await self._read()
        if await self.app.work.run(self._service.has_printer):
            self.note("done", words)
        else:
            self.note("hint", message("There is no printer yet: the paper waits for one"))

    async def _changed(self) -> None:
        """Read the shelf anew after goods went or may not be given any more; the counter looks, too."""
        self.app.sold()
        await self._read()

    def _may(self, right: Right) -> bool:
        refusal = self.app.signed_in.refusal_to(right)
        if refusal:
            self.refuse(refusal)
        return refusal is None

    def _product(self, right: Right) -> ShelfRow | None:
        """Return the marked product for an act, None with the reason said."""
        found = self._shelf.row if self._shelf else None
        if found is None:
            self.app.bell()
            return None
        return found if self._may(right) else None

    async def _marked(self, right: Right, key: str) -> tuple[ShelfRow, ShelfLot] | None:
        """Return the product and the lot that an act is about; of several lots one has to be marked first."""
        found = self._product(right)
        if found is None or self._shelf is None:
            return None
        if self._shelf.wants_detail:
            await self._read_detail(found)
        if self._shelf.lot is None:
            self.note("refusal", message("{0} never came in", found.title))
            return None
        if self.is_detail_open or len(self._shelf.lots) == 1:
            return found, self._shelf.lot
        self.is_detail_open = True
        self.note("hint", message("Mark the lot of {0} with ↑ ↓, then {1} again", found.title, key))
        return None


def _yuan(amount: Yuan) -> str:
    return format_hundredths(amount)
