import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from printer_emulator import PrinterEmulator
from printing_helpers import FAST
from sqlalchemy import Engine

from lizhi_pos.checkout.receipt import Receipt
from lizhi_pos.db import reading, transaction
from lizhi_pos.ids import Id
from lizhi_pos.printing.devices import FileDevice
from lizhi_pos.printing.process_liveness import is_gone, this_process
from lizhi_pos.printing.spool import Spool, print_test_page
from lizhi_pos.printqueue import print_jobs
from lizhi_pos.printqueue.print_jobs import JobView
from lizhi_pos.printqueue.printers import add_printer
from lizhi_pos.refusal import Refusal
from towns.small import CLERK


def add(book: Engine, device: str, profile: str = "generic-58", name: str = "前台") -> None:
    with transaction(book) as tx:
        add_printer(tx, name=name, profile=profile, device=device)


def sale(book: Engine, receipt: Receipt, printer: str | None = None) -> Id:
    with transaction(book) as tx:
        return print_jobs.enqueue(tx, kind="receipt", document=msgspec.json.encode(receipt), printer=printer)


def flush(book: Engine) -> list[JobView]:
    return Spool(book, timeouts=FAST).flush()


def state(book: Engine, job_id: Id) -> str:
    with reading(book) as tx:
        view = print_jobs.job(tx, job_id)
    assert view is not None
    return view.state


def retry(book: Engine, job_id: Id) -> Id:
    with transaction(book) as tx:
        again = print_jobs.retry(tx, job_id, CLERK)
    assert not isinstance(again, Refusal)
    return again


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_without_a_printer_a_job_waits_and_says_so(book: Engine, receipt: Receipt) -> None:
    job_id = sale(book, receipt)
    (view,) = flush(book)
    assert (view.id, view.state) == (job_id, "queued")
    assert view.detail is not None
    assert "no printer" in view.detail.msgid


def test_confirmed(book: Engine, receipt: Receipt, printer: PrinterEmulator) -> None:
    add(book, printer.url)
    sale(book, receipt)
    (view,) = flush(book)
    assert (view.state, view.printer, view.detail) == ("confirmed", "前台", None)
    assert printer.papers[0].lines[3] == "单号 1-2024-000123"
    assert flush(book) == []
    assert len(printer.papers) == 1


def test_sent_where_nothing_answers(book: Engine, receipt: Receipt, tmp_path: Path) -> None:
    add(book, f"file:{tmp_path / 'out.bin'}", "generic-80")
    sale(book, receipt)
    assert flush(book)[0].state == "sent"
    assert "励志超市".encode("gbk") in (tmp_path / "out.bin").read_bytes()


def test_a_profile_without_status_is_not_asked(book: Engine, receipt: Receipt, printer: PrinterEmulator) -> None:
    printer.paper = False
    add(book, printer.url, "zjiang-pos5890")
    sale(book, receipt)
    assert flush(book)[0].state == "sent"


@pytest.mark.parametrize("fault", ["paper", "cover_closed"])
def test_not_ready_keeps_waiting_and_prints_once_when_it_is(
    book: Engine, receipt: Receipt, printer: PrinterEmulator, fault: str
) -> None:
    add(book, printer.url)
    setattr(printer, fault, False)
    first, second = sale(book, receipt), sale(book, receipt)
    assert [v.state for v in flush(book)] == ["queued", "queued"]
    assert printer.connections == 1, "a printer that cannot print is not tried again in the same round"
    assert not printer.papers
    setattr(printer, fault, True)
    assert [(v.id, v.state) for v in flush(book)] == [(first, "confirmed"), (second, "confirmed")]
    assert len(printer.papers) == 2


def test_off_then_on_prints_once(book: Engine, receipt: Receipt) -> None:
    with PrinterEmulator() as printer:
        port = printer.port
    add(book, f"tcp://127.0.0.1:{port}")
    sale(book, receipt)
    assert flush(book)[0].state == "queued"
    assert flush(book)[0].state == "queued"
    with PrinterEmulator(port=port) as printer:
        assert flush(book)[0].state == "confirmed"
        assert flush(book) == []
        assert len(printer.papers) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_where_not_one_byte_was_taken_the_job_waits(book: Engine, receipt: Receipt) -> None:
    add(book, "file:/dev/full")
    job_id = sale(book, receipt)
    (view,) = flush(book)
    assert (view.id, view.state) == (job_id, "queued")
    assert view.detail is not None


