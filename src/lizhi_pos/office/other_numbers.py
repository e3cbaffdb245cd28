"""What a scanned number is that no goods have: a household's booklet, or a receipt."""

from sqlalchemy import bindparam, select

from lizhi_pos.accounts.models import booklet
from lizhi_pos.checkout.models import redemption
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.refusal import Message, message

_BOOKLET = select(booklet.c.number).where(of_town(booklet), booklet.c.number == bindparam("number"))
_RECEIPT = select(redemption.c.receipt).where(of_town(redemption), redemption.c.receipt == bindparam("number"))


def is_booklet(tx: Transaction, number: str) -> bool:
    """Return whether a number is that of a household's booklet."""
    return tx.value(_BOOKLET, number=number) is not None


def is_receipt(tx: Transaction, number: str) -> bool:
    """Return whether a number is that of a receipt."""
    return tx.value(_RECEIPT, number=number) is not None


def what_else(tx: Transaction, number: str) -> Message | None:
    """Return why a number means no goods, None where it is nothing known."""
    if is_booklet(tx, number):
        return message("{0} is a household's booklet: goods are scanned here", number)
    if is_receipt(tx, number):
        return message("{0} is a receipt: goods are scanned here", number)
    return None
