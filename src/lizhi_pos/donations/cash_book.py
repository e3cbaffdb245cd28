"""The pool's cash book, what the bank says beside it, and purposes that changed with their donors' consent (五)."""

from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.donations.models import BANK, CONSENT, bank_balance, consent, gift
from lizhi_pos.donations.voids import voided_on
from lizhi_pos.journal.balances import CASH, lock_cash
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.journal.queries import balance_on, history
from lizhi_pos.money import Yuan
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import not_in_future
from lizhi_pos.text.normalize import number, typed


class CashLine(Struct, frozen=True):
    """One movement of the pool's cash and what is there after it; `came` and `went` are 0 or more."""

    date: date
    kind: str
    reference: str
    came: Yuan
    went: Yuan
    balance: Yuan


class BankView(Struct, frozen=True):
    """What the bank says at the end of a day beside the books; `difference` is bank − book."""

    date: date
    bank: Yuan
    book: Yuan
    difference: Yuan


class Consent(Struct, frozen=True):
    """A gift's purpose from now on."""

    voucher: str
    purpose: str


_KINDS = select(gift.c.voucher, gift.c.kind).where(of_town(gift), gift.c.kind == "sponsor")
_LATEST_BANK = (
    select(bank_balance)
    .where(of_town(bank_balance), bank_balance.c.on_date <= bindparam("day"))
    .order_by(bank_balance.c.on_date.desc(), bank_balance.c.bank_balance_id.desc())
    .limit(1)
)
_GIFT = select(gift.c.voucher).where(of_town(gift), gift.c.voucher == bindparam("number"))
_CONSENTS = select(consent.c.voucher, consent.c.purpose).where(of_town(consent)).order_by(consent.c.consent_id)
_KIND = {"gift_money": "money", "allocation": "village", "purchase": "purchase", "void": "void"}


def cash_book(tx: Transaction, first: date, last: date) -> list[CashLine]:
    """Return the movements of the pool's cash from one day to another, in order of day and then of entry."""
    sponsors = {row.voucher for row in tx.all(_KINDS)}
    lines, held = [], 0
    for line in history(tx, CASH):
        held += line.amount
        if first <= line.on <= last:
            kind = "sponsor" if line.kind == "gift_money" and line.reference in sponsors else _KIND[line.kind]
            came, went = max(line.amount, 0), max(-line.amount, 0)
            lines.append(CashLine(line.on, kind, line.reference, Yuan(came), Yuan(went), Yuan(held)))
    return lines


def say_bank(tx: Transaction, day: date, amount: Yuan, by: Operator) -> BankView | Refusal:
    """Record what the bank says that the pool holds at a day's end; said again for a day, the last counts."""
    if refusal := not_in_future(tx, day):
        return refusal
    lock_cash(tx)
    key = tx.new_id()
    row = {"bank_balance_id": key, "on_date": day, "amount": amount, "by_user": by.name, "recorded_at": tx.now}
    tx.insert(bank_balance, row)
    touch(tx, BANK, key)
    return _beside(tx, day, amount)


def bank_on(tx: Transaction, day: date) -> BankView | None:
    """Return what the bank last said up to a day, None where it never did."""
    row = tx.first(_LATEST_BANK, day=day)
    return _beside(tx, row.on_date, Yuan(row.amount)) if row is not None else None


def change_purpose(tx: Transaction, voucher: str, purpose: str, reason: str, authority: Authority) -> Consent | Refusal:
    """Change what a gift is for, with its donor's consent; two people."""
    voucher = number(voucher)
    if refusal := refuse_unless_open(tx, authority.on):
        return refusal
    if tx.first(_GIFT, number=voucher) is None:
        return refuse("not_found", "There is no gift with voucher {0}: look at the number again", voucher)
    if (day := voided_on(tx, voucher)) is not None:
        return refuse("out_of_turn", "Voucher {0} was voided on {1}", voucher, day.isoformat())
    if not typed(purpose) or not typed(reason):
        return refuse("rule_broken", "Say what the gift is for from now on, and how the donor consented")
    if authority.approval is None:
        return refuse("approval_needed", "A changed purpose needs a second person: a supervisor signs with a PIN")
    key = tx.new_id()
    row = {
        "consent_id": key,
        "voucher": voucher,
        "purpose": typed(purpose),
        "reason": typed(reason),
        "on_date": authority.on,
        "by_user": authority.by.name,
        "approved_by": authority.second.by,
        "recorded_at": tx.now,
    }
    tx.insert(consent, row)
    touch(tx, CONSENT, key)
    return Consent(voucher, typed(purpose))


def changed_purposes(tx: Transaction) -> dict[str, str]:
    """Return the purpose of every gift that has another now than it came with."""
    return {row.voucher: row.purpose for row in tx.all(_CONSENTS)}


def _beside(tx: Transaction, day: date, amount: Yuan) -> BankView:
    book = balance_on(tx, CASH, day)
    return BankView(day, amount, Yuan(book), Yuan(amount - book))
