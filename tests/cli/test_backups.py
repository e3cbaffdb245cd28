"""`backup` and `restore` as they are typed: what they answer, what they refuse, what stands when something fails."""

import gzip
import hashlib
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lizhi_pos.cli.main import main
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.database_file import sqlite_module
from lizhi_pos.engines import open_engine
from lizhi_pos.maintenance.copies import automatic_name

from .conftest import PIN, SECOND_PIN, Shop
from .hanging_folder import hanging
from .test_files import read_only
from .test_undelivered import BY, DAY

RELEASES = sorted((Path(__file__).parents[1] / "db" / "data").glob("release-*.db.gz"))


def sums(path: Path) -> tuple[int, str]:
    content = path.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()


def events(shop: Shop) -> list[tuple[str, str]]:
    """Who had a copy of the books, and where."""
    engine = open_engine(f"sqlite:///{shop.folder / 'town.db'}")
    with engine.connect() as books:
        chosen = text("SELECT by_user, subject FROM audit_event WHERE action = 'backup' ORDER BY at")
        found = [(row.by_user, row.subject) for row in books.execute(chosen)]
    engine.dispose()
    return found


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_copy_is_one_file_that_opens_and_verifies(posted: Shop) -> None:
    proof = posted("verify")
    path = posted.folder / "副本" / "copy.db"
    answer = posted("backup", path)
    assert answer == {
        "file": str(path),
        "bytes": sums(path)[0],
        "sha256": sums(path)[1],
        "entries": proof["entries"],
        "head": proof["head"],
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["copy.db"]
    assert events(posted) == [("站长示例", str(path))]
    assert posted("--db", path, "verify")["head"] == proof["head"]


def test_a_file_that_is_there_is_left_as_it_is(posted: Shop) -> None:
    path = posted.folder / "copy.db"
    path.write_text("示例")
    before = state(posted.folder)
    assert posted.refused("backup", path) == "rule_broken"
    assert "--replace" in posted.said
    assert {n: c for n, c in state(posted.folder).items() if "town.db" not in n} == {
        n: c for n, c in before.items() if "town.db" not in n
    }
    assert events(posted) == []
    assert posted("backup", path, "--replace")["bytes"] == path.stat().st_size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["town.db", "town.db-wal", "town.db-journal", "link.db"])
def test_a_copy_is_not_written_over_the_books(posted: Shop, name: str) -> None:
    (posted.folder / "link.db").symlink_to(posted.folder / "town.db")
    assert posted.refused("backup", posted.folder / name, "--replace") == "rule_broken"
    assert posted("verify")["ok"]


def test_a_folder_is_no_file_to_be_replaced(posted: Shop) -> None:
    (posted.folder / "copy.db").mkdir()
    posted("backup", posted.folder / "copy.db", "--replace", exits=3)
    assert list((posted.folder / "copy.db").iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("x.db", "--auto"),
        ("x.db", "--to", "stick"),
        ("--auto", "--replace"),
    ],
    ids=" ".join,
)
def test_what_goes_together(posted: Shop, words: tuple[str, ...]) -> None:
    assert posted("backup", *words, exits=2)["error"]["code"] == "usage"
    assert posted.said.strip()


def test_a_folder_that_may_not_be_written_leaves_nothing(posted: Shop) -> None:
    posted("backup", read_only(posted.folder) / "copy.db", exits=3)
    assert "copy.db" in posted.said
    assert events(posted) == []


RUN = (
    "import resource, sys; from lizhi_pos import file_writing; file_writing.FOLDER_WAIT_S = 1\n"
    "if size := int(sys.argv[1]): resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
    "from lizhi_pos.cli.main import main; sys.exit(main(sys.argv[2:]))"
)


def in_its_own_process(*words: object, most_bytes: int = 0) -> tuple[int, dict[str, Any], str]:
    """A command whose folders may hang, or that may write no file larger than so many bytes."""
    line = [sys.executable, "-c", RUN, str(most_bytes), "--json", *map(str, words)]
    done = subprocess.run(line, capture_output=True, encoding="utf-8", timeout=60, check=False)
    return done.returncode, json.loads(done.stdout), done.stderr


def test_a_stick_that_never_answers_is_given_up(posted: Shop) -> None:
    stick = posted.folder / "stick"
    stick.mkdir()
    with hanging(stick) as hangs:
        if not hangs:
            pytest.skip("this machine lets nobody mount a file system")
        status, _answer, said = in_its_own_process("backup", stick / "copy.db")
        assert (status, str(stick) in said) == (3, True)
        posted.monkeypatch.setenv("LIZHI_BACKUP_TO", str(stick))
        status, answer, said = in_its_own_process("backup", "--auto")
        assert (status, str(stick) in said) == (3, True)
    assert [Path(copy["file"]).parent.name for copy in answer["copies"]] == ["backups"]


