"""A name is found by its initials, its syllables, and whatever begins them."""

import pytest

from lizhi_pos.text.pinyin import SoundIndex, begins, initials, is_said, says_all, sounds, spoken


@pytest.mark.parametrize(
    "typed", ["w", "wa", "wang", "wg", "wgf", "wangg", "wangguo", "wangguofu", "WangGuoFu", "wang guo fu", "wguof"]
)
def test_what_begins_a_name(typed: str) -> None:
    assert begins(sounds("王国富"), spoken(typed))


@pytest.mark.parametrize("typed", ["g", "wf", "wanguofu", "wangf", "wgfu1", "wangguofux", "x", "wwgf"])
def test_what_does_not_begin_it(typed: str) -> None:
    assert not begins(sounds("王国富"), spoken(typed))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单小芳", "shanxiaofang"),
        ("单小芳", "danxf"),
        ("单小芳", "cxf"),
        ("吕秀兰", "lvxiulan"),
        ("吕秀兰", "lüxl"),
        ("曾云", "cengyun"),
    ],
)
def test_every_reading_and_every_way_to_type_it(name: str, typed: str) -> None:
    assert begins(sounds(name), spoken(typed))
    assert says_all(sounds(name), spoken(typed))


def test_whole_names_are_told_from_their_begins() -> None:
    heard = sounds("王芳")
    assert says_all(heard, "wf")
    assert says_all(heard, "wangfang")
    assert not says_all(heard, "wang")
    assert not says_all(heard, "")
    assert not begins((), "w")


def test_the_initials_are_as_they_were() -> None:
    assert initials("单") == "c d s"
    assert initials("海星 400g") == "hx400g"


@pytest.mark.parametrize("typed", ["s", "sfj", "shufu", "shu fu jia", "sfujia", "shufujiaxiangzao", "xz", "xiangz"])
def test_how_goods_are_said(typed: str) -> None:
    assert is_said("舒肤佳香皂", typed)


@pytest.mark.parametrize("typed", ["", " ", "sx", "shufux", "舒", "123"])
def test_what_says_no_goods(typed: str) -> None:
    assert not is_said("舒肤佳香皂", typed)


NAMES = ("单芳", "王国富", "张建国", "阿依·古丽", "李小红", "欧阳淑贞", "曾长乐", "Zhao 8")


@pytest.mark.parametrize(
    "typed",
    ["s", "d", "dan", "shanf", "wgf", "wanggf", "zh", "zhang", "zj", "ouy", "oyshz", "ayg", "cz", "zhao8", "x", ""],
)
def test_an_index_finds_what_begins_finds(typed: str) -> None:
    index = SoundIndex()
    for name in NAMES:
        index.add(name, name)
    assert index.find(typed) == {name for name in NAMES if typed and begins(sounds(name), typed)}
