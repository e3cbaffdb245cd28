"""A year's archive, from both databases: what is in it, what its own verification finds, who gets it, and when."""

import hashlib
import json
import multiprocessing
import os
import re
import signal
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from archives import FOLDERS, archived, files_of, ordered, rows_of, verified
from sqlalchemy import Engine, select, update

from databases import as_owner
from lizhi_pos.access.models import audit_event
from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.objections import Verdict, settle_objection
from lizhi_pos.checkout.market_session import close_session, open_session_now
from lizhi_pos.checkout.open_baskets import discard_all
from lizhi_pos.db import Transaction, reading, transaction, write
from lizhi_pos.engines import open_engine
from lizhi_pos.evidence.models import evidence_content
from lizhi_pos.inventory.counts import counts, drop_count
from lizhi_pos.journal.models import posting
from lizhi_pos.maintenance import books_copy
from lizhi_pos.maintenance.archive import Archive, ArchivedMonth, write_archive
from lizhi_pos.migrations.guards import remove
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.closing import close_month
from lizhi_pos.settlement.verification import verify
from towns.small import ACCOUNTANT, CLERK, SUPERVISOR, VILLAGE, gift, noon, stocked_shop
from towns.whole import LATER, live


@pytest.fixture
def whole(engine: Engine) -> Engine:
    """The town in which everything has happened once."""
    live(engine)
    return engine


def test_a_stranger_verifies_the_archive(whole: Engine, tmp_path: Path) -> None:
    found = archived(whole, tmp_path / "archive")
    assert found.months == ("2024-04",)
    assert found.problems == ()
    status, said = verified(tmp_path / "archive")
    assert (status, said.splitlines()[0]) == (0, "OK")
    assert str(found.entries) in said


def test_the_folder_has_every_part_and_nothing_else(whole: Engine, tmp_path: Path) -> None:
    found = archived(whole, tmp_path / "archive")
    folder = tmp_path / "archive"
    top = {"SHA256SUMS", "README.txt", "verify.py", "books.db", "journal.csv", *FOLDERS}
    assert {path.name for path in folder.iterdir()} == top
    assert all(any((folder / name).iterdir()) for name in FOLDERS)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == found.files
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    names = [line[66:] for line in lines]
    assert names == sorted(names)
    assert {*names, "SHA256SUMS"} == {path.relative_to(folder).as_posix() for path in files}
    for line in lines:
        assert hashlib.sha256((folder / line[66:]).read_bytes()).hexdigest() == line[:64], line
    assert sorted(tmp_path.glob(".*")) == []


def test_the_books_open_and_verify_and_hold_every_row(whole: Engine, tmp_path: Path) -> None:
    archived(whole, tmp_path / "archive")
    path = tmp_path / "archive" / "books.db"
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    books = open_engine(f"sqlite:///{path}")
    with reading(books) as tx:
        proof = verify(tx)
        assert proof.ok, [check for check in proof.checks if not check.ok]
        copied = {t.name: sorted(map(repr, tx.connection.execute(select(t)))) for t in metadata.sorted_tables}
    books.dispose()
    with reading(whole) as tx:
        for table in metadata.sorted_tables:
            # but for what was put on record after it was copied: that it was taken out
            ours = sorted(map(_utc, tx.connection.execute(select(table))))
            if table.name not in ("audit_event", "record_line", "record_head"):
                assert sorted(map(_utc_text, copied[table.name])) == ours, table.name
    # looked through by the program itself it is still what SHA256SUMS says
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.glob("books.db*")) == ["books.db"]


def _utc(row: object) -> str:
    return _utc_text(repr(row))


def _utc_text(text: str) -> str:
    """A row without how its moments name their zone."""
    return re.sub(r"tzinfo=.*?(\)(?=[,)]))", "tz", re.sub(r"ZoneInfo\(key='[^']*'\)", "utc", text)).replace(
        "datetime.timezone.utc", "utc"
    )


def test_the_copy_is_guarded_as_the_books_are(whole: Engine, tmp_path: Path) -> None:
    archived(whole, tmp_path / "archive")
    connection = sqlite3.connect(f"file:{tmp_path / 'archive' / 'books.db'}?mode=rw", uri=True)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE posting SET amount = amount + 1")
    connection.close()


