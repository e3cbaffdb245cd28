"""`ledger object`, `ledger settle` and `ledger show`."""

from typing import Any

import pytest

from lizhi_pos.cli.main import main

from .conftest import PIN, SECOND_PIN, Shop, village_sheets

MARCH = ("天桥村", "2024-03")


@pytest.fixture
def published(town: Shop) -> Shop:
    town("ledger", "import", town.workbook("march.xlsx", village_sheets()))
    town("ledger", "publish", *MARCH, "--on", "2024-04-10")
    return town


def counts(shop: Shop) -> Any:
    (batch,) = shop("ledger", "status")["batches"]
    return batch["objections"]


def test_an_objection_is_taken_counted_and_answered(published: Shop) -> None:
    assert counts(published) == {"open": 0, "upheld": 0, "dismissed": 0}
    said = ("--text", "示例:多记一次", "--on", "2024-04-11")
    taken = published("ledger", "object", *MARCH, "--booklet", "tq0001", "--by", "示例邻居", *said)
    assert taken == {"village": "天桥村", "month": "2024-03", "objection": 1, "state": "open"}
    assert counts(published) == {"open": 1, "upheld": 0, "dismissed": 0}
    published.act("监督示例", SECOND_PIN)
    refused = published("ledger", "review", *MARCH, "--on", "2024-04-18", exits=1)["error"]
    assert refused["code"] == "out_of_turn"
    assert refused["details"] == {"objections": "1"}
    published.act("站长示例", PIN)
    settled = published("ledger", "settle", *MARCH, 1, "--upheld", "--text", "核实是多记", "--on", "2024-04-12")
    assert settled == {**taken, "state": "upheld"}
    (batch,) = published("ledger", "status")["batches"]
    assert (batch["state"], batch["objections"]) == ("draft", {"open": 0, "upheld": 1, "dismissed": 0})


def test_a_batch_is_shown_with_its_steps_and_objections(published: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    published("ledger", "object", *MARCH, "--text", "示例:漏记", "--on", "2024-04-11")
    published("ledger", "settle", *MARCH, 1, "--dismissed", "--text", "已经记了", "--on", "2024-04-12")
    found = published("ledger", "show", *MARCH)
    assert (found["village"], found["state"], found["imported_by"]) == ("天桥村", "publicised", "站长示例")
    assert found["file"] == "march.xlsx"
    assert [(s["step"], s["on"]) for s in found["steps"]][1:] == [("publish", "2024-04-10")]
    assert len(found["signatures"]) == 8
    (told,) = found["objections"]
    assert (told["number"], told["booklet"], told["text"], told["by"]) == (1, None, "示例:漏记", "")
    assert (told["state"], told["answer"], told["settled_on"]) == ("dismissed", "已经记了", "2024-04-12")
    assert main(["--lang", "zh", "ledger", "show", *MARCH]) == 0
    words = capsys.readouterr().out
    assert "示例:漏记" in words
    assert "已经记了" in words
    assert published.refused("ledger", "show", "华平村", "2024-03") == "not_found"


@pytest.mark.parametrize("words", [[], ["--upheld", "--dismissed"]])
def test_an_answer_is_one_of_two(published: Shop, words: list[str]) -> None:
    published("ledger", "object", *MARCH, "--text", "示例", "--on", "2024-04-11")
    assert published("ledger", "settle", *MARCH, 1, *words, "--text", "示例", exits=2)["error"]["code"] == "usage"
    assert counts(published)["open"] == 1
