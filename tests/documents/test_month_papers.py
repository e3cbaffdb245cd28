"""A month's papers: what they say, that they say it again, and that what is public names nobody."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from msgspec import structs

from lizhi_pos.documents.loudspeaker import MOST_SIGNS, loudspeaker_text
from lizhi_pos.documents.month import MonthDocuments, Options
from lizhi_pos.documents.month_words import signed
from lizhi_pos.documents.village_notice import FIRST_PICTURE_ROWS, PICTURE_ROWS, notice_table, picture_count
from lizhi_pos.money import Points, format_hundredths, in_capitals
from lizhi_pos.office.month_files import ClosedMonth, MonthFiles
from lizhi_pos.settlement.month_papers import MonthPapers
from lizhi_pos.settlement.statement import AMOUNTS, Amounts
from lizhi_pos.text.masking import masked

from .made_month import lines_behind, month
from .reading import chunks, everything_in, pages, size, text


@dataclass(frozen=True)
class Made:
    """A month and the files of it."""

    papers: MonthPapers
    files: Mapping[str, bytes]

    def of(self, ending: str) -> bytes:
        return self.files[f"2024-04_天桥村{ending}"]


def made(papers: MonthPapers, options: Options) -> Made:
    return Made(papers, dict(MonthFiles(ClosedMonth(papers, lines_behind(papers)), options)))


@pytest.fixture(scope="module")
def april() -> Made:
    return made(month(villages=2, households=140), Options(household_pages=True))


def public(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if re.search("公示|广播稿|汇总", name)}


def test_the_files_are_named_and_counted_before_they_are_made(april: Made) -> None:
    files = MonthFiles(ClosedMonth(april.papers, lines_behind(april.papers)), Options(household_pages=True))
    assert files.names == list(april.files)
    assert len(files) == len(april.files)
    assert not files.problems
    assert "2024-04_示例镇_汇总.pdf" in files.names
    assert "2024-04_示例镇_汇总.xlsx" in files.names
    assert [name for name in files.names if "天桥村" in name] == [
        "2024-04_天桥村.xlsx",
        "2024-04_天桥村_结算单.pdf",
        "2024-04_天桥村_公示.pdf",
        "2024-04_天桥村_公示_1.png",
        "2024-04_天桥村_公示_2.png",
        "2024-04_天桥村_公示_3.png",
        "2024-04_天桥村_公示.html",
        "2024-04_天桥村_广播稿.txt",
    ]


def test_the_same_month_is_the_same_bytes(april: Made) -> None:
    assert made(april.papers, Options(household_pages=True)).files == april.files


def test_one_village_alone_is_the_same_files(april: Made) -> None:
    village = april.papers.villages[1].statement
    alone = made(april.papers, Options(village.village_id, household_pages=True)).files
    assert alone == {name: content for name, content in april.files.items() if village.village in name}


def test_a_statement_says_every_total_and_every_household(april: Made) -> None:
    found = april.papers.villages[0].statement
    own = made(april.papers, Options()).of("_结算单.pdf")
    said = text(own)
    for name in AMOUNTS:
        assert signed(found.totals, name) in said
    assert f"{format_hundredths(found.goods_value)}" in said
    assert in_capitals(found.goods_value) in said.replace("\n", "")
    assert april.papers.head.hex() in said
    for line in found.households:
        row = re.search(rf"^{line.booklet} {line.head} .*$", said, re.MULTILINE)
        assert row, line.booklet
        assert row[0].split()[2:] == [signed(line, name) for name in AMOUNTS]
    for box in ("村负责人", "监督小组", "超市经办人", "示例:四月没有对账单", "示例:天桥村四月台账未到"):
        assert box in said
    count = len(pages(own))
    for at, page in enumerate(pages(own), 1):
        assert f"第 {at} 页 共 {count} 页" in page
        assert "2024年5月8日结账 · 账链" in page.replace("・", "·")
    listed = [page for page in pages(own) if "TQ0" in page]
    assert all("手册编号 户主 期初积分" in page for page in listed), "the headings stand on every page"


def test_another_villages_warning_is_not_in_a_statement(april: Made) -> None:
    said = text(april.files["2024-04_华平村_结算单.pdf"])
    assert "示例:四月没有对账单" in said
    assert "天桥村" not in said


def test_a_household_has_a_page_with_its_lines(april: Made) -> None:
    found = april.papers.villages[0].statement.households
    own = pages(april.of("_结算单.pdf"))[-len(found) :]
    for line, page in zip(found, own, strict=True):
        assert f"{line.head} {line.booklet}" in page
        assert format_hundredths(line.closing) in page
        assert ("海星加碘盐400g" in page) == bool(line.receipts)
        assert all(receipt in page for receipt in line.receipts)


def test_a_notice_adds_up_to_the_statement(april: Made) -> None:
    said = text(april.of("_公示.pdf"))
    for of in april.papers.villages:
        table, totals = notice_table(of), of.statement.totals
        for row in (*table.rows, table.total):
            opening, earned, redeemed, other, closing = (0 if c == "–" else int(c.replace(".", "")) for c in row[2:])
            assert opening + earned - redeemed + other == closing
        assert table.total[-1] == format_hundredths(totals.closing)
        closings = [int(row[-1].replace(".", "")) for row in table.rows]
        assert sum(closings) == totals.closing
    for row in notice_table(april.papers.villages[0]).rows:
        assert " ".join(row) in said
    assert "公示期至2024年5月15日" in said.replace("\n", "")
    assert "本村监督小组" in said.replace("\n", "")


def test_pictures_are_1080_wide_and_none_is_longer_than_4000(april: Made) -> None:
    for name, content in april.files.items():
        if name.endswith(".png"):
            width, height = size(content)
            assert width == 1080
            assert 600 < height <= 4000, name
            assert {kind for kind, _data in chunks(content)} <= {"IHDR", "IDAT", "IEND", "pHYs", "sRGB"}


@pytest.mark.parametrize("households", [0, 1, FIRST_PICTURE_ROWS, FIRST_PICTURE_ROWS + 1, 134, 135])
def test_as_many_pictures_are_made_as_were_counted(households: int) -> None:
    papers = month(villages=1, households=households)
    assert picture_count(papers.villages[0]) == 1 + max(0, -(-(households - FIRST_PICTURE_ROWS) // PICTURE_ROWS))
    files = made(papers, Options()).files
    assert len(files) == len(MonthFiles(ClosedMonth(papers, {}), Options()).names)
    assert all(size(content)[1] <= 4000 for name, content in files.items() if name.endswith(".png"))


def test_a_villages_long_name_makes_no_picture_too_long() -> None:
    papers = month(villages=1, households=FIRST_PICTURE_ROWS + PICTURE_ROWS)
    [village] = papers.villages
    long = structs.replace(village, statement=structs.replace(village.statement, village="长" * 40))
    for name, content in made(structs.replace(papers, villages=(long,), town="镇" * 40), Options()).files.items():
        if name.endswith(".png"):
            assert size(content)[1] <= 4000


def test_the_largest_amounts_stand_beside_each_other() -> None:
    papers = month(villages=1)
    [village] = papers.villages
    lines = tuple(
        structs.replace(line, **{name: Points(getattr(line, name) * 999983) for name in AMOUNTS})
        for line in village.statement.households
    )
    lines = (structs.replace(lines[0], booklet="ABCDEFGH-123456", transferred=Points(-123456789)), *lines[1:])
    totals = Amounts(**{name: Points(sum(getattr(line, name) for line in lines)) for name in AMOUNTS})
    large = structs.replace(
        village,
        statement=structs.replace(village.statement, households=lines, totals=totals),
        year=tuple(structs.replace(m, earned=Points(m.earned * 977)) for m in village.year),
    )
    files = made(structs.replace(papers, villages=(large,)), Options())
    statement, notice = text(files.of("_结算单.pdf")), text(files.of("_公示.pdf"))
    for line in lines:
        assert " ".join((line.booklet, line.head, *(signed(line, name) for name in AMOUNTS))) in statement
    for row in (*notice_table(large).rows, notice_table(large).total):
        assert " ".join(row) in notice
    assert " ".join(signed(totals, name) for name in AMOUNTS) in statement
    assert " ".join(format_hundredths(m.earned).removesuffix(".00") for m in large.year) in statement


def test_what_is_public_names_nobody(april: Made) -> None:
    names = {line.head for v in april.papers.villages for line in v.statement.households}
    assert len(names) > 50
    files = public(april.files)
    assert len(files) == 2 * 6 + 2
    for name, content in files.items():
        for part in everything_in(name, content):
            for head in names:
                assert head.encode() not in part, (name, head)
                assert head.encode("utf-16-be") not in part, (name, head)
    assert all(masked(head) in text(april.of("_公示.pdf")) for head in notice_names(april.papers))
    assert april.papers.closed_by not in text(april.of("_公示.pdf"))


def notice_names(papers: MonthPapers) -> set[str]:
    return {line.head for line in papers.villages[0].statement.households}


def test_the_town_sees_all_villages_and_all_that_was_left_over(april: Made) -> None:
    said = text(april.files["2024-04_示例镇_汇总.pdf"])
    for v in april.papers.villages:
        assert v.statement.village in said
        assert format_hundredths(v.statement.goods_value) in said
        assert format_hundredths(v.statement.totals.closing) in said
    total = sum(v.statement.totals.closing for v in april.papers.villages)
    assert format_hundredths(total) in said
    assert "示例:天桥村四月台账未到" in said
    assert "0.84" in said, "what stood behind a point at the month's end"


def test_a_town_without_a_household_or_a_village_has_papers() -> None:
    assert "2024-04_示例镇_汇总.pdf" in made(month(villages=0), Options()).files
    assert "合计 0户" in text(made(month(villages=1, households=0), Options()).of("_结算单.pdf"))


def test_a_month_closed_before_objections_had_a_day_names_none() -> None:
    papers = structs.replace(month(villages=1), object_until=None, month_ends=(), goods=())
    files = made(papers, Options())
    assert (
        "公示期至"
        not in text(files.of("_公示.pdf")) + files.of("_公示.html").decode() + files.of("_广播稿.txt").decode()
    )


def test_more_that_came_back_than_was_taken_is_said_as_it_is() -> None:
    papers = month(villages=1)
    [village] = papers.villages
    less = structs.replace(village, statement=structs.replace(village.statement, goods_value=-250), goods=())
    said = text(made(structs.replace(papers, villages=(less,)), Options()).of("_结算单.pdf"))
    assert "-2.50" in said
    assert "负贰元伍角整" in said


@pytest.mark.parametrize("sign", ["𠮷", "😀", "\ue000"])
def test_a_sign_that_the_fonts_lack_is_named_and_its_papers_are_not_made(sign: str) -> None:
    papers = month(villages=2)
    first, second = papers.villages
    line, *others = first.statement.households
    named = (structs.replace(line, head=f"王{sign}明"), *others)
    village = structs.replace(first, statement=structs.replace(first.statement, households=named))
    documents = MonthDocuments(structs.replace(papers, villages=(village, second)), {})
    [problem] = documents.problems
    assert problem.args == ("2024-04_天桥村_结算单.pdf", f"王{sign}明: {sign}")
    assert "2024-04_天桥村_结算单.pdf" not in documents.names
    assert "2024-04_天桥村_公示.pdf" in documents.names, "there the sign is hidden"
    assert [name for name, _content in documents] == documents.names


def test_the_loudspeaker_reads_no_digit_and_no_name(april: Made) -> None:
    said = april.of("_广播稿.txt").decode()
    assert len(said) <= MOST_SIGNS
    assert not re.search("[0-9０-９]", said)
    assert "二零二四年四月文明积分公示" in said
    assert "公示期至二零二四年五月十五日" in said
    assert "本月全村一百四十户" in said


def test_the_loudspeaker_is_short_whatever_things_are_called() -> None:
    papers = month(villages=1)
    [village] = papers.villages
    long = structs.replace(
        village,
        statement=structs.replace(village.statement, village="第3村" * 40),
        goods=tuple(structs.replace(g, category=f"{at}号" * 60) for at, g in enumerate(village.goods)),
    )
    said = loudspeaker_text(structs.replace(papers, town="1" * 200), long)
    assert len(said) <= MOST_SIGNS
    assert not re.search("[0-9０-９]", said)


def test_a_workbook_is_numbers_that_agree_and_answers_itself(april: Made) -> None:
    from python_calamine import CalamineWorkbook

    found = april.papers.villages[0].statement
    book = CalamineWorkbook.from_filelike(io.BytesIO(april.of(".xlsx")))
    assert book.sheet_names == ["汇总", "户余额", "兑换明细", "积分明细", "差异"]
    summary = {row[0]: row[1] for row in book.get_sheet_by_name("汇总").to_python()}
    assert summary["期末积分"] == found.totals.closing / 100
    assert summary["兑换物品价值(元)"] == found.goods_value / 100
    rows = book.get_sheet_by_name("户余额").to_python()[3:]
    assert [row[-1] for row in rows[:-1]] == [line.closing / 100 for line in found.households]
    assert rows[-1][0] == "合计"
    town = CalamineWorkbook.from_filelike(io.BytesIO(april.files["2024-04_示例镇_汇总.xlsx"]))
    by_village = {row[0]: row for row in town.get_sheet_by_name("各村").to_python()[3:]}
    for v in april.papers.villages:
        assert by_village[v.statement.village][11] == v.statement.totals.closing / 100
        assert by_village[v.statement.village][13] == v.statement.goods_value / 100
    assert by_village["合计"][11] == sum(v.statement.totals.closing for v in april.papers.villages) / 100


def parts(workbook: bytes) -> dict[str, str]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_workbook_has_charts_and_locks_all_but_what_the_village_fills_in(april: Made) -> None:
    own = parts(april.of(".xlsx"))
    charts = "".join(content for name, content in own.items() if name.startswith("xl/charts/"))
    assert "<c:pieChart>" in charts
    assert "<c:barChart>" in charts
    assert "<a:pattFill" in charts
    unlocked = {
        str(at)
        for at, style in enumerate(re.findall(r"<xf .*?(?:/>|</xf>)", cell_styles(own)))
        if 'locked="0"' in style
    }
    for at in range(1, 6):
        sheet = own[f"xl/worksheets/sheet{at}.xml"]
        assert "<sheetProtection " in sheet
        assert 'state="frozen"' in sheet
        styles = set(re.findall(r'<c r="[A-Z]+\d+" s="(\d+)"', sheet))
        assert bool(styles & unlocked) == (at in (2, 5)), "only in 户余额 and 差异"
        heads = re.search(r'<row r="3".*?</row>', sheet, re.DOTALL)
        assert heads
        assert not set(re.findall(r's="(\d+)"', heads[0])) & unlocked


def cell_styles(own: Mapping[str, str]) -> str:
    found = re.search(r"<cellXfs.*?</cellXfs>", own["xl/styles.xml"], re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("name", ["=1+1", "+86", "-2", "@示例"])
def test_what_looks_like_a_formula_stays_text(name: str) -> None:
    papers = month(villages=1, households=1)
    [village] = papers.villages
    [line] = village.statement.households
    named = structs.replace(
        village, statement=structs.replace(village.statement, households=(structs.replace(line, head=name),))
    )
    own = parts(made(structs.replace(papers, villages=(named,)), Options()).of(".xlsx"))
    assert not any("<f>" in content for part, content in own.items() if part.startswith("xl/worksheets/"))
    assert f"<t>{name}</t>" in own["xl/sharedStrings.xml"]
    assert 'quotePrefix="1"' in own["xl/styles.xml"]
