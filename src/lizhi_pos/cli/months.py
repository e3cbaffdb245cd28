"""`month …`: the settlement with the villages."""

from pathlib import Path

from lizhi_pos.accounts.villages import village_names
from lizhi_pos.cell_errors import grouped
from lizhi_pos.cli.context import Context, accepted, month_argument, readable
from lizhi_pos.cli.environment import Refused, Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import refuse_others, save_each, with_problems
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.exchange.statement_workbook import statement_workbooks
from lizhi_pos.i18n.render import cell_words
from lizhi_pos.money import format_hundredths
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, Text, say
from lizhi_pos.settlement.closing import close_month, closed_statement
from lizhi_pos.settlement.details import details
from lizhi_pos.settlement.import_rows import VillageAnswer
from lizhi_pos.settlement.reconciliation import Comparison, compare
from lizhi_pos.settlement.statement import MOVEMENTS, Amounts, Statement

MOVEMENT_WORDS = {
    "base": (say("base points"), 1),
    "volunteer": (say("volunteer points"), 1),
    "redeemed": (say("redemption"), -1),
    "returned": (say("return"), 1),
    "vetoed": (say("veto"), -1),
    "restored": (say("veto lifted"), 1),
    "adjusted": (say("correction"), 1),
    "transferred": (say("transfer"), 1),
}
"""Each movement of a statement in words, and whether it adds or takes away."""

KINDS = {
    "amount": say("amounts differ"),
    "missing_here": say("not in our statement"),
    "missing_there": say("not in the answer"),
}


def close(context: Context) -> Outcome:
    """Closes a month and writes every village's workbook."""
    by, args = context.operator("close_month"), context.args
    month = month_argument(args.month)
    statement = context.write(lambda session: close_month(session, month, context.day(session), by))
    context.stands = _outcome(statement)
    # committed by now: whatever the folder does, no till waits for it and the closing stands
    saved, problems = save_each(Path(args.out), _workbooks(context, statement, month), replace=args.replace)
    if not problems:
        return _outcome(statement, _written_words(saved))
    stands = say("{0} is closed, and that stands; not every workbook is written", str(month))
    again = say("Write them again: lizhi-pos month show {0} --out DIR (with --replace over other files)", str(month))
    done = _outcome(statement, _written_words(saved))
    return with_problems(context, done.answer, done.words, (stands, *problems, again))


def show(context: Context) -> Outcome:
    """A closed month's statement, exactly as closing it answered."""
    context.operator("see_books")
    month, folder = month_argument(context.args.month), context.args.out
    with context.reading() as session:
        statement = accepted(closed_statement(session, month))
    if not folder:
        return _outcome(statement)
    files = _workbooks(context, statement, month)
    if not context.args.replace:
        refuse_others(Path(folder), files)
    saved, problems = save_each(Path(folder), files, replace=context.args.replace)
    done = _outcome(statement, _written_words(saved))
    return with_problems(context, done.answer, done.words, problems)


def compare_answers(context: Context) -> Outcome:
    """Villages' own closing balances against the closed month."""
    by, args = context.operator("close_month"), context.args
    month = month_argument(args.month)
    paths = [readable(file) for file in args.files]
    with context.reading() as session:
        names = list(village_names(session).values())
    answers = [_answer(context, path, names) for path in paths]
    found = context.write(lambda session: compare(session, month, answers, by))
    return Outcome({"month": str(month), "villages": found}, tuple(line for c in found for line in _words(c)))


def _workbooks(context: Context, statement: Statement, month: Month) -> dict[str, bytes]:
    with context.reading() as session:
        found = details(session, month)
    return statement_workbooks(statement, found)


def _written_words(files: list[Path]) -> tuple[Text, ...]:
    return tuple(say("{0} is written", str(file)) for file in files)


def _answer(context: Context, path: Path, names: list[str]) -> VillageAnswer:
    read = read_answer(path, names)
    if read.content is not None:
        return read.content
    told = [cell_words(error, context.translate) for error in (read.errors[0], *grouped(read.errors[1:]))]
    words = say("{0}: {1}", path.name, "\n".join(told))
    if read.errors[0].cell is None:
        raise Usage(words)
    raise Refused(Refusal("file_refused", text=words))


def _outcome(statement: Statement, words: tuple[Text, ...] = ()) -> Outcome:
    villages = [
        {
            "village": v.village,
            "households": list(v.households),
            "totals": v.totals,
            "goods_value": format_hundredths(v.goods_value),
            "contributed": format_hundredths(v.contributed),
            "drawn": format_hundredths(v.drawn),
        }
        for v in statement.villages
    ]
    lines = tuple(say("{0}  {1}", v.village, _sum_words(v.totals)) for v in statement.villages)
    return Outcome({"month": statement.month, "villages": villages}, (*lines, *words))


def _sum_words(totals: Amounts) -> Text:
    """A village's month as a sum that can be checked by eye; what there was none of is left out."""
    told = say("opening {0}", format_hundredths(totals.opening))
    for name in MOVEMENTS:
        words, sign = MOVEMENT_WORDS[name]
        if amount := sign * getattr(totals, name):
            figure = f"{'+' if amount > 0 else '−'}{format_hundredths(abs(amount))}"
            told = say("{0}, {1} {2}", told, words, figure)
    return say("{0}, closing {1}", told, format_hundredths(totals.closing))


def _words(c: Comparison) -> list[Text]:
    head = say("{0}: {1} agree, {2} differ", c.village, c.matched, len(c.differences))
    return [head] + [
        say(
            "    {0}  {1}: ours {2}, theirs {3}",
            d.booklet,
            KINDS[d.kind],
            "–" if d.ours is None else format_hundredths(d.ours),
            "–" if d.theirs is None else format_hundredths(d.theirs),
        )
        for d in c.differences
    ]
