"""The acts of gifts and the pool: what is seen by whom, gifts of money, pledges, the bank, consent, voids.

On the database thread. Every act asks for its right when it runs.
"""

from collections.abc import Callable
from datetime import date
from typing import Literal, TypeVar

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.operators import Approval, Authority, Operator
from lizhi_pos.accounts.villages import village_names
from lizhi_pos.cell_errors import TYPED
from lizhi_pos.checkout.papers import queue_certificate
from lizhi_pos.db import Transaction, of_town, reading
from lizhi_pos.donations.cash_book import BankView, Consent, change_purpose, say_bank
from lizhi_pos.donations.import_rows import GiftRow
from lizhi_pos.donations.models import donor, gift
from lizhi_pos.donations.pledges import Pledge, add_pledge
from lizhi_pos.ids import Id
from lizhi_pos.journal.balances import CASH
from lizhi_pos.journal.queries import balance_on
from lizhi_pos.money import Yuan
from lizhi_pos.office.job_service import JobService
from lizhi_pos.office.pool_rows import PoolDetail, PoolView
from lizhi_pos.receiving.typed import Received, add_gift
from lizhi_pos.receiving.voids import Voided, VoucherKind, void_voucher
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.pool_board import PoolBoard, gift_detail, pledge_detail, pool_board, purchase_detail
from lizhi_pos.rulebook.adopted import today

_T = TypeVar("_T")
MoneyKind = Literal["cash", "sponsor", "village"]
LETTERS: dict[MoneyKind, str] = {"cash": "XJ", "sponsor": "ZZ", "village": "CJ"}
"""How the vouchers of each kind of money begin."""


class MoneyGift(Struct, frozen=True, kw_only=True):
    """A gift of money, a sponsor's grant or a village's allocation, as it is typed."""

    kind: MoneyKind
    voucher: str
    on: date
    donor: str
    amount: Yuan
    purpose: str = ""
    anonymous: bool = False
    village: str = ""
    resolution: str = ""
    pledge: int | None = None


class Proposals(Struct, frozen=True):
    """What a form offers: the town's day, a voucher's number that is free, who gave last, the villages."""

    day: date
    voucher: str
    donors: tuple[str, ...]
    villages: tuple[str, ...]


_DONORS = select(donor.c.name).where(of_town(donor)).order_by(donor.c.donor_id.desc()).limit(9)
_TAKEN = select(gift.c.voucher).where(of_town(gift), gift.c.voucher.like(bindparam("begin")))


class GiftsService(JobService):
    """Gifts and the pool on one database."""

    def board(self, by: Operator) -> PoolBoard | Refusal:
        """Return the pool's vouchers as somebody may see them."""
        if refusal := by.refusal_to("trace"):
            return refusal
        with reading(self.engine) as tx:
            return pool_board(tx, by)

    def detail(self, view: PoolView, key: str, by: Operator) -> PoolDetail | Refusal | None:
        """Return what became of a voucher or a pledge."""
        if refusal := by.refusal_to("trace" if view == "gifts" else "see_books"):
            return refusal
        with reading(self.engine) as tx:
            if view == "pledges":
                return pledge_detail(tx, int(key), by)
            found = gift_detail(tx, key, by)
            return found if found is not None or view == "gifts" else purchase_detail(tx, key, by)

    def proposals(self, kind: MoneyKind, by: Operator) -> Proposals | Refusal:
        """Return what the form of a gift of money offers."""
        if refusal := by.refusal_to("keep_pool"):
            return refusal
        with reading(self.engine) as tx:
            day = today(tx)
            begin = f"{LETTERS[kind]}-{day:%y%m%d}-"
            taken = {row.voucher for row in tx.all(_TAKEN, begin=f"{begin}%")}
            names = tuple(row.name for row in tx.all(_DONORS))
            villages = tuple(village_names(tx).values())
        number = next(n for n in range(1, len(taken) + 2) if f"{begin}{n}" not in taken)
        return Proposals(day, f"{begin}{number}", names, villages)

    def cash(self) -> Yuan:
        """Return the pool's cash now."""
        with reading(self.engine) as tx:
            return Yuan(balance_on(tx, CASH, today(tx)))

    def add_gift(self, given: MoneyGift, by: Operator) -> Received | Refusal:
        """Record a gift of money."""
        row = GiftRow(
            voucher=given.voucher,
            on=given.on,
            kind=given.kind,
            donor=given.donor,
            at=TYPED,
            amount=given.amount,
            village=given.village,
            purpose=given.purpose,
            anonymous=given.anonymous,
            resolution=given.resolution,
            pledge=given.pledge,
        )
        return self._keep(by, lambda tx: add_gift(tx, [row], by))

    def add_pledge(self, name: str, amount: Yuan, due: date, purpose: str, by: Operator) -> Pledge | Refusal:
        """Record what a donor promises today."""
        return self._keep(by, lambda tx: add_pledge(tx, name, amount, due, purpose, Authority(by, today(tx))))

    def say_bank(self, day: date, amount: Yuan, by: Operator) -> BankView | Refusal:
        """Record what the bank says at a day's end."""
        return self._keep(by, lambda tx: say_bank(tx, day, amount, by))

    def change_purpose(self, voucher: str, purpose: str, approval: Approval, by: Operator) -> Consent | Refusal:
        """Change what a gift is for; the approval's reason says how the donor consented."""

        def act(tx: Transaction) -> Consent | Refusal:
            return change_purpose(tx, voucher, purpose, approval.reason, Authority(by, today(tx), approval))

        return self._keep(by, act)

    def void(self, kind: VoucherKind, voucher: str, approval: Approval, by: Operator) -> Voided | Refusal:
        """Undo a wrongly entered gift or purchase today, for the approval's reason."""

        def act(tx: Transaction) -> Voided | Refusal:
            return void_voucher(tx, kind, voucher, approval.reason, Authority(by, today(tx), approval))

        return self._keep(by, act)

    def print_certificate(self, voucher: str, by: Operator) -> Id | Refusal:
        """Queue what a donor gets for a gift; whoever takes gifts in gives it."""
        if refusal := by.refusal_to("import_gifts"):
            return refusal
        return self.write(lambda tx: queue_certificate(tx, voucher), by)

    def _keep(self, by: Operator, act: Callable[[Transaction], _T | Refusal]) -> _T | Refusal:
        refusal = by.refusal_to("keep_pool")
        return refusal if refusal is not None else self.write(act, by)
