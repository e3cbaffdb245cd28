"""`official add`, `official end`, `official list`: the register of the five and the three."""

from .conftest import SECOND_PIN, Shop, village_sheets


def test_officials_are_registered_and_leave(town: Shop) -> None:
    first = town("official", "add", "天桥村", "评议示例0", "--group", "assessment", "--lead", "--from", "2023-12-01")
    assert first == {
        "village": "天桥村",
        "name": "评议示例0",
        "group": "assessment",
        "lead": True,
        "from": "2023-12-01",
        "until": None,
    }
    second = town("official", "add", "天桥村", "监督示例0", "--group", "supervision", "--on", "2024-01-05")
    assert (second["lead"], second["from"]) == (False, "2024-01-05")
    ended = town("official", "end", "天桥村", "监督示例0", "--on", "2024-02-01")
    assert ended == {**second, "until": "2024-02-01"}
    assert town("official", "list") == {"officials": [first, ended]}
    assert town("official", "add", "天桥村", "某示例", "--group", "council", exits=2)["error"]["code"] == "usage"
    town.act("监督示例", SECOND_PIN)
    assert town.refused("official", "end", "天桥村", "评议示例0") == "not_allowed"


def test_a_village_with_a_register_publishes_with_its_officials_alone(town: Shop) -> None:
    since = ("--from", "2023-12-01")
    for n in range(5):
        lead = ["--lead"] if n == 4 else []
        town("official", "add", "天桥村", f"评议示例{n}", "--group", "assessment", *lead, *since)
    for n in range(2):
        town("official", "add", "天桥村", f"监督示例{n}", "--group", "supervision", *since)
    town("ledger", "import", town.workbook("march.xlsx", village_sheets()))
    assert town.refused("ledger", "publish", "天桥村", "2024-03", "--on", "2024-04-10") == "rule_broken"
    assert "监督示例2" in town.said
    town("official", "add", "天桥村", "监督示例2", "--group", "supervision", *since)
    town("ledger", "publish", "天桥村", "2024-03", "--on", "2024-04-10")
