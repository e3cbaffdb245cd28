"""A report's page: plain without scripts, loading nothing; in a real browser searched, sorted and printed."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from lizhi_pos.documents.report_page import report_page
from lizhi_pos.documents.report_paper import PICTURE_LINES, report_pdf, report_pictures
from lizhi_pos.exchange.report_workbook import report_workbook
from lizhi_pos.refusal import Refusal
from lizhi_pos.reports.report_sheet import BarPair, ReportSheet, SheetChart, SheetColumn

from .reading import everything_in, pages, size
from .test_notice_in_browser import BROWSER, browse
from .test_notice_page import Page

COLUMNS = (
    SheetColumn("名次", "figure"),
    SheetColumn("手册"),
    SheetColumn("说明"),
    *(SheetColumn(said, "figure") for said in ("挣得", "兑换", "合计")),
)
DRIVER = """<!doctype html><meta charset="utf-8">
<iframe id="frame" src="report.html" width="320" height="900"></iframe><pre id="told"></pre>
<script>
frame.onload = () => {
  const page = frame.contentDocument, view = frame.contentWindow;
  const tell = (name, value) => { told.textContent += `${name}=${value}\\n`; };
  const rows = () => [...page.querySelectorAll(".households tbody tr")];
  const seen = (row) => view.getComputedStyle(row).display !== "none";
  const shown = () => rows().filter(seen).map((row) => row.cells[1].textContent);
  const field = page.querySelector("input");
  const search = (text) => { field.value = text; field.dispatchEvent(new view.Event("input")); return shown().join(); };
  tell("fits", page.documentElement.scrollWidth <= page.documentElement.clientWidth);
  tell("booklet", search("tq0003"));
  tell("any text", search("示例４"));
  tell("no figure", search("7.00"));
  tell("said", page.querySelector(".found").textContent);
  search("");
  const buttons = page.querySelectorAll("thead button");
  buttons[5].click(); buttons[5].click(); tell("falling", shown().join());
  buttons[1].click(); tell("booklets", shown().join());
  tell("loaded", view.performance.getEntriesByType("resource").length);
};
</script>
"""


def sheet(rows: int = 12, *, private: bool = False, wordy: str = "") -> ReportSheet:
    """Return a made-up report (示例) of any length."""
    bars = tuple(BarPair(f"示例{at}村", (at * 10, at * 3), (f"{at}0", f"{at * 3}")) for at in range(6))
    return ReportSheet(
        town="示例镇",
        day=date(2024, 4, 30),
        title="示例榜",
        scope="天桥村 2024年度",
        columns=COLUMNS,
        rows=tuple(
            (str(at), f"TQ{at:04d}", f"<示例{at}>{wordy}", f"{at}.00", "–", f"{at}.50") for at in range(1, rows + 1)
        ),
        total=("", "合计", "", "1.00", "2.00", "3.00"),
        nothing="本榜无人。",
        lead="如有异议，请反映。",
        figures=(("户数", str(rows), "户"),),
        notes=("这是示例。",),
        chart=SheetChart("示例图", ("挣得（分）", "兑换（分）"), bars),
        private=private,
    )


@pytest.mark.parametrize("rows", [0, 1, 12])
def test_the_page_is_a_plain_table_that_loads_nothing(rows: int) -> None:
    page = report_page(sheet(rows)).decode()
    read = Page(re.sub("</?span>", "", page))
    found = [tuple(row) for row in read.rows]
    assert found[0] == tuple(column.label for column in COLUMNS)
    assert tuple(found[1 : rows + 1]) == sheet(rows).rows
    assert found[rows + 1] == sheet(rows).total
    assert ("本榜无人。" in page) == (rows == 0)
    assert not [attrs for _, attrs in read.elements if {"src", "href", "action", "onclick", "style"} & attrs.keys()]
    assert "default-src 'none'" in page
    assert not re.search(r"url\((?!#)|@import|https?:", page)


def test_one_that_is_private_says_so_on_every_kind_of_file() -> None:
    told = "不公开：内部资料，不得张贴或转发"
    for private in (True, False):
        one = sheet(private=private)
        pdf = report_pdf(one)
        assert isinstance(pdf, bytes)
        assert (told in pages(pdf)[0].replace("\n", "")) is private
        assert (told in report_page(one).decode()) is private
        assert (told.encode() in b"".join(everything_in("x.xlsx", report_workbook(one)))) is private


@pytest.mark.parametrize("wordy", ["", "很长的说明" * 20])
def test_long_ones_are_several_pictures_none_longer_than_telephones_take(wordy: str) -> None:
    made = report_pictures(sheet(PICTURE_LINES * 2 + 5, wordy=wordy))
    assert not isinstance(made, Refusal)
    assert len(made) >= 3
    assert all(size(one)[0] == 1080 and size(one)[1] <= 4000 for one in made)
    one = report_pictures(sheet(3))
    assert not isinstance(one, Refusal)
    assert len(one) == 1


def test_a_sign_that_no_font_has_is_named_and_nothing_is_made() -> None:
    odd = sheet(wordy="\U0001f9ff")
    for made in (report_pdf(odd), report_pictures(odd)):
        assert isinstance(made, Refusal)


def test_a_report_without_rows_is_a_paper_that_says_so() -> None:
    made = report_pdf(sheet(0))
    assert isinstance(made, bytes)
    assert "本榜无人" in pages(made)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not BROWSER:
        pytest.skip("there is no Chromium on this machine")
    (tmp_path / "report.html").write_bytes(report_page(sheet(wordy="UNBROKEN" * 12)))
    return tmp_path


@pytest.mark.slow
def test_it_is_searched_in_all_texts_and_sorted_at_320_pixels(folder: Path) -> None:
    (folder / "driver.html").write_text(DRIVER, encoding="utf-8")
    more = ("--allow-file-access-from-files", "--disable-web-security", "--virtual-time-budget=5000", "--dump-dom")
    page = browse(folder, *more, f"file://{folder}/driver.html")
    told: Mapping[str, str] = dict(re.findall(r"^(?:.*<pre id=\"told\">)?([a-z ]+)=(.*)$", page, re.MULTILINE))
    booklets = [f"TQ{at:04d}" for at in range(1, 13)]
    assert told["fits"] == "true"
    assert told["booklet"] == "TQ0003"
    assert told["any text"] == "TQ0004"
    assert told["no figure"] == ""
    assert told["said"] == "共12行，找到0行"
    assert told["falling"].split(",") == booklets[::-1]
    assert told["booklets"].split(",") == booklets
    assert told["loaded"] == "0"


@pytest.mark.slow
def test_on_paper_every_row_stands_and_no_search(folder: Path) -> None:
    browse(folder, f"--print-to-pdf={folder / 'paper.pdf'}", f"file://{folder}/report.html")
    with pypdfium2.PdfDocument(folder / "paper.pdf") as pdf:
        said = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    assert all(f"TQ{at:04d}" in said for at in range(1, 13))
    assert "查找" not in said
