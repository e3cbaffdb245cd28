"""Decisions are numbered, dated pages of one form, all of them in the index; no page of the project leads nowhere."""

import re
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "decisions"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

PAGE = re.compile(
    r"# (?P<number>\d{4}) (?P<title>.+)\n\n"
    r"Decided (?P<day>\d{4}-\d\d-\d\d)\.(?: Replaced by (?P<heir>\d{4})\.)?\n\n"
    r"## What was considered\n\n.+\n\n## What was decided\n\n.+\n\n## What follows\n\n.+\n",
    re.DOTALL,
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_number_day_and_its_three_parts(page: Path) -> None:
    found = PAGE.fullmatch(page.read_text(encoding="utf-8"))
    assert found is not None
    assert found["number"] == page.name[:4]
    assert "\n" not in found["title"]
    assert date.fromisoformat(found["day"])
    assert found["heir"] is None or any(other.name.startswith(found["heir"]) for other in PAGES)


def test_numbers_have_no_gap() -> None:
    assert [page.name[:5] for page in PAGES] == [f"{n:04}-" for n in range(1, len(PAGES) + 1)]


ROW = re.compile(r"^\| \[(\d{4})\]\(([^)]+)\) \| (\S+) \| (.+) \|$", re.MULTILINE)


def test_the_index_says_every_page_with_its_day_and_title() -> None:
    assert ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8")) == [row(page) for page in PAGES]


def row(page: Path) -> tuple[str, ...]:
    """What the index has to say of a page."""
    found = PAGE.fullmatch(page.read_text(encoding="utf-8"))
    assert found is not None
    return found["number"], page.name, found["day"], found["title"]


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(text: Path) -> None:
    links = [link for link in LINK.findall(text.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (text.parent / link).exists()] == []
