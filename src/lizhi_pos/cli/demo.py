"""`demo`: a sample town in a fresh file. Opens its till, or plays one short market day as text."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator, sign_in
from lizhi_pos.access.role_words import ROLE_WORDS
from lizhi_pos.checkout.basket import Basket, Wanted
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.checkout.till_queries import HouseholdAtCounter, household_at_counter
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.environment import Usage
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import refuse_others, save_each, with_problems
from lizhi_pos.cli.streams import put
from lizhi_pos.db import reading, transaction
from lizhi_pos.i18n.render import reason_words, render
from lizhi_pos.ids import Id
from lizhi_pos.inventory.stock import ProductStock, stock_on
from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.refusal import Message, Reason, Refusal, Refused, message, refuse, unwrap
from lizhi_pos.sample.goods import CODES
from lizhi_pos.sample.households import ELIGIBLE, VETOED, Caller
from lizhi_pos.sample.people import CLERK, SignIn
from lizhi_pos.sample.town import SampleTown, build, sample_town
from lizhi_pos.settlement.coverage import PoolView, pool_view
from lizhi_pos.settlement.verification import Proof, verify

_Words = list[Message | str]

_SHOPPING = (("加碘食盐", 2), ("香醋", 1), ("纯牛奶", 2))
_MADE_UP = message("A sample town: every person, gift and point in it is made up (示例)")
_KEY = "demo"
"""The redemption's key: the same demo played twice redeems once."""


class Verdict(Struct, frozen=True, kw_only=True):
    """A household at the counter: whether it may redeem, and every reason why not."""

    booklet: str
    head: str
    village: str
    balance: Points
    eligible: bool
    reasons: tuple[Reason, ...]


class MarketDay(Struct, frozen=True, kw_only=True):
    """One short market day: who may sign in, whom to try, and what happened."""

    town: str
    date: date
    sign_ins: tuple[SignIn, ...]
    households: tuple[Caller, ...]
    verdict: Verdict
    refused: Verdict
    redemption: Redemption
    receipt: str
    stock: tuple[ProductStock, ...]
    pool: PoolView
    verify: Proof


def demo(context: Context) -> Outcome:
    """Open the till of a sample town, nothing to set up.

    Without a terminal, or with `--json`, return its market day as text.
    """
    if context.args.files is not None:
        return _write_files(context)
    now = context.clock.now()
    if context.args.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        with _place(context, now, keep=False):
            notes = _made(context, now)
            outcome = _market_day(context, sample_town(now), now)
            context.new_engine.dispose()
        return Outcome(outcome.answer, (*notes, *outcome.words), outcome.exit_status)
    with _place(context, now, keep=True):
        put(context.translate("Making the sample town …"))
        notes = _made(context, now)
        context.new_engine.dispose()
        return _open_till(context, sample_town(now), notes)


def _write_files(context: Context) -> Outcome:
    """Write an example of every file that the program reads, for a town to begin with."""
    from lizhi_pos.sample.example_files import example_files

    folder, made = Path(context.args.files), example_files()
    if not context.args.replace:
        refuse_others(folder, made)
    saved, problems = save_each(folder, made, replace=context.args.replace)
    words = tuple(message("{0} is written", str(path)) for path in saved)
    return with_problems(context, {"files": [str(path) for path in saved]}, words, problems)


@contextmanager
def _place(context: Context, now: datetime, keep: bool) -> Iterator[None]:
    """Points the run at the sample's database: `--db`, a file in `--dir`, or one in a temporary folder."""
    args, name = context.args, f"demo-{sample_town(now).day.isoformat()}.db"
    if args.db and args.dir:
        raise Usage(message("Give --dir or --db, not both"))
    if args.db:
        yield
    elif args.dir or keep:
        args.db = str(_folder(args.dir) / name)
        yield
    else:
        with tempfile.TemporaryDirectory(prefix="lizhi-demo-", ignore_cleanup_errors=True) as folder:
            args.db = str(Path(folder) / name)
            yield


