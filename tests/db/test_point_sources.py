"""Where points come from: each line of a household leads to the cell of the workbook that earned it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.batches import publish, review
from lizhi_pos.accounts.household_history import HistoryEntry, household_history
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import ActRow, CorrectionRow, MemberRow, ScoreRow
from lizhi_pos.accounts.point_sources import PointSource
from lizhi_pos.accounts.posting import post_batch
from lizhi_pos.cell_errors import RowAt
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.receiving.codes import give_booklet
from lizhi_pos.refusal import unwrap
from lizhi_pos.rulebook.adopted import adopt
from lizhi_pos.rulebook.reading import read_rulebook
from towns.small import (
    ACCOUNTANT,
    ADMIN,
    APPROVAL,
    MARKET_DAY,
    POSTED_ON,
    RULEBOOK,
    SALT,
    SUPERVISOR,
    VILLAGE,
    at,
    eligible,
    found,
    gift,
    household,
    noon,
    open_shop,
    sell,
    workbook,
)

COLUMNS = {"手册编号": "A", "姓名": "B", "评分": "C", "分值": "E", "积分": "B"}


def where(sheet: str, row: int) -> RowAt:
    return RowAt(sheet, row, 2, COLUMNS)


def an_act(row: int, booklet: str, name: str, day: int, item: str = "圆梦使者", points: int = 1000) -> ActRow:
    return ActRow(booklet, name, date(2024, 3, day), item, Points(points), where("志愿服务", row))


def march(**more: Any) -> Any:
    """Two households, whose rows stand among each other, on purpose not in the order of their days."""
    return workbook(
        households=[household("TQ0001"), household("TQ0002", "示例乙")],
        members=[MemberRow("TQ0001", "示例妻", at("成员"))],
        scored=[
            ScoreRow("TQ0002", Quarter(2023, 4), 900, where("基础评分", 3)),
            ScoreRow("TQ0001", Quarter(2023, 3), 875, where("基础评分", 4)),
            ScoreRow("TQ0001", Quarter(2023, 4), 920, where("基础评分", 5)),
        ],
        acts=[
            an_act(3, "TQ0001", "示例妻", 9),
            an_act(4, "TQ0002", "示例乙", 5),
            an_act(5, "TQ0001", "示例户主", 7, "心灵呵护", 550),
            an_act(6, "TQ0001", "示例妻", 5),
        ],
        corrections=[
            CorrectionRow("TQ0002", Points(100), "2024-02", "示例", where("更正", 3)),
            CorrectionRow("TQ0001", Points(-150), "2024-02", "示例", where("更正", 4)),
        ],
        **more,
    )


def post_file(tx: Transaction, book: Any, file: str | None = "三月台账.xlsx", on: date = POSTED_ON) -> None:
    drafted = unwrap(draft(tx, book, ACCOUNTANT, file))
    assert not drafted.errors, drafted.errors
    unwrap(publish(tx, VILLAGE, book.month, Authority(ACCOUNTANT, on - timedelta(10))))
    unwrap(review(tx, VILLAGE, book.month, Authority(SUPERVISOR, on - timedelta(2))))
    unwrap(post_batch(tx, VILLAGE, book.month, Authority(ACCOUNTANT, on)))


def history(tx: Transaction, number: str = "TQ0001") -> list[HistoryEntry]:
    return unwrap(household_history(tx, number))


def sources(tx: Transaction, number: str = "TQ0001") -> list[tuple[str, str, PointSource | None]]:
    return [(e.kind, e.note, e.source) for e in history(tx, number)]


def cells(tx: Transaction, number: str = "TQ0001") -> list[tuple[str, str] | None]:
    return [(e.source.sheet, e.source.cell) if e.source else None for e in history(tx, number)]


def test_each_line_of_an_entry_leads_to_its_own_cell(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        post_file(tx, march())
        file, year = "三月台账.xlsx", "2024/1"
        assert sources(tx) == [
            ("base", "2023H2", PointSource(file, "基础评分", "C5", None, None, year)),
            (
                "volunteer",
                "2024-03-09 示例妻 圆梦使者×1",
                PointSource(file, "志愿服务", "E3", "示例妻", "圆梦使者", year),
            ),
            (
                "volunteer",
                "2024-03-07 示例户主 心灵呵护×1",
                PointSource(file, "志愿服务", "E5", "示例户主", "心灵呵护", year),
            ),
            (
                "volunteer",
                "2024-03-05 示例妻 圆梦使者×1",
                PointSource(file, "志愿服务", "E6", "示例妻", "圆梦使者", year),
            ),
            ("adjust", "2024-02 示例", PointSource(file, "更正", "B4", None, None, None)),
        ]
        assert cells(tx, "TQ0002") == [("志愿服务", "E4"), ("更正", "B3")]


def test_every_line_says_what_was_left_after_it_and_when_it_was_recorded(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        post_file(tx, march())
        told = history(tx)
        assert [e.balance for e in told] == [898, 1898, 2448, 3448, 3298]
        assert {(e.by, e.approved_by, e.recorded_at) for e in told} == {(ACCOUNTANT.name, None, noon(MARKET_DAY))}


def test_what_comes_from_no_workbook_has_no_source(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=20, value="2.00", expires=date(2024, 12, 31))
        eligible(tx)
        open_shop(tx)
        unwrap(sell(tx, "TQ0001", (SALT, 1)))
        told = history(tx)
        assert [(e.kind, e.source is None, e.balance) for e in told] == [
            ("volunteer", False, 5000),
            ("redeem", True, 4750),
        ]
        # the batch of a file that was read before its name was kept
        assert told[0].source is not None
        assert told[0].source.file is None


def test_a_lost_booklet_still_leads_to_its_cells(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        post_file(tx, march())
        before = cells(tx)
        unwrap(give_booklet(tx, "TQ0001", "TQ0101", "示例", Authority(ACCOUNTANT, MARKET_DAY, APPROVAL)))
        assert cells(tx, "TQ0101") == cells(tx, "TQ0001") == before


@pytest.mark.parametrize("window", ["half-year", "rolling"])
def test_base_points_lead_to_the_score_that_completed_their_window(engine: Engine, window: str) -> None:
    rules = RULEBOOK.replace("threshold = 85", f'threshold = 85\nwindow = "{window}"')
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx, rules)
        quarters = [Quarter(2023, 2), Quarter(2023, 3), Quarter(2024, 1)]
        scored = [ScoreRow("TQ0001", q, 900, where("基础评分", n)) for n, q in enumerate(quarters, 3)]
        post_file(tx, workbook(households=[household("TQ0001")], scored=scored))
        late = ScoreRow("TQ0001", Quarter(2023, 4), 900, where("基础评分", 9))
        post_file(tx, workbook(month=Month(2024, 4), scored=[late]), on=MARKET_DAY)
        told = [(e.note, e.source.cell if e.source else None) for e in history(tx)]
        if window == "half-year":
            assert told == [("2023H2", "C9")]
        else:
            assert told == [("2023Q3", "C4"), ("2023Q4", "C9"), ("2024Q1", "C9")]


def test_points_name_the_version_of_the_rulebook_that_they_were_earned_under(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        rules = read_rulebook(RULEBOOK)
        unwrap(adopt(tx, RULEBOOK, rules, "示例备案2", ADMIN.name))  # type: ignore[arg-type]
        post_file(tx, march())
    with transaction(engine, noon(MARKET_DAY + timedelta(1))) as tx:
        unwrap(adopt(tx, RULEBOOK, rules, "示例备案3", ADMIN.name))  # type: ignore[arg-type]
        assert {e.source.rulebook for e in history(tx) if e.source} == {"2024/2", None}