@pytest.mark.parametrize("words", [("backup", "copy.db"), ("backup", "--auto"), ("restore", "copy.db", "--replace")])
def test_a_disk_that_is_full_leaves_no_copy_and_touches_nothing(posted: Shop, words: tuple[str, ...]) -> None:
    if words[0] == "restore":
        posted("backup", posted.folder / "copy.db")
    given = [posted.folder / word if word == "copy.db" else word for word in words]
    posted("verify")
    before = sorted(path.name for path in posted.folder.iterdir())
    books = (posted.folder / "town.db").read_bytes()
    # room for the till's own pages, and for less than half of a copy
    status, answer, said = in_its_own_process(*given, most_bytes=len(books) // 2)
    assert (status, answer["error"]["code"]) == (3, "failed"), said
    assert "Traceback" not in said
    assert {path.name for path in posted.folder.iterdir()} - set(before) <= {"town.log", "backups"}
    assert [path for path in posted.folder.rglob("*.part*")] == []
    assert list((posted.folder / "backups").glob("*")) == []
    assert posted("verify")["ok"]


def test_automatic_copies_lie_beside_the_books_and_where_it_is_said(posted: Shop) -> None:
    sticks = [posted.folder / "stick", posted.folder / "other" / "stick"]
    answer = posted("backup", "--auto", *(word for stick in sticks for word in ("--to", stick)))
    assert [Path(copy["file"]).parent for copy in answer["copies"]] == [posted.folder / "backups", *sticks]
    assert len({copy["sha256"] for copy in answer["copies"]}) == 1
    for copy in answer["copies"]:
        assert sums(Path(copy["file"])) == (copy["bytes"], copy["sha256"])
        assert stat.S_IMODE(Path(copy["file"]).stat().st_mode) == 0o600
    assert answer["removed"] == []
    assert [subject for _by, subject in events(posted)] == [copy["file"] for copy in answer["copies"]]


def test_a_place_that_is_not_there_is_told_and_the_others_get_theirs(
    posted: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIZHI_BACKUP_TO", f"{posted.folder / 'gone'}:{posted.folder / 'stick'}")
    (posted.folder / "stick").mkdir()
    answer = posted("backup", "--auto", exits=3)
    assert [Path(copy["file"]).parent.name for copy in answer["copies"]] == ["backups", "stick"]
    assert "gone" in answer["error"]["message"]
    assert not (posted.folder / "gone").exists()


def test_only_our_own_old_copies_are_removed(posted: Shop) -> None:
    first = Path(posted("backup", "--auto")["copies"][0]["file"])
    folder, theirs = first.parent, []
    for name in ("lizhi.db", "照片.jpg", automatic_name(None, MACHINE_CLOCK.now())):
        (folder / name).write_text("示例")
        theirs.append(name)
    made = [Path(posted("backup", "--auto")["copies"][0]["file"]) for _ in range(14)]
    last = posted("backup", "--auto")
    assert last["removed"] == [str(made[0])]
    assert {path.name for path in folder.iterdir()} == {
        *theirs,
        *(path.name for path in made[1:]),
        Path(last["copies"][0]["file"]).name,
    }


def test_copies_are_listed_the_newest_first_and_broken_ones_are_told(posted: Shop) -> None:
    assert posted("backup", "list") == {"backups": []}
    taken = [posted("backup", "--auto")["copies"][0]["file"] for _ in range(4)]
    broken = {taken[1]: b"", taken[2]: Path(taken[2]).read_bytes()[:9000]}
    for name, content in broken.items():
        Path(name).write_bytes(content)
    before = state(posted.folder / "backups")
    found = posted("backup", "list")["backups"]
    assert [copy["file"] for copy in found] == taken[::-1]
    assert [copy["ok"] for copy in found] == [True, False, False, True]
    proof = posted("verify")
    assert [copy["entries"] for copy in found if copy["ok"]] == [proof["entries"]] * 2
    assert all(len(copy["head"]) == 64 for copy in found if copy["ok"])
    assert [copy["taken_at"] for copy in found] == sorted((copy["taken_at"] for copy in found), reverse=True)
    assert state(posted.folder / "backups") == before
    assert main(["--lang", "zh", "backup", "list"]) == 0


def test_copies_elsewhere_are_listed_too(posted: Shop) -> None:
    folder = posted.folder / "stick"
    copy = posted("backup", folder / "年底的.db")
    (folder / "照片.jpg").write_text("示例")
    (folder / "old.db").write_bytes(gzip.decompress(RELEASES[0].read_bytes()))
    found = {Path(one["file"]).name: one for one in posted("backup", "list", "--in", folder)["backups"]}
    assert found.keys() == {"年底的.db", "old.db"}
    assert (found["年底的.db"]["head"], found["年底的.db"]["ok"]) == (copy["head"], True)
    assert (found["old.db"]["head"], found["old.db"]["ok"]) == (None, True)


def test_closing_a_session_copies_the_books(posted: Shop) -> None:
    posted("market", "open", DAY, *BY, "--reason", "补录")
    answer = posted("market", "close", DAY)
    assert answer["state"] == "closed"
    (copy,) = answer["copies"]
    assert Path(copy["file"]).parent == posted.folder / "backups"
    assert posted("backup", "list")["backups"][0]["ok"]
    with sqlite_module().connect(copy["file"]) as books:
        assert books.execute("SELECT state FROM market_session").fetchall() == [("closed",)]
    books.close()


def test_a_session_stays_closed_without_a_copy(posted: Shop) -> None:
    posted("market", "open", DAY, *BY, "--reason", "补录")
    (posted.folder / "backups").write_text("no folder")
    answer = posted("market", "close", DAY)
    assert answer["state"] == "closed"
    assert answer["copies"] == []
    assert "没有备份" in posted.said
    assert posted("market", "status")["state"] == "closed"


def test_books_of_an_older_release_are_copied_before_they_are_upgraded(shop: Shop) -> None:
    path = shop.folder / "town.db"
    old = gzip.decompress(RELEASES[0].read_bytes())
    path.write_bytes(old)
    shop("calendar", "2024")
    (copy,) = (shop.folder / "backups").iterdir()
    with sqlite_module().connect(copy) as books:
        assert books.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]
    books.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert events(shop) == [("lizhi-pos", str(copy))]


def test_books_that_cannot_be_copied_are_not_upgraded(shop: Shop) -> None:
    path = shop.folder / "town.db"
    path.write_bytes(gzip.decompress(RELEASES[0].read_bytes()))
    (shop.folder / "backups").write_text("no folder")
    shop("calendar", "2024", exits=3)
    with sqlite_module().connect(path) as books:
        assert books.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]
    books.close()


