"""The receiving screen: who gives it, then scans; what is typed after a scan is about what was scanned last."""

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.inventory.barcodes import checked_code, read_expiry, read_gs1
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.office.delivery import MANY, Delivery, KnownProduct
from lizhi_pos.office.receiving import ReceivingService
from lizhi_pos.receiving.deliveries import DeliveryContent, DeliveryKind, OpenDelivery
from lizhi_pos.receiving.typed import Received
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.panels.delivery import delivery_detail, delivery_lines
from lizhi_pos.terminal.screens.receiving.forms import head_fields, head_of, new_goods
from lizhi_pos.terminal.screens.selling.dialogs import ask_approval
from lizhi_pos.terminal.screens.shared.amounts import amount_typed
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog, Wrong
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.text import normalize
from lizhi_pos.till.typed_input import read_delivered


class DeliveryScreen(JobScreen):
    """One delivery of a kind: the one that was left open last, else a new one whose giver is asked first."""

    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.RECEIVING]
    KEYS = keymap.RECEIVING

    def __init__(self, kind: DeliveryKind) -> None:
        super().__init__()
        self._kind = kind
        self._kept: OpenDelivery | None = None
        self._delivery: Delivery | None = None
        self._unit = self._category = ""
        self._shelf_days: int | None = None
        self._pool: Yuan | None = None

    def count(self) -> int:
        return len(self._delivery.lines) if self._delivery else 0

    @property
    def marked_row(self) -> int:
        return self._delivery.marked if self._delivery else 0

    def mark(self, by: int) -> None:
        if self._delivery is not None:
            self._delivery.mark(by)

    async def read(self) -> None:
        service = await self.app.job(ReceivingService)
        self.notice = None
        if self._kind == "purchase":
            self._pool = await self.app.work.run(service.pool_left)
        open_ones = await self.app.work.run(lambda: service.open_deliveries(self._kind))
        if open_ones:
            await self._take_up(open_ones[0])
            self.note("said", message("This delivery was left open by {0}: it goes on here", open_ones[0].by))
        else:
            await self._ask_head()

    async def _take_up(self, kept: OpenDelivery) -> None:
        service = await self.app.job(ReceivingService)
        day = await self.app.work.run(service.day)
        self._kept, self._delivery = kept, Delivery(kept.content, day)

    async def _ask_head(self) -> None:
        """Ask who gives the goods and what for; without an answer there is nothing to receive."""
        service = await self.app.job(ReceivingService)
        voucher, givers = await self.app.work.run(lambda: service.proposals(self._kind))

        async def attempt(values: Mapping[str, str]) -> Refusal | None:
            head = head_of(self._kind, values)
            begun = await self.app.work.run(lambda: service.begin(DeliveryContent(head), self.app.signed_in))
            if isinstance(begun, Refusal):
                return begun
            await self._take_up(begun)
            return None

        heading = message("Who gives these goods?") if self._kind == "gift" else message("Who sold these goods?")
        if not await self.app.ask(FormDialog(heading, head_fields(self._kind, voucher, givers), attempt, "giver")):
            self.dismiss(None)

    async def scanned_in(self, text: str, *, typed: bool) -> None:
        delivery = self._delivery
        if delivery is None:
            self.app.bell()
            return
        entry = read_delivered(text)
        if entry.is_quantity and entry.quantity is not None:
            await self._set_quantity(entry.quantity)
        elif text.startswith(("@", "＠")):
            await self._set_value(text[1:])
        elif entry.wrong_quantity is not None or entry.quantity == 0:
            self.note("refusal", message("A quantity must be a whole number from 1"))
        else:
            await self._scan(entry.text, entry.code, entry.quantity, typed=typed)

    async def _scan(self, text: str, code: str, quantity: int | None, *, typed: bool) -> None:
        service = await self.app.job(ReceivingService)
        found = await self.app.work.run(lambda: service.look_up(code))
        if isinstance(found, Message):
            self.note("refusal", found)
        elif found is None and quantity is None and self.count() and _is_day(text, typed=typed):
            await self._set_expiry(text)
        else:
            product = found or await self._named(text) or await self._new_product(code)
            times = quantity or 1
            if product is not None and await self._are_so_many(times * product.pieces, product.name):
                await self._add(product, text, times)

    async def _add(self, product: KnownProduct, text: str, times: int) -> None:
        delivery = self._delivery
        assert delivery is not None
        scanned = read_gs1(text)
        expires = scanned.expires_on if scanned else None
        if isinstance(expires, Message):
            self.note("refusal", expires)
            return
        if expires is not None and (why := delivery.why_not_expiry(expires)):
            self.note("refusal", why)
            return
        line = delivery.scan(product, times, expires)
        until = message("until {0}", line.expires_on.isoformat()) if line.expires_on else message("no expiry")
        self.note("said", message("{0} × {1}, {2}", line.name, line.quantity, until))
        await self._keep()

    async def _named(self, text: str) -> KnownProduct | None:
        """Return the product that a text means by name or initials, asked where it may be several."""
        if text.isdigit():
            return None
        service = await self.app.job(ReceivingService)
        found = await self.app.work.run(lambda: service.search(text))
        if len(found) < 2:
            return found[0] if found else None
        chosen: list[KnownProduct] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | None:
            chosen.extend(x for x in found if f"{x.name} {x.spec}".strip() == values["which"])
            return None if chosen else refuse("rule_broken", "Give the number of one of them")

        names = tuple(f"{x.name} {x.spec}".strip() for x in found)
        which = Field(name="which", label=message("Number"), choices=names)
        await self.app.ask(FormDialog(message("Which of these is meant?"), (which,), attempt, "which"))
        return chosen[0] if chosen else None

    async def _new_product(self, code: str) -> KnownProduct | None:
        """Ask what an unknown code is; the scan goes on with the answer. What is no code at all is refused."""
        if isinstance(why := checked_code(code), Message):
            self.note("refusal", why)
            return None
        service = await self.app.job(ReceivingService)
        made: list[KnownProduct] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            goods = new_goods(code, values)
            if isinstance(goods, Wrong):
                return goods
            added = await self.app.work.run(lambda: service.add_product(goods, self.app.signed_in))
            if isinstance(added, Refusal):
                return added
            self._unit, self._category, self._shelf_days = goods.unit, goods.category, goods.shelf_days
            made.append(added)
            return None

        fields = (
            Field(name="name", label=message("Product")),
            Field(name="price", label=message("Tag price in yuan")),
            Field(name="unit", label=message("Unit"), value=self._unit, optional=True),
            Field(name="category", label=message("Category"), value=self._category, optional=True),
            Field(
                name="shelf_days",
                label=message("Days it keeps"),
                value=str(self._shelf_days or ""),
                optional=True,
            ),
        )
        await self.app.ask(FormDialog(message("{0} is new here. What is it?", code), fields, attempt, "name"))
        if not made:
            self.note("hint", message("{0} was not received", code))
        return made[0] if made else None

    async def _set_quantity(self, quantity: int) -> None:
        line = self._delivery.line if self._delivery else None
        if self._delivery is None or line is None:
            self.note("refusal", message("There is no line to change"))
        elif await self._are_so_many(quantity, line.name):
            self._delivery.set_quantity(quantity)
            self.note("said", message("{0} × {1}", line.name, quantity))
            await self._keep()

    async def _set_value(self, text: str) -> None:
        line = self._delivery.line if self._delivery else None
        value = amount_typed(text)
        if self._delivery is None or line is None:
            self.note("refusal", message("There is no line to change"))
        elif value is None:
            self.note("refusal", message("{0} is not an amount: write it like 2.50", text))
        else:
            self._delivery.set_value(value)
            self.note("said", message("{0}: one is worth {1}", line.name, format_hundredths(value)))
            await self._keep()

    async def _set_expiry(self, text: str) -> None:
        delivery = self._delivery
        assert delivery is not None
        expires = read_expiry(text)
        if isinstance(expires, Message):
            self.note("refusal", expires)
        elif why := delivery.why_not_expiry(expires):
            self.note("refusal", why)
        elif not delivery.is_far(expires) or await self._is_right(
            message("{0} is more than ten years ahead. Is that right?", expires.isoformat())
        ):
            delivery.set_expiry(expires)
            if (line := delivery.line) is not None:
                until = message("until {0}", expires.isoformat())
                self.note("said", message("{0} × {1}, {2}", line.name, line.quantity, until))
            await self._keep()

    async def stepped(self, by: int | None) -> None:
        if self._delivery is None or self._delivery.line is None:
            self.app.bell()
            return
        name = self._delivery.line.name
        if by is None:
            self._delivery.take_out()
            self.note("said", message("{0} is taken out", name))
        else:
            self._delivery.step(by)
            self.notice = None
        await self._keep()

    async def _keep(self) -> None:
        """Show what was done, then write it: a power cut loses nothing that was shown for longer than that."""
        self.show()
        kept, delivery = self._kept, self._delivery
        assert kept is not None
        assert delivery is not None
        service = await self.app.job(ReceivingService)
        content = delivery.content
        answer = await self.app.work.run(lambda: service.keep(kept, content, self.app.signed_in))
        if isinstance(answer, Refusal):
            self.refuse(answer)
        else:
            self._kept = answer

    def action_no_expiry(self) -> None:
        self.begin(self._no_expiry)

    async def _no_expiry(self) -> None:
        if self._delivery is None or self._delivery.line is None:
            self.app.bell()
            return
        self._delivery.set_expiry(None)
        self.note("said", message("{0}: no expiry", self._delivery.line.name))
        await self._keep()

    def action_finish(self) -> None:
        self.begin(self._finish)

    async def _finish(self) -> None:
        kept, delivery = self._kept, self._delivery
        if kept is None or delivery is None or not delivery.lines:
            self.note("refusal", message("Nothing is scanned yet"))
            return
        service = await self.app.job(ReceivingService)
        approval = None
        if self._kind == "purchase":
            left_over = format_hundredths(await self.app.work.run(service.pool_left) - delivery.total)
            heading = message(
                "Buy {0} {0:piece|pieces} for {1} of {2}; the pool has {3} left then",
                *(delivery.pieces, format_hundredths(delivery.total), delivery.head.giver, left_over),
            )
            answer = await ask_approval(self.app, heading)
            if answer is None:
                return
            approval = answer[0]
        elif not await self._is_right(
            message(
                "Receive {0} {0:piece|pieces} worth {1} from {2}?",
                *(delivery.pieces, format_hundredths(delivery.total), delivery.head.giver),
            ),
            "f10",
        ):
            return
        done = await self.app.work.run(lambda: service.finish(kept, delivery, self.app.signed_in, approval))
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        self._kept = self._delivery = None
        await self._offer_papers(done)
        self.dismiss(None)

    async def _offer_papers(self, done: Received) -> None:
        """Offer the giver's certificate and the shelf labels."""
        question = (
            message("{0} is in the books. Print the certificate and the shelf labels?", done.voucher)
            if self._kind == "gift"
            else message("{0} is in the books. Print the shelf labels?", done.voucher)
        )
        if not await self._is_right(question, "f7"):
            return
        service = await self.app.job(ReceivingService)
        answer = await self.app.work.run(lambda: service.print_papers(done, self._kind, self.app.signed_in))
        if isinstance(answer, Refusal):
            self.refuse(answer)
        else:
            self.app.wake_printing()

    def action_discard(self) -> None:
        self.begin(self._discard)

    async def _discard(self) -> None:
        kept = self._kept
        if kept is None:
            return
        if await self._is_right(message("Forget this delivery? Nothing of it comes in"), "f8"):
            service = await self.app.job(ReceivingService)
            if refusal := await self.app.work.run(lambda: service.discard(kept, self.app.signed_in)):
                self.refuse(refusal)
                return
            self.dismiss(None)

    async def _are_so_many(self, pieces: int, name: str) -> bool:
        return pieces <= MANY or await self._is_right(message("{0} pieces of {1}. Are they so many?", pieces, name))

    async def _is_right(self, question: Message, key: str = "f2") -> bool:
        return await self.app.ask(Confirm(question, key, key.upper())) is True

    def header(self, width: int, height: int) -> list[Content]:
        words = message("Receiving a gift") if self._kind == "gift" else message("Receiving a purchase")
        start = f" {render(words, self.app.translate)}"
        if self._delivery is not None:
            start += f"  {self._delivery.head.voucher}  {self._delivery.head.giver}  {self._delivery.head.purpose}"
        end = self.app.signed_in_name
        return [Content.styled(left(start, width - Content(end).cell_length - 1) + f" {end}", "bold")]

    def hint(self) -> Message:
        if self._delivery is None or self._delivery.line is None:
            return message("scan goods; 24* before it for 24")
        return message("next scan; 260531 its expiry, 24* so many, @2.50 worth; F10 finishes")

    def rows(self, width: int, height: int) -> list[Content]:
        return delivery_lines(self._delivery, self.app.translate, width, height) if self._delivery else []

    def detail(self, width: int, height: int) -> list[Content]:
        if self._delivery is None:
            return []
        head = self._delivery.head
        about = [
            (message("Giver"), head.giver),
            (message("Purpose"), head.purpose),
            (message("Voucher"), head.voucher),
            (message("Invoice"), head.invoice),
            (message("Received by"), head.received_by),
        ]
        if self._pool is not None:
            about.append((message("Pool left"), format_hundredths(self._pool - self._delivery.total)))
        return delivery_detail(self._delivery, about, self.app.translate, width)


def _is_day(text: str, *, typed: bool) -> bool:
    """Whether a text that is no product's code is an expiry; eight digits are one only where a hand typed them."""
    plain = normalize.plain(text)
    return (plain.isdigit() and (len(plain) == 6 or (typed and len(plain) == 8))) or plain.count("-") == 2
