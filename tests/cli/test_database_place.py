"""Where the books may not be: each place a sentence, exit 3, and nothing of it touched."""

import ctypes
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lizhi_pos.database_file import revision_of
from lizhi_pos.network_drive import is_network, is_share, kind_of_mount, network_kind

from .conftest import Shop
from .test_doctor import everything_in, without_privilege

WORDS = [("village", "list"), ("init", "--town", "示例镇", "--admin", "站长示例"), ("calendar", "2024")]


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Path]:
    """A folder of another machine's: 9p, which needs no server where its other end is a pipe that nobody reads."""
    folder = tmp_path / "share"
    folder.mkdir()
    reading, writing = os.pipe()
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"trans=fd,rfdno={reading},wfdno={writing}".encode()
    if libc.mount(b"share", os.fsencode(folder), b"9p", 0, options) != 0:
        pytest.skip("needs the right to mount, and 9p")
    yield folder
    libc.umount2(os.fsencode(folder), 2)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("nfs", True), ("nfs4", True), ("cifs", True), ("smb3", True), ("9p", True), ("fuse.sshfs", True)]
    + [("ext4", False), ("tmpfs", False), ("ntfs3", False), ("vfat", False), ("exfat", False), ("fuseblk", False)]
    + [("fuse.ntfs-3g", False), ("btrfs", False), ("overlay", False), ("fuse.rclone", True), ("CIFS", True)],
)
def test_which_file_systems_are_of_a_network(kind: str, answer: bool) -> None:
    assert is_network(kind) is answer


def test_the_deepest_mount_counts_and_of_one_place_the_last() -> None:
    mounts = [
        "/dev/sda1 / ext4 rw 0 0",
        "//shop/books /mnt/books cifs rw 0 0",
        "/dev/sdb1 /mnt/books/stick vfat rw 0 0",
        "old /srv nfs rw 0 0",
        "/dev/sdc1 /srv ext4 rw 0 0",
        "//shop/甲 /mnt/\\346\\226\\207 cifs rw 0 0",
        "nonsense",
    ]
    assert kind_of_mount(mounts, "/mnt/books/town.db") == "cifs"
    assert kind_of_mount(mounts, "/mnt/books2/town.db") == "ext4"
    assert kind_of_mount(mounts, "/mnt/books/stick/town.db") == "vfat"
    assert kind_of_mount(mounts, "/srv/town.db") == "ext4"


@pytest.mark.parametrize(
    ("drive", "answer"),
    [("C:", False), ("\\\\?\\C:", False), ("\\\\shop\\books", True), ("//shop/books", True), ("", False)]
    + [("\\\\?\\UNC\\shop\\books", True), ("\\\\?\\unc\\shop\\books", True), ("\\\\.\\C:", False)],
)
def test_which_windows_paths_are_another_machines(drive: str, answer: bool) -> None:
    assert is_share(drive) is answer


def test_a_disk_of_this_machine_is_none(tmp_path: Path) -> None:
    assert network_kind(tmp_path / "town.db") is None


def typed(db: str, *words: str, exits: int) -> str:
    """A command as a program of its own, for which the rights of files count; what it says."""
    command = [sys.executable, "-m", "lizhi_pos", "--db", db, "--lang", "zh", *words]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, preexec_fn=without_privilege, check=False)
    assert ran.returncode == exits, ran
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1, ran.stderr
    return ran.stderr


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_network_drive_is_refused_unless_somebody_insists(share: Path, words: tuple[str, ...]) -> None:
    said = typed(str(share / "town.db"), *words, exits=3)
    assert "网络盘（9p）" in said
    assert f"sqlite:///{share}/town.db?network=yes" in said


def test_whoever_insists_gets_their_books_there(shop: Shop) -> None:
    url = f"sqlite:///{shop.folder / 'insisted.db'}?network=yes"
    shop("--db", url, "init", "--town", "示例镇", "--admin", "站长示例")
    assert shop("--db", url, "village", "list") == {"villages": []}
    assert (shop.folder / "insisted.db").is_file()


@pytest.mark.parametrize("words", WORDS[:2], ids=" ".join)
def test_a_folder_that_cannot_be_written(shop: Shop, words: tuple[str, ...]) -> None:
    if words[0] != "init":
        shop(*WORDS[1])
    folder = shop.folder / "closed"
    folder.mkdir()
    if words[0] != "init":
        (shop.folder / "town.db").rename(folder / "town.db")
    folder.chmod(0o500)
    before = everything_in(folder)
    try:
        said = typed(str(folder / "town.db"), *words, exits=3)
    finally:
        folder.chmod(0o700)
    assert "写不进去" in said
    assert "别的文件夹" in said
    assert everything_in(folder) == before


def test_a_folder_that_cannot_be_made(shop: Shop) -> None:
    (shop.folder / "file").touch()
    assert "file" in typed(str(shop.folder / "file" / "deep" / "town.db"), *WORDS[1], exits=3)


def newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_newer_versions_file_is_left_as_it_is(shop: Shop, mode: str) -> None:
    shop(*WORDS[1])
    path = shop.folder / "town.db"
    newer(path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.close()
    assert revision_of(path) == "9999"
    before = everything_in(shop.folder)
    for words in (WORDS[0], WORDS[1]):
        assert "更新的程序" in typed(str(path), *words, exits=3)
    assert everything_in(shop.folder) == before


def test_a_newer_versions_file_with_a_log_beside_it_is_left_as_it_is(shop: Shop) -> None:
    """As a newer program that was killed leaves it."""
    shop(*WORDS[1])
    path = shop.folder / "town.db"
    newer(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE note (line TEXT)")
    aside = shop.folder / "killed"
    aside.mkdir()
    for name in ("town.db", "town.db-wal"):
        (aside / name).write_bytes((shop.folder / name).read_bytes())
    other.close()
    before = everything_in(aside)
    assert len(before[str(aside / "town.db-wal")][0]) > 0
    assert "更新的程序" in typed(str(aside / "town.db"), *WORDS[0], exits=3)
    assert everything_in(aside) == before