def test_the_journal_has_a_row_for_each_posting_in_the_columns_of_the_contract(whole: Engine, tmp_path: Path) -> None:
    archived(whole, tmp_path / "archive")
    text = (tmp_path / "archive" / "journal.csv").read_bytes()
    assert b"\r" not in text
    assert text.startswith(
        b"entry,number,till,kind,unit,date,recorded_at,reference,by,approved_by,"
        b"line,account,booklet,amount,note,previous_hash,hash,"
    )
    rows = rows_of(tmp_path / "archive")
    assert [(r["till"], int(r["number"]), int(r["line"])) for r in rows] == sorted(
        (r["till"], int(r["number"]), int(r["line"])) for r in rows
    )
    assert {r["number"] for r in rows if r["till"] == rows[0]["till"]} >= {"1", "2"}
    assert all(bool(r["booklet"]) == (r["account"] == "household") for r in rows)
    assert all(re.fullmatch(r"-?\d+\.\d\d", r["amount"]) for r in rows)
    last = max(r["date"] for r in rows)
    assert last <= "2024-04-30", "an entry of an open month, after the last one of the closed months"
    # whoever adds up a booklet's rows gets what the village was told
    statement = json.loads((tmp_path / "archive" / "statements" / "2024-04.json").read_text(encoding="utf-8"))
    for line in statement["villages"][0]["households"]:
        amounts = [r["amount"] for r in rows if r["booklet"] == line["booklet"]]
        assert sum(int(a.replace(".", "")) for a in amounts) == int(line["closing"].replace(".", ""))


def test_no_personal_number_stands_outside_the_books(whole: Engine, tmp_path: Path) -> None:
    archived(whole, tmp_path / "archive")
    for path in (tmp_path / "archive").rglob("*"):
        if path.suffix in (".csv", ".json", ".txt", ".toml", ".py"):
            content = path.read_bytes()
            for number in (b"110101199003070011", b"110101199203070022", b"1390000000"):
                assert number not in content, path.name


def test_the_same_months_are_archived_alike_but_for_the_books(whole: Engine, tmp_path: Path) -> None:
    archived(whole, tmp_path / "one")
    with transaction(whole, noon(LATER + timedelta(1))) as tx:
        gift(tx, "XJ-9", LATER, value="10.00")
    archived(whole, tmp_path / "two")
    one, two = (
        {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (tmp_path / "one", tmp_path / "two")
    )
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} == {"books.db", "SHA256SUMS"}


def test_an_archive_is_on_record_as_an_export(whole: Engine, tmp_path: Path) -> None:
    archived(whole, tmp_path / "archive", by=SUPERVISOR)
    with reading(whole) as tx:
        rows = [r for r in tx.all(select(audit_event)) if r.action == "export"]
        assert [(r.by_user, r.subject) for r in rows] == [(SUPERVISOR.name, "year 2024 archive")]
        assert verify(tx).ok


def refused(engine: Engine, folder: Path, **more: Any) -> Refusal:
    """A refusal, which writes nothing anywhere."""
    before, there = content(engine), tree(folder.parent)
    found = write_archive(engine, ordered(folder, **more))
    assert isinstance(found, Refusal)
    assert content(engine) == before
    assert tree(folder.parent) == there
    return found


def content(engine: Engine) -> list[Any]:
    with reading(engine) as tx:
        return [tx.connection.execute(select(table)).all() for table in metadata.sorted_tables]


def tree(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if not path.name.startswith("town.db"))


def test_a_year_with_open_months_is_refused_and_names_them(whole: Engine, tmp_path: Path) -> None:
    found = refused(whole, tmp_path / "archive", so_far=False)
    assert found.code == "month_open"
    assert found.text is not None
    told = str(found.text.args[0])
    assert "2024-04" not in told
    assert told.split(", ") == [f"2024-{month:02d}" for month in range(5, 13)]