@pytest.mark.parametrize("silent_from_start", [True, False])
def test_mute_is_unknown_and_only_a_person_prints_it_again(
    book: Engine, receipt: Receipt, printer: PrinterEmulator, silent_from_start: bool
) -> None:
    printer.answers_printed = False
    printer.answers_state = not silent_from_start
    add(book, printer.url)
    job_id = sale(book, receipt)
    (view,) = flush(book)
    assert view.state == "unknown"
    assert view.detail is not None
    assert flush(book) == []
    assert len(printer.papers) == 1
    printer.answers_printed = True
    again = retry(book, job_id)
    assert again != job_id
    assert state(book, job_id) == "abandoned"
    assert [(v.id, v.copy, v.state) for v in flush(book)] == [(again, 1, "confirmed")]
    assert "补打 第1次" in printer.papers[1].lines


def test_closing_half_way_is_unknown_and_the_next_goes_on(
    book: Engine, receipt: Receipt, printer: PrinterEmulator
) -> None:
    printer.closes_after = 400
    add(book, printer.url)
    job_id = sale(book, receipt)
    assert flush(book)[0].state == "unknown"
    assert not printer.papers
    printer.closes_after = None
    later = sale(book, receipt)
    assert [(v.id, v.state) for v in flush(book)] == [(later, "confirmed")]
    assert state(book, job_id) == "unknown"


def test_what_cannot_be_read_fails_and_does_not_hold_up_the_rest(
    book: Engine, receipt: Receipt, printer: PrinterEmulator
) -> None:
    add(book, printer.url)
    with transaction(book) as tx:
        print_jobs.enqueue(tx, kind="receipt", document=b"{}")
        print_jobs.enqueue(tx, kind="poem", document=b"{}")
    sale(book, receipt)
    assert [v.state for v in flush(book)] == ["failed", "failed", "confirmed"]
    assert len(printer.papers) == 1


@pytest.mark.parametrize(("profile", "device"), [("nothing", "screen:"), ("generic-58", "nothing")])
def test_a_printer_row_that_cannot_be_used_keeps_its_jobs(
    book: Engine, receipt: Receipt, profile: str, device: str
) -> None:
    add(book, device, profile)
    job_id = sale(book, receipt)
    assert flush(book)[0].state == "queued"
    add(book, "screen:")
    assert [(v.id, v.state) for v in flush(book)] == [(job_id, "sent")]


def test_a_job_with_its_own_printer_goes_there(book: Engine, receipt: Receipt, printer: PrinterEmulator) -> None:
    add(book, printer.url, name="二号")
    add(book, "screen:")
    sale(book, receipt, printer="二号")
    unknown = sale(book, receipt, printer="三号")
    assert [v.state for v in flush(book)] == ["confirmed", "queued"]
    assert len(printer.papers) == 1
    assert state(book, unknown) == "queued"


def test_a_till_leaves_another_tills_printer_alone(book: Engine, receipt: Receipt, printer: PrinterEmulator) -> None:
    with transaction(book) as tx:
        add_printer(tx, name="一号机", profile="generic-58", device="screen:", till="1")
        add_printer(tx, name="二号机", profile="generic-58", device=printer.url, till="2")
        document = msgspec.json.encode(receipt)
        first, second = (print_jobs.enqueue(tx, kind="receipt", document=document, till=till) for till in ("1", "2"))
    Spool(book, till="1", timeouts=FAST).flush()
    assert (state(book, first), state(book, second)) == ("sent", "queued")
    assert printer.papers == []
    Spool(book, till="2", timeouts=FAST).flush()
    assert state(book, second) == "confirmed"


