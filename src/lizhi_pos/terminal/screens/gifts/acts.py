"""What is done at the screen of gifts and the pool, each act with its dialog."""

from collections.abc import Awaitable, Callable, Mapping

from lizhi_pos.money import format_hundredths
from lizhi_pos.office.gifts import GiftsService, MoneyKind
from lizhi_pos.office.pool_rows import PoolList, PoolRow, PoolView
from lizhi_pos.receiving.typed import Received
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.gifts.forms import (
    MONEY_KINDS,
    day_typed,
    money_fields,
    money_gift,
)
from lizhi_pos.terminal.screens.selling.dialogs import ask_approval
from lizhi_pos.terminal.screens.shared.amounts import amount_of, balance_of
from lizhi_pos.terminal.screens.shared.confirm import Confirm
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog, Wrong
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen
from lizhi_pos.text import normalize

WHY_VOID = (
    message("entered twice"),
    message("a wrong amount"),
    message("a wrong donor or supplier"),
    message("it never came"),
)


class GiftsActs(JobScreen):
    """Acts on the pool. What an act changed is read anew; its row stays marked."""

    _service: GiftsService
    _pool: PoolList | None = None

    async def _read(self) -> None:
        raise NotImplementedError

    def action_next_view(self) -> None:
        self.begin(self._next_view)

    async def _next_view(self) -> None:
        self.notice = None
        if self._pool is not None:
            self.is_detail_open = False
            self._pool.next_view()

    def action_give(self) -> None:
        self._start(self._give)

    async def _give(self) -> None:
        """Ask which kind of money came, then who gave it and how much."""
        kind = await self._kind_of_money()
        if kind is None:
            return
        offered = await self.app.work.run(lambda: self._service.proposals(kind, self.app.signed_in))
        if isinstance(offered, Refusal):
            self.refuse(offered)
            return
        done: list[Received] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            given = money_gift(kind, values)
            if isinstance(given, Wrong):
                return given
            answer = await self.app.work.run(lambda: self._service.add_gift(given, self.app.signed_in))
            if isinstance(answer, Refusal):
                return answer
            done.append(answer)
            return None

        await self.app.ask(FormDialog(MONEY_KINDS[kind], money_fields(kind, offered), attempt, "amount"))
        if done:
            await self._given(done[0])

    async def _kind_of_money(self) -> MoneyKind | None:
        words = {told.msgid: kind for kind, told in MONEY_KINDS.items()}
        chosen: list[MoneyKind] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | None:
            if values["kind"] not in words:
                return refuse("rule_broken", "Give the number of one of them")
            chosen.append(words[values["kind"]])
            return None

        field = Field(name="kind", label=message("Number"), choices=tuple(MONEY_KINDS.values()))
        await self.app.ask(FormDialog(message("What came into the pool?"), (field,), attempt, "kind"))
        return chosen[0] if chosen else None

    async def _given(self, done: Received) -> None:
        """Show the gift that came and offer its certificate."""
        cash = format_hundredths(await self.app.work.run(self._service.cash))
        words = message("{0} is in the books: {1}; the pool has {2} now", done.voucher, _yuan(done), cash)
        await self._changed(words, "gifts", done.voucher)
        question = message("{0} is in the books. Print the certificate?", done.voucher)
        if await self.app.ask(Confirm(question, "f7", "F7")):
            await self._print_certificate(done.voucher)

    def action_pledge(self) -> None:
        self._start(self._pledge)

    async def _pledge(self) -> None:
        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            amount, due = amount_of(values["amount"]), day_typed(values["due"])
            if isinstance(amount, Refusal):
                return Wrong("amount", amount)
            if isinstance(due, Refusal):
                return Wrong("due", due)
            name, purpose = normalize.name(values["donor"]), normalize.typed(values["purpose"])
            answer = await self.app.work.run(
                lambda: self._service.add_pledge(name, amount, due, purpose, self.app.signed_in)
            )
            if isinstance(answer, Refusal):
                return answer
            told = (answer.pledge, answer.donor, format_hundredths(answer.amount), answer.due.isoformat())
            await self._changed(message("Pledge {0}: {1}, {2}, due {3}", *told), "pledges", str(answer.pledge))
            return None

        offered = await self.app.work.run(lambda: self._service.proposals("cash", self.app.signed_in))
        if isinstance(offered, Refusal):
            self.refuse(offered)
            return
        fields = (
            Field(name="donor", label=message("Giver, or number"), choices=offered.donors),
            Field(name="amount", label=message("Amount in yuan")),
            Field(name="due", label=message("Due, as 260531")),
            Field(name="purpose", label=message("Purpose"), optional=True),
        )
        await self.app.ask(FormDialog(message("What is pledged?"), fields, attempt, "amount"))

    def action_bank(self) -> None:
        self._start(self._bank)

    async def _bank(self) -> None:
        """Take what the bank says and show it beside the books."""
        assert self._pool is not None

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            day, amount = day_typed(values["on"]), balance_of(values["balance"])
            if isinstance(day, Refusal):
                return Wrong("on", day)
            if isinstance(amount, Refusal):
                return Wrong("balance", amount)
            answer = await self.app.work.run(lambda: self._service.say_bank(day, amount, self.app.signed_in))
            if isinstance(answer, Refusal):
                return answer
            await self._read()
            told = (format_hundredths(x) for x in (answer.bank, answer.book, answer.difference))
            words = message("{0}: bank {1}, books {2}, difference {3}", answer.date.isoformat(), *told)
            self.note("hint" if answer.difference else "done", words)
            return None

        fields = (
            Field(name="balance", label=message("The bank's balance")),
            Field(name="on", label=message("At the end of"), value=self._pool.board.day.isoformat()),
        )
        await self.app.ask(FormDialog(message("What does the bank say?"), fields, attempt, "balance"))

    def action_purpose(self) -> None:
        self._start(self._purpose)

    async def _purpose(self) -> None:
        """Change what the marked gift is for, with its donor's consent and a second person."""
        marked = self._marked_voucher("gifts")
        if marked is None:
            self.note("refusal", message("Mark a gift that stands first"))
            return
        assert self._pool is not None
        now = next(g.purpose for g in self._pool.board.gifts if g.voucher == marked.key)
        heading = message(
            "Gift {0} of {1}, {2}, is for “{3}”. With the donor's consent it is for something else from now on; "
            "the reason says how they consented",
            *(marked.key, marked.who, format_hundredths(marked.amount), now or "–"),
        )
        new = Field(name="purpose", label=message("New purpose"))
        answer = await ask_approval(self.app, heading, more=(new,))
        if answer is None:
            return
        approval, values = answer
        purpose = normalize.typed(values["purpose"])
        done = await self.app.work.run(
            lambda: self._service.change_purpose(marked.key, purpose, approval, self.app.signed_in)
        )
        if isinstance(done, Refusal):
            self.refuse(done)
        else:
            await self._changed(message("{0} is for {1} from now on", done.voucher, done.purpose), "gifts", marked.key)

    def action_void(self) -> None:
        self._start(self._void)

    async def _void(self) -> None:
        """Undo the marked gift or purchase with a second person."""
        marked = self._marked_voucher("gifts") or self._marked_voucher("purchases")
        if marked is None or self._pool is None:
            self.note("refusal", message("Mark a gift or a purchase that stands first"))
            return
        is_gift = self._pool.view == "gifts"
        told = (marked.key, marked.who, format_hundredths(marked.amount))
        heading = (
            message("Gift {0} of {1}, {2}, is undone by an entry of today; what it brought goes out again", *told)
            if is_gift
            else message("Purchase {0} of {1} is undone by an entry of today; {2} come back into the pool", *told)
        )
        answer = await ask_approval(self.app, heading, reasons=WHY_VOID)
        if answer is None:
            return
        approval = answer[0]
        done = await self.app.work.run(
            lambda: self._service.void("gift" if is_gift else "purchase", marked.key, approval, self.app.signed_in)
        )
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        words = message("{0} is voided: {1}", done.voucher, format_hundredths(done.amount))
        await self._changed(words, self._pool.view, marked.key)

    def action_certificate(self) -> None:
        self.begin(self._certificate)

    async def _certificate(self) -> None:
        marked = self._marked_voucher("gifts")
        if marked is None:
            self.note("refusal", message("Mark a gift that stands first"))
        else:
            question = message("Print the certificate of {0}, {1}?", marked.key, format_hundredths(marked.amount))
            if await self.app.ask(Confirm(question, "f7", "F7")):
                await self._print_certificate(marked.key)

    async def _print_certificate(self, voucher: str) -> None:
        answer = await self.app.work.run(lambda: self._service.print_certificate(voucher, self.app.signed_in))
        if isinstance(answer, Refusal):
            self.refuse(answer)
        else:
            self.note("done", message("The certificate of {0} is printed", voucher))
            self.app.wake_printing()

    def _start(self, act: Callable[[], Awaitable[None]]) -> None:
        """Begin an act of whoever keeps the pool; anybody else is told before they fill anything in."""

        async def do() -> None:
            if refusal := self.app.signed_in.refusal_to("keep_pool"):
                self.refuse(refusal)
            elif self._pool is None:
                self.app.bell()
            else:
                await act()

        self.begin(do)

    def _marked_voucher(self, view: PoolView) -> PoolRow | None:
        """Return the marked row where it is a voucher of this view that stands."""
        pool = self._pool
        if pool is None or pool.view != view or pool.row is None or pool.row.tag == "voided":
            return None
        return pool.row

    async def _changed(self, words: Message, view: PoolView, key: str) -> None:
        """Read the books anew and mark what was written."""
        await self._read()
        pool = self._pool
        assert pool is not None
        if pool.view != view or pool.filter:
            pool.show(view)
        pool.jump(key)
        self.note("done", words)


def _yuan(done: Received) -> str:
    return format_hundredths(done.amount)
