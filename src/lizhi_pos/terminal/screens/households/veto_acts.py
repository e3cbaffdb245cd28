"""What is done about vetoes: record one, lift the latest, dismiss what is proposed, release one for the black list."""

from collections.abc import Mapping, Sequence
from datetime import date

from lizhi_pos.accounts.vetoes import Proposal, VetoView
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.households import Conduct, Offered
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.reports.household_look import HouseholdLook
from lizhi_pos.rulebook.rules import Clause
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.keymap import BASKET, Key
from lizhi_pos.terminal.screens.gifts.forms import day_typed
from lizhi_pos.terminal.screens.households.acts import who
from lizhi_pos.terminal.screens.households.dialogs import Asked, ask_second, chosen
from lizhi_pos.terminal.screens.households.point_acts import PointActs
from lizhi_pos.terminal.screens.shared.form_dialog import Wrong
from lizhi_pos.terminal.screens.shared.palette import Palette

Values = Mapping[str, str]
_WHY_LIFT = (message("the objection was upheld"), message("recorded by mistake"))
_WHY_DISMISS = (message("looked into: it is not so"), message("it does not fall under the clause"))
_FACTS = message("What happened")


class VetoActs(PointActs):
    """Vetoes of a household."""

    async def do_veto(self, look: HouseholdLook) -> None:
        """Record a veto: of what is proposed, or of a clause that is chosen from the list."""
        offered = await self._offered()
        if offered is None:
            return
        proposed = look.proposals[0] if look.proposals else None
        clause = await self._clause(offered, proposed)
        if clause is None:
            return
        number, head, balance = who(look)
        points = format_hundredths(balance)

        def heading(values: Values) -> Message:
            return message(
                "{0} ({1}), clause {2} “{3}”: all its {4} points are cleared, and it may not redeem until {5}",
                *(number, head, clause.clause, clause.text, points, f"{offered.day.year}-12-31"),
            )

        def read(values: Values) -> date | Wrong:
            on = day_typed(values["on"])
            return Wrong("on", on) if isinstance(on, Refusal) else on

        of = proposed if proposed is not None and proposed.clause == clause.clause else None
        fields = (
            Field(name="on", label=message("Day of it"), value=(of.conduct_on if of else offered.day).isoformat()),
        )
        facts = (Message("{0}", (of.facts,)),) if of else ()
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(heading, fields, facts, _FACTS),
            read,
            lambda on, a: service.record_veto(number, Conduct(clause.clause, a.reason, on), balance, a, by),
        )
        if done is not None:
            told = (done.effective_on.isoformat(), done.bars_until.isoformat(), format_hundredths(done.cleared))
            words = message("{0}: veto from {1} until {2}, {3} points cleared", number, *told)
            await self._changed(words, number)

    async def _clause(self, offered: Offered, proposed: Proposal | None) -> Clause | None:
        """Return a clause chosen from the negative list, in its order; the one that is proposed is marked."""
        wanted = proposed.clause if proposed else ""
        keys = [_clause_key(at, one) for at, one in enumerate(offered.clauses)]
        marked = next((at for at, one in enumerate(offered.clauses) if one.clause == wanted), 0)
        title = message("Which clause of the negative list? Letters, or the number")
        key = await self.app.ask(Palette(keys, title, marked))
        return offered.clauses[int(key.action)] if key is not None else None

    async def do_lift(self, look: HouseholdLook) -> None:
        number, head, _ = who(look)
        standing = [v for v in look.vetoes if v.lifted_on is None]
        if not standing:
            self.note("refusal", message("No veto of {0} is left to lift", number))
            return
        last = standing[-1]
        heading = message(
            "The veto of {0} ({1}), clause {2}, in force since {3}, is lifted today: {4} points come back",
            *(number, head, last.clause, last.effective_on.isoformat(), format_hundredths(last.cleared)),
        )
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(lambda _: heading, (), _WHY_LIFT),
            lambda values: number,
            lambda of, a: service.lift_veto(of, a, by),
        )
        if done is not None:
            words = message("{0}: veto lifted, {1} points are back", number, format_hundredths(done.restored))
            await self._changed(words, number)

    async def do_dismiss(self, look: HouseholdLook) -> None:
        number, head, balance = who(look)
        days = tuple(dict.fromkeys(p.conduct_on.isoformat() for p in look.proposals))
        if not days:
            self.note("refusal", message("Nothing is proposed against {0}", number))
            return

        def heading(values: Values) -> Message:
            day = chosen(values.get("on", days[0]), days)
            clauses = "、".join(p.clause for p in look.proposals if p.conduct_on.isoformat() == day)
            return message(
                "What was proposed of {0} ({1}) for {2}, clause {3}, is not followed: its {4} points stay",
                *(number, head, day, clauses or "–", format_hundredths(balance)),
            )

        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(heading, _which(days), _WHY_DISMISS),
            lambda values: _day_among(values, days),
            lambda day, a: service.dismiss(number, day, a, by),
        )
        if done is not None:
            words = message("{0}: what was proposed of {1} is not followed", number, done.conduct_on.isoformat())
            await self._changed(words, number)

    async def do_blacklist(self, look: HouseholdLook) -> None:
        number = look.card.booklets[0]
        standing = [v for v in look.vetoes if v.lifted_on is None]
        days = tuple(dict.fromkeys(v.conduct_on.isoformat() for v in reversed(standing)))
        if not days:
            self.note("refusal", message("No veto of {0} stands that could be released", number))
            return
        by, service = self.app.signed_in, self._service
        done = await ask_second(
            self.app,
            Asked(lambda values: _black_words(look, standing, chosen(values.get("on", days[0]), days)), _which(days)),
            lambda values: _day_among(values, days),
            lambda day, a: service.release_veto(number, day, a, by),
        )
        if done is not None:
            words = message("{0}: the veto of {1} stands on the black list", number, done.conduct_on.isoformat())
            await self._changed(words, number)


def _black_words(look: HouseholdLook, standing: Sequence[VetoView], day: str) -> Message:
    number, head, _ = who(look)
    of = [v for v in standing if v.conduct_on.isoformat() == day]
    cleared = sum(v.cleared for v in of)
    return message(
        "The veto of {0} ({1}) for {2}, clause {3}, which cleared {4} points, "
        "is shown on the black list of {5} from today on",
        *(
            number,
            head,
            day,
            "、".join(v.clause for v in of) or "–",
            format_hundredths(cleared),
            look.card.facts.village,
        ),
    )


def _clause_key(at: int, clause: Clause) -> Key:
    # a clause is the town's own text: it is shown as it stands
    text = Message("{0}", (clause.text,))
    return Key(str(at), clause.clause, text, str(at), text, BASKET)


def _which(days: Sequence[str]) -> tuple[Field, ...]:
    """Return what is asked where there are several."""
    return (Field(name="on", label=message("Which, or number"), choices=tuple(days)),) if len(days) > 1 else ()


def _day_among(values: Values, days: Sequence[str]) -> date | Wrong:
    day = values.get("on", days[0])
    if day in days:
        return date.fromisoformat(day)
    return Wrong("on", refuse("rule_broken", "Give the number of one of them"))
