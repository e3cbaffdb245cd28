"""What the archive's own verification finds, with Python alone: every changed figure, by name."""

import csv
import gzip
import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from archives import FOLDERS, archived, rows_of, verified

from lizhi_pos.engines import open_engine
from lizhi_pos.maintenance.verify_archive import main as verify_main
from lizhi_pos.maintenance.verify_archive import packed
from lizhi_pos.upgrade import upgrade
from towns.whole import live

RELEASES = sorted((Path(__file__).parent / "data").glob("release-*.db.gz"))


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the whole town, to be copied."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copyfile(sqlite_template, folder / "town.db")
    engine = open_engine(f"sqlite:///{folder / 'town.db'}")
    live(engine)
    archived(engine, folder / "archive")
    engine.dispose()
    return folder / "archive"


@pytest.fixture
def archive(kept: Path, tmp_path: Path) -> Path:
    """An archive that a test may spoil."""
    return Path(shutil.copytree(kept, tmp_path / "档案 2024"))


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is of Linux")
def test_sha256sum_finds_every_file_as_it_was(archive: Path) -> None:
    subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=archive, check=True, timeout=60)


def test_rulebooks_and_evidence_are_as_they_were_given(archive: Path) -> None:
    for path in (archive / "evidence").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
        assert path.suffix in (".png", ".jpg", ".pdf")
    books = sqlite3.connect(archive / "books.db")
    sources = {source.encode() for (source,) in books.execute("SELECT source FROM rulebook")}
    (filing,) = books.execute("SELECT filing FROM rulebook").fetchone()
    books.close()
    (path,) = (archive / "rulebooks").iterdir()
    assert path.read_bytes() in sources
    assert path.name.startswith("2024-1_")
    assert filing in path.name


def list_again(folder: Path) -> None:
    """What somebody does who changes a file and makes SHA256SUMS say so."""
    sums = folder / "SHA256SUMS"
    names = [line[66:] for line in sums.read_text(encoding="utf-8").splitlines()]
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    sums.write_text("".join(lines), encoding="utf-8")


def one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("part", [*FOLDERS, "journal.csv", "books.db", "README.txt", "verify.py"])
def test_a_changed_file_is_named(archive: Path, part: str) -> None:
    path = archive / part
    path = sorted(path.iterdir())[0] if path.is_dir() else path
    if part == "verify.py":
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    else:
        one_byte(path)
    status, said = verified(archive)
    assert status == 1
    assert said.splitlines()[0] != "OK"
    assert f"✘ {path.relative_to(archive).as_posix()}" in said


@pytest.mark.parametrize("part", FOLDERS)
def test_a_file_that_is_gone_or_was_added_is_named(archive: Path, part: str) -> None:
    gone = sorted((archive / part).iterdir())[0]
    gone.unlink()
    (archive / part / "多出来的.txt").write_bytes(b"")
    status, said = verified(archive)
    assert status == 1
    assert f"✘ {gone.relative_to(archive).as_posix()}" in said
    assert f"✘ {part}/多出来的.txt" in said


def test_what_a_file_manager_leaves_is_passed_over(archive: Path) -> None:
    for name in (".DS_Store", "documents/Thumbs.db", "evidence/desktop.ini"):
        (archive / name).write_bytes(b"x")
    assert verified(archive)[0] == 0


HASHED = [
    *("entry", "number", "till", "kind", "unit", "date", "recorded_at", "reference", "by", "approved_by", "line"),
    *("amount", "note", "previous_hash", "hash", "town_id", "account_id", "place", "earned_month", "document_id"),
    *("document_hash", "linked_entry", "key", "format"),
]


