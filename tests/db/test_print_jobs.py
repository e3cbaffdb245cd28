from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction, transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.ids import Id
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.print_jobs import JobView, PrintJobState
from lizhi_pos.printqueue.printers import Printer, add_printer, printer_for, printers
from lizhi_pos.refusal import Refusal, message
from towns.small import CLERK

NOW = datetime(2024, 4, 28, 1, 41, tzinfo=UTC)
NUMBERED = b'{"number":"1-2024-000001"}'


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'shop.db'}")
    with engine.begin() as connection:
        metadata.create_all(connection)
        town = metadata.tables["town"]
        connection.execute(
            town.insert(), [{"town_id": MACHINE_CLOCK.new_id(), "name": "大同镇", "created_at": MACHINE_CLOCK.now()}]
        )
    yield engine
    engine.dispose()


@pytest.fixture
def tx(book: Engine) -> Iterator[Transaction]:
    with transaction(book, NOW) as tx:
        yield tx


def redeemed(tx: Transaction) -> Id:
    """A redemption and the rows it hangs on, without the rules that led to it."""
    tables = metadata.tables
    market, household, entry, redemption = (tx.new_id() for _ in range(4))
    opened = {"on_date": date(2024, 4, 28), "state": "open", "opened_at": NOW, "opened_by": "w", "reason": ""}
    tx.insert(tables["market_session"], {"session_id": market, **opened})
    tx.insert(tables["household"], {"household_id": household, "registered_on": date(2024, 1, 1)})
    tx.insert(
        tables["journal_entry"],
        {
            "entry_id": entry,
            "unit": "points",
            "kind": "redeem",
            "on_date": date(2024, 4, 28),
            "reference": "1-2024-000001",
            "by_user": "w",
            "recorded_at": NOW,
            "key": tx.new_id(),
            "till": "1",
            "number": 1,
            "previous_hash": bytes(32),
            "hash": bytes(32),
        },
    )
    tx.insert(
        tables["redemption"],
        {
            "redemption_id": redemption,
            "receipt": "1-2024-000001",
            "till": "1",
            "year": 2024,
            "number": 1,
            "session_id": market,
            "household_id": household,
            "booklet": "GZ0012",
            "on_date": date(2024, 4, 28),
            "recorded_at": NOW,
            "clerk": "w",
            "approval_reason": "",
            "proxy": "",
            "relation": "",
            "total": 1100,
            "balance_before": 8750,
            "balance_after": 7650,
            "key": "k",
            "content_hash": bytes(32),
            "points_entry": entry,
        },
    )
    return redemption


def job_in(tx: Transaction, state: PrintJobState, redemption_id: Id | None = None) -> Id:
    """A new job, led to this state by the steps that lead there."""
    job_id = print_jobs.enqueue(tx, kind="receipt", document=b"{}", redemption_id=redemption_id)
    if state in ("sending", "sent", "confirmed", "unknown"):
        assert print_jobs.claim(tx, job_id, printer="前台", owner="shop/1")
    if state in ("sent", "confirmed", "unknown"):
        assert print_jobs.finish(tx, job_id, state, message("because") if state == "unknown" else None)
    if state == "failed":
        assert print_jobs.fail(tx, job_id, message("because"))
    if state == "abandoned":
        assert print_jobs.cancel(tx, job_id, CLERK) == job_id
    assert view(tx, job_id).state == state
    return job_id


def view(tx: Transaction, job_id: Id) -> JobView:
    found = print_jobs.job(tx, job_id)
    assert found is not None
    return found


def test_a_new_job_waits(tx: Transaction) -> None:
    redemption = redeemed(tx)
    job_id = print_jobs.enqueue(tx, kind="receipt", document=NUMBERED, redemption_id=redemption)
    (waits,) = print_jobs.waiting(tx)
    assert (waits.id, waits.document, waits.printer, waits.detail) == (job_id, NUMBERED, None, None)
    assert view(tx, job_id) == JobView(
        job_id, "receipt", "1-2024-000001", redemption, None, 0, "queued", None, NOW, NOW
    )
    assert print_jobs.queue(tx) == [view(tx, job_id)]


def test_jobs_wait_in_the_order_they_came(tx: Transaction) -> None:
    made = [print_jobs.enqueue(tx, kind="receipt", document=b"{}") for _ in range(5)]
    assert [job.id for job in print_jobs.waiting(tx)] == made
    assert [job.id for job in print_jobs.waiting(tx, [made[3]])] == [made[3]]


def test_only_one_claims_a_job(tx: Transaction) -> None:
    job_id = job_in(tx, "sending")
    assert not print_jobs.claim(tx, job_id, printer="二号", owner="shop/2")
    assert view(tx, job_id).printer == "前台"
    assert print_jobs.waiting(tx) == []


@pytest.mark.parametrize("state", ["queued", "sent", "confirmed", "unknown", "failed", "abandoned"])
def test_only_a_job_being_sent_can_end(tx: Transaction, state: PrintJobState) -> None:
    job_id = job_in(tx, state)
    assert not print_jobs.finish(tx, job_id, "confirmed", None)
    assert view(tx, job_id).state == state


def test_recovery_asks_a_person_about_what_was_being_sent(tx: Transaction) -> None:
    sending, queued = job_in(tx, "sending"), job_in(tx, "queued")
    assert print_jobs.recover(tx) == 1
    assert (view(tx, sending).state, view(tx, queued).state) == ("unknown", "queued")
    assert print_jobs.recover(tx) == 0


