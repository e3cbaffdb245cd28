"""Files for people: whole or not at all, never over another one unasked, under names that every system takes."""

import os
import resource
import stat
import subprocess
import sys
from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos import file_writing
from lizhi_pos.file_writing import FolderSilent, OtherContent, file_name, file_names, problem, save
from lizhi_pos.refusal import Message


def test_a_file_is_written_with_its_folders_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.xlsx"
    save(path, b"content")
    assert path.read_bytes() == b"content"
    assert [p.name for p in path.parent.iterdir()] == ["file.xlsx"]
    usual = tmp_path / "usual"
    usual.write_bytes(b"")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


def test_another_content_is_not_written_over_unasked(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(b"a person's own")
    path.chmod(0o640)
    with pytest.raises(OtherContent):
        save(path, b"content")
    assert path.read_bytes() == b"a person's own"
    save(path, b"content", replace=True)
    assert path.read_bytes() == b"content"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    before = path.stat().st_mtime_ns
    save(path, b"content")
    assert path.stat().st_mtime_ns == before


def test_what_a_link_points_to_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    save(link, b"content")
    assert link.is_symlink()
    assert target.read_bytes() == b"content"


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(OSError, match="no file"):
            save(tmp_path / name, b"content", replace=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "pipe"]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """A process of its own, whose files may hold a thousand bytes."""
    (tmp_path / "old").write_bytes(b"old")
    code = (
        "import sys; from pathlib import Path; from lizhi_pos.file_writing import save, problem\n"
        "for name in ('new', 'old'):\n"
        "    path = Path(sys.argv[1]) / name\n"
        "    try: save(path, b'x' * 5000, replace=True)\n"
        "    except OSError as error: print(problem(error, path).msgid)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
        check=True,
    )
    assert done.stdout.splitlines() == ["there is no room for {0}: the disk is full"] * 2
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"old": b"old"}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError) as raised:  # noqa: PT011
        save(tmp_path / "file" / "below.xlsx", b"content")
    assert problem(raised.value, tmp_path) == Message(
        "the folder of {0} is not there and cannot be made", (str(tmp_path),)
    )


def test_a_folder_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file in its place is a pipe that nobody writes to, so that reading it waits for ever."""
    monkeypatch.setattr(file_writing, "FOLDER_WAIT_S", 0.2)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FolderSilent):
        file_writing._in_time(pipe.read_bytes)
    # lets the thread that waits for it end
    os.close(os.open(pipe, os.O_WRONLY))


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("2024-04_天桥村", "2024-04_天桥村"),
        ("2024-04_大同/新村", "2024-04_大同／新村"),
        ("100%村", "100%村"),
        ('a<b>c:d"e\\f|g?h*i', "a＜b＞c：d＂e＼f｜g？h＊i"),
        ("con", "_con"),
        ("LPT1.xlsx", "_LPT1.xlsx"),
        ("村. . ", "村"),
        ("..", "_"),
        ("", "_"),
        ("甲\x00\u202e\n乙", "甲乙"),
    ],
)
def test_names(stem: str, name: str) -> None:
    assert file_name(stem) == name


def test_long_names_are_cut_and_stay_apart() -> None:
    one, other = file_names(["长" * 90 + "甲", "长" * 90 + "乙"], ".xlsx")
    assert one != other
    assert all(len(name.encode()) <= file_writing.MOST_NAME_BYTES and name.endswith(".xlsx") for name in (one, other))


def test_names_that_differ_only_in_capitals_or_signs_stay_apart() -> None:
    names = file_names(["A村", "a村", "a村", "大/同", "大／同"], ".xlsx")
    assert len({name.casefold() for name in names}) == 4 + 1 - (names[1] == names[2])


@given(st.text())
def test_any_name_can_be_written(stem: str) -> None:
    name = file_name(stem, ".xlsx")
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(category(sign) in ("Cc", "Cf", "Cs") for sign in name)
    assert len(name.encode()) <= file_writing.MOST_NAME_BYTES
    assert file_name(name.removesuffix(".xlsx"), ".xlsx") == name