def test_a_year_is_whole_from_the_towns_first_month_on(engine: Engine, tmp_path: Path) -> None:
    stocked_shop(engine)
    closed = [Month(2024, number) for number in range(4, 13)]
    with transaction(engine, noon(date(2025, 1, 8))) as tx:
        unwrap(close_session(tx, Authority(CLERK, date(2024, 4, 28))))
        for month in closed:
            unwrap(close_month(tx, month, Authority(ACCOUNTANT, date(2025, 1, 8))))
    found = archived(engine, tmp_path / "archive", so_far=False)
    assert found.months == tuple(map(str, closed))
    assert verified(tmp_path / "archive")[0] == 0
    (tmp_path / "archive" / "statements" / "2024-07.json").unlink()
    assert "statements/2024-07.json" in verified(tmp_path / "archive")[1]
    assert refused(engine, tmp_path / "next", year=2025).code == "month_open"
    assert refused(engine, tmp_path / "before", year=2023).code == "rule_broken"


def test_households_that_divided_moved_and_changed_booklets_are_verified_too(whole: Engine, tmp_path: Path) -> None:
    with transaction(whole, noon(date(2024, 6, 3))) as tx:
        market = open_session_now(tx)
        assert market is not None
        discard_all(tx, market.session_id)
        unwrap(close_session(tx, Authority(CLERK, LATER)))
        for count in counts(tx):
            if count.state == "open":
                unwrap(drop_count(tx, count.count, Authority(ACCOUNTANT, LATER)))
        answer = Verdict("dismissed", "示例"), Authority(ACCOUNTANT, LATER)
        unwrap(settle_objection(tx, VILLAGE, Month(2024, 4), 3, answer))
        unwrap(close_month(tx, Month(2024, 5), Authority(ACCOUNTANT, date(2024, 6, 3))))
    found = archived(whole, tmp_path / "archive")
    assert found.months == ("2024-04", "2024-05")
    assert found.problems == ()
    assert verified(tmp_path / "archive")[0] == 0
    rows = rows_of(tmp_path / "archive")
    assert {"transfer", "adjust"} <= {row["kind"] for row in rows}
    one_number = {(row["account_id"], row["booklet"]) for row in rows if row["booklet"]}
    assert len(one_number) == len({account for account, _number in one_number})
    assert len(one_number) == len({number for _account, number in one_number})


def test_books_that_were_changed_are_archived_and_said_to_be(whole: Engine, tmp_path: Path) -> None:
    with as_owner(whole) as connection:
        remove(connection)
        connection.execute(update(posting).where(posting.c.line == 1).values(note="改过"))
        connection.execute(update(evidence_content).values(content=b"%PDF-changed"))
    found = archived(whole, tmp_path / "archive")
    assert [p for p in found.problems if p.startswith("journal.csv 1 1 ")]
    assert [p for p in found.problems if p.startswith("evidence/")]
    assert verified(tmp_path / "archive")[0] == 1


def test_a_year_without_a_closed_month_is_refused_also_so_far(engine: Engine, tmp_path: Path) -> None:
    stocked_shop(engine)
    assert refused(engine, tmp_path / "archive").code == "month_open"


@pytest.mark.parametrize("role", ["clerk", "keeper"])
def test_who_may_not_see_the_books_gets_no_archive(whole: Engine, tmp_path: Path, role: Any) -> None:
    assert refused(whole, tmp_path / "archive", by=Operator("示例", role)).code == "not_allowed"


@pytest.mark.parametrize("role", ["accountant", "supervisor", "admin"])
def test_who_may_see_the_books_gets_an_archive(whole: Engine, tmp_path: Path, role: Any) -> None:
    assert archived(whole, tmp_path / "archive", by=Operator("示例", role)).files


def test_a_filled_folder_is_refused(whole: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / ".hidden").write_bytes(b"x")
    assert refused(whole, folder).code == "rule_broken"
    (tmp_path / "file").write_bytes(b"x")
    assert refused(whole, tmp_path / "file").code == "rule_broken"


def test_the_folder_somebody_stands_in_is_refused(
    whole: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "archive").mkdir()
    monkeypatch.chdir(tmp_path / "archive")
    assert refused(whole, Path()).code == "rule_broken"
    archived(whole, Path("../other"))
    assert verified(tmp_path / "other")[0] == 0


