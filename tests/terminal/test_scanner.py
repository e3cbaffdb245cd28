"""From keys to scans: whatever the scanner's end and however close the scans, each comes out once and in order."""

import string

from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.till.scanner import Done, Edited, Escaped, Event, Move, Scanned, Scanner, Step

CODES = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=20)
ENDS = st.sampled_from((("enter",), ("ctrl+j",), ("enter", "ctrl+j")))


class Keyboard:
    """Presses keys on a scanner at times of its own."""

    def __init__(self) -> None:
        self.scanner = Scanner()
        self.now = 100.0
        self.events: list[Event] = []

    def press(self, *names: str, after: float = 0.001) -> None:
        for name in names:
            self.now += after
            self.events += self.scanner.key(name, name if len(name) == 1 else None, self.now) or []

    def type(self, text: str, after: float = 0.001) -> None:
        self.press(*text, after=after)

    @property
    def came(self) -> list[Event]:
        return [event for event in self.events if not isinstance(event, Edited)]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Scanned)]


@given(st.lists(st.tuples(CODES, ENDS, st.sampled_from((0.0, 0.001, 0.02, 0.3))), max_size=30))
def test_any_row_of_scans_comes_out_as_it_went_in(scans: list[tuple[str, tuple[str, ...], float]]) -> None:
    board = Keyboard()
    for code, end, gap in scans:
        board.now += gap
        board.type(code, after=0.0)
        board.press(*end, after=0.001)
    assert board.texts == [code for code, _, _ in scans]
    assert len(board.came) == len(scans)


@given(st.lists(CODES, max_size=10), st.sampled_from(("\r", "\n", "\r\n")))
def test_pasted_lines_are_scans(codes: list[str], end: str) -> None:
    scanner = Scanner()
    events = scanner.paste("".join(code + end for code in codes) + "REST", 1.0)
    assert [e.text for e in events if isinstance(e, Scanned)] == codes
    assert scanner.text == "REST"
    assert not any(isinstance(e, Done) for e in events)


def test_enter_on_the_empty_field_is_done() -> None:
    board = Keyboard()
    board.press("enter")
    assert board.came == [Done()]


def test_an_end_straight_after_a_scan_is_never_done() -> None:
    board = Keyboard()
    board.type("6901234567892")
    board.press("enter")
    board.press("enter", after=0.079)
    assert board.texts == ["6901234567892"]
    assert Done() not in board.came
    board.press("enter", after=0.2)
    assert board.came[-1] == Done()


def test_a_late_line_feed_after_its_carriage_return_is_not_done() -> None:
    board = Keyboard()
    board.type("6901234567892")
    board.press("enter")
    board.press("ctrl+j", after=0.3)
    assert Done() not in board.came


def test_two_quick_enters_are_one() -> None:
    board = Keyboard()
    board.press("enter")
    board.press("enter", after=0.03)
    assert board.came == [Done()]


def test_plus_and_minus_count_only_on_the_empty_field() -> None:
    board = Keyboard()
    board.type("+-－A-1")
    assert board.came == [Step(1), Step(-1), Step(-1)]
    assert board.scanner.text == "A-1"


def test_escape_clears_and_then_escapes() -> None:
    board = Keyboard()
    board.type("12")
    board.press("escape")
    assert board.scanner.text == ""
    assert board.came == []
    board.press("escape")
    assert board.came == [Escaped()]


def test_backspace_takes_the_last_sign() -> None:
    board = Keyboard()
    board.type("GZ张三")
    board.press("backspace", "backspace", "backspace")
    assert board.scanner.text == "G"


def test_what_a_hand_left_in_the_field_is_told_from_the_scan_behind_it() -> None:
    board = Keyboard()
    board.type("12", after=0.2)
    board.now += 1
    board.type("6901234567892")
    board.press("enter")
    assert board.came == [Scanned("126901234567892", typed=False, burst="6901234567892")]


def test_a_hand_is_not_a_scanner() -> None:
    board = Keyboard()
    board.type("0012", after=0.15)
    board.press("enter", after=0.15)
    assert board.came == [Scanned("0012", typed=True)]


def test_other_keys_are_not_the_fields() -> None:
    scanner = Scanner()
    assert scanner.key("f8", None, 1.0) is None
    assert scanner.key("left", None, 1.0) is None
    assert scanner.key("up", None, 1.0) == [Move(-1)]
    assert scanner.key("tab", "\t", 1.0) is None
