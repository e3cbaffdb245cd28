"""公示 as a page: it loads nothing, runs its own script alone, and says everything without it."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from msgspec import structs

from lizhi_pos.documents.notice_page import notice_page
from lizhi_pos.documents.village_notice import notice_table
from lizhi_pos.settlement.month_papers import MonthPapers

from .made_month import month


class Page(HTMLParser):
    """The cells of the households' table, the page's elements and attributes, its style and script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.raw: dict[str, str] = {}
        self._inside, self._cell = "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("td", "th"):
            self.rows[-1][-1] += data
        if self._inside in ("style", "script"):
            self.raw[self._inside] = data


def page_of(papers: MonthPapers) -> str:
    return notice_page(papers, papers.villages[0]).decode()


@pytest.fixture(scope="module")
def page() -> str:
    return page_of(month(villages=1, households=30))


def test_every_household_stands_in_a_plain_table(page: str) -> None:
    table = notice_table(month(villages=1, households=30).villages[0])
    rows = [tuple(row) for row in Page(page).rows]
    assert rows[0] == table.heads
    assert tuple(rows[1:32]) == (*table.rows, table.total)
    hidden = [tag for tag, attrs in Page(page).elements if "hidden" in attrs]
    assert hidden == ["form"], "without a script there is nothing that does not work"


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    assert not re.search(r"https?:|//[a-z]|@import|src=|href=|<link|<img|<iframe", page)
    for used in re.findall(r"url\(([^)]*)\)", page):
        assert used.startswith("#")


def test_only_its_own_style_and_script_are_allowed(page: str) -> None:
    seen = Page(page)
    [policy] = [a["content"] or "" for tag, a in seen.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind, text in seen.raw.items():
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert set(seen.raw) == {"style", "script"}
    assert not [attrs for _tag, attrs in seen.elements if any(name == "style" or name[:2] == "on" for name in attrs)]


def test_it_has_a_print_view_and_follows_light_and_dark(page: str) -> None:
    style = Page(page).raw["style"]
    assert "prefers-color-scheme: dark" in style
    printed = style.partition("@media print")[2]
    assert ".search { display: none !important; }" in printed
    assert "tr[hidden] { display: table-row !important; }" in printed


def test_names_are_text_and_no_markup() -> None:
    papers = month(villages=1, households=1)
    [village] = papers.villages
    bad = "<script>\"&'"
    [line] = village.statement.households
    statement = structs.replace(
        village.statement, village=bad, households=(structs.replace(line, booklet=bad, head=bad),)
    )
    goods = tuple(structs.replace(g, category=bad) for g in village.goods)
    page = page_of(
        structs.replace(papers, town=bad, villages=(structs.replace(village, statement=statement, goods=goods),))
    )
    assert [tag for tag, _attrs in Page(page).elements].count("script") == 1
    assert Page(page).rows[1][0] == bad
