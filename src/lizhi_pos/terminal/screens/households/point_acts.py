"""Changes of a household's points and scores: freeze, release, correct, put a score right."""

from collections.abc import Mapping

from lizhi_pos.money import Points, format_hundredths, parse_hundredths
from lizhi_pos.periods import Quarter
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.reports.household_look import EntryKey, HouseholdLook
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.households.acts import who
from lizhi_pos.terminal.screens.households.dialogs import Asked, ask_second, chosen, points_so_far, points_typed
from lizhi_pos.terminal.screens.households.register_acts import RegisterActs
from lizhi_pos.terminal.screens.shared.form_dialog import Wrong
from lizhi_pos.text import normalize

Values = Mapping[str, str]
_WHY_FREEZE = (message("the village is asked about them"), message("somebody objects to them"))
_WHY_RELEASE = (message("they are right"), message("it is settled"))
MOST_LISTED = 8
"""Quarters that are offered with their numbers, the newest first; an older one is typed."""
_MOST_SIGNS = 6


class PointActs(RegisterActs):
    """What the journal keeps of a household, and what of it may be spent."""

    async def do_freeze(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)
        frozen = look.card.frozen

        def heading(values: Values) -> Message:
            points = points_so_far(values["points"])
            return message(
                "{0} ({1}): {2} of {3} points are frozen then, and {4} may be spent",
                *(number, head, format_hundredths(Points(frozen + points)), format_hundredths(balance)),
                format_hundredths(Points(max(balance - frozen - points, 0))),
            )

        fields = (Field(name="points", label=message("Points to freeze")),)
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(heading, fields, _WHY_FREEZE),
            lambda values: _or_wrong("points", points_typed(values["points"])),
            lambda points, a: service.freeze(number, points, a, by),
        )
        if done is not None:
            await self._changed(_frozen_words(number, done.frozen, done.available), number)

    async def do_release(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)
        frozen = look.card.frozen
        if not frozen:
            self.note("refusal", message("Nothing of {0} is frozen", number))
            return

        def heading(values: Values) -> Message:
            points = points_so_far(values["points"]) if values["points"] else frozen
            return message(
                "{0} ({1}): {2} of {3} frozen points are released, and {4} may be spent then",
                *(number, head, format_hundredths(points), format_hundredths(frozen)),
                format_hundredths(Points(balance - frozen + points)),
            )

        def read(values: Values) -> Points | Wrong:
            return _or_wrong("points", points_typed(values["points"])) if values["points"] else frozen

        label = message("Points (empty: {0})", format_hundredths(frozen))
        fields = (Field(name="points", label=label, optional=True),)
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(heading, fields, _WHY_RELEASE),
            read,
            lambda points, a: service.release(number, points, a, by),
        )
        if done is not None:
            await self._changed(_frozen_words(number, done.frozen, done.available), number)

    async def do_correct(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)

        def heading(values: Values) -> Message:
            points = points_so_far(values["points"], signed=True)
            told = f"{'+' if points > 0 else ''}{format_hundredths(points)}"
            return message(
                "{0} ({1}): {2} points for {3}; the balance is {4} instead of {5} then",
                *(number, head, told, normalize.typed(values["corrects"]) or "…"),
                *(format_hundredths(Points(balance + points)), format_hundredths(balance)),
            )

        def read(values: Values) -> tuple[Points, str] | Wrong:
            points = points_typed(values["points"], signed=True)
            if isinstance(points, Refusal):
                return Wrong("points", points)
            return points, normalize.typed(values["corrects"])

        fields = (
            Field(name="points", label=message("Points, -5 takes some")),
            Field(name="corrects", label=message("Corrects"), value=self._named(look)),
        )
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app, Asked(heading, fields), read, lambda told, a: service.correct(number, told, a, by)
        )
        if done is not None:
            told = (done.booklet, format_hundredths(done.adjusted), format_hundredths(done.balance))
            await self._changed(message("{0}: {1} points, the balance is {2}", *told), number)

    def _named(self, look: HouseholdLook) -> str:
        """Return what the marked entry goes by, else the newest one: its receipt, or the month it was earned in."""
        page = self.opened
        key = page.leads if page is not None and isinstance(page.leads, EntryKey) else None
        entry = next((e for e in look.entries if e.key == key), look.entries[-1] if look.entries else None)
        return (entry.line.earned_month or entry.line.reference) if entry is not None else ""

    async def do_score(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)
        known = {score.quarter: score.score for score in look.card.scores}
        if not known:
            self.note("refusal", message("{0} has no posted score yet", number))
            return
        quarters = tuple(sorted(known, reverse=True)[:MOST_LISTED])

        def heading(values: Values) -> Message:
            quarter = chosen(values["quarter"], quarters)
            return message(
                "{0} ({1}), {2}: the score is {3} instead of {4}. "
                "Where base points were credited for it, the difference goes to the balance, {5} now",
                *(number, head, quarter or "…", values["score"] or "…", known.get(quarter, "…")),
                format_hundredths(balance),
            )

        def read(values: Values) -> tuple[Quarter, int] | Wrong:
            tenths = _tenths(values["score"])
            if values["quarter"] not in known:
                return Wrong("quarter", refuse("rule_broken", "Give the number of one of them"))
            if tenths is None:
                return Wrong("score", refuse("rule_broken", "A score is 0 to 100 with one decimal at most"))
            return Quarter.parse(values["quarter"]), tenths

        about = tuple(Message("{0}", (known[quarter],)) for quarter in quarters)
        fields = (
            Field(name="quarter", label=message("Quarter, or number"), choices=quarters, about=about),
            Field(name="score", label=message("Right score")),
        )
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app, Asked(heading, fields), read, lambda told, a: service.correct_score(number, told, a, by)
        )
        if done is not None:
            told = (done.booklet, done.quarter, done.score, done.was, format_hundredths(done.adjusted))
            await self._changed(message("{0} {1}: {2} instead of {3}, {4} points", *told), number)


def _or_wrong(field: str, found: Points | Refusal) -> Points | Wrong:
    return Wrong(field, found) if isinstance(found, Refusal) else found


def _frozen_words(number: str, frozen: Points, available: Points) -> Message:
    told = (number, format_hundredths(frozen), format_hundredths(available))
    return message("{0}: {1} points are frozen, {2} may be spent", *told)


def _tenths(text: str) -> int | None:
    """Return a score in tenths as it was typed, None for what is none."""
    try:
        hundredths = parse_hundredths(normalize.plain(text)[:_MOST_SIGNS])
    except ValueError:
        return None
    return hundredths // 10 if hundredths % 10 == 0 and len(normalize.plain(text)) <= _MOST_SIGNS else None
