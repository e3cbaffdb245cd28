"""What a page may say to its till: those messages, and nothing else, whatever comes through the socket."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.web.page_messages import (
    LONGEST_TEXT,
    MOST_COLUMNS,
    MOST_ROWS,
    NotOfThePage,
    Pinged,
    Resized,
    Typed,
    read_message,
    read_size,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["width", "height", "x"]), inner),
    max_leaves=8,
)
WORDS = st.sampled_from(["stdin", "resize", "ping", "focus", "blur", "instance_id"])


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (["stdin", "GZ0012\r"], Typed("GZ0012\r")),
        (["stdin", "张"], Typed("张")),
        (["resize", {"width": 80, "height": 24}], Resized(80, 24)),
        (["resize", {"width": MOST_COLUMNS, "height": MOST_ROWS}], Resized(MOST_COLUMNS, MOST_ROWS)),
        (["ping", "1732850000000"], Pinged("1732850000000")),
        (["focus"], "focus"),
        (["blur"], "blur"),
    ],
)
def test_what_the_page_sends(sent: object, read: object) -> None:
    assert read_message(json.dumps(sent)) == read


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "[",
        "[" * 100_000,
        "null",
        '"stdin"',
        "[]",
        '["stdin"]',
        '["stdin", 7]',
        '["stdin", "a", "b"]',
        '["stdin", "\\ud800"]',
        json.dumps(["stdin", "9" * (LONGEST_TEXT + 1)]),
        '["resize", {"width": 99999, "height": 24}]',
        '["resize", {"width": 80, "height": 0}]',
        '["resize", {"width": -80, "height": 24}]',
        '["resize", {"width": 80.5, "height": 24}]',
        '["resize", {"width": true, "height": true}]',
        '["resize", {"width": "80", "height": "24"}]',
        '["resize", {"width": 80}]',
        '["resize", null]',
        '["quit"]',
        b'["focus"]',
        None,
    ],
)
def test_what_the_page_never_sends(sent: object) -> None:
    with pytest.raises(NotOfThePage):
        read_message(sent)


@given(st.text() | st.binary() | st.builds(lambda w, v: json.dumps([w, *v]), WORDS, st.lists(JSON, max_size=3)))
def test_junk_is_read_or_refused_and_nothing_else(sent: object) -> None:
    try:
        read = read_message(sent)
    except NotOfThePage:
        return
    if isinstance(read, Resized):
        assert 1 <= read.width <= MOST_COLUMNS
        assert 1 <= read.height <= MOST_ROWS


@pytest.mark.parametrize("side", [None, "", "0", "-1", "99999", "1e3", "八十", "80.0", "２", " 80"])
def test_a_window_that_opens_with_no_size_of_a_window(side: str | None) -> None:
    assert read_size(side, "24") is None
    assert read_size("80", side) is None
    assert read_size("80", "24") == Resized(80, 24)
