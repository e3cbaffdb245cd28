"""公示 as a page in a real browser, at the width of a small telephone and on paper. Needs Chromium; skips without."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pypdfium2
import pytest

from lizhi_pos.documents.notice_page import notice_page

from .made_month import month

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOUSEHOLDS = 25
DRIVER = """<!doctype html><meta charset="utf-8">
<iframe id="frame" src="notice.html" width="320" height="900"></iframe><pre id="told"></pre>
<script>
frame.onload = () => {
  const page = frame.contentDocument, view = frame.contentWindow;
  const tell = (name, value) => { told.textContent += `${name}=${value}\\n`; };
  const rows = () => [...page.querySelectorAll(".households tbody tr")];
  const seen = (row) => view.getComputedStyle(row).display !== "none";
  const shown = () => rows().filter(seen).map((row) => row.cells[0].textContent);
  const field = page.querySelector("input");
  const search = (text) => { field.value = text; field.dispatchEvent(new view.Event("input")); return shown().join(); };
  tell("fits", page.documentElement.scrollWidth <= page.documentElement.clientWidth);
  tell("all", shown().length);
  tell("booklet", search("tq0003"));
  tell("full width", search("ＴＱ０００４"));
  tell("name", search(rows()[4].cells[1].textContent).includes(rows()[4].cells[0].textContent));
  tell("nobody", search("没有这户"));
  tell("said", page.querySelector(".found").textContent);
  tell("cleared", search("").split(",").length);
  const buttons = page.querySelectorAll("thead button");
  const last = buttons[buttons.length - 1];
  const closings = () => rows().map((row) => Number(row.cells[row.cells.length - 1].textContent)).join();
  last.click(); tell("rising", closings());
  last.click(); tell("falling", closings());
  buttons[0].click(); tell("booklets", shown().join());
  tell("loaded", view.performance.getEntriesByType("resource").length);
};
</script>
"""


def browse(folder: Path, *words: str) -> str:
    assert BROWSER
    profile = folder / "profile"
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    if not BROWSER:
        pytest.skip("there is no Chromium on this machine")
    papers = month(villages=1, households=HOUSEHOLDS)
    (tmp_path / "notice.html").write_bytes(notice_page(papers, papers.villages[0]))
    return tmp_path


@pytest.mark.slow
def test_it_is_searched_and_sorted_at_320_pixels_and_loads_nothing(folder: Path) -> None:
    (folder / "driver.html").write_text(DRIVER, encoding="utf-8")
    more = ("--allow-file-access-from-files", "--disable-web-security", "--virtual-time-budget=5000", "--dump-dom")
    page = browse(folder, *more, f"file://{folder}/driver.html")
    told: Mapping[str, str] = dict(re.findall(r"^(?:.*<pre id=\"told\">)?([a-z ]+)=(.*)$", page, re.MULTILINE))
    booklets = [f"TQ{at:04d}" for at in range(1, HOUSEHOLDS + 1)]
    assert told["fits"] == "true"
    assert told["all"] == told["cleared"] == str(HOUSEHOLDS)
    assert told["booklet"] == "TQ0003"
    assert told["full width"] == "TQ0004"
    assert told["name"] == "true"
    assert told["nobody"] == ""
    assert told["said"] == f"共{HOUSEHOLDS}户，找到0户"
    closings = sorted(line.closing for line in month(1, HOUSEHOLDS).villages[0].statement.households)
    assert [round(float(closing) * 100) for closing in told["rising"].split(",")] == closings
    assert [round(float(closing) * 100) for closing in told["falling"].split(",")] == closings[::-1]
    assert told["booklets"].split(",") == booklets
    assert told["loaded"] == "0"


@pytest.mark.slow
def test_on_paper_every_household_stands_and_no_search(folder: Path) -> None:
    browse(folder, f"--print-to-pdf={folder / 'paper.pdf'}", f"file://{folder}/notice.html")
    with pypdfium2.PdfDocument(folder / "paper.pdf") as pdf:
        said = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    assert all(f"TQ{at:04d}" in said for at in range(1, HOUSEHOLDS + 1))
    assert "查找手册编号" not in said
