"""`year archive` as it is typed: what it answers, what it refuses, and where its folder cannot be written."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lizhi_pos.cli.main import main

from .conftest import PIN, Shop
from .hanging_folder import hanging
from .test_files import LATER, close, no_folder, one_market_day, read_only

ARCHIVE = ("year", "archive", "2024", "--so-far", "--out")


@pytest.fixture
def closed(posted: Shop, kept: Path) -> Shop:
    """The posted town with its first month closed."""
    return posted.once(kept / "archive", _one_closed_month)


def _one_closed_month(posted: Shop) -> None:
    one_market_day(posted)
    close(posted, posted.folder / "out")


def verified(folder: Path) -> str:
    words = [sys.executable, "-I", "-S", str(folder / "verify.py")]
    return subprocess.run(words, capture_output=True, encoding="utf-8", timeout=60, check=False).stdout


def test_an_archive_holds_what_the_commands_answer(closed: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    folder = closed.folder / "2024年档案"
    answer = closed(*ARCHIVE, folder)
    assert answer["months"] == ["2024-04"]
    assert answer["ok"] is True
    assert answer["folder"] == str(folder)
    assert closed.said == "", "a script is told nothing beside its answer"
    assert verified(folder).startswith("OK\n")
    assert main(["--json", "month", "show", "2024-04"]) == 0
    assert (folder / "statements" / "2024-04.json").read_text(encoding="utf-8") == capsys.readouterr().out
    for paper in (closed.folder / "out").iterdir():
        assert (folder / "documents" / paper.name).read_bytes() == paper.read_bytes()
    before = (folder / "books.db").read_bytes()
    assert closed("--db", folder / "books.db", "verify")["ok"] is True
    assert (folder / "books.db").read_bytes() == before
    assert verified(folder).startswith("OK\n")


def test_a_person_is_told_how_far_it_is_and_where_it_lies(closed: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    folder = closed.folder / "archive"
    assert main(["--lang", "zh", *ARCHIVE, str(folder)]) == 0
    said = capsys.readouterr()
    assert "正在写 2024-04 的表和单据" in said.err
    assert str(folder) in said.out
    assert "verify.py" in said.out


def test_a_year_with_open_months_is_refused_with_what_to_do(closed: Shop) -> None:
    folder = closed.folder / "archive"
    assert closed.refused("year", "archive", "2024", "--out", folder) == "month_open"
    assert "2024-05" in closed.said
    assert "2024-04" not in closed.said
    assert "--so-far" in closed.said
    assert closed.refused("year", "archive", "2023", "--so-far", "--out", folder) == "rule_broken"
    assert closed.refused("year", "archive", "2025", "--so-far", "--out", folder) == "month_open"
    assert not folder.exists()


def test_a_filled_folder_is_refused_and_left_alone(closed: Shop) -> None:
    folder = closed.folder / "archive"
    closed(*ARCHIVE, folder)
    there = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert closed.refused(*ARCHIVE, folder) == "rule_broken"
    assert closed.refused(*ARCHIVE, folder / "README.txt") == "rule_broken"
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == there


def test_a_clerk_gets_no_archive(closed: Shop) -> None:
    closed("user", "add", "收银示例", "--role", "clerk")
    closed.act("收银示例", "246801")
    assert closed.refused(*ARCHIVE, closed.folder / "archive") == "not_allowed"
    closed.act("站长示例", PIN)
    assert not (closed.folder / "archive").exists()


@pytest.mark.parametrize("made", [no_folder, read_only], ids=lambda made: made.__name__)
def test_a_folder_that_cannot_be_made_is_said(closed: Shop, made: Callable[[Path], Path]) -> None:
    out = made(closed.folder)
    assert closed(*ARCHIVE, out, exits=3)["error"]["code"] == "failed"
    assert str(out) in closed.said


RUN = (
    "import resource, sys; from lizhi_pos import file_writing; file_writing.FOLDER_WAIT_S = 2\n"
    "from lizhi_pos.maintenance import archive\n"
    "size, words = int(sys.argv[1]), sys.argv[2:]\n"
    "fill = archive._fill\n"
    "def on_a_full_disk(*given):\n"
    "    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)); return fill(*given)\n"
    "if size: archive._fill = on_a_full_disk\n"
    "from lizhi_pos.cli.main import main; sys.exit(main(words))"
)


@pytest.mark.parametrize("size", [1, 10_000, 300_000])
def test_a_full_disk_leaves_nothing(closed: Shop, size: int) -> None:
    """A process of its own whose files cannot grow: first the text does not fit, then the books."""
    (closed.folder / "kept").mkdir()
    before = sorted(closed.folder.rglob("*"))
    words = ["--json", *ARCHIVE, str(closed.folder / "kept" / "new" / "archive")]
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(size), *words], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 3, done.stderr
    assert '"code":"failed"' in done.stdout
    assert "Traceback" not in done.stderr
    assert [path for path in closed.folder.rglob("*") if path not in before and "town.db" not in path.name] == []


def test_a_folder_that_hangs_is_given_up(closed: Shop) -> None:
    out = closed.folder / "hangs"
    out.mkdir()
    with hanging(out) as hangs:
        if not hangs:
            pytest.skip("this machine lets nobody mount a file system")
        words = ["--json", *ARCHIVE, str(out / "archive")]
        done = subprocess.run(
            [sys.executable, "-c", RUN, "0", *words], capture_output=True, encoding="utf-8", timeout=60, check=False
        )
    assert done.returncode == 3, done.stderr
    assert str(out) in done.stderr


def test_the_books_go_on_after_an_archive(closed: Shop) -> None:
    closed(*ARCHIVE, closed.folder / "archive")
    closed("market", "open", LATER, "--approver", "监督示例", "--reason", "补录")
    assert closed("verify")["ok"] is True
