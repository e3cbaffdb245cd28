"""What the sample town's villages answer to their statements: the last one still waits for most of them."""

from collections.abc import Mapping
from datetime import date

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.db import Transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import unwrap
from lizhi_pos.sample import people
from lizhi_pos.settlement.closing import closed_statement
from lizhi_pos.settlement.import_rows import AnswerRow, VillageAnswer
from lizhi_pos.settlement.reconciliation import compare
from lizhi_pos.settlement.statement import VillageStatement
from lizhi_pos.settlement.village_signing import confirm

_ACCOUNTANT = Operator(people.ACCOUNTANT.name, "accountant")
_SIGNER = "示例书记"


def answer_statements(tx: Transaction, month: Month, on: date, is_last: bool) -> None:
    """Answer a month's statements; of the last month one village answers otherwise, one confirms, the others wait."""
    villages = unwrap(closed_statement(tx, month)).villages
    authority = Authority(_ACCOUNTANT, on)
    if is_last:
        unwrap(compare(tx, month, [_otherwise(villages[0])], authority))
        villages = villages[1:2]
    for village in villages:
        unwrap(compare(tx, month, [_as_ours(village)], authority))
        unwrap(confirm(tx, month, village.village, _SIGNER, authority))


def _as_ours(village: VillageStatement) -> VillageAnswer:
    return _answer(village, {line.booklet: line.closing for line in village.households})


def _otherwise(village: VillageStatement) -> VillageAnswer:
    """Return an answer in which a receipt is missing and two digits are exchanged, where there are such figures."""
    lines = {line.booklet: line.closing for line in village.households}
    taken = next((line for line in village.households if line.redeemed), None)
    if taken is not None:
        lines[taken.booklet] = Points(taken.closing + taken.redeemed - taken.returned)
    mistaken = next(
        (line for line in village.households if line is not taken and _exchanged(line.closing) != line.closing), None
    )
    if mistaken is not None:
        lines[mistaken.booklet] = Points(_exchanged(mistaken.closing))
    return _answer(village, lines)


def _exchanged(amount: int) -> int:
    """Return an amount with its first two digits exchanged."""
    written = str(amount)
    return int(written[1::-1] + written[2:]) if len(written) > 2 else amount


def _answer(village: VillageStatement, closing: Mapping[str, Points]) -> VillageAnswer:
    rows = (_row(at, booklet, points) for at, (booklet, points) in enumerate(closing.items(), 3))
    return VillageAnswer(village.village, tuple(rows), f"{village.village}.xlsx")


def _row(at: int, booklet: str, closing: Points) -> AnswerRow:
    return AnswerRow(booklet, closing, RowAt("户余额", at, 2, {"手册编号": "A", "期末积分": "B"}))
