"""What is done with a batch: published, reviewed, sent back, posted, objected to; each asked in one dialog."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from lizhi_pos.access.operators import Right
from lizhi_pos.accounts.batch_look import BatchSummary
from lizhi_pos.accounts.posting import PostedBatch
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.ledgers import LedgersService, Place, Step
from lizhi_pos.refusal import Message, Refusal, message
from lizhi_pos.reports.batch_preview import BatchPreview
from lizhi_pos.terminal.screens.gifts.forms import day_typed
from lizhi_pos.terminal.screens.ledgers.forms import (
    WHY_BACK,
    day_field,
    objection_fields,
    objection_of,
    post_heading,
    publish_heading,
    reason_field,
    reject_heading,
    review_heading,
    settle_fields,
    settle_heading,
    verdict_of,
)
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog, Wrong
from lizhi_pos.terminal.screens.shared.job_screen import JobScreen

_T = TypeVar("_T")
_TAKEN: Mapping[Step, Message] = {
    "publish": message("{0} {1} is published"),
    "review": message("{0} {1} is reviewed: it may be posted"),
    "reject": message("{0} {1} went back: the village puts it right and it is published anew"),
}


class LedgerActs(JobScreen):
    """The acts on one batch, which the board and the look into a batch share."""

    _service: LedgersService

    @property
    def place(self) -> Place | None:
        """The village and month of the batch that an act is about."""
        raise NotImplementedError

    async def changed(self, place: Place | None = None) -> None:
        """Read the books anew after an act; the mark goes to its place, where one is given."""
        raise NotImplementedError

    def action_publish(self) -> None:
        self.start("step_ledger", self._publish)

    async def _publish(self, place: Place, found: BatchSummary) -> None:
        day = await self.app.work.run(self._service.day)
        ends = await self.app.work.run(lambda: self._service.publicity_ends(day, self.app.signed_in))
        if isinstance(ends, Refusal):
            self.refuse(ends)
        else:
            await self._step("publish", place, publish_heading(place, found, (ends - day).days))

    def action_review(self) -> None:
        self.start("review_ledger", self._review)

    async def _review(self, place: Place, found: BatchSummary) -> None:
        await self._step("review", place, review_heading(place, found))

    def action_send_back(self) -> None:
        self.start("review_ledger", self._send_back)

    async def _send_back(self, place: Place, found: BatchSummary) -> None:
        await self._step("reject", place, reject_heading(place, found))

    async def _step(self, step: Step, place: Place, heading: Message) -> None:
        """Ask for a step's day, and for the reason where one is given; what keeps it from being taken is said first."""
        if refusal := await self._answer(lambda: self._service.why_not(step, place, self.app.signed_in)):
            self.refuse(refusal)
            return
        warnings: list[Message] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            on = day_typed(values["day"])
            if isinstance(on, Refusal):
                return Wrong("day", on)
            given, by = values.get("reason", ""), self.app.signed_in
            usual = next((render(words, self.app.translate) for words in WHY_BACK if words.msgid == given), None)
            reason = usual or given
            done = await self.app.work.run(lambda: self._service.step(step, place, on, by, reason))
            if isinstance(done, Refusal):
                return done
            warnings.extend(done.warnings)
            return None

        fields = (*((reason_field(),) if step == "reject" else ()), day_field(await self._today()))
        if await self.app.ask(FormDialog(heading, fields, attempt, fields[0].name)):
            await self.changed(place)
            self.note("done", message(_TAKEN[step].msgid, *place))
            for warning in warnings[:1]:
                self.note("hint", message("Look at this: {0}", warning))

    def action_post(self) -> None:
        self.start("step_ledger", self._post)

    async def _post(self, place: Place, found: BatchSummary) -> None:
        """Post a reviewed batch; what that brings is said before."""
        by = self.app.signed_in
        if refusal := await self._answer(lambda: self._service.why_not("post", place, by)):
            self.refuse(refusal)
            return
        preview = await self._answer(lambda: self._service.preview(*place, by))
        if isinstance(preview, Refusal):
            self.refuse(preview)
            return
        posted = await self._ask_to_post(place, preview)
        if posted is not None:
            await self.changed(place)
            points = (posted.base, posted.volunteer, posted.adjusted)
            words = message("{0} {1} is posted: base {2}, volunteer {3}, adjusted {4}", *place, *map(_told, points))
            self.note("done", words)

    async def _ask_to_post(self, place: Place, preview: BatchPreview) -> PostedBatch | None:
        posted: list[PostedBatch] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            on = day_typed(values["day"])
            if isinstance(on, Refusal):
                return Wrong("day", on)
            self._says(message("{0} {1} is being posted …", *place))
            done = await self.app.work.run(lambda: self._service.post(place, on, self.app.signed_in))
            self.notice = None
            if isinstance(done, Refusal):
                return done
            posted.append(done)
            return None

        fields = (day_field(await self._today()),)
        await self.app.ask(FormDialog(post_heading(preview), fields, attempt, "day"))
        return posted[0] if posted else None

    def action_object(self) -> None:
        self.start("step_ledger", self._object)

    async def _object(self, place: Place, found: BatchSummary) -> None:
        if found.card.batch.state != "publicised":
            self.note("refusal", message("Objections are taken during the publicity alone"))
            return
        taken: list[int] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            on = day_typed(values["day"])
            if isinstance(on, Refusal):
                return Wrong("day", on)
            told, by = objection_of(values), self.app.signed_in
            done = await self.app.work.run(lambda: self._service.raise_objection(place, told, on, by))
            if isinstance(done, Refusal):
                # a number that nobody has is asked again, anything else begins with the text
                wrong = done.code in ("unknown_household", "booklet_replaced")
                return Wrong("booklet" if wrong else "text", done)
            taken.append(done.objection)
            return None

        heading = message("An objection to {0} {1}: until it is answered, the batch is not reviewed", *place)
        fields = objection_fields(await self._today())
        if await self.app.ask(FormDialog(heading, fields, attempt, "text")):
            await self.changed(place)
            self.note("done", message("{1} {0}: objection {2} is taken", *place, taken[0]))

    def action_settle(self) -> None:
        self.start("step_ledger", self._settle)

    async def _settle(self, place: Place, found: BatchSummary) -> None:
        still_open = [told for told in found.card.objections if told.state == "open"]
        if not still_open:
            self.note("said", message("No objection to {0} {1} waits for an answer", *place))
            return
        verdicts: list[str] = []

        async def attempt(values: Mapping[str, str]) -> Refusal | Wrong | None:
            on, verdict = day_typed(values["day"]), verdict_of(values)
            if isinstance(on, Refusal):
                return Wrong("day", on)
            if isinstance(verdict, Refusal):
                return Wrong("verdict", verdict)
            number, by = int(values["number"]), self.app.signed_in
            done = await self.app.work.run(lambda: self._service.settle(place, number, (verdict, on), by))
            if isinstance(done, Refusal):
                return done
            verdicts.append(done.state)
            return None

        fields = settle_fields(still_open, await self._today())
        if await self.app.ask(FormDialog(settle_heading(place, still_open), fields, attempt, "answer")):
            await self.changed(place)
            upheld = message("The objection is upheld: {0} {1} went back and is published anew", *place)
            dismissed = message("The objection to {0} {1} is dismissed", *place)
            self.note("done", upheld if verdicts[0] == "upheld" else dismissed)

    def start(self, right: Right, act: Callable[[Place, BatchSummary], Awaitable[None]]) -> None:
        """Begin an act on the marked batch; whoever may not is told before they fill anything in."""

        async def do() -> None:
            self.notice = None
            self.show()
            place = self.place
            if refusal := self.app.signed_in.refusal_to(right):
                self.refuse(refusal)
            elif place is None:
                self.note("refusal", message("Mark a month that has a batch first"))
            else:
                found = await self._answer(lambda: self._service.summary(*place, self.app.signed_in))
                if isinstance(found, Refusal):
                    self.refuse(found)
                else:
                    await act(place, found)

        self.begin(do)

    async def _answer(self, job: Callable[[], _T]) -> _T:
        """Return what the books answer; where that takes a while, as with a large batch, say so meanwhile."""
        pause = self.app.settings.pauses.says_at_work_after_s
        waiting = asyncio.get_running_loop().call_later(pause, self._wait)
        try:
            return await self.app.work.run(job)
        finally:
            waiting.cancel()
            self.notice = None
            self.show()

    async def _today(self) -> str:
        return (await self.app.work.run(self._service.day)).isoformat()

    def _says(self, words: Message) -> None:
        """Say at once what goes on, for it may take a while."""
        self.note("said", words)
        self.show()


def _told(points: int) -> str:
    return format_hundredths(points)