def test_a_copy_is_brought_back_without_anybody_signing_in(posted: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = posted("backup", posted.folder / "copy.db")
    monkeypatch.delenv("LIZHI_OPERATOR")
    monkeypatch.delenv("LIZHI_PIN")
    answer = posted("--db", posted.folder / "new" / "town.db", "restore", posted.folder / "copy.db")
    assert answer == {"entries": copy["entries"], "head": copy["head"], "kept_aside": None}
    posted.act("站长示例", PIN)
    proof = posted("--db", posted.folder / "new" / "town.db", "verify")
    assert (proof["ok"], proof["head"]) == (True, copy["head"])


def test_books_are_replaced_by_an_administrator_alone(posted: Shop) -> None:
    posted("backup", posted.folder / "copy.db")
    posted("village", "add", "新村")
    posted.act("监督示例", SECOND_PIN)
    assert posted.refused("restore", posted.folder / "copy.db") == "rule_broken"
    assert "--replace" in posted.said
    assert posted.refused("restore", posted.folder / "copy.db", "--replace") == "not_allowed"
    posted.act("站长示例", "000000")
    assert posted.refused("restore", posted.folder / "copy.db", "--replace") == "bad_pin"
    posted.act("站长示例", PIN)
    answer = posted("restore", posted.folder / "copy.db", "--replace")
    names = {row["village"] for row in posted("village", "list")["villages"]}
    assert "新村" not in names
    kept = posted("--db", answer["kept_aside"], "village", "list")
    assert "新村" in {row["village"] for row in kept["villages"]}


def test_what_cannot_be_brought_back_leaves_the_books_byte_for_byte(posted: Shop) -> None:
    posted("backup", posted.folder / "copy.db")
    whole = (posted.folder / "copy.db").read_bytes()
    bad = {"text.db": b"no books" * 99, "cut.db": whole[: len(whole) // 2]}
    for name, content in bad.items():
        (posted.folder / name).write_bytes(content)
    before = {name: held for name, held in state(posted.folder).items() if "-shm" not in name and "-wal" not in name}
    for name in bad:
        error = posted("restore", posted.folder / name, "--replace", exits=3)["error"]
        assert error["code"] == "failed"
        assert name in error["message"]
        after = {n: held for n, held in state(posted.folder).items() if "-shm" not in n and "-wal" not in n}
        assert after == before
    assert posted("restore", posted.folder / "none.db", exits=2)["error"]["code"] == "usage"


def test_another_programs_file_is_not_written_over(posted: Shop) -> None:
    posted("backup", posted.folder / "copy.db")
    given = posted.folder / "photo.jpg"
    given.write_bytes(b"\xff\xd8" * 999)
    posted("--db", given, "restore", posted.folder / "copy.db", "--replace", exits=3)
    assert given.read_bytes() == b"\xff\xd8" * 999


def test_damaged_books_say_what_to_do(posted: Shop) -> None:
    posted("backup", posted.folder / "copy.db")
    path = posted.folder / "town.db"
    engine = open_engine(f"sqlite:///{path}")
    engine.dispose()
    path.write_bytes(path.read_bytes()[:100] + bytes(4000) + path.read_bytes()[4100:])
    damaged = path.read_bytes()
    error = posted("restore", posted.folder / "copy.db", "--replace", exits=3)["error"]
    assert "改个名字" in error["message"]
    assert path.read_bytes() == damaged
    path.rename(posted.folder / "damaged.db")
    assert posted("restore", posted.folder / "copy.db")["kept_aside"] is None
    assert posted("verify")["ok"]


def test_a_person_is_told(posted: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    words: list[Any] = ["backup", str(posted.folder / "copy.db")]
    assert main(words) == 0
    assert "备份" in capsys.readouterr().out
    assert main(["restore", words[1], "--replace"]) == 0
    said = capsys.readouterr().out
    assert "恢复" in said
    assert "-replaced-" in said
