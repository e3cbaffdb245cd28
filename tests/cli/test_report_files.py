"""`report … --out FILE`: every report as paper, picture, page and workbook, with the figures of its answer."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, text

from documents.reading import everything_in, size
from documents.reading import text as text_of
from lizhi_pos.engines import open_engine
from lizhi_pos.exchange.purchases import read_purchases
from towns.planning import build_planning_town
from towns.small import ACCOUNTANT
from towns.small import PIN as TOWN_PIN

from .conftest import PIN, SECOND_PIN, Shop, village_sheets
from .test_files import april

__all__ = ["april"]

ENDINGS = (".pdf", ".png", ".html", ".xlsx")
VILLAGE = ("天桥村", "--year", "2024")
REPORTS: dict[str, tuple[str, ...]] = {
    "red": VILLAGE,
    "black": VILLAGE,
    "candidates": VILLAGE,
    "scorecard": ("--year", "2024"),
    "supervision": (),
    "coverage": (),
    "donors": ("--year", "2024"),
    "forecast": (date.today().isoformat(),),
}
OF_PEOPLE = ("red", "black", "candidates", "supervision", "donors")
HEAD = "王示例"
BY = ("--approver", "监督示例")


@pytest.fixture
def busy(posted: Shop) -> Shop:
    """The posted town with a redemption, a released veto and its ended months."""
    posted("market", "open", "2024-04-28", *BY, "--reason", "补录")
    posted("redeem", "TQ0001", "6920181360936", "--on", "2024-04-28", *BY)
    conduct = ("--conduct", "2024-04-20")
    posted("veto", "add", "TQ0002", "--clause", "1", "--facts", "示例", *conduct, "--on", "2024-04-28", *BY)
    posted("veto", "release", "TQ0002", *conduct, "--on", "2024-04-29", "--reason", "示例", *BY)
    return posted


def exports(url: str) -> list[str]:
    engine: Engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT subject FROM audit_event WHERE action = 'export'")).scalars().all()
    engine.dispose()
    return list(found)


def leaves(value: Any, key: str = "") -> Iterator[str]:
    """What an answer says but for words that papers translate, quarters they shorten, and what is nothing."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in ("facts", "kind", "quarter", "method"):
                yield from leaves(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, key)
    elif value not in (None, "0.00", ""):
        yield str(value)