def test_recovery_leaves_a_living_sender_alone(tx: Transaction) -> None:
    job_id, asked = job_in(tx, "sending"), []

    def is_gone(owner: str, since: datetime) -> bool:
        asked.append((owner, since))
        return False

    assert print_jobs.recover(tx, is_gone) == 0
    assert asked == [("shop/1", NOW)]
    assert view(tx, job_id).state == "sending"


@pytest.mark.parametrize("state", ["queued", "failed"])
def test_what_did_not_come_out_is_the_same_job_again(tx: Transaction, state: PrintJobState) -> None:
    job_id = job_in(tx, state)
    assert print_jobs.retry(tx, job_id, CLERK) == job_id
    assert (view(tx, job_id).state, view(tx, job_id).copy) == ("queued", 0)


def test_what_may_have_come_out_is_a_new_job_that_says_so(tx: Transaction) -> None:
    redemption = redeemed(tx)
    job_id = job_in(tx, "unknown", redemption)
    again = print_jobs.retry(tx, job_id, CLERK)
    assert isinstance(again, bytes)
    assert again != job_id
    new = view(tx, again)
    assert (new.copy, new.redemption_id, new.state, new.printer) == (1, redemption, "queued", None)
    old = view(tx, job_id)
    assert old.state == "abandoned"
    assert old.detail == message("printed again at the word of {0}", CLERK.name)
    refusal = print_jobs.retry(tx, job_id, CLERK)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "out_of_turn"


@pytest.mark.parametrize("state", ["sending", "sent", "confirmed", "abandoned"])
def test_retry_and_abandon_out_of_turn(tx: Transaction, state: PrintJobState) -> None:
    job_id = job_in(tx, state)
    for refusal in (print_jobs.retry(tx, job_id, CLERK), print_jobs.cancel(tx, job_id, CLERK)):
        assert isinstance(refusal, Refusal)
        assert refusal.code == "out_of_turn"
    assert view(tx, job_id).state == state


@pytest.mark.parametrize("state", ["queued", "failed", "unknown"])
def test_a_person_may_give_up_what_has_no_end(tx: Transaction, state: PrintJobState) -> None:
    job_id = job_in(tx, state)
    assert print_jobs.cancel(tx, job_id, CLERK) == job_id
    assert view(tx, job_id).state == "abandoned"
    assert print_jobs.queue(tx) == []


def test_a_job_there_is_not(tx: Transaction) -> None:
    for refusal in (print_jobs.retry(tx, tx.new_id(), CLERK), print_jobs.cancel(tx, tx.new_id(), CLERK)):
        assert isinstance(refusal, Refusal)
        assert refusal.code == "not_found"
    assert print_jobs.job(tx, tx.new_id()) is None


def test_reprints_count_on(tx: Transaction) -> None:
    redemption = redeemed(tx)
    first = print_jobs.enqueue(tx, kind="receipt", document=b"first", redemption_id=redemption)
    copies = [print_jobs.reprint(tx, redemption) for _ in range(2)]
    assert [view(tx, c).copy for c in copies if isinstance(c, bytes)] == [1, 2]
    assert [job.document for job in print_jobs.waiting(tx)] == [b"first"] * 3
    assert print_jobs.retry(tx, first, CLERK) == first


def test_a_redemption_that_was_never_printed_needs_its_document(tx: Transaction) -> None:
    redemption = redeemed(tx)
    refusal = print_jobs.reprint(tx, redemption)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_found"
    job_id = print_jobs.reprint(tx, redemption, document=b"{}")
    assert isinstance(job_id, bytes)
    assert view(tx, job_id).copy == 1


def test_putting_off_keeps_waiting_with_the_reason(tx: Transaction) -> None:
    job_id = job_in(tx, "queued")
    assert print_jobs.defer(tx, job_id, message("out of paper"))
    assert (view(tx, job_id).state, view(tx, job_id).detail) == ("queued", message("out of paper"))
    assert not print_jobs.defer(tx, job_in(tx, "sending"), message("out of paper"))


def test_a_tills_own_printer_then_the_last_added_that_all_print_on(book: Engine) -> None:
    def add(minute: int, name: str, device: str, till: str | None = None) -> None:
        with transaction(book, NOW + timedelta(minutes=minute)) as tx:
            add_printer(tx, name=name, profile="generic-58", device=device, till=till)

    def name_for(till: str | None) -> str | None:
        with transaction(book) as tx:
            found = printer_for(printers(tx), till)
        return found.name if isinstance(found, Printer) else None

    assert name_for("1") is None
    add(1, "前台", "file:a")
    add(2, "二号", "file:b")
    with transaction(book) as tx:
        assert [p.name for p in printers(tx)] == ["前台", "二号"]
    add(3, "前台", "file:c")
    with transaction(book) as tx:
        assert [(p.name, p.device) for p in printers(tx)] == [("二号", "file:b"), ("前台", "file:c")]
    assert name_for("1") == name_for(None) == "前台"
    add(4, "三号", "file:d", till="2")
    assert (name_for("1"), name_for("2"), name_for(None)) == ("前台", "三号", "前台")
    add(5, "前台", "file:c", till="3")
    add(6, "二号", "file:b", till="3")
    assert name_for("1") == "二号"


def test_a_rolled_back_sale_leaves_no_job(book: Engine) -> None:
    with pytest.raises(RuntimeError), transaction(book) as tx:  # noqa: PT012
        print_jobs.enqueue(tx, kind="receipt", document=b"{}")
        raise RuntimeError
    with transaction(book) as tx:
        assert print_jobs.queue(tx) == []
