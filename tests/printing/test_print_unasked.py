"""Printers that talk unasked: status, flow control, halves of messages. A job is proved by its own answer alone."""

import contextlib
import importlib.util
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import pytest
from printing_helpers import FAST
from talking_printer import CHATTER, NO_PAPER, PRINTED, OnSerialLine, OnSocket, Says, TalkingPrinter

from lizhi_pos.printing.answers import Answer, AnswerReader
from lizhi_pos.printing.devices import DeviceAddress, open_device, parse_device
from lizhi_pos.printing.status_protocol import MaybeSent, Timeouts

pytestmark = pytest.mark.slow

JOB = b"\x1b@\x1c&" + "励志超市\n".encode("gbk") * 200
BUSY, BACK = b"\x13", b"\x11"
COVER_OPEN = b"\x3c\x00\x00\x00"
POWER_OFF = b"\x3b\x30\x00"

PATIENT = Timeouts(connect=1, status=0.15, send=1, confirm=5)

Line = Callable[[TalkingPrinter], AbstractContextManager[str]]


@pytest.fixture(params=["tcp", "serial"])
def line(request: pytest.FixtureRequest) -> Line:
    if request.param == "tcp":
        return OnSocket
    if importlib.util.find_spec("serial") is None:
        pytest.skip("pyserial is optional")
    return OnSerialLine


def deliver(url: str, process_id: bool = False, timeouts: Timeouts = FAST) -> bool:
    address = parse_device(url)
    assert isinstance(address, DeviceAddress), address
    with contextlib.closing(open_device(address, True, timeouts, process_id=process_id)) as device:
        device.send(JOB)
        return device.confirm()


WORDS: Mapping[str, Says] = {
    "one status": (CHATTER,),
    "two in a row": (CHATTER, CHATTER),
    "paper near its end": (b"\x14\x00\x03\x00",),
    "no paper, then paper": (b"\x1c\x20\x0c\x00", CHATTER),
    "a status in two halves": (CHATTER[:2], 0.05, CHATTER[2:]),
    "a status byte by byte": (CHATTER[:1], 0.02, CHATTER[1:2], 0.02, CHATTER[2:3], 0.02, CHATTER[3:]),
    "a state nobody asked for in a status": (CHATTER[:2], b"\x12", CHATTER[2:]),
    "flow control": (BUSY, BACK),
    "flow control in a status": (CHATTER[:2], BUSY, BACK, CHATTER[2:]),
    "a notice with a zero at its end": (POWER_OFF,),
    "noise": (b"\xff\x80",),
}


@pytest.mark.parametrize("moment", ["connected", "sending", "asked"])
@pytest.mark.parametrize("words", WORDS)
def test_what_nobody_asked_for_proves_nothing(line: Line, words: str, moment: str) -> None:
    printer = TalkingPrinter({moment: WORDS[words]}, answer=None)
    with line(printer) as url, pytest.raises(MaybeSent):
        deliver(url)


@pytest.mark.parametrize("moment", ["connected", "sending", "asked", "answered"])
@pytest.mark.parametrize("words", WORDS)
def test_the_jobs_own_answer_is_found_among_it(line: Line, words: str, moment: str) -> None:
    printer = TalkingPrinter({moment: WORDS[words]})
    with line(printer) as url:
        assert deliver(url)
        assert printer.job.count("励志超市".encode("gbk")) == 200


def test_talk_all_the_time(line: Line) -> None:
    always = dict.fromkeys(("connected", "sending", "asked", "answered"), (CHATTER, COVER_OPEN, CHATTER))
    with line(TalkingPrinter(always)) as url:
        assert deliver(url)
    with line(TalkingPrinter(always, answer=None)) as url, pytest.raises(MaybeSent):
        deliver(url)


def test_the_answer_that_the_paper_is_out_is_the_jobs_own_too(line: Line) -> None:
    with line(TalkingPrinter({"asked": (CHATTER,)}, NO_PAPER)) as url, pytest.raises(MaybeSent, match="paper ran out"):
        deliver(url)


