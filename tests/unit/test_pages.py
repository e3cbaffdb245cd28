"""The rows of a long list that are shown: by pages, so that nothing moves under the mouse."""

from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.terminal.rows import page


@given(st.integers(1, 500), st.integers(1, 60), st.data())
def test_a_row_that_is_clicked_stays_where_it_is(count: int, height: int, data: st.DataObject) -> None:
    marked = data.draw(st.integers(-1, count - 1))
    first, last = page(count, marked, height)
    assert first <= max(marked, 0) < last <= count
    assert last - first <= height
    clicked = data.draw(st.integers(first, last - 1))
    assert page(count, clicked, height) == (first, last)
