"""Month ends (三(四)2): closing in order, statements that stand, what villages answer, and proof by recomputing."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from test_journal import drop_guards

from databases import as_owner
from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.import_rows import SlipRow
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.checkout.offline_slips import (
    AlreadyPosted,
    PostedSlip,
    RefusedSlip,
    errors_in_slips,
    post_slip,
    slips_in,
    why_not_enter,
)
from lizhi_pos.db import Transaction, metadata, transaction
from lizhi_pos.journal.periods import refuse_unless_open
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Refusal, unwrap
from lizhi_pos.settlement.closing import close_month, closed_statement
from lizhi_pos.settlement.import_rows import AnswerRow, VillageAnswer
from lizhi_pos.settlement.reconciliation import compare
from lizhi_pos.settlement.verification import verify
from towns.small import (
    ACCOUNTANT,
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OTHER_VILLAGE,
    SALT,
    SOAP,
    VILLAGE,
    amount,
    at,
    basket,
    noon,
    refused,
    sell,
    stocked_shop,
)

APRIL, MAY_2 = Month(2024, 4), date(2024, 5, 2)


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


@pytest.fixture
def april(engine: Engine) -> Engine:
    stocked_shop(engine)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        unwrap(sell(tx, "TQ0001", (SALT, 2), (SOAP, 1)))
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
    return engine


def test_a_statement_stands_as_it_was_closed(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        statement = unwrap(close_month(tx, APRIL, Authority(ACCOUNTANT, MAY_2)))
        assert unwrap(closed_statement(tx, APRIL)) == statement
        ours, other = statement.villages
        assert (ours.village, other.village, other.households) == (VILLAGE, OTHER_VILLAGE, ())
        line = ours.households[0]
        assert (line.opening, line.volunteer, line.redeemed, line.closing) == (0, 5000, 880, 4120)
        assert line.receipts == ("1-2024-000001",)
        assert (ours.goods_value, ours.drawn, ours.contributed) == (880, 880, 0)
        assert verify(tx).ok


def test_months_close_in_order_after_their_end_with_sessions_closed(engine: Engine) -> None:
    stocked_shop(engine)
    with transaction(engine, noon(date(2024, 6, 2))) as tx:
        assert code(closed_statement(tx, APRIL)) == "month_open"
        assert code(close_month(tx, APRIL, Authority(ACCOUNTANT, date(2024, 4, 30)))) == "out_of_turn"
        assert code(close_month(tx, Month(2024, 5), Authority(ACCOUNTANT, date(2024, 6, 1)))) == "out_of_turn"
        assert code(close_month(tx, APRIL, Authority(ACCOUNTANT, MAY_2))) == "out_of_turn"
        unwrap(close_session(tx, Authority(CLERK, MARKET_DAY)))
        unwrap(close_month(tx, APRIL, Authority(ACCOUNTANT, MAY_2)))
        assert code(close_month(tx, APRIL, Authority(ACCOUNTANT, MAY_2))) == "out_of_turn"
        may = unwrap(close_month(tx, Month(2024, 5), Authority(ACCOUNTANT, date(2024, 6, 1))))
        assert may.villages[0].households[0].opening == may.villages[0].households[0].closing == amount("50.00")


def test_nothing_is_dated_into_a_closed_month(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        unwrap(close_month(tx, APRIL, Authority(ACCOUNTANT, MAY_2)))
        assert code(refuse_unless_open(tx, date(2024, 4, 30))) == "month_closed"
        assert refuse_unless_open(tx, date(2024, 5, 1)) is None
        assert "month_closed" in refused(sell(tx, "TQ0001", (SALT, 1)))
    raw = (
        "INSERT INTO journal_entry SELECT town_id, :k, unit, kind, on_date, earned_month, reference, document_id,"
        " linked_entry, by_user, approved_by, recorded_at, :k, 'raw', 1, previous_hash, hash"
        " FROM journal_entry WHERE kind = 'redeem'"
    )
    with pytest.raises(DBAPIError), april.begin() as connection:
        connection.execute(text(raw), {"k": b"0" * 16})


def answer(*rows: tuple[str, str]) -> VillageAnswer:
    return VillageAnswer(VILLAGE, tuple(AnswerRow(b, Points(amount(p)), at()) for b, p in rows))


def test_every_difference_with_a_village_is_listed(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        assert code(compare(tx, APRIL, [answer()], Authority(ACCOUNTANT, MAY_2))) == "month_open"
        unwrap(close_month(tx, APRIL, Authority(ACCOUNTANT, MAY_2)))
        same = unwrap(compare(tx, APRIL, [answer(("TQ0001", "41.20"))], Authority(ACCOUNTANT, MAY_2)))[0]
        assert (same.matched, same.differences) == (1, ())
        for _ in range(2):
            other = unwrap(
                compare(tx, APRIL, [answer(("TQ0001", "41.21"), ("QQ0001", "3.00"))], Authority(ACCOUNTANT, MAY_2))
            )[0]
            assert other.matched == 0
            told = [(d.booklet, d.kind, d.ours, d.theirs) for d in other.differences]
            assert told == [("QQ0001", "missing_here", None, 300), ("TQ0001", "amount", 4120, 4121)]
        gone = unwrap(compare(tx, APRIL, [answer()], Authority(ACCOUNTANT, MAY_2)))[0]
        assert [(d.kind, d.ours) for d in gone.differences] == [("missing_there", 4120)]


def slip(number: str, quantity: int = 1, booklet: str = "TQ0001", on: date = MARKET_DAY) -> list[SlipRow]:
    return [SlipRow(number, on, booklet, SALT, quantity, at())]


def enter(tx: Transaction, rows: list[SlipRow]) -> list[Any]:
    slips = slips_in(rows)
    assert isinstance(slips, list), slips
    assert why_not_enter(tx, slips, MAY_2, APPROVAL) is None
    return [post_slip(tx, paper, CLERK, APPROVAL) for paper in slips]


def test_a_paper_slip_is_posted_once_or_refused_with_its_reasons(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        rows = [*slip("P-2", 2), *slip("P-1"), *slip("P-2", 1), *slip("P-3", 99), *slip("P-4", on=date(2024, 4, 27))]
        four, one, two, three = enter(tx, rows)
        assert (one, two) == (PostedSlip("P-1", "P-2024-000001"), PostedSlip("P-2", "P-2024-000002"))
        assert isinstance(three, RefusedSlip)
        assert {r.code for r in three.reasons} == {"balance", "stock"}
        assert isinstance(four, RefusedSlip)
        assert {r.code for r in four.reasons} == {"no_session"}
        assert enter(tx, slip("P-2", 3)) == [AlreadyPosted("P-2")]
        assert [r.code for r in enter(tx, slip("P-2", 4))[0].reasons] == ["slip_conflict"]
        assert verify(tx).ok


def test_slips_of_another_session_than_todays_need_approval(april: Engine) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        slips = slips_in(slip("P-1"))
        assert isinstance(slips, list)
        assert code(why_not_enter(tx, slips, MAY_2, None)) == "approval_needed"


def test_a_file_of_slips_that_contradicts_itself_is_not_taken() -> None:
    assert errors_in_slips([*slip("P-1"), *slip("P-1", booklet="TQ0002")], MAY_2)
    assert errors_in_slips(slip("P-1", 0), MAY_2)
    assert errors_in_slips(slip("P-1", on=date(2024, 5, 3)), MAY_2)


AMOUNTS = [
    (table.name, column.name)
    for table in metadata.sorted_tables
    for column in table.columns
    if any(word in column.name for word in ("amount", "quantity", "points", "cost", "balance", "on_hand", "total"))
    or (table.name, column.name) in {("redemption_line", "price"), ("veto", "cleared"), ("statement_line", "closing")}
    if str(column.type) == "BIGINT"
]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "column"), AMOUNTS)
def test_a_change_of_any_single_amount_is_found(april: Engine, table: str, column: str) -> None:
    with transaction(april, noon(MAY_2)) as tx:
        unwrap(close_month(tx, APRIL, Authority(ACCOUNTANT, MAY_2)))
    with as_owner(april) as connection:
        drop_guards(connection)
        if april.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = 1"))
        else:
            for (name,) in connection.execute(
                text("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = CAST(:t AS regclass)"),
                {"t": table},
            ).all():
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
        keys = ", ".join(c.name for c in metadata.tables[table].primary_key)
        changed = connection.execute(
            text(f"UPDATE {table} SET {column} = {column} + 1 WHERE ({keys}) = (SELECT {keys} FROM {table} LIMIT 1)")
        )
    with transaction(april, noon(MAY_2)) as tx:
        assert verify(tx).ok is (changed.rowcount == 0)


def test_receipts_have_no_gaps_and_the_proof_sees_one(april: Engine) -> None:
    with as_owner(april) as connection:
        drop_guards(connection)
        connection.execute(text("UPDATE receipt_counter SET number = number + 1"))
    with transaction(april, noon(MAY_2)) as tx:
        wrong = [check.name for check in verify(tx).checks if not check.ok]
        assert wrong == ["receipts_without_gaps"]
        assert basket("TQ0001", (SALT, 1)).content_hash() == basket("TQ0001", (SALT, 1)).content_hash()
