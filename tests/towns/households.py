"""The till's small town (示例) with a village whose workbook has its cells, and what is proposed in it."""

from datetime import timedelta

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.batches import publish, review
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import (
    ActRow,
    HouseholdRow,
    MemberRow,
    ProposalRow,
    ScoreRow,
    SignatureRow,
    VillageWorkbook,
)
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.db import transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.codes import post_workbook
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import today
from towns.shelf import ACCOUNTANT, add_people
from towns.till import CLERK, SALT, SUPERVISOR, VINEGAR, basket_of

VILLAGE, FILE = "天桥村", "天桥村台账.xlsx"
FIRST, SECOND = "TQ0001", "TQ0002"
HEAD, WIFE, SON, OTHER = "示例甲", "示例妻", "示例子", "示例乙"
PHONE = "13900004417"
BY = Operator(ACCOUNTANT, "accountant")
CHECKER = Operator(SUPERVISOR, "supervisor")


def _at(sheet: str, row: int, **columns: str) -> RowAt:
    return RowAt(sheet, row, 1, columns)


def add_households(engine: Engine) -> None:
    """Post a month of a third village: two households, one with three people, one with a veto proposed against it."""
    add_people(engine)
    with transaction(engine) as tx:
        day = today(tx)
        unwrap(add_village(tx, VILLAGE))
        month = Month.of(day.replace(day=1) - timedelta(1))
        last = Quarter.last_ended_before(month.last_day + timedelta(1))
        quarters = (Quarter.at_index(last.index - 1), last)
        since = day.replace(year=2020, month=1, day=1)
        first, second = month.first_day, month.first_day + timedelta(2)
        book = VillageWorkbook(
            VILLAGE,
            month,
            households=(
                HouseholdRow(FIRST, HEAD, since, _at("农户", 2), "1组", phone=PHONE),
                HouseholdRow(SECOND, OTHER, since, _at("农户", 3), "2组"),
            ),
            members=(
                MemberRow(FIRST, WIFE, _at("成员", 2), "配偶"),
                MemberRow(FIRST, SON, _at("成员", 3), "子"),
                MemberRow(FIRST, HEAD, _at("成员", 4)),
                MemberRow(SECOND, OTHER, _at("成员", 5)),
            ),
            scores=tuple(
                ScoreRow(b, q, tenths, _at("评分", 2 + n, 评分="C"))
                for n, (b, q, tenths) in enumerate(
                    (b, q, tenths + 5 * at)
                    for b, tenths in ((FIRST, 900), (SECOND, 880))
                    for at, q in enumerate(quarters)
                )
            ),
            acts=(
                ActRow(FIRST, HEAD, first, "清扫", Points(1000), _at("志愿服务", 2, 分值="E"), 1),
                ActRow(FIRST, WIFE, second, "清扫", Points(2000), _at("志愿服务", 3, 分值="E"), 2),
                ActRow(SECOND, OTHER, second, "清扫", Points(3000), _at("志愿服务", 4, 分值="E"), 3),
            ),
            proposals=(ProposalRow(SECOND, second, "1", "示例:乱倒垃圾", _at("负面清单", 2)),),
            signatures=tuple(
                SignatureRow(group, f"示例{name}", _at("签字", 2 + at))  # type: ignore[arg-type]
                for group, names in (("assessment", "甲乙丙丁戊"), ("supervision", "己庚辛"))
                for at, name in enumerate(names)
            ),
        )
        unwrap(draft(tx, book, BY, FILE))
        unwrap(publish(tx, VILLAGE, month, Authority(BY, day - timedelta(9))))
        unwrap(review(tx, VILLAGE, month, Authority(CHECKER, day - timedelta(2))))
        unwrap(post_workbook(tx, VILLAGE, month, Authority(BY, day - timedelta(1))))


def redeem_some(engine: Engine, times: int = 1) -> None:
    """Let the first household redeem fourteen points, so many times."""
    with transaction(engine) as tx:
        for n in range(times):
            basket = basket_of(FIRST, (SALT, 8 if n == 0 else 4), (VINEGAR, 1), key=f"示例-{n}", till="1")
            unwrap(redeem(tx, basket, Authority(Operator(CLERK, "clerk"), today(tx))))
