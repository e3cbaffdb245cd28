"""`market …`: the market-day session."""

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout import market_session
from lizhi_pos.checkout.market_session import MarketView
from lizhi_pos.cli.backups import copy_words
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome, plain
from lizhi_pos.maintenance.automatic_backup import back_up_automatically, closed_without
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import Message, message, unwrap

SESSION_WORDS = {"open": message("in progress"), "closed": message("ended")}


def open_market(context: Context) -> Outcome:
    """Open the market-day session."""
    by, args = context.operator("run_session"), context.args
    approval = context.approval(by)
    view = context.write(
        lambda tx: market_session.open_session(tx, Authority(by, args.date, approval), args.reason or "")
    )
    return Outcome(view, _market_words(view))


def close_market(context: Context) -> Outcome:
    """Close the session."""
    by, args = context.operator("run_session"), context.args
    view = context.write(
        lambda tx: market_session.close_session(tx, Authority(by, args.date), discard_baskets=args.forget_baskets)
    )
    words = _market_words(view)
    context.stands = Outcome(view, words)
    made = back_up_automatically(context.engine, by)
    answer = {**plain(view, context.translate), "copies": plain(made.copies, context.translate)}
    return Outcome(answer, (*words, *copy_words(made)), warnings=closed_without(made))


def status(context: Context) -> Outcome:
    """Return the session that is open, else the latest, and what was redeemed in it."""
    context.operator("see")
    with context.reading() as tx:
        view = unwrap(market_session.market_view(tx))
    return Outcome(view, _market_words(view))


def _market_words(view: MarketView) -> tuple[Message, ...]:
    words = [
        message("{0}  {1}", view.date.isoformat(), SESSION_WORDS[view.state]),
        message(
            "{0} {0:household|households}, {1} {1:redemption|redemptions}, {2} points",
            view.households,
            view.redemptions,
            format_hundredths(view.points),
        ),
    ]
    for v in view.villages:
        told = message(
            "{0}: {1} {1:household|households}, {2} {2:redemption|redemptions}, {3} points",
            *(v.village, v.households, v.redemptions, format_hundredths(v.points)),
        )
        net = message(", net {0}", format_hundredths(v.points - v.returned))
        words.append(message("    {0}{1}", told, net if v.returned else ""))
    if view.returns:
        words.append(message("{0} {0:return|returns}, {1} points", view.returns, format_hundredths(view.returned)))
        words.append(message("net {0} points", format_hundredths(view.points - view.returned)))
    if view.unknown_jobs:
        words.append(message("{0} {0:receipt|receipts} may not have come out: see `printer queue`", view.unknown_jobs))
    words.append(message("Journal head {0}", view.chain))
    if view.receipts:
        words.append(message("Receipts {0}", ", ".join(view.receipts)))
    return tuple(words)