def told_in(path: Path) -> str:
    """All that a file says, without blanks."""
    content = path.read_bytes()
    if path.suffix == ".pdf":
        said = text_of(content)
    elif path.suffix == ".html":
        said = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", content.decode(), flags=re.DOTALL)
    else:
        book = CalamineWorkbook.from_path(str(path))
        cells = [c for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for c in row]
        said = " ".join(f"{c:.2f} {c:g}" if isinstance(c, float) else str(c) for c in cells)
    return re.sub(r"\s", "", said)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_written_with_the_figures_of_its_answer(busy: Shop, sqlite_url: str, name: str) -> None:
    asked = ("report", name, *REPORTS[name])
    plain = busy(*asked)
    for ending in ENDINGS:
        path = busy.folder / f"报表{ending}"
        answer = busy(*asked, "--out", path)
        assert answer == {**plain, "file": str(path)}
        before = path.read_bytes()
        assert busy(*asked, "--out", path) == answer
        assert path.read_bytes() == before, "the same report, the same bytes"
        if ending == ".png":
            assert size(before)[0] == 1080
            assert size(before)[1] <= 4000
            continue
        said = told_in(path)
        wanted = [re.sub(r"\s", "", one) for one in leaves(plain)]
        assert wanted or name == "candidates"
        assert [one for one in wanted if one not in said] == []
    kept = exports(sqlite_url)
    assert len(kept) == (2 * len(ENDINGS) if name in OF_PEOPLE else 0)
    assert all(f"report {name}" in subject and "报表" in subject for subject in kept)
    assert busy("verify")["ok"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_list_is_masked_unless_it_says_that_it_is_for_no_wall(busy: Shop, ending: str) -> None:
    masked, full = busy.folder / f"红榜{ending}", busy.folder / f"全名{ending}"
    busy("report", "red", *VILLAGE, "--out", masked)
    busy("report", "red", *VILLAGE, "--full", "--out", full)
    assert HEAD.encode() not in b"".join(everything_in(masked.name, masked.read_bytes()))
    if ending != ".png":
        assert "不公开" in told_in(full)
        assert HEAD in told_in(full)
        assert "不公开" not in told_in(masked)
        assert "王*例" in told_in(masked)


def test_another_ending_is_bad_usage_and_says_which_there_are(busy: Shop) -> None:
    for name, words in REPORTS.items():
        path = busy.folder / "报表.docx"
        answer = busy("report", name, *words, "--out", path, exits=2)
        assert ".pdf, .png, .html, .xlsx" in answer["error"]["message"]
        assert not path.exists()
    assert busy("report", "notice", "天桥村", "2024-03", "--out", busy.folder / "x.xlsx", exits=2)


def test_another_file_stays_and_nothing_is_kept_of_it(busy: Shop, sqlite_url: str) -> None:
    path = busy.folder / "红榜.pdf"
    path.write_bytes(b"another")
    asked = ("report", "red", *VILLAGE, "--out", path)
    assert busy.refused(*asked) == "rule_broken"
    assert path.read_bytes() == b"another"
    assert exports(sqlite_url) == []
    busy(*asked, "--replace")
    assert path.read_bytes().startswith(b"%PDF")
    busy("report", "red", *VILLAGE, "--out", path / "in a file.pdf", exits=3)


def test_who_may_not_see_the_books_writes_none(busy: Shop) -> None:
    busy("user", "add", "收银示例", "--role", "clerk")
    busy.act("收银示例", SECOND_PIN)
    for name, words in REPORTS.items():
        path = busy.folder / "报表.pdf"
        assert busy.refused("report", name, *words, "--out", path) == "not_allowed"
        assert not path.exists()


def test_a_workbook_keeps_numbers_and_what_looks_like_a_formula_is_text(town: Shop) -> None:
    for at, donor in enumerate(("=1+1", "@示例", "-示例")):
        town("donation", "add", f"XJ-1{at}", "--kind", "money", f"--donor={donor}", "--amount", "10.05")
    path = town.folder / "捐赠.xlsx"
    town("report", "donors", "--out", path)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    heads = next(at for at, row in enumerate(rows) if row[0] == "捐赠人（单位）")
    assert {row[0] for row in rows[heads + 1 : heads + 4]} == {"=1+1", "@示例", "-示例"}
    assert all(row[2] == 10.05 for row in rows[heads + 1 : heads + 4])
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert f'ySplit="{heads + 1}"' in sheet


def test_anonymous_donors_stay_so_in_every_kind_of_file(town: Shop) -> None:
    town("donation", "add", "XJ-9", "--kind", "money", "--donor", "示例不留名", "--amount", "10", "--anonymous")
    for ending in ENDINGS:
        path = town.folder / f"捐赠{ending}"
        town("report", "donors", "--out", path)
        assert "示例不留名".encode() not in b"".join(everything_in(path.name, path.read_bytes()))
        if ending != ".png":
            assert "爱心人士" in told_in(path)


def test_a_forecasts_workbook_is_a_purchases_file_with_the_forecast_behind_it(shop: Shop, sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    build_planning_town(engine)
    engine.dispose()
    shop.act(ACCOUNTANT.name, TOWN_PIN)
    path = shop.folder / "备货.xlsx"
    answer = shop("report", "forecast", "2024-07-28", "--out", path)
    assert CalamineWorkbook.from_path(str(path)).sheet_names == ["采购", "报表", "图"]
    assert {error.cell for error in read_purchases(path).errors} == {"A4", "C4", "A5", "C5"}
    assert all(line["name"] in told_in(path) for line in answer["products"])


def notice(shop: Shop, path: Path, *more: Any, exits: int = 0) -> Any:
    return shop("report", "notice", "天桥村", "2024-03", "--out", path, *more, exits=exits)


def test_a_batch_in_publicity_is_posted_with_what_each_household_is_to_get(town: Shop, sqlite_url: str) -> None:
    path = town.folder / "公示.pdf"
    assert notice(town, path, exits=1)["error"]["code"] == "not_found"
    veto = [["手册编号", "行为日期", "条款", "说明"], ["TQ0002", "2024-03-03", "1", "示例不公开的事"]]
    corrections = [["手册编号", "积分", "更正对象", "说明"], ["TQ0001", "-1.5", "2024-03", "示例"]]
    town("ledger", "import", town.workbook("march.xlsx", village_sheets(负面清单=veto, 更正=corrections)))
    assert notice(town, path, exits=1)["error"]["code"] == "out_of_turn"
    assert "ledger publish" in town.said
    town("ledger", "publish", "天桥村", "2024-03", "--on", "2024-04-10")
    told = {"village": "天桥村", "month": "2024-03", "of": "batch"}
    for ending in (".pdf", ".html", ".png"):
        path = town.folder / f"公示{ending}"
        assert notice(town, path) == {**told, "file": str(path)}
        everything = b"".join(everything_in(path.name, path.read_bytes()))
        assert HEAD.encode() not in everything
        assert "示例不公开的事".encode() not in everything
        if ending != ".png":
            said = told_in(path)
            for one in ("TQ0001", "王*例", "50.00", "-1.50", "48.50", "公示期至2024年4月17日", "监督小组"):
                assert one in said, one
    assert len(exports(sqlite_url)) == 3
    town.act("监督示例", SECOND_PIN)
    town("ledger", "review", "天桥村", "2024-03", "--on", "2024-04-18")
    town.act("站长示例", PIN)
    town("ledger", "post", "天桥村", "2024-03", "--on", "2024-04-20")
    assert notice(town, town.folder / "后.pdf", exits=1)["error"]["code"] == "out_of_turn"
    assert "month close" in town.said
    assert town("verify")["ok"]


def test_the_notice_of_a_closed_month_is_the_one_among_its_papers(april: Shop) -> None:
    out = april.folder / "out"
    april("month", "close", "2024-04", "--out", out, "--documents", "--on", "2024-05-08")
    april("village", "rename", "天桥村", "天桥新村")
    for ending in (".pdf", ".png", ".html"):
        path = april.folder / f"公示{ending.upper()}"
        answer = april("report", "notice", "天桥新村", "2024-04", "--out", path)
        assert answer == {"village": "天桥村", "month": "2024-04", "of": "month", "file": str(path)}
        assert path.read_bytes() == (out / f"2024-04_天桥村_公示{ending}").read_bytes()
    assert april.refused("report", "notice", "无名村", "2024-04", "--out", april.folder / "x.pdf") == "not_found"


def test_a_gifts_certificate_on_a4_says_what_the_printers_says(town: Shop) -> None:
    path = town.folder / "收讫凭证.pdf"
    answer = town("donation", "certificate", "sw-1", "--out", path)
    assert answer == {"voucher": "SW-1", "total": "40.00", "file": str(path)}
    said = told_in(path)
    words = ("收讫凭证", "SW-1", "示例捐赠人", "海星加碘盐400g", "40.00", "人民币肆拾元整", "财政票据号：")
    for one in (*words, "非财政票据，不作税前扣除凭证"):
        assert one in said, one
    assert "公益事业捐赠票据" not in said
    town("donation", "certificate", "CJ-1", "--out", town.folder / "划拨.pdf")
    assert "划拨单位" in told_in(town.folder / "划拨.pdf")
    assert town.refused("donation", "certificate", "XJ-404", "--out", path) == "not_found"
    town("donation", "certificate", "SW-1", "--out", town.folder / "x.png", exits=2)
    town("donation", "add", "XJ-9", "--kind", "money", "--donor", "示例不留名", "--amount", "10", "--anonymous")
    town("donation", "certificate", "XJ-9", "--out", town.folder / "匿名.pdf")
    assert "示例不留名" not in told_in(town.folder / "匿名.pdf")
    town("donation", "void", "XJ-9", "--reason", "示例", *BY)
    assert town.refused("donation", "certificate", "XJ-9", "--out", town.folder / "作废.pdf") == "rule_broken"
    assert town.refused("printer", "certificate", "XJ-9") == "rule_broken"
