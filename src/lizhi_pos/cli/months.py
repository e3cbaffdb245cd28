"""`month …`: the settlement with the villages."""

from pathlib import Path

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.cell_errors import grouped
from lizhi_pos.cli.context import Context, month_argument, readable
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.month_documents import record_export, write_all
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import refuse_others, save_each, with_problems
from lizhi_pos.db import Transaction
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.exchange.statement_workbook import statement_workbooks
from lizhi_pos.i18n.render import cell_words
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.month_files import closed_month
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, Refused, message, unwrap
from lizhi_pos.settlement.closing import close_month, closed_statement
from lizhi_pos.settlement.import_rows import VillageAnswer
from lizhi_pos.settlement.reconciliation import Comparison, compare
from lizhi_pos.settlement.statement import MOVEMENTS, Amounts, Statement

MOVEMENT_WORDS = {
    "base": (message("base points"), 1),
    "volunteer": (message("volunteer points"), 1),
    "redeemed": (message("redemption"), -1),
    "returned": (message("return"), 1),
    "vetoed": (message("veto"), -1),
    "restored": (message("veto lifted"), 1),
    "adjusted": (message("correction"), 1),
    "transferred": (message("transfer"), 1),
}
"""Each movement of a statement in words, and whether it adds or takes away."""

KINDS = {
    "amount": message("amounts differ"),
    "missing_here": message("not in our statement"),
    "missing_there": message("not in the answer"),
}


def close(context: Context) -> Outcome:
    """Close a month and write every village's workbook."""
    by, args = context.operator("close_month"), context.args
    month = month_argument(args.month)

    def act(tx: Transaction) -> Statement | Refusal:
        closed = close_month(tx, month, Authority(by, context.day(tx)))
        if not isinstance(closed, Refusal):
            record_export(tx, by, month, args.out)
        return closed

    statement = context.write(act)
    context.stands = _outcome(statement)
    # committed by now: whatever the folder does, no till waits for it and the closing stands
    if args.documents or args.household_pages:
        words, problems = write_all(context, month, Path(args.out))
        done = _outcome(statement, words)
        return with_problems(context, done.answer, done.words, problems)
    saved, problems = save_each(Path(args.out), _workbooks(context, month), replace=args.replace)
    if not problems:
        return _outcome(statement, _written_words(saved))
    stands = message("{0} is closed, and that stands; not every workbook is written", str(month))
    again = message(
        "Write them again: lizhi-pos month show {0} --out DIR (with --replace over other files)", str(month)
    )
    done = _outcome(statement, _written_words(saved))
    return with_problems(context, done.answer, done.words, (stands, *problems, again))


def show(context: Context) -> Outcome:
    """Return a closed month's statement, exactly as closing it answered."""
    by = context.operator("see_books")
    month, folder = month_argument(context.args.month), context.args.out
    with context.reading() as tx:
        statement = unwrap(closed_statement(tx, month))
    if not folder:
        return _outcome(statement)
    files = _workbooks(context, month)
    if not context.args.replace:
        refuse_others(Path(folder), files)
    context.write(lambda tx: record_export(tx, by, month, folder))
    saved, problems = save_each(Path(folder), files, replace=context.args.replace)
    done = _outcome(statement, _written_words(saved))
    return with_problems(context, done.answer, done.words, problems)


def compare_answers(context: Context) -> Outcome:
    """Villages' own closing balances against the closed month."""
    by, args = context.operator("close_month"), context.args
    month = month_argument(args.month)
    paths = [readable(file) for file in args.files]
    with context.reading() as tx:
        names = list(village_names(tx).values())
    answers = [_answer(context, path, names) for path in paths]
    found = context.write(lambda tx: compare(tx, month, answers, by))
    return Outcome({"month": str(month), "villages": found}, tuple(line for c in found for line in _words(c)))


def _workbooks(context: Context, month: Month) -> dict[str, bytes]:
    with context.reading() as tx:
        closed = unwrap(closed_month(tx, month))
    return statement_workbooks(closed.papers, closed.details)


def _written_words(files: list[Path]) -> tuple[Message, ...]:
    return tuple(message("{0} is written", str(file)) for file in files)


def _answer(context: Context, path: Path, names: list[str]) -> VillageAnswer:
    read = read_answer(path, names)
    if read.content is not None:
        return read.content
    told = [cell_words(error, context.translate) for error in (read.errors[0], *grouped(read.errors[1:]))]
    words = message("{0}: {1}", path.name, "\n".join(told))
    if read.errors[0].cell is None:
        raise Usage(words)
    raise Refused(Refusal("file_refused", text=words))


def _outcome(statement: Statement, words: tuple[Message, ...] = ()) -> Outcome:
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
    lines = tuple(message("{0}  {1}", v.village, _sum_words(v.totals)) for v in statement.villages)
    return Outcome({"month": statement.month, "villages": villages}, (*lines, *words))


def _sum_words(totals: Amounts) -> Message:
    """Return a village's month as a sum that can be checked by eye; what there was none of is left out."""
    told = message("opening {0}", format_hundredths(totals.opening))
    for name in MOVEMENTS:
        words, sign = MOVEMENT_WORDS[name]
        if amount := sign * getattr(totals, name):
            figure = f"{'+' if amount > 0 else '−'}{format_hundredths(abs(amount))}"
            told = message("{0}, {1} {2}", told, words, figure)
    return message("{0}, closing {1}", told, format_hundredths(totals.closing))


def _words(c: Comparison) -> list[Message]:
    head = message("{0}: {1} agree, {2} differ", c.village, c.matched, len(c.differences))
    return [head] + [
        message(
            "    {0}  {1}: ours {2}, theirs {3}",
            d.booklet,
            KINDS[d.kind],
            "–" if d.ours is None else format_hundredths(d.ours),
            "–" if d.theirs is None else format_hundredths(d.theirs),
        )
        for d in c.differences
    ]
