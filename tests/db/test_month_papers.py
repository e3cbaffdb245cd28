"""A month's papers say what its closing fixed, whatever is renamed afterwards, and name nobody in public."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from documents.reading import everything_in
from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.villages import add_village, rename_village
from lizhi_pos.db import reading, transaction
from lizhi_pos.documents.month import Options
from lizhi_pos.documents.month_words import warning_lines
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.inventory.products import rename
from lizhi_pos.office.month_files import ClosedMonth, MonthFiles, closed_month, village_in
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.closing import close_month, closed_statement
from lizhi_pos.settlement.month_ends import month_ends
from lizhi_pos.settlement.month_papers import month_papers
from towns.planning import NEXT, build_planning_town
from towns.small import ACCOUNTANT, MARKET_DAY, SALT, VILLAGE, found, gift, noon, post
from towns.whole import APRIL, LATER, live, march

MAY = Month(2024, 5)
AFTER_THE_TENTH = date(2024, 5, 11)
"""From then on a village whose ledger has not come is a warning."""


def read(engine: Engine, month: Month) -> ClosedMonth:
    with reading(engine) as tx:
        return unwrap(closed_month(tx, month))


def files(engine: Engine, month: Month) -> Mapping[str, bytes]:
    return dict(MonthFiles(read(engine, month), Options(household_pages=True)))


@pytest.fixture
def lived(engine: Engine) -> Engine:
    live(engine)
    return engine


@pytest.fixture
def planned(engine: Engine) -> Engine:
    build_planning_town(engine)
    return engine


def test_papers_say_what_the_statement_says(lived: Engine) -> None:
    with reading(lived) as tx:
        papers = unwrap(month_papers(tx, APRIL))
        assert papers.statement == unwrap(closed_statement(tx, APRIL))
        assert papers.closed_on == LATER
        assert papers.closed_by == ACCOUNTANT.name
        for v in papers.villages:
            assert sum(taken.amount for taken in v.goods) == v.statement.goods_value
        assert sum(taken.amount for taken in papers.goods) == sum(v.statement.goods_value for v in papers.villages)


def test_what_is_renamed_later_changes_no_paper(lived: Engine) -> None:
    before = files(lived, APRIL)
    with transaction(lived, noon(LATER)) as tx:
        unwrap(rename_village(tx, VILLAGE, "示例新村"))
        unwrap(rename(tx, SALT, "改名的盐"))
    assert files(lived, APRIL) == before
    closed = read(lived, APRIL)
    with reading(lived) as tx:
        keys = {unwrap(village_in(tx, closed, name)) for name in (VILLAGE, "示例新村")}
        assert len(keys) == 1
        assert isinstance(village_in(tx, closed, "没有村"), Refusal)


def test_papers_reach_up_to_their_month_and_no_further(planned: Engine) -> None:
    april, may = read(planned, APRIL).papers, read(planned, MAY).papers
    for papers, months in ((april, [APRIL]), (may, [APRIL, MAY])):
        assert [end.month for end in papers.month_ends] == months
        for v in papers.villages:
            assert [points.month for points in v.year] == months
            totals = v.statement.totals
            assert v.year[-1].earned == totals.base + totals.volunteer
            assert v.year[-1].redeemed == totals.redeemed - totals.returned
    with reading(planned) as tx:
        assert may.month_ends == tuple(month_ends(tx, 12))
    assert april.villages[0].changes.joined == (), "of the first month nobody joined"


def test_an_open_month_has_no_papers(planned: Engine) -> None:
    with reading(planned) as tx:
        refused = closed_month(tx, Month.of(NEXT))
    assert isinstance(refused, Refusal)
    assert refused.code == "month_open"


def test_nobodys_number_is_on_any_paper_and_nobodys_name_on_a_public_one(lived: Engine) -> None:
    made = files(lived, APRIL)
    private = [b"110101199003070011", b"110101199203070022", b"13900000001", b"13900000002", b"13900000009"]
    heads = {line.head for v in read(lived, APRIL).papers.villages for line in v.statement.households}
    assert heads
    for name, content in made.items():
        public = re.search("公示|广播稿|汇总", name)
        for part in everything_in(name, content):
            assert not [number for number in private if number in part], name
            if public:
                assert not [head for head in heads if head.encode() in part or head.encode("utf-16-be") in part], name


def test_a_villages_own_workbook_is_an_answer_that_agrees(lived: Engine, tmp_path: Path) -> None:
    name = f"2024-04_{VILLAGE}.xlsx"
    (tmp_path / name).write_bytes(files(lived, APRIL)[name])
    answer = read_answer(tmp_path / name, [VILLAGE], APRIL)
    assert answer.content is not None
    assert not answer.errors
    [own] = [v.statement for v in read(lived, APRIL).papers.villages if v.statement.village == VILLAGE]
    assert {row.booklet: row.closing for row in answer.content.rows} == {
        line.booklet: line.closing for line in own.households
    }


def test_a_village_reads_what_names_it_and_what_names_none(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        unwrap(add_village(tx, "示例二村"))
        gift(tx, "XJ-1", date(2024, 4, 2), value="1000.00")
        post(tx, march())
    with transaction(engine, noon(AFTER_THE_TENTH)) as tx:
        unwrap(close_month(tx, APRIL, Authority(ACCOUNTANT, AFTER_THE_TENTH)))
    papers = read(engine, APRIL).papers
    assert {w.name for w in papers.warnings if w.village_id is None} == {"bank"}
    said = {v.statement.village: warning_lines(v.warnings) for v in papers.villages}
    bank, *_more = [line for line in said[VILLAGE] if "2024-04" in line and VILLAGE not in line]
    assert bank in said["示例二村"]
    assert any(VILLAGE in line for line in said[VILLAGE])
    assert not any(VILLAGE in line for line in said["示例二村"])
    assert set(warning_lines(papers.warnings)) == {line for lines in said.values() for line in lines}
