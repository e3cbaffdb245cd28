"""The rows of gifts, pledges, purchases and the cash book, found by voucher, name or pinyin. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from lizhi_pos.money import Yuan
from lizhi_pos.reports.donors import KINDS
from lizhi_pos.reports.pool_board import GiftDetail, PledgeDetail, PoolBoard, PurchaseDetail
from lizhi_pos.text.normalize import comparable, number
from lizhi_pos.text.pinyin import is_said

PoolView = Literal["gifts", "pledges", "purchases", "book"]
VIEWS: tuple[PoolView, ...] = ("gifts", "pledges", "purchases", "book")
PoolDetail = GiftDetail | PurchaseDetail | PledgeDetail


class PoolRow(Struct, frozen=True, kw_only=True):
    """One row: `key` is the voucher's or pledge's number, `tag` its kind or state, `rest` what is left of it.

    Of the cash book `amount` is signed and `rest` the balance after it; of a pledge `rest` is what came of it.
    """

    key: str
    on: date
    tag: str
    who: str
    amount: Yuan
    rest: Yuan | None = None


def rows_of(board: PoolBoard, view: PoolView) -> list[PoolRow]:
    """Return the rows of a view, newest first."""
    if view == "gifts":
        return [
            PoolRow(
                key=g.voucher,
                on=g.on,
                tag="voided" if g.voucher in board.voided else KINDS[g.kind],
                who=g.donor,
                amount=g.amount,
                rest=board.left.get(g.voucher),
            )
            for g in board.gifts
        ]
    if view == "pledges":
        return [
            PoolRow(key=str(p.pledge), on=p.due, tag=p.state, who=p.donor, amount=p.amount, rest=p.paid)
            for p in board.pledges
        ]
    if view == "purchases":
        return [
            PoolRow(
                key=p.voucher,
                on=p.on,
                tag="voided" if p.voucher in board.voided else "purchase",
                who=p.supplier,
                amount=p.amount,
            )
            for p in board.purchases
        ]
    who = {g.voucher: g.donor for g in board.gifts} | {p.voucher: p.supplier for p in board.purchases}
    return [
        PoolRow(
            key=line.reference,
            on=line.date,
            tag=line.kind,
            who=who.get(line.reference, ""),
            amount=Yuan(line.came - line.went),
            rest=line.balance,
        )
        for line in board.book
    ]


def views_of(board: PoolBoard) -> tuple[PoolView, ...]:
    """Return the views somebody has: without the books, the gifts alone."""
    return VIEWS if board.cash is not None else ("gifts",)


def narrowed(rows: Sequence[PoolRow], typed: str) -> list[PoolRow]:
    """Return the rows whose voucher or name has a text in it, or a part of whose name is said so.

    A name that is not to be known is not found either: rows carry the name that may be told.
    """
    wanted = number(typed)
    alike = comparable(typed).lower()
    return [row for row in rows if wanted in row.key or alike in comparable(row.who).lower() or is_said(row.who, typed)]


class PoolList:
    """The rows that are shown: of one view, narrowed by a text, with one marked."""

    def __init__(self, board: PoolBoard) -> None:
        self.board = board
        self.view: PoolView = "gifts"
        self.filter = ""
        self.marked = 0
        self.rows = rows_of(board, self.view)
        self.details: dict[tuple[PoolView, str], PoolDetail | None] = {}

    @property
    def row(self) -> PoolRow | None:
        """The marked row."""
        return self.rows[self.marked] if 0 <= self.marked < len(self.rows) else None

    @property
    def place(self) -> tuple[PoolView, str] | None:
        """What the marked row's detail goes by."""
        return (self.view, self.row.key) if self.row else None

    @property
    def detail(self) -> PoolDetail | None:
        """What is known of the marked row."""
        return self.details.get(self.place) if self.place else None

    @property
    def wants_detail(self) -> bool:
        """Whether more is to be read of the marked row."""
        return self.place is not None and self.place not in self.details

    def take(self, board: PoolBoard) -> None:
        """Take what was read anew; the mark stays on its row."""
        place = self.place
        self.board, self.details = board, {}
        self._fill()
        self.jump(place[1]) if place else self.mark(0)

    def show(self, view: PoolView) -> None:
        """Show another view, whole."""
        self.view, self.filter, self.marked = view, "", 0
        self._fill()

    def next_view(self) -> None:
        """Show the view behind the present one."""
        views = views_of(self.board)
        self.show(views[(views.index(self.view) + 1) % len(views)])

    def mark(self, at: int) -> None:
        """Mark a row, or the one nearest to it that there is."""
        self.marked = min(max(at, 0), max(len(self.rows) - 1, 0))

    def jump(self, key: str) -> bool:
        """Mark the row with a number; return whether there is one."""
        at = next((at for at, row in enumerate(self.rows) if row.key == key), None)
        self.mark(self.marked if at is None else at)
        return at is not None

    def find(self, voucher: str) -> bool:
        """Mark a voucher in whichever view has it, the present one first; return whether one has."""
        for view in (self.view, *views_of(self.board)):
            if any(row.key == voucher for row in rows_of(self.board, view)) and view != "pledges":
                if view != self.view or not self.jump(voucher):
                    self.show(view)
                    self.jump(voucher)
                return True
        return False

    def narrow(self, typed: str) -> bool:
        """Show only what a text means; return whether there is any. Otherwise all stays as it is."""
        found = narrowed(rows_of(self.board, self.view), typed)
        if found:
            self.filter, self.rows, self.marked = typed, found, 0
        return bool(found)

    def widen(self) -> None:
        """Show all rows again, with the mark where it was."""
        key = self.row.key if self.row else ""
        self.filter = ""
        self._fill()
        self.jump(key)

    def _fill(self) -> None:
        rows = rows_of(self.board, self.view)
        self.rows = narrowed(rows, self.filter) if self.filter else rows
