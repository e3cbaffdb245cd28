"""The rulebook in TOML: every error at once, each with its line and key."""

import pytest

from lizhi_pos.rulebook.reading import NoRulebook, read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from towns.small import RULEBOOK


def errors(text: str) -> list[tuple[int, str]]:
    found = read_rulebook(text)
    assert isinstance(found, NoRulebook), found
    return [(e.line, e.key) for e in found.errors]


def test_what_a_rulebook_says() -> None:
    rules = read_rulebook(RULEBOOK)
    assert isinstance(rules, Rulebook)
    assert (rules.town, rules.year, rules.base_score.threshold_tenths) == ("示例镇", 2024, 850)
    assert (rules.residence_months, rules.batch.publicity_days, rules.red_list) == (6, 7, 10)
    assert {name: item.points for name, item in rules.items_of("天桥村").items()} == {"圆梦使者": 1000, "心灵呵护": 550}


def test_a_village_adds_items_and_changes_values() -> None:
    own = '\n[[village]]\nname = "天桥村"\nfiling = "示例备案2"\n[[village.item]]\nname = "护 林"\npoints = 3\n'
    own += '[[village.item]]\nname = "圆梦使者"\npoints = "12.5"\n'
    rules = read_rulebook(RULEBOOK + own)
    assert isinstance(rules, Rulebook)
    assert {n: i.points for n, i in rules.items_of("天桥村").items()} == {
        "圆梦使者": 1250,
        "心灵呵护": 550,
        "护林": 300,
    }
    assert rules.items_of("华平村")["圆梦使者"].points == 1000


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("threshold = 85", "threshold = 85.5", (5, "base_score.threshold")),
        ("threshold = 85", "threshold = 101", (5, "base_score.threshold")),
        ("threshold = 85", "", (4, "base_score.threshold")),
        ("year = 2024", 'year = "2024"', (3, "year")),
        ("year = 2024", "year = 2024\ncolour = 1", (4, "colour")),
        ("year = 2024", 'year = 2024\ntimezone = "Mars"', (4, "timezone")),
        ('points = "5.50"', "points = 5.5", (19, "category[0].item[1].points")),
        ('points = "5.50"', 'points = "-1"', (19, "category[0].item[1].points")),
        ('points = "5.50"', 'points = "1.234"', (19, "category[0].item[1].points")),
        ('name = "心灵呵护"', 'name = "圆梦使者"', (18, "category")),
        ("solar_endings = [2, 5, 8]", "solar_endings = [12]", (8, "market_days.solar_endings")),
        ("solar_endings = [2, 5, 8]", "every = {days = 0, from = 2024-01-01}", (8, "market_days.every.days")),
        ("solar_endings = [2, 5, 8]", 'branches = ["猫"]', (8, "market_days.branches")),
        ('clause = "1"', "clause = 1", (10, "negative_list[0].clause")),
        ("[base_score]", "[base_score", (4, "")),
    ],
)
def test_each_error_names_its_line_and_key(old: str, new: str, where: tuple[int, str]) -> None:
    assert where in errors(RULEBOOK.replace(old, new, 1))


def test_all_errors_are_said_at_once() -> None:
    text = RULEBOOK.replace("threshold = 85", "threshold = 101").replace('points = "5.50"', "points = 5.5")
    assert errors(text + "\n[nonsense]\n") == [
        (5, "base_score.threshold"),
        (19, "category[0].item[1].points"),
        (21, "nonsense"),
    ]
