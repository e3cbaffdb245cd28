"""`market …`, `redeem` and `slips import`."""

from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from lizhi_pos import written
from lizhi_pos.checkout import market, print_jobs
from lizhi_pos.checkout.basket import Basket, Wanted, added_up
from lizhi_pos.checkout.market import MarketView
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import RedeemedLine, Redemption
from lizhi_pos.checkout.returns import ReturnedLine, return_goods
from lizhi_pos.checkout.slips import AlreadyPosted, PostedSlip, RefusedSlip, may_enter, post_slip, slips_in
from lizhi_pos.cli.answers import Outcome
from lizhi_pos.cli.context import Context, accepted, readable
from lizhi_pos.cli.files import file_outcome
from lizhi_pos.cli.parser import whole_number
from lizhi_pos.cli.surroundings import Refused, Usage
from lizhi_pos.db import new_id
from lizhi_pos.exchange.slips import read_slips
from lizhi_pos.inventory.products import Taken
from lizhi_pos.messages import reason_words
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Text, say

SESSION_WORDS = {"open": say("in progress"), "closed": say("ended")}


def open_market(context: Context) -> Outcome:
    """Opens the market-day session."""
    by, args = context.operator("run_session"), context.args
    approval = context.approval(by)
    view = context.write(lambda session: market.open_session(session, args.date, by, approval, args.reason or ""))
    return Outcome(view, _market_words(view))


def close_market(context: Context) -> Outcome:
    """Closes the session."""
    by, args = context.operator("run_session"), context.args
    view = context.write(
        lambda session: market.close_session(session, args.date, by, forget_baskets=args.forget_baskets)
    )
    return Outcome(view, _market_words(view))


def status(context: Context) -> Outcome:
    """The session that is open, else the latest, and what was redeemed in it."""
    context.operator("see")
    with context.looking() as session:
        view = accepted(market.market_view(session))
    return Outcome(view, _market_words(view))


def redeem_basket(context: Context) -> Outcome:
    """One redemption, the till's own path."""
    args = context.args
    wanted = added_up(_wanted(word) for word in args.goods)
    by = context.operator("sell")
    approval = context.approval(by)
    basket = Basket(
        booklet=written.number(args.booklet),
        wanted=wanted,
        key=args.key or new_id().hex(),
        till=args.till,
        proxy=written.name(args.proxy or ""),
        relation=args.relation or "",
    )
    done = context.write(lambda session: redeem(session, basket, context.day(session), by, approval))
    context.stands = Outcome(done, _redemption_words(done))
    if args.print_it:
        done = _print(context, done)
    return Outcome(done, _redemption_words(done))


def return_receipt(context: Context) -> Outcome:
    """Takes goods of a redemption back; without codes everything that is left of it."""
    args = context.args
    wanted = added_up(_wanted(word) for word in args.goods)
    by = context.operator("sell")
    approval = context.approval(by)
    done = context.write(
        lambda session: return_goods(
            session,
            written.number(args.receipt),
            wanted,
            reason=args.reason or "",
            on=context.day(session),
            by=by,
            approval=approval,
        )
    )
    lines = _line_words(done.lines)
    after = say(
        "{0} points are back, the balance is {1}", format_hundredths(done.total), format_hundredths(done.balance_after)
    )
    words: list[Text | str] = [say("Return of receipt {0}  {1}", done.receipt, done.booklet), *lines, after]
    if done.cleared:
        words.append(say("A veto cleared {0} of them at once", format_hundredths(done.cleared)))
    return Outcome(done, tuple(words))


def _print(context: Context, done: Redemption) -> Redemption:
    from lizhi_pos.checkout.redemptions import find_redemption
    from lizhi_pos.cli.printers import print_to_screen
    from lizhi_pos.terminal.printing.spool import Spool

    if done.print_job:
        with context.looking() as session:
            papers = print_jobs.unsent(session, done.redemption_id)
        Spool(context.engine, show=print_to_screen(context)).flush(papers)
    with context.looking() as session:
        return find_redemption(session, done.redemption_id)


