"""Which workbooks are proposed, and what a person types, pastes or drags to name others."""

import os
from pathlib import Path

import pytest

from lizhi_pos.office.found_files import likely_folders, newest_files, numbers_typed, path_typed, short


def put(path: Path, written: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (written, written))
    return path


def test_the_newest_of_sticks_and_home_come_first_each_once(tmp_path: Path) -> None:
    home, stick = tmp_path / "home", tmp_path / "stick"
    wanted = [
        put(stick / "台账" / "三月.xlsx", 500),
        put(home / "下载" / "四月.ods", 400),
        put(home / "Desktop" / "五月.XLS", 300),
        put(home / "六月.csv", 200),
    ]
    for left_out in ("照片.jpg", "~$三月.xlsx", ".~lock.三月.xlsx#", ".隐.xlsx", "台账.docx"):
        put(home / left_out, 900)
    (home / "下载" / "是文件夹.xlsx").mkdir()
    (home / "Downloads").symlink_to(home / "下载")
    folders = likely_folders(home, [stick])
    assert [file.path.name for file in newest_files(folders)] == [path.name for path in wanted]
    assert newest_files(folders)[0].when.startswith("1970-01-01")
    assert len(newest_files(folders, most=2)) == 2


def test_folders_that_are_gone_or_may_not_be_read_are_left_out(tmp_path: Path) -> None:
    good = put(tmp_path / "有" / "三月.xlsx", 1)
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "没有")
    folders = [tmp_path / "没有", good, tmp_path, good.parent]
    assert [file.path for file in newest_files(folders)] == [good]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("1 3 5", (0, 2, 4)),
        ("1-4", (0, 1, 2, 3)),
        ("2", (1,)),
        ("1-2，2、5", (0, 1, 4)),
        ("6", None),
        ("0", None),
        ("3-1", None),
        ("1-9", None),
        ("-", None),
        ("三月", None),
        ("1 三", None),
        ("", None),
    ],
)
def test_numbers_of_rows(typed: str, rows: tuple[int, ...] | None) -> None:
    assert numbers_typed(typed, 5) == rows


def test_a_path_typed_or_dragged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = put(tmp_path / "三 月.xlsx", 1)
    escaped = str(file).replace(" ", "\\ ")
    for typed in (
        str(file),
        f"'{file}'",
        f'"{file}" ',
        escaped,
        f"file://{str(file).replace(' ', '%20')}",
        "~/三 月.xlsx",
    ):
        assert path_typed(typed) == file
    assert path_typed("三月.xlsx") == Path("三月.xlsx")
    for other in ("古镇", "gz", "3", "2024-03", "", "'"):
        assert path_typed(other) is None
    assert short(file, tmp_path) == "~/三 月.xlsx"
    assert short(Path("/media/x"), tmp_path) == "/media/x"
