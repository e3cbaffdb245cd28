"""A rulebook's file as towns really have it: written by Windows' own editor, too."""

import pytest

from .conftest import RULEBOOK, Shop

TEXT = RULEBOOK.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["init", "check", "adopt"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_rulebook_in_another_encoding_is_said_so(shop: Shop, command: str, encoding: str) -> None:
    file = shop.folder / "rulebook.toml"
    file.write_text(TEXT, encoding=encoding)
    if command == "init":
        words = ("init", "--town", "示例镇", "--admin", "站长示例", "--rulebook", file, "--filing", "1")
    else:
        shop("init", "--town", "示例镇", "--admin", "站长示例")
        words = ("rulebook", command, file, *(("--filing", "1") if command == "adopt" else ()))
    answer = shop(*words, exits=2)
    assert answer["error"]["code"] == "usage"
    assert "UTF-8" in answer["error"]["message"]
    assert shop.refused("rulebook", "show") in ("out_of_turn", "no_rulebook")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_town_begins_with_a_rulebook_with_or_without_a_mark(shop: Shop, encoding: str) -> None:
    file = shop.folder / "rulebook.toml"
    file.write_text(TEXT, encoding=encoding)
    shop("init", "--town", "示例镇", "--admin", "站长示例", "--rulebook", file, "--filing", "1")
    assert shop("rulebook", "show", "--on", "2024-04-28")["year"] == 2024
