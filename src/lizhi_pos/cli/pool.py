"""`pledge …`, `donor …`, `pool book`, `pool bank` and what is published of them."""

from datetime import date

from lizhi_pos.access.operators import Authority
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.report_files import report_path, written
from lizhi_pos.donations.cash_book import BankView, cash_book, change_purpose, say_bank
from lizhi_pos.donations.pledges import Pledge, add_pledge, pledges_on
from lizhi_pos.journal.sums import BEFORE_ALL
from lizhi_pos.money import Yuan, format_hundredths
from lizhi_pos.office.report_sheets import donors_sheet
from lizhi_pos.refusal import Message, Refused, message, unwrap
from lizhi_pos.reports.donors import donor_story, donors, to_publish
from lizhi_pos.rulebook.adopted import not_in_future, today
from lizhi_pos.text import normalize


def add_promise(context: Context) -> Outcome:
    """Record what a donor promises."""
    by, args = context.operator("keep_pool"), context.args
    done = context.write(
        lambda tx: add_pledge(
            tx, args.donor, Yuan(args.amount), args.due, args.purpose or "", Authority(by, context.day(tx))
        )
    )
    return Outcome(done, (_pledge(done),))


def list_pledges(context: Context) -> Outcome:
    """Show what was promised, and what of it came."""
    context.operator("see_books")
    with context.reading() as tx:
        on = context.day(tx)
        if refusal := not_in_future(tx, on):
            raise Refused(refusal)
        found = pledges_on(tx, on)
    return Outcome({"pledges": found}, tuple(map(_pledge, found)) or (message("Nothing was pledged"),))


def list_donors(context: Context) -> Outcome:
    """Show every donor and what they gave; anonymous ones by name only to whom it is due."""
    by = context.operator("see_stock")
    with context.reading() as tx:
        found = donors(tx, by)
    words = [
        message("{0}: money {1}, goods {2}", x.donor, format_hundredths(x.money), format_hundredths(x.goods))
        for x in found
    ]
    return Outcome({"donors": found}, tuple(words) or (message("Nobody has given anything yet"),))


def show_donor(context: Context) -> Outcome:
    """Show what each gift of a donor became."""
    by = context.operator("see_stock")
    with context.reading() as tx:
        found = unwrap(donor_story(tx, context.args.name, by))
    words = []
    for g in found.gifts:
        words.append(message("{0}  {1}  {2}", g.date.isoformat(), g.voucher, format_hundredths(g.amount)))
        words += [
            message(
                "    {0} × {1}: redeemed {2}, {3} {3:household|households}",
                x.name,
                x.quantity,
                x.redeemed,
                x.households,
            )
            for x in g.lots
        ]
    return Outcome(found, tuple(words))


def consent(context: Context) -> Outcome:
    """Change what a gift is for, with its donor's consent and a second person."""
    args = context.args
    by = context.operator("keep_pool")
    approval = context.approval(by)
    done = context.write(
        lambda tx: change_purpose(
            tx, args.voucher, args.purpose, args.reason or "", Authority(by, context.day(tx), approval)
        )
    )
    return Outcome(done, (message("{0} is for {1} from now on", done.voucher, done.purpose),))


def book(context: Context) -> Outcome:
    """Show the pool's cash book."""
    context.operator("see_books")
    with context.reading() as tx:
        lines = cash_book(tx, context.args.first or BEFORE_ALL, context.args.last or date.max)
    answer = [
        {
            "date": x.date,
            "kind": x.kind,
            "reference": x.reference,
            "in": format_hundredths(x.came),
            "out": format_hundredths(x.went),
            "balance": format_hundredths(x.balance),
        }
        for x in lines
    ]
    words = [
        f"{x.date}  {x.reference}  {format_hundredths(x.came - x.went)}  {format_hundredths(x.balance)}" for x in lines
    ]
    return Outcome({"lines": answer}, tuple(words) or (message("No cash has moved"),))


def bank(context: Context) -> Outcome:
    """Record what the bank says at a day's end."""
    by, args = context.operator("keep_pool"), context.args
    done = context.write(lambda tx: say_bank(tx, args.date, Yuan(args.balance), by))
    return Outcome(done, (bank_words(done),))


def publish_donors(context: Context) -> Outcome:
    """Show the donors of a year as they are published."""
    by = context.operator("see_books")
    path = report_path(context.args.out)
    with context.reading() as tx:
        year = context.args.year or today(tx).year
        rows = to_publish(tx, year)
        sheet = donors_sheet(tx, year, rows)
    words = [
        message("{0}: money {1}, goods {2}", x.donor, format_hundredths(x.money), format_hundredths(x.goods))
        for x in rows
    ]
    outcome = Outcome({"year": year, "rows": rows}, tuple(words) or (message("Nobody gave anything in {0}", year),))
    return written(context, path, outcome, sheet, (by, f"report donors {year}"))


def bank_words(x: BankView) -> Message:
    """Return what the bank says beside the books."""
    told = (format_hundredths(x.bank), format_hundredths(x.book), format_hundredths(x.difference))
    return message("{0}: bank {1}, books {2}, difference {3}", x.date.isoformat(), *told)


def _pledge(x: Pledge) -> Message:
    told = (format_hundredths(x.amount), format_hundredths(x.paid), x.due.isoformat())
    return message("{0}  {1}: {2}, came {3}, due {4}", x.pledge, normalize.typed(x.donor), *told)