def test_the_screen_is_shown_the_text(book: Engine, receipt: Receipt) -> None:
    shown: list[str] = []
    add(book, "screen:")
    sale(book, receipt)
    assert Spool(book, show=shown.append).flush()[0].state == "sent"
    assert "大同镇文明积分兑换小票" in shown[0]
    assert "兑前 87.50" in shown[0]


def test_only_the_named_job_is_sent(book: Engine, receipt: Receipt, printer: PrinterEmulator) -> None:
    add(book, printer.url)
    first, second = sale(book, receipt), sale(book, receipt)
    assert [v.id for v in Spool(book, timeouts=FAST).flush([second])] == [second]
    assert (state(book, first), state(book, second)) == ("queued", "confirmed")
    assert [v.state for v in Spool(book, timeouts=FAST).flush([second])] == ["confirmed"], "not sent again"
    assert len(printer.papers) == 1


def test_a_driver_that_breaks_holds_up_only_its_own_printer(
    book: Engine, receipt: Receipt, printer: PrinterEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("driver")

    monkeypatch.setattr(FileDevice, "open", broken)
    add(book, "file:x", name="坏的")
    add(book, printer.url)
    sale(book, receipt, printer="坏的")
    sale(book, receipt)
    assert [v.state for v in flush(book)] == ["queued", "confirmed"]


def test_trial_page(book: Engine, printer: PrinterEmulator) -> None:
    add(book, printer.url)
    view = print_test_page(book, "前台", timeouts=FAST)
    assert isinstance(view, JobView)
    assert (view.kind, view.state) == ("test", "confirmed")
    assert "打印测试" in printer.papers[0].lines
    assert isinstance(print_test_page(book, "没有"), Refusal)


def test_the_trial_page_has_the_towns_time(
    book: Engine, printer: PrinterEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(book, printer.url)
    town = ZoneInfo("Asia/Shanghai")
    before = datetime.now(town)
    try:
        with monkeypatch.context() as elsewhere:
            elsewhere.setenv("TZ", "America/New_York")
            time.tzset()
            print_test_page(book, "前台", timeouts=FAST)
    finally:
        time.tzset()
    times = {moment.strftime("时间 %Y-%m-%d %H:%M") for moment in (before, datetime.now(town))}
    assert times & set(printer.papers[0].lines)


def test_two_spools_print_each_job_once(book: Engine, receipt: Receipt, printer: PrinterEmulator) -> None:
    add(book, printer.url)
    jobs = [sale(book, receipt) for _ in range(12)]
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        Spool(book, timeouts=FAST).flush()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {state(book, job_id) for job_id in jobs} == {"confirmed"}
    assert len(printer.papers) == 12


def test_the_background_thread_prints_what_comes_and_what_waited(
    book: Engine, receipt: Receipt, printer: PrinterEmulator
) -> None:
    spool = Spool(book, timeouts=FAST)
    printer.paper = False
    add(book, printer.url)
    first = sale(book, receipt)
    thread = threading.Thread(target=spool.run)
    thread.start()
    try:
        until(lambda: printer.connections > 0)
        printer.paper = True
        spool.wake()
        until(lambda: state(book, first) == "confirmed")
        second = sale(book, receipt)
        spool.wake()
        until(lambda: state(book, second) == "confirmed")
    finally:
        spool.end()
        thread.join(5)
    assert not thread.is_alive()
    assert len(printer.papers) == 2


def test_a_paper_of_this_till_does_not_wait_for_the_next_look(
    book: Engine, receipt: Receipt, printer: PrinterEmulator
) -> None:
    spool = Spool(book, timeouts=FAST, look_s=3600)
    add(book, printer.url)
    thread = threading.Thread(target=spool.run)
    thread.start()
    try:
        for _ in range(3):
            job_id = sale(book, receipt)
            spool.wake()
            until(lambda job_id=job_id: state(book, job_id) == "confirmed")  # type: ignore[misc]
    finally:
        spool.end()
        thread.join(5)
    assert not thread.is_alive()


def test_a_paper_of_another_process_is_found_unasked(book: Engine, receipt: Receipt, printer: PrinterEmulator) -> None:
    spool = Spool(book, timeouts=FAST)
    add(book, printer.url)
    thread = threading.Thread(target=spool.run)
    thread.start()
    try:
        sale(book, receipt)
        until(lambda: len(printer.papers) == 1)
    finally:
        spool.end()
        thread.join(5)
    assert not thread.is_alive()


def test_the_background_thread_survives_a_broken_round(
    book: Engine, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, rounds = Spool(book), list[int]()

    def broken() -> list[JobView]:
        rounds.append(1)
        spool.wake()
        raise OSError("disk")

    monkeypatch.setattr(spool, "flush", broken)
    thread = threading.Thread(target=spool.run)
    thread.start()
    until(lambda: len(rounds) > 2)
    spool.end()
    thread.join(5)
    assert not thread.is_alive()


CHILD = """
import sys
from lizhi_pos.engines import open_engine
from lizhi_pos.printing.status_protocol import Timeouts
from lizhi_pos.printing.devices import FileDevice
from lizhi_pos.printing.process_liveness import is_gone, this_process
from lizhi_pos.printing.spool import Spool
Spool(open_engine(sys.argv[1]), timeouts=Timeouts(connect=5, status=float(sys.argv[2]), send=30, confirm=30)).flush()
"""


def killed_while(book: Engine, reached: Callable[[], bool], status: float) -> None:
    """Runs a spool in a process of its own and kills it, as a power cut would, once `reached` holds."""
    url = book.url.render_as_string()
    child = subprocess.Popen([sys.executable, "-c", CHILD, url, str(status)], env={**os.environ})
    try:
        until(reached)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(5)


def test_killed_after_the_last_byte_nothing_is_lost_or_doubled(
    book: Engine, receipt: Receipt, printer: PrinterEmulator
) -> None:
    add(book, printer.url)
    printer.answers_printed = False
    first, second = sale(book, receipt), sale(book, receipt)
    killed_while(book, lambda: len(printer.papers) == 1, status=0.2)
    assert state(book, first) == "sending"
    printer.answers_printed = True
    assert [(v.id, v.state) for v in flush(book)] == [(second, "confirmed")]
    assert state(book, first) == "unknown"
    assert len(printer.papers) == 2
    again = retry(book, first)
    assert [(v.id, v.state) for v in flush(book)] == [(again, "confirmed")]
    assert "补打 第1次" in printer.papers[2].lines
    assert [sum("补打" in line for line in p.lines) for p in printer.papers] == [0, 0, 1]


def test_killed_before_the_first_byte_it_still_waits_and_prints_once(
    book: Engine, receipt: Receipt, printer: PrinterEmulator
) -> None:
    add(book, printer.url)
    printer.answers_state = False
    job_id = sale(book, receipt)
    killed_while(book, lambda: printer.received >= 3, status=20)
    assert state(book, job_id) == "queued"
    printer.answers_state = True
    assert [(v.id, v.state) for v in flush(book)] == [(job_id, "confirmed")]
    assert len(printer.papers) == 1


def test_a_job_that_another_process_is_sending_is_left_alone(
    book: Engine, receipt: Receipt, printer: PrinterEmulator
) -> None:
    add(book, printer.url)
    job_id = sale(book, receipt)
    with transaction(book) as tx:
        owner = f"{socket.gethostname()}/{os.getppid()}"
        assert print_jobs.claim(tx, job_id, printer="前台", owner=owner)
    assert flush(book) == []
    assert state(book, job_id) == "sending"
    assert not printer.papers


def test_whose_sender_is_gone() -> None:
    now = datetime(2024, 4, 28, 1, 41, tzinfo=UTC)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(10)
    here, just, long_ago = socket.gethostname(), now - timedelta(seconds=5), now - timedelta(minutes=5)
    assert not is_gone(this_process(), just, now)
    assert is_gone(f"{here}/{dead.pid}", just, now)
    assert not is_gone("another-till/4711", just, now)
    assert is_gone("another-till/4711", long_ago, now)
    assert is_gone(this_process(), long_ago, now)
    assert is_gone("", just, now)
