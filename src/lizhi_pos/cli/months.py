"""`month …`: the settlement with the villages."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lizhi_pos.access.operators import Authority
from lizhi_pos.cli.context import Context, month_argument
from lizhi_pos.cli.month_documents import write_all
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import refuse_others, save_each, with_problems
from lizhi_pos.cli.streams import end_progress, show_progress
from lizhi_pos.db import Transaction
from lizhi_pos.exchange.statement_workbook import statement_workbooks
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.month_files import closed_month, record_export
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, Refusal, Refused, message, unwrap
from lizhi_pos.settlement.closing import close_month, closed_statement, warnings_of, why_not_close
from lizhi_pos.settlement.closing_checks import CHECKS_IN_ALL, Check, Tell, check_closing
from lizhi_pos.settlement.closing_words import CHECK_WORDS, fact_words
from lizhi_pos.settlement.statement import Amounts, Statement
from lizhi_pos.settlement.statement_words import MOVEMENT_WORDS

_SIGNS = {"ok": "✔", "warn": "▲", "block": "✘"}


def close(context: Context) -> Outcome:
    """Close a month and write every village's workbook."""
    by, args = context.operator("close_month"), context.args
    month = month_argument(args.month)

    def act(tx: Transaction) -> Statement | Refusal:
        closed = close_month(tx, month, Authority(by, context.day(tx)), proved=True)
        if not isinstance(closed, Refusal):
            record_export(tx, by, month, args.out)
        return closed

    try:
        # what walks through the years is proved before, so that no till waits for it
        with context.reading() as tx:
            if refusal := why_not_close(tx, month, context.day(tx), _tell(context)):
                raise Refused(refusal)
    finally:
        _end(context)
    statement = context.write(act)
    with context.reading() as tx:
        warnings = warnings_of(tx, month)
    context.stands = _outcome(context, statement, warnings)
    # committed by now: whatever the folder does, no till waits for it and the closing stands
    if args.documents or args.household_pages:
        words, failed = write_all(context, month, Path(args.out))
        done = _outcome(context, statement, warnings, words)
        return with_problems(context, done.answer, done.words, failed)
    saved, problems = save_each(Path(args.out), _workbooks(context, month), replace=args.replace)
    if not problems:
        return _outcome(context, statement, warnings, _written_words(saved))
    stands = message("{0} is closed, and that stands; not every workbook is written", str(month))
    again = message(
        "Write them again: lizhi-pos month show {0} --out DIR (with --replace over other files)", str(month)
    )
    done = _outcome(context, statement, warnings, _written_words(saved))
    return with_problems(context, done.answer, done.words, (stands, *problems, again))


def show(context: Context) -> Outcome:
    """Return a closed month's statement, exactly as closing it answered."""
    by = context.operator("see_books")
    month, folder = month_argument(context.args.month), context.args.out
    with context.reading() as tx:
        statement, warnings = unwrap(closed_statement(tx, month)), warnings_of(tx, month)
    if not folder:
        return _outcome(context, statement, warnings)
    files = _workbooks(context, month)
    if not context.args.replace:
        refuse_others(Path(folder), files)
    context.write(lambda tx: record_export(tx, by, month, folder))
    saved, problems = save_each(Path(folder), files, replace=context.args.replace)
    done = _outcome(context, statement, warnings, _written_words(saved))
    return with_problems(context, done.answer, done.words, problems)


def _workbooks(context: Context, month: Month) -> dict[str, bytes]:
    with context.reading() as tx:
        closed = unwrap(closed_month(tx, month))
    return statement_workbooks(closed.papers, closed.details)


def _written_words(files: list[Path]) -> tuple[Message, ...]:
    return tuple(message("{0} is written", str(file)) for file in files)


def check(context: Context) -> Outcome:
    """Return every check of closing a month; nothing is written."""
    context.operator("see_books")
    month = month_argument(context.args.month)
    try:
        with context.reading() as tx:
            found = check_closing(tx, month, context.day(tx), _tell(context))
    finally:
        _end(context)
    answer = {
        "month": str(month),
        "checks": [_plain(one) for one in found.checks],
        "may_close": not found.blocking,
    }
    lines = tuple(line for one in found.checks for line in _check_words(context, one))
    return Outcome(answer, lines, 1 if found.blocking else 0)


def _tell(context: Context) -> Tell:
    """Return what says to a person which check is made."""

    def tell(name: str, done: int) -> None:
        if _is_watched(context):
            show_progress(f"{done}/{CHECKS_IN_ALL} {render(CHECK_WORDS[name], context.translate)}")

    return tell


def _is_watched(context: Context) -> bool:
    """Return whether a person looks at what is said meanwhile."""
    return not context.args.json and sys.stderr.isatty()


def _end(context: Context) -> None:
    if _is_watched(context):
        end_progress()


def _plain(check: Check) -> dict[str, Any]:
    return {"name": check.name, "level": check.level, "facts": [fact.text for fact in check.facts]}


def _check_words(context: Context, check: Check) -> list[str]:
    head = f"{_SIGNS[check.level]} {render(CHECK_WORDS[check.name], context.translate)}"
    facts = (render(fact_words(check.name, fact.told), context.translate) for fact in check.facts)
    return [head, *(f"    {fact}" for fact in facts)]


def statement_answer(statement: Statement, warnings: Sequence[Check]) -> dict[str, Any]:
    """Return a closed month as scripts read it, with what it was closed in spite of."""
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
    return {"month": statement.month, "villages": villages, "warnings": [_plain(one) for one in warnings]}


def _outcome(
    context: Context, statement: Statement, warnings: tuple[Check, ...], words: tuple[Message, ...] = ()
) -> Outcome:
    lines = tuple(message("{0}  {1}", v.village, _sum_words(v.totals)) for v in statement.villages)
    warned = tuple(line for one in warnings for line in _check_words(context, one))
    return Outcome(statement_answer(statement, warnings), (*lines, *warned, *words))


def _sum_words(totals: Amounts) -> Message:
    """Return a village's month as a sum that can be checked by eye; what there was none of is left out."""
    told = message("opening {0}", format_hundredths(totals.opening))
    for name, (words, sign) in MOVEMENT_WORDS.items():
        if amount := sign * getattr(totals, name):
            figure = f"{'+' if amount > 0 else '−'}{format_hundredths(abs(amount))}"
            told = message("{0}, {1} {2}", told, words, figure)
    return message("{0}, closing {1}", told, format_hundredths(totals.closing))