def _folder(given: str | None) -> Path:
    if given is None:
        return Path(tempfile.mkdtemp(prefix="lizhi-demo-"))
    folder = Path(given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise Usage(message("{0} is not a folder", given)) from None
    return folder


def _made(context: Context, now: datetime) -> _Words:
    """Build the sample where it is not there yet; return words about a sample that is."""
    with reading(context.new_engine, now) as tx:
        there = tx.town_id is not None
    if not there:
        build(context.new_engine, now)
        return _of_other_days(context)
    if context.args.dir is None:
        raise Refused(refuse("out_of_turn", "This database already has a town: take another file for a new one"))
    return [message("Today's sample town is used again: {0}", context.args.db)]


def _of_other_days(context: Context) -> _Words:
    if context.args.dir is None:
        return []
    path = Path(context.args.db)
    others = sorted(other.name for other in path.parent.glob("demo-*.db") if other != path)
    text = message("{0} is dated from another day: today's sample town is in {1}", " ".join(others), path.name)
    return [text] if others else []


def _open_till(context: Context, town: SampleTown, notes: _Words) -> Outcome:
    from lizhi_pos.cli.till import till

    context.args.till = "1"
    context.args.hint = tuple(_told(context, line) for line in (*notes, *_hint(context, town)))
    outcome = till(context)
    kept = message("The sample town is kept in {0}", str(context.args.db))
    return Outcome(outcome.answer, (*outcome.words, kept), outcome.exit_status)


def _hint(context: Context, town: SampleTown) -> _Words:
    """Who may sign in with which PIN, and which booklets show what, in few lines."""
    users = [f"{s.name} {s.pin} {_told(context, ROLE_WORDS[s.role])}" for s in town.sign_ins]
    return [
        _MADE_UP,
        message("Names and PINs: {0}", " · ".join(users[:3])),
        "  " + " · ".join(users[3:]),
        *_booklets(context, town),
    ]


def _booklets(context: Context, town: SampleTown) -> Iterator[Message]:
    shown = [f"{caller.booklet} {_told(context, caller.shows)}" for caller in town.callers]
    yield message("Booklets to try: {0}", " · ".join(shown[:3]))
    for at in range(3, len(shown), 3):
        yield message("  {0}", " · ".join(shown[at : at + 3]))


def _told(context: Context, line: Message | str) -> str:
    return line if isinstance(line, str) else render(line, context.translate)


def _market_day(context: Context, town: SampleTown, now: datetime) -> Outcome:
    """Plays the day: each step is one call of the domain, as the till makes it."""
    engine = context.new_engine
    with transaction(engine, now) as tx:
        signed_in = sign_in(tx, CLERK.name, CLERK.pin)
    clerk = unwrap(signed_in)
    verdict = _look(engine, now, clerk, ELIGIBLE)
    refused = _look(engine, now, clerk, VETOED, shopping=True)
    with transaction(engine, now) as tx:
        done = unwrap(redeem(tx, _basket(ELIGIBLE), Authority(clerk, town.day)))
    receipt = _printed(engine, done)
    with reading(engine, now) as tx:
        codes = {code for code, _ in _shopping()}
        played = MarketDay(
            town=town.name,
            date=town.day,
            sign_ins=town.sign_ins,
            households=town.callers,
            verdict=verdict,
            refused=refused,
            redemption=done,
            receipt=receipt,
            stock=tuple(p for p in stock_on(tx, town.day) if p.code in codes),
            pool=pool_view(tx, town.day),
            verify=verify(tx),
        )
    return Outcome(played, tuple(_day_words(context, town, played)), 0 if played.verify.ok else 1)


def _shopping() -> tuple[tuple[str, int], ...]:
    return tuple((CODES[name], quantity) for name, quantity in _SHOPPING)


def _basket(booklet: str) -> Basket:
    return Basket(booklet=booklet, wanted=tuple(Wanted(c, n) for c, n in _shopping()), key=f"{_KEY}-{booklet}")


def _look(engine: Engine, now: datetime, clerk: Operator, booklet: str, shopping: bool = False) -> Verdict:
    """Return a household's verdict; with `shopping` that of its basket, which redeeming it would answer."""
    with transaction(engine, now) as tx:
        day = sample_town(now).day
        found: HouseholdAtCounter = unwrap(household_at_counter(tx, booklet, day, clerk))
        answer = redeem(tx, _basket(booklet), Authority(clerk, day)) if shopping else Refusal(reasons=found.reasons)
    reasons = answer.reasons if isinstance(answer, Refusal) else ()
    return Verdict(
        booklet=booklet,
        head=found.head,
        village=found.village,
        balance=found.balance,
        eligible=not found.reasons,
        reasons=reasons,
    )


def _printed(engine: Engine, done: Redemption) -> str:
    """Return the receipt out of the on-screen printer; a copy of it where it was printed before."""
    from lizhi_pos.printing.spool import Spool

    shown: list[str] = []
    job: Id | Refusal | None = done.print_job.id if done.print_job else None
    if done.print_job is None or done.print_job.state != "queued":
        with transaction(engine) as tx:
            job = print_jobs.reprint(tx, done.redemption_id)
    if isinstance(job, bytes):
        Spool(engine, show=shown.append).flush([job])
    return "\n".join(shown)


def _day_words(context: Context, town: SampleTown, day: MarketDay) -> Iterator[Message | str]:
    yield f"{day.town}  {day.date.isoformat()}"
    yield from (_MADE_UP, "", message("Names and PINs to sign in with:"))
    for user in town.sign_ins:
        yield message("  {0}  {1}  {2}", user.name, user.pin, ROLE_WORDS[user.role])
    yield from _booklets(context, town)
    yield from ("", message("— A household that may redeem"))
    yield from _verdict_words(context, day.verdict)
    yield from ("", message("— A household that may not, and why"))
    yield from _verdict_words(context, day.refused)
    yield from ("", message("— A redemption, and its receipt as printed"), "")
    yield from (f"    {line}" for line in day.receipt.splitlines())
    yield from ("", message("— The stock of these goods afterwards"))
    for p in day.stock:
        yield message("{0}  {1}  on hand {2}, sellable {3}", p.code, p.name, p.on_hand, p.sellable)
        for lot in p.lots:
            yield message(
                "    {0}: {1}, expires {2}", lot.lot, lot.on_hand, lot.expires.isoformat() if lot.expires else "–"
            )
    yield from ("", message("— The fund pool afterwards"))
    yield from _pool_words(day.pool)
    yield from ("", message("— The books"))
    yield from _proof_words(day.verify)


def _verdict_words(context: Context, verdict: Verdict) -> Iterator[Message | str]:
    yield f"{verdict.booklet}  {verdict.head}  {verdict.village}"
    yield message("Balance {0}", format_hundredths(verdict.balance))
    yield message("✔ may redeem") if verdict.eligible else message("✘ may not redeem")
    for reason in verdict.reasons:
        yield f"  {reason_words(reason, context.translate)}"


def _pool_words(pool: PoolView) -> Iterator[Message]:
    yield message("Cash {0}", format_hundredths(pool.cash))
    at_cost, at_tag = format_hundredths(pool.stock_at_cost), format_hundredths(pool.stock_at_tag)
    yield message("Stock at cost {0}, at tag price {1}", at_cost, at_tag)
    outstanding = format_hundredths(pool.outstanding_points)
    yield message("Points outstanding {0}, coverage {1}", outstanding, pool.coverage or "–")


def _proof_words(proof: Proof) -> Iterator[Message | str]:
    yield message("✔ books, stock and pool agree") if proof.ok else message("✘ books, stock and pool do not agree")
    for check in proof.checks:
        if not check.ok:
            yield f"  {check.name}: {'; '.join(check.facts)}"
    yield message("{0} {0:entry|entries}, head {1}", proof.entries, proof.head.hex())
