"""Where the books may not be: each place a sentence, exit 3, and nothing of it touched."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lizhi_pos.database_file import revision_of
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import render
from lizhi_pos.maintenance.books_checks import database
from lizhi_pos.maintenance.doctor import Subject, examine
from lizhi_pos.network_drive import is_network, is_share, kind_of_mount, network_kind
from stopped_clock import StoppedClock

from .conftest import Shop
from .hanging_folder import hanging
from .test_doctor import everything_in, without_privilege

WORDS = [("village", "list"), ("init", "--town", "示例镇", "--admin", "站长示例"), ("calendar", "2024")]


@pytest.fixture
def share(shop: Shop) -> Iterator[Path]:
    """Another machine's folder, which hangs: whoever asks it anything waits for ever."""
    folder = shop.folder / "share"
    folder.mkdir()
    with hanging(folder, b"fuse.sshfs") as is_hanging:
        if not is_hanging:
            pytest.skip("needs the right to mount")
        yield folder


NETWORKS = "nfs nfs4 cifs smb3 CIFS 9p fuse.sshfs fuse.rclone"
DISKS = "ext4 tmpfs ntfs3 vfat exfat fuseblk fuse.ntfs-3g btrfs overlay"


def test_which_file_systems_are_of_a_network() -> None:
    assert [kind for kind in f"{NETWORKS} {DISKS}".split() if is_network(kind)] == NETWORKS.split()


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


SHARES = ("\\\\shop\\books", "//shop/books", "\\\\?\\UNC\\shop\\books", "\\\\?\\unc\\shop\\books")
OWN_DRIVES = ("C:", "\\\\?\\C:", "\\\\.\\C:", "")


def test_which_windows_paths_are_another_machines() -> None:
    assert tuple(drive for drive in (*SHARES, *OWN_DRIVES) if is_share(drive)) == SHARES


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
    assert "网络盘（fuse.sshfs）" in said
    assert f"sqlite:///{share}/town.db?network=yes" in said


def test_a_copy_is_not_brought_back_onto_a_network_drive(town: Shop, share: Path) -> None:
    town("backup", town.folder / "copy.db")
    assert "网络盘" in typed(str(share / "town.db"), "restore", str(town.folder / "copy.db"), exits=3)


def test_doctor_tells_of_a_network_drive_that_hangs(share: Path) -> None:
    path = share / "town.db"
    subject = Subject(f"sqlite:///{path}", path, share / "town.log", StoppedClock("share"))
    (check,) = examine(subject, {"database": lambda s: [next(iter(database(s)))]}, wait_s=5)
    assert check.level == "bad"
    assert "网络盘" in render(check.facts[0], translator("zh"))
    insisted = Subject(f"sqlite:///{path}?network=yes", path, share / "town.log", StoppedClock("share"))
    (check,) = examine(insisted, {"database": lambda s: [next(iter(database(s)))]}, wait_s=5)
    assert check.level == "warn"


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
        assert "新版程序" in typed(str(path), *words, exits=3)
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
    assert "新版程序" in typed(str(aside / "town.db"), *WORDS[0], exits=3)
    assert everything_in(aside) == before
