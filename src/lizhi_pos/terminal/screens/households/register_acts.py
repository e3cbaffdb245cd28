"""Changes of who a household is and where it lives: split, merge, move, close, booklet, member, head."""

from collections.abc import Mapping, Sequence

from lizhi_pos.accounts.changes.closing import ClosedAs
from lizhi_pos.accounts.changes.members import STATUS_WORDS, MemberStatus
from lizhi_pos.accounts.changes.splitting import Apart
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.reports.household_look import HouseholdLook
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.households.acts import HouseholdActs, who
from lizhi_pos.terminal.screens.households.dialogs import (
    Asked,
    ask_alone,
    ask_second,
    chosen,
    names_typed,
    points_so_far,
    points_typed,
)
from lizhi_pos.terminal.screens.shared.form_dialog import Wrong
from lizhi_pos.text import normalize

Values = Mapping[str, str]
_WAYS: Mapping[ClosedAs, Message] = {"moved_out": message("moved out"), "closed": message("closed")}
_NEW = Field(name="new", label=message("New booklet"), takes_scans=True)
MOST_LISTED = 12
"""Villages that are offered with their numbers; of more the name is typed."""
_WHY_NEW = (message("lost"), message("torn or full"))


class RegisterActs(HouseholdActs):
    """What the register keeps of a household."""

    async def do_split(self, look: HouseholdLook) -> None:
        number, head, _ = who(look)
        here = tuple(m.name for m in look.card.members if m.status == "active" and m.name != head)
        if not here:
            self.note("refusal", message("Nobody but the head lives in {0}: nobody can leave with a booklet", number))
            return
        fields = (
            _NEW,
            Field(name="head", label=message("New head, or number"), choices=here),
            Field(name="members", label=message("With them"), optional=True),
            Field(name="points", label=message("Own points"), optional=True),
            Field(name="group", label=message("Group"), optional=True),
        )
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(lambda values: _split_words(look, here, values), fields),
            lambda values: _apart(here, values),
            lambda apart, a: service.split(number, apart, a, by),
        )
        if done is not None:
            told = (done.new, done.head, done.booklet, format_hundredths(done.transferred))
            words = "{0} is the booklet of {1} now; {3} points of {2} went along, {4} are left there"
            await self._changed(message(words, *told, format_hundredths(done.balance)), number, done.new)

    async def do_merge(self, look: HouseholdLook) -> None:
        number, _, balance = who(look)
        fields = (Field(name="into", label=message("Into booklet"), takes_scans=True),)
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(lambda values: self._merge_words(look, normalize.number(values["into"])), fields),
            lambda values: normalize.number(values["into"]),
            lambda into, a: service.merge(number, into, balance, a, by),
        )
        if done is not None:
            told = (done.giving, done.into, format_hundredths(done.transferred), format_hundredths(done.balance))
            words = message("{0} went into {1} with {2} points, the balance is {3}", *told)
            await self._changed(words, done.into, number)

    def _merge_words(self, look: HouseholdLook, into: str) -> Message:
        number, head, balance = who(look)
        other = self._list.register.get(into) if self._list else None
        if other is None or into == number:
            return message(
                "{0} ({1}) goes into another household with all its {2} points; {0} is refused from today on",
                *(number, head, format_hundredths(balance)),
            )
        then = format_hundredths(Points(other.listed.balance + balance))
        return message(
            "{0} ({1}) goes into {2} ({3}) with all its {4} points; {2} has {5} then, {0} is refused from today on",
            *(number, head, into, other.listed.head, format_hundredths(balance), then),
        )

    async def do_move(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)
        offered = await self._offered()
        if offered is None:
            return
        was = look.card.facts.village
        villages = tuple(name for name in offered.villages if name != was)
        # a list of fifty would not fit: then the name is typed
        listed = villages if len(villages) <= MOST_LISTED else ()

        def heading(values: Values) -> Message:
            return message(
                "{0} ({1}) lives in {2} from today on, no more in {3}; its {4} points and its booklet go with it",
                *(number, head, chosen(values["village"], listed) or "…", was, format_hundredths(balance)),
            )

        fields = (
            Field(
                name="village", label=message("Village, or number") if listed else message("Village"), choices=listed
            ),
            Field(name="group", label=message("Group"), optional=True),
        )
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(heading, fields),
            lambda values: (normalize.name(values["village"]), normalize.typed(values["group"])),
            lambda to, a: service.move(number, to, a, by),
        )
        if done is not None:
            words = message("{0} lives in {1} from now on, no more in {2}", done.booklet, done.village, done.was)
            await self._changed(words, number)

    async def do_close(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)
        ways: dict[str, ClosedAs] = {words.msgid: way for way, words in _WAYS.items()}

        def read(values: Values) -> tuple[ClosedAs] | Wrong:
            way = ways.get(values["way"])
            return Wrong("way", _NONE_OF_THEM) if way is None else (way,)

        heading = message(
            "{0} ({1}) leaves the register; the {2} points that it has are closed out and do not come back",
            *(number, head, format_hundredths(balance)),
        )
        fields = (Field(name="way", label=message("How, or number"), choices=tuple(_WAYS.values())),)
        by, service = self.app.signed_in, self._service

        done = await ask_second(
            self.app,
            Asked(lambda _: heading, fields),
            read,
            lambda way, a: service.close(number, way[0], balance, a, by),
        )
        if done is not None:
            told = format_hundredths(done.closed_out)
            await self._changed(message("{0} is out of the register; {1} points were closed out", number, told), number)

    async def do_booklet(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)

        def heading(values: Values) -> Message:
            return message(
                "{0} takes the place of {1} ({2}); its {3} points and all entries stay, {1} is refused from today on",
                *(normalize.number(values["new"]) or "…", number, head, format_hundredths(balance)),
            )

        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(heading, (_NEW,), _WHY_NEW),
            lambda values: normalize.number(values["new"]),
            lambda new, a: service.give_booklet(number, new, a, by),
        )
        if done is not None:
            await self._changed(
                message("{0} holds from now on, {1} is refused", done.new, done.old), done.new, done.old
            )

    async def do_member(self, look: HouseholdLook) -> None:
        number = look.card.booklets[0]
        names = tuple(m.name for m in look.card.members)
        kinds: dict[str, MemberStatus] = {words.msgid: status for status, words in STATUS_WORDS.items()}

        def read(values: Values) -> tuple[str, MemberStatus, str | None] | Wrong:
            status = kinds.get(values["status"])
            if status is None:
                return Wrong("status", _NONE_OF_THEM)
            return chosen(values["name"], names), status, normalize.typed(values["relation"]) or None

        fields = (
            Field(name="name", label=message("Name, or number"), choices=names),
            Field(name="status", label=message("Is, or number"), choices=tuple(STATUS_WORDS.values())),
            Field(name="relation", label=message("Relation"), optional=True),
        )
        by, service = self.app.signed_in, self._service
        done = await ask_alone(
            self.app,
            Asked(lambda values: _member_words(look, names, values), fields),
            read,
            lambda told, reason: service.change_member(number, told, reason, by),
        )
        if done is not None:
            words = message("{0}  {1}  {2}", done.booklet, done.name, STATUS_WORDS[done.status])
            await self._changed(words, number)

    async def do_head(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)
        names = tuple(m.name for m in look.card.members if m.status == "active" and m.name != head)

        def heading(values: Values) -> Message:
            return message(
                "{0} becomes head of {1}, {2} stays a member; the {3} points of the household stay as they are",
                *(chosen(values["name"], names) or "…", number, head, format_hundredths(balance)),
            )

        fields = (Field(name="name", label=message("New head, or number"), choices=names),)
        by, service = self.app.signed_in, self._service
        done = await ask_alone(
            self.app,
            Asked(heading, fields),
            lambda values: normalize.name(values["name"]),
            lambda name, reason: service.change_head(number, name, reason, by),
        )
        if done is not None:
            words = message("{0} is head of {1} now, {2} was", done.head, done.booklet, done.was)
            await self._changed(words, number)


