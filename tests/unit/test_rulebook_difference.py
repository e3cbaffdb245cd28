"""What changed between two rulebooks, by the keys of the file."""

import pytest

from lizhi_pos.rulebook.difference import ChangedKey, difference

BEFORE = """
town = "示例镇"
year = 2024
[base_score]
threshold = 85
[market_days]
solar_endings = [2, 5, 8]
[[negative_list]]
clause = "1"
text = "示例条款"
[[category]]
name = "圆梦使者"
[[category.item]]
name = "清扫"
points = "10.00"
[[category.item]]
name = "照看"
points = "5.50"
[[village]]
name = "天桥村"
[[village.item]]
name = "护河"
points = "2.00"
"""


def test_a_rulebook_beside_itself_has_no_difference() -> None:
    same = difference(BEFORE, BEFORE)
    assert (same.added, same.removed, same.changed) == ((), (), ())


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("threshold = 85", "threshold = 80", ChangedKey("base_score.threshold", "85", "80")),
        ("[2, 5, 8]", "[3, 8]", ChangedKey("market_days.solar_endings", "2, 5, 8", "3, 8")),
        ('"10.00"', '"12.00"', ChangedKey("圆梦使者/清扫", "10.00", "12.00")),
        ('"2.00"', '"3.00"', ChangedKey("天桥村/护河", "2.00", "3.00")),
        ('"示例条款"', '"示例条款二"', ChangedKey("negative_list/1", "示例条款", "示例条款二")),
        ("year = 2024", "year = 2025", ChangedKey("year", "2024", "2025")),
    ],
)
def test_a_changed_key_is_told_with_both(was: str, now: str, told: ChangedKey) -> None:
    found = difference(BEFORE, BEFORE.replace(was, now))
    assert (found.added, found.removed, found.changed) == ((), (), (told,))


def test_what_came_and_went() -> None:
    found = difference(BEFORE, BEFORE.replace('name = "照看"', 'name = "陪护"') + "[batch]\npublicity_days = 9\n")
    assert (found.added, found.removed) == (("圆梦使者/陪护", "batch.publicity_days"), ("圆梦使者/照看",))
