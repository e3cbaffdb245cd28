"""Which earned points paid for what: first earned, first spent; nothing is made and nothing is lost."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.accounts.spent_points import SpentPart, by_entry, spent_points
from lizhi_pos.ids import Id
from lizhi_pos.journal.queries import AccountLine
from lizhi_pos.money import Points


def line(kind: str, amount: int, reference: str = "", document: bytes = b"", entry: bytes = b"") -> AccountLine:
    return AccountLine(
        on=date(2024, 4, 28),
        kind=kind,
        amount=amount,
        note="",
        reference=reference,
        earned_month=None,
        by="示例",
        approved_by=None,
        entry=Id(entry),
        recorded_at=datetime(2024, 4, 28, tzinfo=UTC),
        document=Id(document),
    )


def parts(*lines: AccountLine) -> list[tuple[int, int, int]]:
    return [(p.spent_by, p.earned_by, p.points) for p in spent_points(lines).parts]


def test_what_was_earned_first_is_spent_first() -> None:
    lines = (line("base", 900), line("volunteer", 500), line("redeem", -1000, "1-1"), line("redeem", -300, "1-2"))
    assert parts(*lines) == [(2, 0, 900), (2, 1, 100), (3, 1, 300)]
    assert spent_points(lines).unspent == {1: 100}


def test_what_comes_back_is_unspent_again_and_the_latest_earned_of_it_first() -> None:
    lines = (
        line("base", 900),
        line("volunteer", 500),
        line("redeem", -1200, "1-1"),
        line("return", 400, "1-1"),
        line("redeem", -100, "1-2"),
    )
    assert parts(*lines) == [(2, 0, 800), (4, 0, 100)]
    assert spent_points(lines).unspent == {1: 500}


def test_what_comes_back_of_another_households_receipt_is_earned_by_its_return() -> None:
    lines = (line("transfer", 100), line("return", 50, "1-9"), line("redeem", -120, "1-1"))
    assert parts(*lines) == [(2, 0, 100), (2, 1, 20)]


def test_a_veto_takes_all_and_its_lifting_brings_the_same_points_back() -> None:
    lines = (line("base", 900), line("volunteer", 500), line("veto", -1400, document=b"7"))
    assert parts(*lines) == [(2, 0, 900), (2, 1, 500)]
    lifted = (*lines, line("restore", 1400, document=b"7"), line("redeem", -1000, "1-1"))
    assert parts(*lifted) == [(4, 0, 900), (4, 1, 100)]


def test_what_is_entered_before_its_cover_is_paid_by_what_comes_next() -> None:
    assert parts(line("redeem", -100, "1-1"), line("base", 900)) == [(0, 1, 100)]


def test_lines_of_one_entry_are_counted() -> None:
    lines = [line("volunteer", 1, entry=e) for e in (b"5", b"5", b"5", b"6", b"7", b"7")]
    assert by_entry(lines) == [0, 1, 2, 0, 0, 1]


@st.composite
def accounts(draw: st.DrawFn) -> list[AccountLine]:
    """An account that is never overdrawn, with returns of no more than was redeemed."""
    lines: list[AccountLine] = []
    balance, left = 0, dict[str, int]()
    for at in range(draw(st.integers(1, 25))):
        kind = draw(st.sampled_from(("base", "volunteer", "redeem", "return", "adjust")))
        if kind in ("redeem", "adjust") and balance:
            amount = draw(st.integers(1, balance))
            lines.append(line(kind, -amount, f"1-{at}"))
            balance -= amount
            if kind == "redeem":
                left[f"1-{at}"] = amount
        elif kind == "return" and any(left.values()):
            receipt = draw(st.sampled_from([r for r, points in left.items() if points]))
            amount = draw(st.integers(1, left[receipt]))
            left[receipt] -= amount
            balance += amount
            lines.append(line("return", amount, receipt))
        else:
            amount = draw(st.integers(1, 1000))
            balance += amount
            lines.append(line("base", amount))
    return lines


@given(accounts())
def test_no_point_is_made_and_none_is_lost(lines: list[AccountLine]) -> None:
    spent = spent_points(lines)
    assert sum(spent.unspent.values()) == sum(one.amount for one in lines)
    back: dict[str, int] = {}
    for one in lines:
        if one.kind == "return":
            back[one.reference] = back.get(one.reference, 0) + one.amount
    for at, one in enumerate(lines):
        if one.amount < 0:
            kept = -one.amount - (back.get(one.reference, 0) if one.kind == "redeem" else 0)
            assert sum(p.points for p in spent.parts if p.spent_by == at) == kept
        elif one.kind != "return":
            used = sum(p.points for p in spent.parts if p.earned_by == at)
            assert used + spent.unspent.get(at, 0) == one.amount


@pytest.mark.parametrize("points", [1, 99])
def test_a_part_says_both_lines(points: int) -> None:
    (part,) = spent_points([line("base", 100), line("redeem", -points)]).parts
    assert part == SpentPart(1, 0, Points(points))