def test_an_empty_folder_is_filled_and_keeps_who_may_look_into_it(whole: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir(mode=0o750)
    (tmp_path / "link").symlink_to(folder)
    archived(whole, tmp_path / "link")
    assert folder.stat().st_mode & 0o777 == 0o750
    assert verified(folder)[0] == 0
    assert (tmp_path / "link").is_symlink()
    archived(whole, tmp_path / "a" / "b" / "new")
    assert (tmp_path / "a" / "b" / "new").stat().st_mode & 0o777 == 0o700


def test_where_nothing_can_be_written_nothing_is_left(whole: Engine, tmp_path: Path) -> None:
    before = content(whole)
    (tmp_path / "file").write_bytes(b"")
    there = tree(tmp_path)
    with pytest.raises(OSError, match=r"directory|exists"):
        write_archive(whole, ordered(tmp_path / "file" / "archive"))

    def fails(_tx: Transaction, _month: Month) -> ArchivedMonth:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="space"):
        write_archive(whole, ordered(tmp_path / "new" / "archive", files_of=fails))
    assert tree(tmp_path) == there
    assert content(whole) == before


def test_of_two_at_once_one_is_written_and_the_other_refused(whole: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    found: list[Archive] = []

    def other_comes_first(tx: Transaction, month: Month) -> ArchivedMonth:
        if not found:
            found.append(archived(whole, folder))
        return files_of(tx, month)

    late = write_archive(whole, ordered(folder, files_of=other_comes_first))
    assert found, "the one that came later took nothing of the other's away"
    assert isinstance(late, Refusal)
    assert late.code == "rule_broken"
    assert verified(folder)[0] == 0
    assert sorted(tmp_path.glob(".*")) == []


def test_tills_sell_while_an_archive_is_written(whole: Engine, tmp_path: Path) -> None:
    """While the copy is made, and while papers are written: a sale gets through before the archive goes on."""
    sold: list[str] = []

    def sell_now(voucher: str) -> None:
        done = Event()

        def act() -> None:
            write(whole, lambda tx: gift(tx, voucher, LATER, value="1.00"), noon(LATER))
            done.set()

        Thread(target=act, daemon=True).start()
        assert done.wait(20), "held up by the archive"
        sold.append(voucher)

    def files_meanwhile(tx: Transaction, month: Month) -> ArchivedMonth:
        sell_now("XJ-PAPERS")
        return files_of(tx, month)

    def table_meanwhile(*given: Any) -> None:
        if not sold:
            sell_now("XJ-COPY")
        copy_table(*given)

    copy_table = books_copy._copy_table
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(books_copy, "_copy_table", table_meanwhile)
        archived(whole, tmp_path / "archive", files_of=files_meanwhile)
    assert sold == (["XJ-PAPERS"] if whole.dialect.name == "sqlite" else ["XJ-COPY", "XJ-PAPERS"])
    assert verified(tmp_path / "archive")[0] == 0


def _write_until_killed(url: str, folder: Path, at: str) -> None:
    def tell(words: Any) -> None:
        if words.msgid.startswith(at):
            os.kill(os.getpid(), signal.SIGKILL)

    write_archive(open_engine(url), ordered(folder, tell=tell))


@pytest.mark.parametrize("at", ["copying", "writing the journal", "writing the papers", "verifying"])
def test_a_kill_in_the_middle_leaves_nothing_of_that_name(sqlite_url: str, tmp_path: Path, at: str) -> None:
    engine = open_engine(sqlite_url)
    live(engine)
    folder = tmp_path / "archive"
    one = multiprocessing.get_context("spawn").Process(target=_write_until_killed, args=(sqlite_url, folder, at))
    one.start()
    one.join(60)
    assert one.exitcode == -signal.SIGKILL
    assert not folder.exists()
    assert [left.stat().st_mode & 0o777 for left in tmp_path.glob(".*")] == [0o700]
    archived(engine, folder)
    engine.dispose()
    assert sorted(tmp_path.glob(".*")) == [], "what the killed one left"
    assert verified(folder)[0] == 0
