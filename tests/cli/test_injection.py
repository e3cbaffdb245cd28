"""Text that would be a formula, markup, an escape sequence or a printer's command is text, through every door.

Every command of a town's month is typed with it wherever people write something, and everything that comes out is
looked at: the database, the answers, workbooks, pages, papers, the printer's bytes, the archive, the log.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text

from lizhi_pos.cli.main import main
from lizhi_pos.engines import open_engine
from lizhi_pos.migrations.metadata import metadata

from .conftest import Shop
from .test_undelivered import everything_typed

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

HOSTILE = "=1+1[b]<i>\x1b[31m\x1b]0;t\x07\x1dV1\u202e#x$y"
"""A formula, Textual's markup, HTML, colours and a title of a terminal, a printer's cut, writing backwards, typst."""
SEEN = "=1+1[b]<i>[31m]0;tV1#x$y"
"""The same without the marks that nobody sees."""
_WRITTEN = re.compile("示例(?!镇|商品|备案)")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]")


class HostileShop(Shop):
    """Types and writes files with the hostile text wherever a town would have written something."""

    def act(self, name: str, pin: str) -> None:
        super().act(hostile(name), pin)

    def workbook(self, name: str, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
        path = self.folder / name
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, [hostile(cell) for cell in row])
        return path

    def csv(self, name: str, *rows: str) -> Path:
        # a text file with control characters is no spreadsheet: it is refused
        return super().csv(name, *(hostile(row).replace(HOSTILE, SEEN) for row in rows))


def hostile(word: Any) -> Any:
    return _WRITTEN.sub(lambda _: HOSTILE, word) if isinstance(word, str) else word


def test_what_people_write_stays_text_everywhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_url: str
) -> None:
    monkeypatch.setenv("LIZHI_DB", sqlite_url)
    shop = HostileShop(capsys, monkeypatch, tmp_path)
    written = 0
    for words in everything_typed(tmp_path, shop):
        if words[0] == "as":
            shop.act(*words[1:])
            continue
        if words[0] == "move":
            # what was moved writes no more
            for ending in ("html", "pdf", "xlsx"):
                report = [
                    "report",
                    "red",
                    "天桥村",
                    "--year",
                    "2024",
                    "--full",
                    "--out",
                    str(tmp_path / f"红榜.{ending}"),
                ]
                assert main(report) == 0, capsys.readouterr()
            capsys.readouterr()
        told = [str(hostile(word)) for word in words]
        written += HOSTILE in "".join(told)
        status = main(told)
        said = "".join(capsys.readouterr())
        assert status == 0, (told, said)
        assert not _UNSEEN.search(said), (told, said)
        assert "Traceback" not in said
    assert written > 25
    files = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    wrong = [problem for path, content in files.items() for problem in problems(path, content)]
    assert unseen_in_database(sqlite_url) == []
    assert wrong == []
    assert b"[b]&lt;i&gt;" in files[tmp_path / "红榜.html"]


def problems(path: Path, content: bytes) -> Iterator[str]:
    """What in a file that was written is more than text."""
    name = str(path)
    if path.suffix == ".xlsx" and not path.name.startswith(("goods", "gifts", "march", "boxes", "答复")):
        with zipfile.ZipFile(path) as parts:
            for part in parts.namelist():
                inside = parts.read(part).decode("utf-8", "replace")
                if re.search(r"<f[ >][^<]*1\+1", inside) or re.search(r"(?<!_x005F)_x00[01][0-9A-Fa-f]_", inside):
                    yield f"{name} {part}: a formula, or a control character"
                if "externalLink" in part or 'TargetMode="External"' in inside:
                    yield f"{name} {part}: leads elsewhere"
    elif path.suffix == ".html" and re.search(rb"<i>|<script>x", content):
        yield f"{name}: markup"
    elif path.suffix in (".txt", ".log", ".json", ".toml") or path.name == "journal.csv":
        if found := _UNSEEN.search(content.decode("utf-8", "replace").replace("\r\n", "\n")):
            yield f"{name}: {found.group()!r}"
    elif path.suffix == ".bin" and any(told in content for told in (b"\x1b[31m", b"\x1b]0;", b"\x1dV1#x")):
        yield f"{name}: a command that the program did not give"


def unseen_in_database(url: str) -> list[str]:
    """Every column that keeps a mark which nobody sees, or which does something where it is shown."""
    engine = open_engine(url)
    found = []
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings():
                found += [
                    f"{table.name}.{name}: {value!r}"
                    for name, value in row.items()
                    if isinstance(value, str) and name != "source" and _UNSEEN.search(value)
                ]
    engine.dispose()
    return found


@pytest.mark.parametrize("name", ["../../outside", "..\\..\\outside", "C:\\outside", "/outside", "CON", "..."])
def test_no_name_leads_a_file_out_of_its_folder(town: Shop, name: str) -> None:
    before = {path for path in town.folder.parent.rglob("*") if path.is_file()}
    town.run("village", "add", name)
    out = town.folder / "out"
    assert town.run("month", "close", "2024-04", "--out", out, "--documents", "--on", "2024-05-02") in (0, 1)
    town.run("year", "archive", "2024", "--so-far", "--out", town.folder / "archive")
    new = {path for path in town.folder.parent.rglob("*") if path.is_file()} - before
    assert [path for path in new if not path.is_relative_to(town.folder)] == []
    assert [path for path in town.folder.rglob("*") if path.name in ("outside", "CON", "CON.xlsx")] == []
