"""Pictures and papers in the books: told by their content, kept once, proved by `verify`, on both databases."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from test_tamper import take_guards_away

from lizhi_pos.access.models import audit_event
from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.accounts.villages import rename_village
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.evidence.keeping import FileGiven, Kept, Listed, keep, look_through, seen, take_out
from lizhi_pos.evidence.media import MOST_BYTES, media_of
from lizhi_pos.evidence.models import evidence, evidence_content, evidence_file, evidence_told
from lizhi_pos.receiving.codes import give_booklet
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.subjects import known_subject
from lizhi_pos.settlement.evidence_checks import evidence_unchanged
from lizhi_pos.settlement.verification import facts_of, verify
from towns.oversight import PDF, PICTURE
from towns.small import ACCOUNTANT, ADMIN, APPROVAL, CLERK, SUPERVISOR, noon
from towns.whole import LATER, live

PICTURES = {
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "image/png": PICTURE,
    "image/gif": b"GIF89a\x01\x00\x01\x00",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "image/bmp": b"BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00",
    "image/heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "application/pdf": PDF,
}
BY = Authority(ACCOUNTANT, LATER)
SUBJECTS = (
    "batch:天桥村/2024-03",
    "household:TQ0001",
    "veto:TQ0002",
    "receipt:1-2024-000001",
    "gift:XJ-1",
    "purchase:CG-1",
)


@pytest.fixture
def books(engine: Engine) -> Engine:
    """A town in which everything has happened once, a picture and a paper among it."""
    live(engine)
    return engine


def add(tx: Transaction, to: str, content: bytes = b"GIF89a another", name: str = "示例.gif", **more: Any) -> Any:
    subject = known_subject(tx, to)
    if isinstance(subject, Refusal):
        return subject
    return keep(tx, FileGiven(name, content, **more), subject, BY)


def listed(tx: Transaction, to: str | None = None, by: Operator = SUPERVISOR) -> list[Listed]:
    return unwrap(look_through(tx, unwrap(known_subject(tx, to)) if to else None, by))


def looks(tx: Transaction) -> list[tuple[str, str]]:
    rows = tx.all(select(audit_event).where(audit_event.c.action == "look").order_by(audit_event.c.event_id))
    return [(row.by_user, row.subject) for row in rows]


def refused(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


@pytest.mark.parametrize("media", PICTURES)
def test_a_file_is_what_its_content_says(media: str) -> None:
    assert media_of(PICTURES[media]) == media


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8", b"BM is a text", b"PK\x03\x04", b"<html>%PDF-1.7", b"RIFF....WAVE", b"MZ\x90", b"....ftypisom"],
)
def test_what_is_neither_a_picture_nor_a_pdf(content: bytes) -> None:
    assert media_of(content) is None


@pytest.mark.parametrize("to", SUBJECTS)
def test_evidence_is_kept_for_everything_in_the_books(books: Engine, to: str) -> None:
    with transaction(books, noon(LATER)) as tx:
        kept = unwrap(add(tx, to, note="示例:现场"))
        assert kept == Kept(hashlib.sha256(b"GIF89a another").digest(), 14, to)
        (one,) = [row for row in listed(tx, to) if row.sha256 == kept.sha256]
        assert (one.name, one.note, one.by, one.on) == ("示例.gif", "示例:现场", ACCOUNTANT.name, LATER)
        assert take_out(tx, kept.sha256.hex()[:10]) == take_out(tx, kept.sha256.hex().upper())
        assert unwrap(take_out(tx, kept.sha256.hex())).content == b"GIF89a another"
        assert verify(tx).ok


def test_a_write_off_has_its_number(books: Engine) -> None:
    with transaction(books, noon(LATER)) as tx:
        number = tx.connection.execute(text("SELECT number FROM writeoff ORDER BY number")).scalars().first()
        assert unwrap(add(tx, f"writeoff:{number}")).to == f"writeoff:{number}"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("batch:天桥村/2023-03", "not_found"),
        ("batch:无名村/2024-03", "not_found"),
        ("batch:天桥村", "not_found"),
        ("batch:天桥村/三月", "not_found"),
        ("household:TQ9999", "unknown_household"),
        ("veto:TQ9999", "unknown_household"),
        ("veto:TQ0001", "not_found"),
        ("receipt:1-2024-000099", "not_found"),
        ("gift:CG-1", "not_found"),
        ("purchase:XJ-1", "not_found"),
        ("writeoff:W-2024-9999", "not_found"),
        ("shelf:1", "not_found"),
        ("receipt:", "not_found"),
        ("TQ0001", "not_found"),
    ],
)
def test_what_names_nothing_in_the_books_is_refused(books: Engine, to: str, code: str) -> None:
    with transaction(books, noon(LATER)) as tx:
        assert refused(add(tx, to)) == code


def test_what_is_no_picture_or_too_large_or_to_come_is_refused(books: Engine) -> None:
    with transaction(books, noon(LATER)) as tx:
        assert refused(add(tx, "gift:XJ-1", b"a text", "picture.jpg")) == "rule_broken"
        assert refused(add(tx, "gift:XJ-1", PICTURE + bytes(MOST_BYTES))) == "rule_broken"
        subject, given = unwrap(known_subject(tx, "gift:XJ-1")), FileGiven("a", b"GIF89a")
        assert refused(keep(tx, given, subject, Authority(ACCOUNTANT, LATER + timedelta(1)))) == "rule_broken"
        for by in (CLERK, SUPERVISOR):
            assert refused(keep(tx, given, subject, Authority(by, LATER))) == "not_allowed"
        assert refused(look_through(tx, subject, CLERK)) == "not_allowed"
        assert len(unwrap(keep(tx, FileGiven("a", b"GIF89a"), subject, Authority(ADMIN, LATER))).sha256) == 32


def test_one_file_is_stored_once_for_several_things(books: Engine) -> None:
    with transaction(books, noon(LATER)) as tx:
        files = tx.all(select(evidence_file))
        unwrap(add(tx, "gift:XJ-1", PICTURE))
        assert refused(add(tx, "gift:XJ-1", PICTURE)) == "out_of_turn"
        unwrap(add(tx, "gift:SW-1", PICTURE))
        assert tx.all(select(evidence_file)) == files
        assert {row.to for row in listed(tx)} >= {"gift:XJ-1", "gift:SW-1"}


def test_every_look_is_on_record(books: Engine) -> None:
    with transaction(books, noon(LATER)) as tx:
        before = len(looks(tx))
        listed(tx, "gift:XJ-1")
        listed(tx, by=ADMIN)
        picture = unwrap(take_out(tx, hashlib.sha256(PICTURE).hexdigest()))
        assert seen(tx, picture, SUPERVISOR) is None
        assert isinstance(seen(tx, picture, CLERK), Refusal)
        assert looks(tx)[before:] == [
            (SUPERVISOR.name, "evidence gift:XJ-1"),
            (ADMIN.name, "evidence"),
            (SUPERVISOR.name, "evidence veto:TQ0003"),
        ]


def test_evidence_is_found_under_the_names_of_today(books: Engine) -> None:
    """A booklet was replaced and a village renamed: what was kept before is still theirs."""
    with transaction(books, noon(LATER)) as tx:
        unwrap(add(tx, "household:TQ0001"))
        unwrap(add(tx, "batch:天桥村/2024-03"))
        unwrap(give_booklet(tx, "TQ0001", "TQ0777", "示例", Authority(ACCOUNTANT, LATER, APPROVAL)))
        assert "household:TQ0001" in {row.to for row in listed(tx, "household:TQ0777")}
        assert refused(add(tx, "household:TQ0777")) == "out_of_turn"
        from lizhi_pos.access.audit import record

        unwrap(rename_village(tx, "天桥村", "天桥新村"))
        record(tx, ADMIN, "village.rename", "天桥村 → 天桥新村")
        assert "batch:天桥村/2024-03" in {row.to for row in listed(tx, "batch:天桥新村/2024-03")}


def test_a_hash_of_nothing_or_of_several_files_is_refused(books: Engine) -> None:
    with transaction(books, noon(LATER)) as tx:
        for name in ("0" * 64, "", "ab", "示例", hashlib.sha256(PICTURE).hexdigest()[:7]):
            assert refused(take_out(tx, name)) == "not_found", name


KEY = hashlib.sha256(PICTURE).digest()
_THE_CONTENT = evidence_content.c.sha256 == KEY
_THE_FILE = select(evidence_content.c.file_id).where(_THE_CONTENT).scalar_subquery()


@pytest.mark.owner
def test_a_changed_picture_and_one_that_is_kept_for_nothing_are_named(books: Engine) -> None:
    with books.begin() as connection:
        take_guards_away(connection)
        connection.execute(update(evidence_content).where(_THE_CONTENT).values(content=PICTURE + b"x"))
    with transaction(books, noon(LATER)) as tx:
        (fact,) = facts_of(tx, evidence_unchanged)
        assert KEY.hex() in fact
        assert refused(take_out(tx, KEY.hex())) == "rule_broken"
    with books.begin() as connection:
        connection.execute(update(evidence_content).where(_THE_CONTENT).values(content=PICTURE))
        pieces = select(evidence.c.evidence_id).where(evidence.c.file_id == _THE_FILE)
        connection.execute(evidence_told.delete().where(evidence_told.c.evidence_id.in_(pieces)))
        connection.execute(evidence.delete().where(evidence.c.file_id == _THE_FILE))
    with transaction(books, noon(LATER)) as tx:
        assert facts_of(tx, evidence_unchanged) == (f"{KEY.hex()}: is kept for nothing",)


@pytest.mark.owner
def test_a_picture_that_is_gone_and_not_erased_is_named(books: Engine) -> None:
    with books.begin() as connection:
        take_guards_away(connection)
        file_id = connection.execute(select(_THE_FILE)).scalar_one()
        connection.execute(evidence_content.delete().where(_THE_CONTENT))
    with transaction(books, noon(LATER)) as tx:
        assert facts_of(tx, evidence_unchanged) == (f"{file_id.hex()}: is missing",)
        assert not verify(tx).ok


@pytest.mark.owner
@pytest.mark.parametrize("what", ["name", "note", "salt"])
def test_what_is_said_of_a_picture_stands_under_the_chain(books: Engine, what: str) -> None:
    with books.begin() as connection:
        take_guards_away(connection)
        connection.execute(update(evidence_told).values({what: bytes(16) if what == "salt" else "另一个示例"}))
    with transaction(books, noon(LATER)) as tx:
        assert len(facts_of(tx, evidence_unchanged)) == len(tx.all(select(evidence_told)))


@pytest.mark.owner
def test_a_row_whose_file_is_gone_is_named(books: Engine) -> None:
    with books.begin() as connection:
        take_guards_away(connection)
    with books.connect() as connection:
        if books.dialect.name == "sqlite":
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys = OFF")
        town = connection.execute(select(evidence.c.town_id)).scalars().first()
        file_id = connection.execute(select(_THE_FILE)).scalar_one()
        connection.execute(evidence_content.delete().where(_THE_CONTENT))
        connection.execute(evidence_file.delete().where(evidence_file.c.file_id == file_id))
        tx = Transaction(connection, town)
        assert facts_of(tx, evidence_unchanged) == ("示例照片.png veto:TQ0003: is missing",)
        assert not verify(tx).ok
        connection.rollback()
