"""Why a village's figure is another than ours: the first cause that explains the whole difference (三(四)2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.money import Points
from lizhi_pos.settlement.causes import EntryLine, HouseholdMonth, UnpostedBatch, explain, mistyped

MARKET_DAY = date(2024, 4, 28)


def entry(kind: str, amount: int, day: int = 20, reference: str = "") -> EntryLine:
    return EntryLine(date(2024, 4, day), kind, Points(amount), reference)


CASES = [
    # what the books know, ours − theirs, the cause, how many entries are behind it
    ("late_entry", [entry("redeem", -250, 29, "P-1")], -250, 1),
    ("late_entry", [entry("redeem", -250, 29, "P-1"), entry("return", 100, 30, "P-1")], -150, 2),
    ("redemption", [entry("redeem", -500, 28, "1"), entry("return", 200, 28, "1")], -300, 2),
    ("redemption", [entry("redeem", -500, 28, "1"), entry("redeem", -300, 28, "2")], -300, 1),
    ("redemption", [entry("redeem", -500, 28, "1"), entry("return", 200, 28, "1")], 200, 1),
    ("veto", [entry("veto", -900)], -900, 1),
    ("veto", [entry("veto", -900), entry("restore", 900, 25)], 900, 1),
    ("correction", [entry("adjust", 150), entry("adjust", -50)], 100, 2),
    ("correction", [entry("close_out", -120)], -120, 1),
    ("transfer", [entry("transfer", -70)], -70, 1),
    (None, [entry("redeem", -500, 28, "1")], -499, 0),
    (None, [entry("base", 898)], 898, 0),
]


@pytest.mark.parametrize(("cause", "entries", "lacking", "behind"), CASES)
def test_the_first_cause_that_explains_the_whole_difference_counts(
    cause: str | None, entries: list[EntryLine], lacking: int, behind: int
) -> None:
    found = explain(10_000 + lacking, 10_000, HouseholdMonth(entries=tuple(entries)), MARKET_DAY)
    assert (found.cause, len(found.entries)) == (cause, behind)


def test_points_of_a_batch_that_was_not_posted_by_the_end_are_counted_by_the_village_already() -> None:
    later = entry("volunteer", 1000, 30)
    known = HouseholdMonth(unposted=(UnpostedBatch(Points(550)), UnpostedBatch(Points(1000), (later,))))
    assert explain(0, 550, known, None) == explain(100, 650, known, MARKET_DAY)
    found = explain(0, 1000, known, MARKET_DAY)
    assert (found.cause, found.entries) == ("unposted_batch", (later,))
    assert explain(1000, 0, known, MARKET_DAY).cause is None


def test_a_move_has_no_entry_of_its_own() -> None:
    assert explain(-500, 0, HouseholdMonth(moved=Points(-500)), MARKET_DAY).cause == "transfer"


@pytest.mark.parametrize(
    ("ours", "theirs", "is_typed_wrong"),
    [
        (1820, 8120, True),
        (1820, 1280, True),
        (1820, 1802, True),
        (1820, 182000, True),
        (182000, 1820, True),
        (1820, 182, True),
        (1820, 2820, False),
        (1820, 1820, False),
        (1820, 2018, False),
        (0, 500, False),
        (50, 5, True),
        (50, 500, True),
        (-50, 50, False),
    ],
)
def test_two_neighbouring_digits_exchanged_or_the_point_moved(ours: int, theirs: int, is_typed_wrong: bool) -> None:
    assert mistyped(ours, theirs) is is_typed_wrong
    assert mistyped(theirs, ours) is is_typed_wrong


@given(st.integers(0, 10**7), st.integers(0, 8))
def test_any_two_neighbours_exchanged_are_seen(ours: int, place: int) -> None:
    written = f"{ours:09d}"
    theirs = int(written[:place] + written[place : place + 2][::-1] + written[place + 2 :])
    assert mistyped(ours, theirs) is (ours != theirs)