def test_one_that_takes_its_time_is_waited_for(line: Line) -> None:
    printer = TalkingPrinter({"connected": (CHATTER,), "sending": (CHATTER,)}, prints_in=0.25)
    with line(printer) as url:
        begun = time.monotonic()
        assert deliver(url)
        assert time.monotonic() - begun >= 0.25
    assert printer.asked == 1, "a printer that is not halfway through a word is asked once"


@pytest.mark.parametrize("moment", ["connected", "sending", "asked"])
@pytest.mark.parametrize("left", [1, 2, 3])
def test_half_a_status_whose_rest_never_comes_is_no_proof(line: Line, moment: str, left: int) -> None:
    with line(TalkingPrinter({moment: (CHATTER[:left],)}, None)) as url, pytest.raises(MaybeSent):
        deliver(url)


@pytest.mark.parametrize("moment", ["connected", "sending"])
@pytest.mark.parametrize("left", [1, 2, 3])
def test_half_a_status_hides_an_answer_so_it_is_asked_again(line: Line, moment: str, left: int) -> None:
    printer = TalkingPrinter({moment: (CHATTER[:left],)})
    with line(printer) as url:
        assert deliver(url, timeouts=PATIENT)
    assert printer.asked == 5 - left, "each answer taken for the rest of the status is asked for once more"


def test_two_jobs_in_a_row_each_wait_for_their_own_answer() -> None:
    printer = TalkingPrinter({"connected": (CHATTER,), "answered": (CHATTER, CHATTER)})
    with OnSocket(printer) as url:
        assert deliver(url)
        printer.answer = None
        with pytest.raises(MaybeSent):
            deliver(url)
        printer.answer = PRINTED
        assert deliver(url)


def test_a_process_id_proves_its_own_job_alone(line: Line) -> None:
    own = TalkingPrinter({"sending": (b"\x37\x220001\x00",)}, answer=None, knows_ids=True)
    with line(own) as url:
        assert deliver(url, process_id=True)
    other = TalkingPrinter({"sending": (b"\x37\x220001\x00",), "asked": (b"\x37\x220002\x00",)}, answer=None)
    with line(other) as url, pytest.raises(MaybeSent):
        deliver(url, process_id=True)


def test_a_printer_that_knows_no_process_ids_is_heard_all_the_same(line: Line) -> None:
    with line(TalkingPrinter({"sending": (CHATTER,)})) as url:
        assert deliver(url, process_id=True)


def heard(data: bytes) -> list[Answer]:
    reader = AnswerReader()
    return [answer for byte in data if (answer := reader.feed(byte))]


def test_each_byte_by_its_fixed_bits() -> None:
    state, printed = Answer("state", 0x16), Answer("printed", 0x03)
    assert heard(b"\x16") == [state]
    assert heard(b"\x03") == [printed]
    assert heard(CHATTER + b"\x03") == [printed]
    assert heard(CHATTER[:2] + b"\x16" + CHATTER[2:] + b"\x03") == [state, printed]
    assert heard(CHATTER[:2] + CHATTER + b"\x03") == [printed]
    assert heard(POWER_OFF + b"\x03") == [printed]
    assert heard(b"\x37\x22A20b\x00\x03") == [Answer("process", text=b"A20b"), printed]
    assert heard(b"\x11\x13\xff\x1d\x03") == [printed]


@pytest.mark.parametrize("first", range(256))
def test_no_first_byte_is_two_things(first: int) -> None:
    """ESC/POS, Transmission Status Identification: bits 0, 1, 4 and 7."""
    answers = heard(bytes([first]))
    if first & 0x93 == 0x12:
        assert answers == [Answer("state", first)]
    elif first & 0x90 == 0:
        assert answers == [Answer("printed", first)]
    else:
        assert answers == []
