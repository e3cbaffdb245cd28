"""What was typed, as refusals say it back: short enough to be read aloud, whatever somebody held down."""

import pytest

from lizhi_pos.cli.main import main
from lizhi_pos.text.normalize import MOST_ECHOED, echo

from .conftest import Shop

LONG = "7" * 5000
HAN = "村" * 5000
BY = ("--approver", "监督示例")
SPACED = "甲 " * 2500
MOST_SAID = 700
"""Characters of a whole refusal: what it says itself, and no more of what was typed than tells which it was."""


@pytest.mark.parametrize(
    "words",
    [
        ("redeem", "TQ0001", "1", "--till", LONG),
        ("redeem", "TQ0001", f"1*{LONG}"),
        ("redeem", "TQ0001", LONG, "--on", LONG),
        ("return", LONG, "--reason", "示例", *BY),
        ("household", "show", LONG),
        ("household", "history", HAN),
        ("printer", "add", "柜台", "--profile", LONG, "--device", "screen:"),
        ("printer", "add", "柜台", "--profile", "generic-58", "--device", LONG),
        ("printer", "test", HAN),
        ("printer", "status", SPACED),
        ("printer", "retry", LONG),
        ("printer", "label", LONG),
        ("printer", "card", LONG),
        ("printer", "sticker", LONG),
        ("printer", "certificate", LONG),
        ("printer", LONG),
        (LONG,),
        ("month", "show", LONG),
        ("calendar", LONG),
        ("serve", "--port", LONG),
        ("user", "add", "新人示例", "--role", HAN),
        ("user", "pin", HAN),
        ("setting", "set", LONG, "x"),
        ("setting", "set", "theme", LONG),
        ("village", "rename", HAN, "示例村"),
        ("village", "rename", SPACED, "示例村"),
        ("village", "add", HAN),
        ("village", "template", f"{HAN}.xls"),
        ("ledger", "publish", HAN, "2024-03"),
        ("ledger", "post", HAN, LONG),
        (
            "veto",
            "add",
            "TQ0001",
            "--clause",
            HAN,
            "--facts",
            "示例",
            "--conduct",
            "2024-04-20",
            *BY,
        ),
        ("product", "import", HAN),
        ("rulebook", "check", HAN),
        ("--operator", HAN, "village", "list"),
        ("--lang", LONG, "village", "list"),
        ("village", "list", HAN),
    ],
    ids=lambda words: " ".join(w[:12] for w in words),
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refusal_says_back_no_more_than_can_be_read_aloud(posted: Shop, words: tuple[str, ...], lang: str) -> None:
    assert main(["--lang", lang, *words]) in (1, 2)
    said = posted.capsys.readouterr().err
    assert said.strip()
    assert len(said) < MOST_SAID, said[:900]
    posted.run(*words)
    assert len(posted.said) < MOST_SAID


def test_a_cell_of_a_file_is_said_back_as_short(town: Shop) -> None:
    for rows in ([f"{LONG},示例,x"], [f"690,示例,{LONG}"], [f"690,示例,{HAN}"]):
        answer = town("product", "import", town.csv("goods.csv", "条码,名称,积分价", *rows), exits=1)
        assert all(len(error["message"]) < MOST_SAID for error in answer["errors"])
        assert len(town.said) < MOST_SAID


def test_begin_and_end_are_said_of_a_word_and_a_path_is_said_whole() -> None:
    assert echo("GZ0012") == "GZ0012"
    assert echo("a" * MOST_ECHOED) == "a" * MOST_ECHOED
    cut = echo(f"GZ{'0' * 100}12")
    assert (len(cut), cut[:2], cut[-2:]) == (MOST_ECHOED, "GZ", "12")
    assert "…" in cut
    path = "/home/示例/大同镇励志超市/2024年/三月/各村台账/古镇社区文明积分台账最后一版.xlsx"
    assert echo(path) == path
    names = " ".join(["天桥村"] * 30)
    assert echo(names) == names
