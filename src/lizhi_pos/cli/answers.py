"""`month compare|resolve|confirm|status`: what villages answer to their statements."""

from pathlib import Path

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.cell_errors import grouped
from lizhi_pos.cli.context import Context, month_argument, readable
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.i18n.render import cell_message, cell_words, render
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, message, unwrap
from lizhi_pos.settlement.answer_states import AnswerState, MonthState, answer_states, month_states
from lizhi_pos.settlement.answer_words import CAUSE_WORDS, DIFFERENCE_WORDS, STATE_WORDS
from lizhi_pos.settlement.closing import closed_statement
from lizhi_pos.settlement.differences import Difference
from lizhi_pos.settlement.import_rows import VillageAnswer
from lizhi_pos.settlement.reconciliation import Comparison, compare
from lizhi_pos.settlement.village_signing import confirm, dispute, resolve


def compare_answers(context: Context) -> Outcome:
    """Compare villages' own closing balances with a closed month; a file with errors is not taken, the others are."""
    by, args = context.operator("close_month"), context.args
    month = month_argument(args.month)
    paths = [readable(file) for file in args.files]
    with context.reading() as tx:
        statement = unwrap(closed_statement(tx, month))
        names = {*village_names(tx).values(), *(village.village for village in statement.villages)}
    read = [(path, read_answer(path, names, month)) for path in paths]
    answers = [reading.content for _path, reading in read if reading.content is not None]
    if not answers:
        _refuse_nobodys(context, read)
    found = context.write(lambda tx: compare(tx, month, answers, Authority(by, context.day(tx))))
    wrong = [(path, reading) for path, reading in read if reading.content is None]
    answer = {
        "month": str(month),
        "villages": found,
        "errors": [
            {"file": path.name, "sheet": e.sheet, "cell": e.cell, "message": cell_message(e, context.translate)}
            for path, reading in wrong
            for e in reading.errors
        ],
    }
    told: list[Message | str] = [line for one in found for line in _comparison_words(context, one)]
    for path, reading in wrong:
        told.append(message("{0}: not taken", path.name))
        told += [f"    {cell_words(error, context.translate)}" for error in grouped(reading.errors)]
    return Outcome(answer, tuple(told), 1 if wrong else 0)


def resolve_difference(context: Context) -> Outcome:
    """Keep what came of a difference."""
    by, args = context.operator("close_month"), context.args
    place, told = (month_argument(args.month), args.village), (args.note or "", args.entry or "")
    done = context.write(lambda tx: resolve(tx, place, args.booklet, told, Authority(by, context.day(tx))))
    words = message("{0} {1} {2} is resolved: {3}", done.month, done.village, done.booklet, done.note)
    return Outcome(done, (words,))


def sign(context: Context) -> Outcome:
    """Keep that a village confirms its statement, or what it disputes."""
    by, args = context.operator("close_month"), context.args
    month = month_argument(args.month)

    if args.dispute is not None:
        done = context.write(lambda tx: dispute(tx, month, args.village, args.dispute, Authority(by, context.day(tx))))
    else:
        done = context.write(lambda tx: confirm(tx, month, args.village, args.by or "", Authority(by, context.day(tx))))
    return Outcome({"month": str(month), **_plain(done)}, (_state_words(done),))


def status(context: Context) -> Outcome:
    """Return where every village stands with a month, or with every month that is not settled."""
    context.operator("see_books")
    if context.args.month is None:
        with context.reading() as tx:
            months = month_states(tx)
        lines = tuple(line for month in months for line in _month_words(context, month))
        return Outcome({"months": [_plain_month(month) for month in months]}, lines)
    month = month_argument(context.args.month)
    with context.reading() as tx:
        unwrap(closed_statement(tx, month))
        found = MonthState(str(month), answer_states(tx, month))
    return Outcome(_plain_month(found), tuple(_month_words(context, found)))


def _refuse_nobodys(context: Context, read: list[tuple[Path, Reading[VillageAnswer]]]) -> None:
    """Raise Usage, with everything that is wrong, where the only file is no village's."""
    for path, reading in read:
        if len(read) == 1 and reading.errors[0].cell is None:
            first, *others = reading.errors
            told = [cell_words(error, context.translate) for error in (first, *grouped(others))]
            raise Usage(message("{0}: {1}", path.name, "\n".join(told)))


def _plain(state: AnswerState) -> dict[str, object]:
    return {
        "village": state.village,
        "state": state.state,
        "answered_on": state.answered_on,
        "differences": state.differences,
        "open": state.open,
        "confirmed_on": state.confirmed_on,
        "confirmed_by": state.confirmed_by,
        "dispute": state.dispute,
    }


def _plain_month(month: MonthState) -> dict[str, object]:
    return {"month": month.month, "villages": [_plain(state) for state in month.villages]}


def _month_words(context: Context, month: MonthState) -> list[str]:
    return [month.month, *(f"    {render(_state_words(state), context.translate)}" for state in month.villages)]


def _state_words(state: AnswerState) -> Message:
    told = message("{0}: {1}", state.village, STATE_WORDS[state.state])
    if state.confirmed_on is not None:
        told = message("{0}: confirmed on {1}", state.village, state.confirmed_on.isoformat())
    if state.differences:
        told = message("{0}, {1} {1:difference|differences}, {2} of them open", told, state.differences, state.open)
    return message("{0}: {1}", told, state.dispute) if state.dispute else told


def _comparison_words(context: Context, c: Comparison) -> list[Message | str]:
    head = message("{0}: {1} agree, {2} differ", c.village, c.matched, len(c.differences))
    warned = [f"    {cell_words(warning, context.translate)}" for warning in grouped(c.warnings)]
    return [head, *(f"    {_difference_words(context, d)}" for d in c.differences), *warned]


def _difference_words(context: Context, d: Difference) -> str:
    told = message(
        "{0}  {1}: ours {2}, theirs {3}",
        d.booklet,
        DIFFERENCE_WORDS[d.kind],
        "–" if d.ours is None else format_hundredths(d.ours),
        "–" if d.theirs is None else format_hundredths(d.theirs),
    )
    if d.cause is not None:
        told = message("{0}; {1}", told, CAUSE_WORDS[d.cause])
    references = dict.fromkeys(entry.reference for entry in d.entries if entry.reference)
    return " ".join([render(told, context.translate), *references])