def _wanted(word: str) -> Wanted:
    code, star, quantity = word.partition("*")
    count = whole_number(quantity) if star else 1
    if not count or not code.strip():
        raise Usage(say("{0} is not CODE or CODE*QUANTITY", word))
    return Wanted(written.code(code), count)


def import_slips(context: Context) -> Outcome:
    """Reads paper slips: each is posted once, or refused with its reasons."""
    by, path = context.operator("import_slips"), readable(context.args.file)
    approval = context.approval(by)
    read = read_slips(path)
    with context.looking() as session:
        on = context.day(session)
        slips = slips_in(read.readable or (), on)
        if read.errors or isinstance(slips, tuple):
            also = slips if isinstance(slips, tuple) else ()
            return file_outcome(context, path, Taken(0, 0, 0, (*read.errors, *also)), read.warnings)
        if refusal := may_enter(session, slips, on, approval):
            raise Refused(refusal)
    results: list[Struct] = []
    for paper in slips:
        enter = partial(post_slip, paper=paper, by=by, approval=approval)
        results.append(context.write(enter))
        # each slip is posted on its own: whatever becomes of the next one, this stands
        context.stands = _slips_outcome(context, results, left=[later.number for later in slips[len(results) :]])
    return _slips_outcome(context, results)


def _slips_outcome(context: Context, results: Sequence[Struct], left: Sequence[str] = ()) -> Outcome:
    posted = [r for r in results if isinstance(r, PostedSlip)]
    already = [r.slip for r in results if isinstance(r, AlreadyPosted)]
    refused = [r for r in results if isinstance(r, RefusedSlip)]
    words: list[Text | str] = [say("{0}: posted as {1}", r.slip, r.receipt) for r in posted]
    words += [say("{0}: posted before", number) for number in already]
    words += [
        say("{0}: refused, {1}", r.slip, r.message or reason_words(reason, context.translate))
        for r in refused
        for reason in r.reasons
    ]
    words.append(say("Posted {0}, posted before {1}, refused {2}", len(posted), len(already), len(refused)))
    if left:
        words.append(say("Not entered yet: {0}. Read the same file again once it is put right", ", ".join(left)))
    return Outcome({"posted": posted, "already": already, "refused": refused, "left": list(left)}, tuple(words))


def _market_words(view: MarketView) -> tuple[Text, ...]:
    words = [
        say("{0}  {1}", view.date.isoformat(), SESSION_WORDS[view.state]),
        say(
            "{0} households, {1} redemptions, {2} points",
            view.households,
            view.redemptions,
            format_hundredths(view.points),
        ),
    ]
    words += [
        say(
            "    {0}: {1} households, {2} redemptions, {3} points",
            v.village,
            v.households,
            v.redemptions,
            format_hundredths(v.points),
        )
        for v in view.villages
    ]
    if view.returns:
        words.append(say("{0} returns, {1} points", view.returns, format_hundredths(view.returned)))
    if view.unknown_jobs:
        words.append(say("{0} receipts may not have come out: see `printer queue`", view.unknown_jobs))
    words.append(say("Journal head {0}", view.chain))
    if view.receipts:
        words.append(say("Receipts {0}", ", ".join(view.receipts)))
    return tuple(words)


def _line_words(lines: Sequence[RedeemedLine] | Sequence[ReturnedLine]) -> list[str]:
    return [f"{x.name}  {format_hundredths(x.price)} × {x.quantity}  {format_hundredths(x.amount)}" for x in lines]


def _redemption_words(done: Redemption) -> tuple[Text | str, ...]:
    lines = _line_words(done.lines)
    return (
        say("Receipt {0}  {1}", done.receipt, done.booklet),
        *lines,
        say(
            "Total {0}, before {1}, after {2}",
            *(format_hundredths(a) for a in (done.total, done.balance_before, done.balance_after)),
        ),
    )