@pytest.mark.parametrize("column", [*HASHED, "booklet", "account"])
def test_a_changed_figure_of_the_journal_is_named_also_where_the_list_was_made_anew(archive: Path, column: str) -> None:
    rows = rows_of(archive)
    at = next(n for n, row in enumerate(rows) if row[column] and row["account"] == "household" and n > 1)
    name = f"{rows[at]['till']} {rows[at]['number']}"
    rows[at][column] = another(rows[at][column], column)
    with (archive / "journal.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    list_again(archive)
    status, said = verified(archive)
    assert status == 1
    assert "Traceback" not in said
    if column in ("booklet", "account"):  # what the hash does not cover is held against the statements
        assert "✘ " in said
    elif column not in ("till", "number"):
        assert f"✘ journal.csv {name} " in said


def another(value: str, column: str) -> str:
    if column == "date":
        return (date.fromisoformat(value) - timedelta(1)).isoformat()
    if column == "recorded_at":
        return value.replace("2024", "2023", 1)
    if column == "account":
        return "vetoed"
    if column == "kind":
        return "adjust" if value != "adjust" else "base"
    if re.fullmatch(r"[0-9a-f]{2,}", value) and len(value) % 2 == 0:
        return f"{'0' if value[0] != '0' else '1'}{value[1:]}"
    return f"{value[:-1]}{'1' if value[-1] != '1' else '2'}"


@pytest.mark.parametrize(
    "column",
    [
        *("opening", "base", "volunteer", "redeemed", "returned", "vetoed"),
        *("restored", "adjusted", "transferred", "closing"),
    ],
)
@pytest.mark.parametrize("where", ["household", "totals"])
def test_a_changed_figure_of_a_statement_is_named(archive: Path, column: str, where: str) -> None:
    path = archive / "statements" / "2024-04.json"
    statement = json.loads(path.read_text(encoding="utf-8"))
    village = statement["villages"][0]
    figures = village["households"][0] if where == "household" else village["totals"]
    figures[column] = f"{float(figures[column]) + 1:.2f}"
    path.write_text(json.dumps(statement, ensure_ascii=False), encoding="utf-8")
    list_again(archive)
    status, said = verified(archive)
    assert status == 1
    assert f"✘ statements/2024-04.json {village['village']}" in said
    if where == "household":
        assert f"✘ statements/2024-04.json {figures['booklet']} {column}" in said
    else:
        assert f"{village['village']} {column}" in said


def test_a_household_left_out_of_a_statement_is_named(archive: Path) -> None:
    path = archive / "statements" / "2024-04.json"
    statement = json.loads(path.read_text(encoding="utf-8"))
    gone = statement["villages"][0]["households"].pop(0)
    path.write_text(json.dumps(statement, ensure_ascii=False), encoding="utf-8")
    list_again(archive)
    status, said = verified(archive)
    assert status == 1
    assert gone["household_id"] in said


@pytest.mark.parametrize("part", ["journal.csv", "statements/2024-04.json", "SHA256SUMS", "books.db"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"entry,number\n1,2\n", b"[1]"])
def test_what_cannot_be_read_is_named_and_no_traceback(archive: Path, part: str, content: bytes) -> None:
    (archive / part).write_bytes(content)
    status, said = verified(archive)
    assert status == 1
    assert "Traceback" not in said
    assert part in said


def test_a_cut_off_tail_is_found_by_the_statements(archive: Path) -> None:
    text = (archive / "journal.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    rows = rows_of(archive)
    last = next(
        n for n in reversed(range(len(rows))) if rows[n]["unit"] == "points" and rows[n]["till"] == rows[-1]["till"]
    )
    (archive / "journal.csv").write_text("".join(text[: last + 1 - 1]), encoding="utf-8", newline="")
    list_again(archive)
    assert verified(archive)[0] == 1


def test_verify_runs_from_anywhere_on_any_folder(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_main([str(archive)]) == 0
    assert capsys.readouterr().out.startswith("OK\n")
    assert verify_main([str(archive / "documents")]) == 1
    assert "SHA256SUMS" in capsys.readouterr().out


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_entries_of_every_release_are_verified_in_their_own_format(release: Path, tmp_path: Path) -> None:
    path = tmp_path / "town.db"
    path.write_bytes(gzip.decompress(release.read_bytes()))
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    archived(engine, tmp_path / "archive")
    engine.dispose()
    formats = {row["format"] for row in rows_of(tmp_path / "archive")}
    assert ("" in formats) == (release.name < "release-0003"), formats
    assert verified(tmp_path / "archive") == (0, verified(tmp_path / "archive")[1])


NUMBERS = [sign * 2**bits + more for bits in range(63) for sign in (1, -1) for more in (-1, 0, 1)]
MOMENTS = [
    datetime(1969, 12, 31, 23, 59, 59, 5, UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    *(datetime(year, 3, 5, 1, 2, 3, part, UTC) for year in (2024, 2107, 2600) for part in (0, 1, 999_999)),
]
SIZES = (0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536)


@pytest.mark.parametrize(
    "value",
    [
        *(None, date(2024, 4, 28), "", "示例", {"a": [1, {"b": None}], "中": b"\0"}, NUMBERS, [2**63, 2**64 - 1]),
        *MOMENTS,
        *("x" * size for size in SIZES),
        *(b"x" * size for size in SIZES),
        *([None] * size for size in SIZES),
        *({str(n): n for n in range(size)} for size in SIZES),
    ],
    ids=lambda value: f"{type(value).__name__}{len(value) if hasattr(value, '__len__') else value}",
)
def test_values_are_packed_as_the_journal_packs_them(value: object) -> None:
    assert packed(value) == msgspec.msgpack.encode(value)