_NONE_OF_THEM = refuse("rule_broken", "Give the number of one of them")


def _split_words(look: HouseholdLook, here: Sequence[str], values: Values) -> Message:
    number, head, balance = who(look)
    leaving = dict.fromkeys([chosen(values["head"], here), *names_typed(values["members"], here)])
    points = points_so_far(values["points"])
    return message(
        "{0} ({1}): {2} leave with booklet {3} and {4} points, {5} points stay. "
        "Scores and vetoes hold for both households",
        *(number, head, "、".join(name for name in leaving if name) or "…", normalize.number(values["new"]) or "…"),
        *(format_hundredths(points), format_hundredths(Points(max(balance - points, 0)))),
    )


def _apart(here: Sequence[str], values: Values) -> Apart | Wrong:
    points = points_typed(values["points"]) if values["points"] else Points(0)
    if isinstance(points, Refusal):
        return Wrong("points", points)
    return Apart(
        number=normalize.number(values["new"]),
        head=chosen(values["head"], here),
        members=names_typed(values["members"], here),
        points=points,
        group=normalize.typed(values["group"]) or None,
    )


def _member_words(look: HouseholdLook, names: Sequence[str], values: Values) -> Message:
    number, head, _ = who(look)
    present = sum(m.status == "active" for m in look.card.members)
    status = next((words for words in STATUS_WORDS.values() if words.msgid == values["status"]), "…")
    return message(
        "{0} ({1}) has {2} {2:member|members} present; {3} is from today on: {4}. What was earned stays",
        *(number, head, present, chosen(values["name"], names) or "…", status),
    )
