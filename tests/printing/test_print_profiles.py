from pathlib import Path

import pytest

from lizhi_pos.printing.profiles import Profile, load_profile, profile_names, read_profile
from lizhi_pos.refusal import Refusal


def test_the_generic_ones_are_always_there() -> None:
    assert {"generic-58", "generic-80"} <= set(profile_names())


@pytest.mark.parametrize("stem", profile_names())
def test_every_shipped_profile_is_whole_and_says_that_nobody_has_tried_it(stem: str) -> None:
    profile = load_profile(stem)
    assert isinstance(profile, Profile), profile
    assert profile.verified or "未实机验证" in profile.note


@pytest.mark.parametrize("stem", ["nothing", "../generic-58", "generic-58.toml", ""])
def test_an_unknown_name_is_refused(stem: str) -> None:
    refusal = load_profile(stem)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "not_found"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cutter", "cuter", "cuter"),
        ("columns = 32", 'columns = "32"', "columns"),
        ('codec = "gbk"', 'codec = "utf-8"', "codec"),
        ("columns = 32", "columns = 48", "48"),
        ("width_dots = 384", "width_dots = 385", "385"),
        ("feed = 4\n", "", "feed"),
        ("width_dots = 384", "width_dots =", "line"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    shipped = Path(__file__).parents[2] / "printer_profiles" / "generic-58.toml"
    path = tmp_path / "mine.toml"
    path.write_text(shipped.read_text("utf-8").replace(old, new), "utf-8")
    refusal = read_profile(path)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "rule_broken"
    assert refusal.text is not None
    assert any(says in str(fill) for fill in refusal.text.args)
