"""One redemption (三(五)1, 五): eligibility, points, stock, receipt and print job commit together or not at all."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.operators import Approval, Operator
from lizhi_pos.access.settings import settings
from lizhi_pos.checkout.basket import Basket
from lizhi_pos.checkout.judge import Allowed, judge
from lizhi_pos.checkout.models import receipt_counter, redemption, redemption_line, redemption_lot
from lizhi_pos.checkout.open_baskets import forget
from lizhi_pos.checkout.print_jobs import enqueue
from lizhi_pos.checkout.receipt import SHOP, Receipt, ReceiptLine, head_on_paper, seal
from lizhi_pos.checkout.redemptions import JobState, RedeemedLine, Redemption, TakenLot, find_redemption
from lizhi_pos.db import Id, Session, new_id, of_town
from lizhi_pos.inventory.allocation import Pick
from lizhi_pos.inventory.stock import take
from lizhi_pos.journal.entries import (
    Entry,
    PointsPosting,
    Posted,
    YuanPosting,
    derived_key,
    post_linked,
    town_account,
)
from lizhi_pos.money import Points, Yuan
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import not_in_future, rules_on, today
from lizhi_pos.rulebook.rules import Rulebook

_KEPT = select(redemption.c.redemption_id, redemption.c.content_hash, redemption.c.on_date).where(
    of_town(redemption), redemption.c.key == bindparam("given")
)
_COUNT_ON = (
    update(receipt_counter)
    .where(of_town(receipt_counter), receipt_counter.c.till == bindparam("t"), receipt_counter.c.year == bindparam("y"))
    .values(number=receipt_counter.c.number + 1)
    .returning(receipt_counter.c.number)
)


def redeem(
    session: Session, basket: Basket, on: date, by: Operator, approval: Approval | None = None
) -> Redemption | Refusal:
    """Redeems a basket for its household, or says every reason why not and writes nothing.

    The same key with the same basket answers with the first redemption; with another one it is a conflict.
    A day other than today, and the clerk's own household, need a second person's approval.
    """
    if refusal := _malformed(basket):
        return refusal
    kept = session.first(_KEPT, given=basket.key)
    if kept is not None:
        if kept.content_hash != basket.content_hash() or kept.on_date != on:
            return refuse("key_conflict", "Key {0} belongs to another basket: use a new key", basket.key)
        return find_redemption(session, kept.redemption_id)
    rules = rules_on(session, on)
    if isinstance(rules, Refusal):
        return rules
    if refusal := not_in_future(session, on) or _needs_approval(session, basket, on, by, approval):
        return refusal
    found = judge(session, basket, rules, on)
    if not isinstance(found, Allowed):
        return Refusal(reasons=found)
    return _write(session, basket, found, rules, on, by, approval)


def _malformed(basket: Basket) -> Refusal | None:
    if not basket.wanted:
        return refuse("rule_broken", "The basket is empty: scan goods first")
    if any(w.quantity < 1 for w in basket.wanted):
        return refuse("rule_broken", "A quantity must be a whole number from 1")
    if bool(basket.proxy) != bool(basket.relation) and not basket.slip:
        return refuse("rule_broken", "Somebody who collects for a household gives name and relation")
    return None


def _needs_approval(
    session: Session, basket: Basket, on: date, by: Operator, approval: Approval | None
) -> Refusal | None:
    if approval is not None:
        return None
    if by.booklet and by.booklet == basket.booklet:
        return refuse("approval_needed", "This is the clerk's own household: another person serves it or approves")
    if on != today(session) and not basket.slip:
        return refuse("approval_needed", "{0} is not today: redeeming needs --approver", on.isoformat())
    return None


def _write(
    session: Session,
    basket: Basket,
    found: Allowed,
    rules: Rulebook,
    on: date,
    by: Operator,
    approval: Approval | None,
) -> Redemption:
    key, number = new_id(), _next_number(session, basket.till, on.year)
    receipt = f"{basket.till}-{on.year}-{number:06d}"
    picks = [pick for line in found.lines for pick in found.picks[line.product_id]]
    points, goods = _post(session, key, receipt, basket, found, picks, on, by, approval)
    take(session, goods.entry_id, on, picks)
    row = {
        "redemption_id": key,
        "receipt": receipt,
        "till": basket.till,
        "year": on.year,
        "number": number,
        "session_id": found.session_id,
        "household_id": found.household.household_id,
        "booklet": basket.booklet,
        "on_date": on,
        "recorded_at": session.now,
        "clerk": by.name,
        "approved_by": approval.by if approval else None,
        "approval_reason": approval.reason if approval else "",
        "proxy": basket.proxy,
        "relation": basket.relation,
        "total": found.total,
        "balance_before": found.balance,
        "balance_after": found.balance - found.total,
        "key": basket.key,
        "content_hash": basket.content_hash(),
        "points_entry": points.entry_id,
        "goods_entry": goods.entry_id,
    }
    session.insert(redemption, row)
    forget(session, basket.key)
    _write_lines(session, key, found)
    # a paper slip's household went home with its slip long ago
    job = None if basket.slip else _print(session, row, basket, found, rules, points.hash)
    return _answer(row, found, job)


def _print(session: Session, row: dict[str, Any], basket: Basket, found: Allowed, rules: Rulebook, sealed: bytes) -> Id:
    """The job of the household's receipt; the village's copy follows it where the town has set one."""
    town, key = settings(session), row["redemption_id"]
    document = msgspec.json.encode(_receipt(session, row, basket, found, rules, sealed, town))
    job = enqueue(session, kind="receipt", document=document, redemption_id=key, till=basket.till)
    if town["village-copy"] == "yes":
        enqueue(session, kind="village", document=document, redemption_id=key, till=basket.till)
    return job


def _post(
    session: Session,
    key: Id,
    receipt: str,
    basket: Basket,
    found: Allowed,
    picks: Sequence[Pick],
    on: date,
    by: Operator,
    approval: Approval | None,
) -> tuple[Posted, Posted]:
    """The two entries: points spent, and goods given at cost."""
    entry = Entry(
        kind="redeem",
        on=on,
        key=derived_key(key, "points"),
        by=by.name,
        approved_by=approval.by if approval else None,
        reference=receipt,
        till=basket.till,
        document=key,
    )
    goods = msgspec.structs.replace(entry, kind="goods_out", key=derived_key(key, "goods"))
    cost = Yuan(sum(pick.quantity * pick.lot.unit_cost for pick in picks))
    given = [
        YuanPosting(town_account("goods_redeemed"), cost),
        YuanPosting(town_account("stock"), Yuan(-cost)),
    ]
    return post_linked(session, (entry, _points_postings(found)), (goods, given))


def _answer(row: Mapping[str, Any], found: Allowed, job: Id | None) -> Redemption:
    """What `find_redemption` would read back."""
    lines = tuple(
        RedeemedLine(
            line.code,
            line.name,
            line.quantity,
            line.price,
            line.amount,
            tuple(TakenLot(p.lot.name, p.quantity, p.lot.expires_on) for p in found.picks[line.product_id]),
        )
        for line in found.lines
    )
    return Redemption(
        receipt=row["receipt"],
        booklet=row["booklet"],
        date=row["on_date"],
        total=row["total"],
        balance_before=row["balance_before"],
        balance_after=row["balance_after"],
        lines=lines,
        print_job=JobState(job, "queued") if job else None,
        clerk=row["clerk"],
        proxy=row["proxy"],
        relation=row["relation"],
        approved_by=row["approved_by"],
        recorded_at=row["recorded_at"],
        redemption_id=row["redemption_id"],
    )


def _points_postings(found: Allowed) -> list[PointsPosting]:
    return [
        PointsPosting(found.household.household_id, Points(-found.total)),
        PointsPosting(town_account("redeemed"), found.total),
    ]


def _write_lines(session: Session, key: Id, found: Allowed) -> None:
    session.insert(
        redemption_line,
        *(
            {
                "redemption_id": key,
                "line": number,
                "product_id": line.product_id,
                "quantity": line.quantity,
                "price": line.price,
                "amount": line.amount,
            }
            for number, line in enumerate(found.lines, 1)
        ),
    )
    session.insert(
        redemption_lot,
        *(
            {"redemption_id": key, "line": number, "lot_id": pick.lot.lot_id, "quantity": pick.quantity}
            for number, line in enumerate(found.lines, 1)
            for pick in found.picks[line.product_id]
        ),
    )


def _next_number(session: Session, till: str, year: int) -> int:
    number = session.value(_COUNT_ON, t=till, y=year)
    if number is None:
        session.insert(receipt_counter, {"till": till, "year": year, "number": 1})
    return int(number or 1)


def _receipt(
    session: Session,
    row: dict[str, Any],
    basket: Basket,
    found: Allowed,
    rules: Rulebook,
    sealed: bytes,
    town: Mapping[str, str],
) -> Receipt:
    household = found.household
    return Receipt(
        shop=SHOP,
        town=session.town_name,
        number=row["receipt"],
        on=row["on_date"],
        printed_at=session.now.astimezone(rules.zone).strftime("%Y-%m-%d %H:%M"),
        clerk=row["clerk"],
        till=basket.till,
        booklet=basket.booklet,
        head=head_on_paper(household.head, town),
        village=household.village,
        lines=_receipt_lines(found),
        total=found.total,
        balance_before=row["balance_before"],
        balance_after=row["balance_after"],
        chain=seal(sealed),
        proxy=basket.proxy,
        relation=basket.relation,
        approved_by=row["approved_by"] or "",
        approval_reason=row["approval_reason"],
        slip=basket.slip,
        session_approved_by=found.session_approved_by,
        session_reason=found.session_reason if found.session_approved_by else "",
    )


def _receipt_lines(found: Allowed) -> tuple[ReceiptLine, ...]:
    return tuple(ReceiptLine(x.code, x.name, x.quantity, x.price, x.amount) for x in found.lines)
