"""What is personal can be erased, byte for byte, and the books still hold; on both databases."""

import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import Engine, delete, select
from test_tamper import take_guards_away

from lizhi_pos.access.operators import Authority
from lizhi_pos.accounts.changes.closing import close_household
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import MemberRow
from lizhi_pos.accounts.models import erased_part, personal
from lizhi_pos.accounts.queries import household_facts
from lizhi_pos.db import Transaction, reading, transaction
from lizhi_pos.engines import sqlite_path
from lizhi_pos.evidence.keeping import FileGiven, keep, take_out
from lizhi_pos.maintenance.erasure import Erased, erase_household, wipe
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.reports.subjects import known_subject
from lizhi_pos.settlement.verification import verify
from towns.small import ACCOUNTANT, APPROVAL, POSTED_ON, act, at, found, household, noon, post, scores, workbook

NOW, WHY = noon(POSTED_ON), "示例:本人要求"
NEXT = POSTED_ON + timedelta(days=30)
BY = Authority(ACCOUNTANT, POSTED_ON, APPROVAL)
ID, MEMBERS_ID, PHONE, NOTE = "110101199003070011", "110101199203070022", "13900004417", "示例备注:住院"
DONE = "示例:帮邻居"
PICTURE, SHARED = b"GIF89a a portrait of somebody", b"GIF89a a heap of salt"
SECRETS = (*(text.encode() for text in (ID, MEMBERS_ID, PHONE, NOTE, DONE, "示例肖像")), PICTURE)


@pytest.fixture
def town(engine: Engine) -> Engine:
    with transaction(engine, NOW) as tx:
        found(tx)
        book = workbook(
            households=[
                household("TQ0001", id_number=ID, phone=PHONE, note=NOTE),
                household("TQ0002", "示例乙", phone="13900000002"),
            ],
            members=[MemberRow("TQ0001", "示例妻", at("成员"), "配偶", MEMBERS_ID)],
            scored=scores("TQ0001", q2023_4="90", q2024_1="90"),
            acts=[structs.replace(act("TQ0001", date(2024, 3, 5), 2), note=DONE)],
        )
        post(tx, book)
    with transaction(engine, NOW) as tx:
        add(tx, "household:TQ0001", PICTURE, "示例肖像.gif")
        add(tx, "household:TQ0001", SHARED, "示例肖像二.gif")
        add(tx, "household:TQ0002", SHARED, "盐.gif")
    return engine


def add(tx: Transaction, to: str, content: bytes, name: str) -> None:
    given, subject = FileGiven(name, content, f"示例:{name}"), unwrap(known_subject(tx, to))
    unwrap(keep(tx, given, subject, Authority(ACCOUNTANT, POSTED_ON)))


def left(town: Engine) -> None:
    with transaction(town, NOW) as tx:
        unwrap(close_household(tx, "TQ0001", "moved_out", WHY, BY))


def erased(town: Engine, number: str = "TQ0001", reason: str = WHY, by: Authority = BY) -> Erased | Refusal:
    with transaction(town, NOW) as tx:
        return erase_household(tx, number, reason, by)


def code(answer: Any) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def failing(town: Engine) -> dict[str, tuple[str, ...]]:
    with reading(town, NOW) as tx:
        return {check.name: check.facts for check in verify(tx).checks if not check.ok}


def everything_stored(town: Engine) -> bytes:
    """Every byte of the database: of the file and what lies beside it, or of every row."""
    path = sqlite_path(str(town.url))
    if path is not None:
        return b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal") if Path(f"{path}{end}").exists())
    with town.connect() as connection:
        rows = [repr(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))]
    return "\n".join(rows).encode()


def found_in(content: bytes) -> list[bytes]:
    return [secret for secret in SECRETS if secret in content or repr(secret)[2:-1].encode() in content]


def test_it_is_gone_byte_for_byte_and_the_books_still_hold(town: Engine) -> None:
    assert ID.encode() in everything_stored(town)
    left(town)
    assert erased(town) == Erased("TQ0001", ["id_number", "phone", "note", "picture"])
    assert wipe(town)
    assert found_in(everything_stored(town)) == []
    assert failing(town) == {}
    with reading(town, NOW) as tx:
        assert code(take_out(tx, hashlib.sha256(PICTURE).hexdigest())) == "not_found"
        assert unwrap(take_out(tx, hashlib.sha256(SHARED).hexdigest())).name == "盐.gif"
        assert household_facts(tx, ["TQ0001"], POSTED_ON)["TQ0001"].head == "示例户主"


@pytest.mark.parametrize(
    ("number", "reason", "by", "expected"),
    [
        ("TQ0002", WHY, BY, "rule_broken"),  # in the register
        ("TQ0001", WHY, Authority(ACCOUNTANT, POSTED_ON), "approval_needed"),
        ("TQ0001", " ", BY, "rule_broken"),
        ("TQ9999", WHY, BY, "unknown_household"),
    ],
)
def test_who_is_in_the_register_and_what_nobody_stands_behind_stays(
    town: Engine, number: str, reason: str, by: Authority, expected: str
) -> None:
    left(town)
    before = everything_stored(town) if town.dialect.name == "postgresql" else b""
    assert code(erased(town, number, reason, by)) == expected
    assert not before or everything_stored(town) == before
    assert ID.encode() in everything_stored(town)


def test_it_is_done_once(town: Engine) -> None:
    left(town)
    unwrap(erased(town))
    assert code(erased(town)) == "out_of_turn"


def test_points_are_closed_out_first(town: Engine) -> None:
    with transaction(town, noon(NEXT)) as tx:
        post(tx, workbook(month=Month(2024, 4), households=[household("TQ0001", status="moved_out")]), NEXT)
    later = Authority(ACCOUNTANT, NEXT, APPROVAL)
    with transaction(town, noon(NEXT)) as tx:
        refused = erase_household(tx, "TQ0001", WHY, later)
        assert code(refused) == "rule_broken"
        assert "points" in str(refused)
        unwrap(close_household(tx, "TQ0001", "moved_out", WHY, later))
        unwrap(erase_household(tx, "TQ0001", WHY, later))


def test_a_ledger_on_its_way_is_posted_first(town: Engine) -> None:
    with transaction(town, noon(NEXT)) as tx:
        unwrap(draft(tx, workbook(month=Month(2024, 4), households=[household("TQ0001", phone=PHONE)]), ACCOUNTANT))
    left(town)
    assert code(erased(town)) == "out_of_turn"


@pytest.mark.owner
def test_what_is_missing_without_an_erasure_speaks_against_the_books(town: Engine) -> None:
    with town.begin() as connection:
        take_guards_away(connection)
        connection.execute(delete(personal))
    assert len(failing(town)["personal_parts_unchanged"]) >= 3


@pytest.mark.owner
def test_an_erasure_that_nobody_recorded_is_found(town: Engine) -> None:
    left(town)
    unwrap(erased(town))
    with town.begin() as connection:
        take_guards_away(connection)
        connection.execute(delete(erased_part))
    assert {"documents_unchanged", "evidence_unchanged", "personal_parts_unchanged"} <= set(failing(town))
