"""Facts made of signs are said in words a clerk reads aloud; what scripts read stays as it is."""

import re
from pathlib import Path

from lizhi_pos.cli import hints
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import fact_for_scripts, reason_words, render
from lizhi_pos.refusal import Message, Reason, message

SRC = Path(__file__).parents[2] / "src"


def below(have: str, need: str) -> Message:
    return message("{0} < {1}", have, need)


def quarter(year: int, number: int) -> Message:
    return message("{0}Q{1}", year, number)


SCORES = Reason(
    "score_below",
    (
        message("{0} {1}", quarter(2023, 4), below("80.0", "85")),
        message("{0} {1}", quarter(2024, 1), below("79.5", "85")),
    ),
)
OIL = message("{0} {1}", "食用油", below("0", "3"))
OVER = message("{0} {1}", "食用油", message("{0} + {1} > {2}", 0, 3, 1))


def test_signs_are_words_in_chinese() -> None:
    chinese = translator("zh")
    assert "2023年第4季度 80.0（要 85）、2024年第1季度 79.5（要 85）" in reason_words(SCORES, chinese)
    assert "10.00（要 45.00）" in reason_words(Reason("balance", (below("10.00", "45.00"),)), chinese)
    assert "食用油 0（要 3），货架上有 19 件已过期" in reason_words(
        Reason("stock", (message("{0}, expired {1}", OIL, 19),)), chinese
    )
    assert "食用油 已兑 0，这次 3，限 1" in reason_words(Reason("limit", (OVER,)), chinese)


def test_a_supervisors_own_words_stay() -> None:
    veto = Reason("vetoed", ("1", "2023Q4 3 < 5", "2024-01-01", "2024-12-31"))
    assert "2023Q4 3 < 5" in reason_words(veto, translator("zh"))


def test_english_joins_facts_with_commas() -> None:
    assert "2023Q4 80.0 < 85, 2024Q1 79.5 < 85" in reason_words(SCORES, translator("en"))


def test_scripts_read_the_signs() -> None:
    assert [fact_for_scripts(fact) for fact in SCORES.facts] == ["2023Q4 80.0 < 85", "2024Q1 79.5 < 85"]
    assert fact_for_scripts(message("{0}, expired {1}", OIL, 19)) == "食用油 0 < 3, expired 19"
    assert fact_for_scripts(OVER) == "食用油 0 + 3 > 1"
    assert fact_for_scripts("GZ0012") == "GZ0012"


def test_one_of_a_thing_is_not_told_as_many() -> None:
    pieces = [message("{0} {0:product|products}, {1} {1:piece|pieces}", 1, count) for count in (0, 1, 2)]
    assert [render(told, str) for told in pieces] == [
        "1 product, 0 pieces",
        "1 product, 1 piece",
        "1 product, 2 pieces",
    ]
    assert render(pieces[1], translator("zh")) == "共 1 种 1 件"


def test_what_a_command_wanted_beside_is_said_of_refusals_that_there_are() -> None:
    """The hints stand by the refusals' sentences; one that was changed would lose its hint unseen."""
    told = {
        text
        for path in SRC.rglob("*.py")
        if path.name != "hints.py"
        for text in re.findall(r'"([^"\n]+)"', path.read_text(encoding="utf-8"))
    }
    assert not (hints._OPTIONS.keys() | hints._COMMANDS.keys()) - told


def test_no_rule_speaks_of_options() -> None:
    """Rules speak for screens too: an option of a command is said beside them (cli/hints.py)."""
    # what `doctor` finds is told to whoever types commands, and nowhere else
    of_doctor = {"doctor.py", "books_checks.py", "machine_checks.py", "device_checks.py"}
    option = re.compile(r"(?:message|refuse)\((?:\s*\"\w+\",)?\s*\"([^\"\n]*(?: --[a-z]+|`[a-z ]+`)[^\"\n]*)\"")
    rooms = [path for path in SRC.rglob("*.py") if not {"cli", "web", *of_doctor} & set(path.parts)]
    named = {text for path in rooms for text in option.findall(path.read_text(encoding="utf-8"))}
    assert named == {"{0} is there with another content: give --replace to write over it"}
