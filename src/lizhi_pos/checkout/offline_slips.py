"""Paper slips written while the power was out: each is posted once, or refused with its reasons, never dropped."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.cell_errors import CellError, with_all
from lizhi_pos.checkout.basket import SLIPS_TILL, Basket, Wanted, added_up
from lizhi_pos.checkout.import_rows import SlipRow
from lizhi_pos.checkout.market_session import open_session_now
from lizhi_pos.checkout.models import slip
from lizhi_pos.checkout.redeem import redeem, slip_hash
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.refusal import Message, Reason, Refusal, message, refuse
from lizhi_pos.text.normalize import comparable


class Slip(Struct, frozen=True):
    """One paper slip: a basket of a past session."""

    number: str
    on: date
    basket: Basket


class PostedSlip(Struct, frozen=True):
    """A slip that is posted now, and its receipt."""

    slip: str
    receipt: str


class AlreadyPosted(Struct, frozen=True):
    """A slip that was posted before with the same content."""

    slip: str


class RefusedSlip(Struct, frozen=True):
    """A slip that breaks rules; it may come again. `message` says why where the reasons' codes do not."""

    slip: str
    reasons: tuple[Reason, ...]
    message: Message | None = None


_KNOWN = select(slip.c.content_hash).where(of_town(slip), slip.c.number == bindparam("of_number"))


def errors_in_slips(rows: Sequence[SlipRow], entered_on: date) -> tuple[CellError, ...]:
    """Return everything that is wrong with a file of slips, as far as it could be read."""
    errors: list[CellError] = []
    for row in rows:
        if row.at.has("数量") and row.quantity < 1:
            errors.append(row.at.error("数量", message("This must be a whole number from 1")))
        if row.at.has("日期") and row.on > entered_on:
            errors.append(
                row.at.error("日期", message("{0} is after the day the slips are entered", row.on.isoformat()))
            )
    for number, lines in _by_number(rows).items():
        errors.extend(_disagreements(number, lines))
    return tuple(errors)


def slips_in(rows: Sequence[SlipRow]) -> list[Slip]:
    """Return the slips of a file without errors, in order of date and number."""
    slips = (_slip(number, lines) for number, lines in _by_number(rows).items())
    return sorted(slips, key=lambda s: (s.on, s.number))


def _by_number(rows: Sequence[SlipRow]) -> Mapping[str, list[SlipRow]]:
    by_number: dict[str, list[SlipRow]] = {}
    for row in with_all(rows, "单号"):
        by_number.setdefault(row.slip, []).append(row)
    return by_number


def why_not_enter(
    tx: Transaction, slips: Sequence[Slip], entered_on: date, approval: Approval | None
) -> Refusal | None:
    """Refuses a day of entry that is closed or to come, and slips of another session than today's without approval."""
    if refusal := refuse_unless_open(tx, entered_on):
        return refusal
    running = open_session_now(tx)
    ours = running is not None and running.on_date == entered_on
    if approval is not None or (ours and all(s.on == entered_on for s in slips)):
        return None
    return refuse("approval_needed", "These slips are not of the session open today: a supervisor signs with a PIN")


def post_slip(
    tx: Transaction, paper: Slip, by: Operator, approval: Approval | None
) -> PostedSlip | AlreadyPosted | RefusedSlip:
    """Post one slip as a redemption dated by the slip, at that session's prices."""
    digest = slip_hash(paper.basket, paper.on)
    known = tx.value(_KNOWN, of_number=paper.number)
    if known is not None:
        if known == digest:
            return AlreadyPosted(paper.number)
        return RefusedSlip(paper.number, (Reason("slip_conflict", (paper.number,)),))
    match redeem(tx, paper.basket, Authority(by, paper.on, approval)):
        case Refusal(code="refused", reasons=reasons):
            return RefusedSlip(paper.number, reasons)
        case Refusal() as refusal:
            return RefusedSlip(paper.number, (Reason(refusal.code),), refusal.sentence)
        case Redemption() as found:
            return PostedSlip(paper.number, found.receipt)


def _slip(number: str, lines: Sequence[SlipRow]) -> Slip:
    first = lines[0]
    basket = Basket(
        booklet=first.booklet,
        wanted=added_up(Wanted(row.code, row.quantity) for row in lines),
        key=f"slip {number}",
        till=SLIPS_TILL,
        proxy=first.proxy,
        relation=first.relation,
        slip=number,
    )
    return Slip(number, first.on, basket)


def _alike(value: object) -> object:
    return comparable(value) if isinstance(value, str) else value


def _disagreements(number: str, lines: Sequence[SlipRow]) -> list[CellError]:
    errors = []
    fields = (("日期", "on"), ("手册编号", "booklet"), ("代领人", "proxy"), ("关系", "relation"))
    for header, name in fields:
        told = list(with_all(lines, header))
        for row in told[1:]:
            if _alike(getattr(row, name)) != _alike(getattr(told[0], name)):
                errors.append(
                    row.at.error(header, message("This differs from another line of {0} {1}", "单号", number))
                )
    return errors
