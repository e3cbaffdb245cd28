"""One form for what is typed and scanned in many: names, numbers and codes."""

import pytest

from lizhi_pos.text import normalize
from lizhi_pos.text.pinyin import initials
from lizhi_pos.till.typed_input import read_typed

DOTS = "·•・‧･⋅．.∙᛫\u0387\u2e31"


@pytest.mark.parametrize("dot", DOTS)
def test_every_dot_between_the_parts_of_a_name_is_one(dot: str) -> None:
    assert normalize.comparable(f"阿依{dot}古丽") == "阿依·古丽"
    assert normalize.comparable(f"阿依 {dot} 古丽") == "阿依·古丽"
    assert normalize.name(f"阿依{dot}古丽") == f"阿依{dot}古丽"


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("⻩⼩⻰", "黄小龙"),
        ("⼾主", "户主"),
        ("靑山", "青山"),
        ("\uf9f4", "林"),
        ("\U0002f800", "丽"),
        ("ＡＢ超市", "AB超市"),
        ("王　小  明", "王小明"),
        ("Li  Ming", "Li Ming"),
        ("王小\ufe00明", "王小明"),
    ],
)
def test_characters_that_look_alike_are_one(typed: str, same: str) -> None:
    assert normalize.comparable(typed) == normalize.comparable(same) == same


def test_names_that_differ_stay_different() -> None:
    different = ["王小明", "王晓明", "阿依·古丽", "阿依古丽", "Li Ming", "LiMing", "3.5元"]
    assert len({normalize.comparable(name) for name in different}) == len(different)


@pytest.mark.parametrize("mark", "\x00\x07\x1b\x7f\x85\xad\u061c\u200b\u200d\u200e\u202e\u2060\u2066\u2069\ufe0f\ufeff")
def test_no_mark_that_nobody_sees_stays_in_a_name(mark: str) -> None:
    assert normalize.name(f"{mark}王{mark}示例{mark}") == "王示例"
    assert normalize.comparable(f"王{mark}示例") == "王示例"
    assert normalize.number(f"tq{mark}0001") == "TQ0001"


def test_a_name_is_kept_as_it_was_typed() -> None:
    assert normalize.name(" 示例（大）超市 ") == "示例（大）超市"
    assert normalize.name("阿依・古丽") == "阿依・古丽"


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("978-7-5327-0001-1", "9787532700011"),
        ("978 7 5327 0001 1", "9787532700011"),
        ("978–7–5327–0001–1", "9787532700011"),
        ("７-5327-0001-9", "7-5327-0001-9"),
        ("0-306-40615-2", "9780306406157"),
        ("6 901234 567892", "6901234567892"),
        ("690-1234-567892", "6901234567892"),
        ("012345678905", "0012345678905"),
        ("0 12345 67890 5", "0012345678905"),
        ("06901234567892", "6901234567892"),
        ("16901234567899", "16901234567899"),
        ("00012345678905", "0012345678905"),
        ("96385074", "96385074"),
        ("9638 5074", "96385074"),
        ("9638-5074", "9638-5074"),
        ("0000096385074", "96385074"),
        ("00000096385074", "96385074"),
        ("01234565", "01234565"),
        ("04252614", "0042100005264"),
        ("a-1", "A-1"),
        ("2024-0001", "2024-0001"),
        ("-1000000", "-1000000"),
    ],
)
def test_one_code_however_it_is_printed(printed: str, kept: str) -> None:
    assert normalize.code(printed) == kept
    assert normalize.code(kept) == kept
    assert read_typed(f"3*{printed}").code == kept


def test_a_till_understands_a_name_with_any_dot() -> None:
    assert read_typed("阿依・古丽").is_name
    assert initials("⻩小明") == initials("黄小明")
