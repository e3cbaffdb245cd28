"""`printer label`, `card`, `sticker` and `certificate`, and the village's copy, with a real file as printer."""

from pathlib import Path

import pytest

from lizhi_pos.cli.main import main

from .conftest import SECOND_PIN, Shop

BY = ("--approver", "监督示例")
DAY = "2024-04-28"
SALT, SOAP = "6920181360936", "6903148144541"


@pytest.fixture
def counter(posted: Shop) -> Shop:
    """The posted town with a printer and one redemption."""
    posted("printer", "add", "柜台", "--profile", "generic-58", "--device", f"file:{posted.folder / 'paper.bin'}")
    posted("market", "open", DAY, *BY, "--reason", "补录")
    return posted


def printed(shop: Shop) -> str:
    """What came out since the last look; pictures between the lines are left out."""
    paper = shop.folder / "paper.bin"
    data = paper.read_bytes() if paper.exists() else b""
    paper.write_bytes(b"")
    return data.decode("gbk", "replace")


def redeemed(shop: Shop) -> str:
    receipt: str = shop("redeem", "TQ0001", f"{SALT}*2", "--on", DAY, "--print", *BY)["receipt"]
    return receipt


def test_settings_reach_the_paper(counter: Shop) -> None:
    redeemed(counter)
    paper = printed(counter)
    assert "户主 王*例" in paper
    assert f"赶场 {DAY}" in paper
    assert "开场原因 补录" in paper
    assert "村级" not in paper
    counter("setting", "set", "receipt-head", "full")
    counter("setting", "set", "village-copy", "yes")
    done = counter("redeem", "TQ0001", SALT, "--on", DAY, "--print", *BY)
    paper = printed(counter)
    assert paper.count("户主 王示例") == 2
    assert paper.index("领取人签字") < paper.index("村级查阅联 不作凭证")
    assert done["print_job"]["state"] == "sent"
    assert counter("printer", "queue")["jobs"] == []


def test_labels(counter: Shop) -> None:
    jobs = counter("printer", "label", SALT, SOAP.lower(), "--copies", 2)["jobs"]
    assert [(job["kind"], job["about"], job["state"]) for job in jobs] == [
        ("label", code, "sent") for code in (SALT, SALT, SOAP, SOAP)
    ]
    paper = printed(counter)
    assert paper.count("积分 = 标价2.50元") == 2
    assert paper.count("每户每月限2件") == 2
    answer = counter("printer", "label", SALT, "0000", exits=1)
    assert answer["error"]["details"]["reasons"] == [{"code": "unknown_product", "facts": ["0000"]}]
    assert counter.refused("printer", "label", SALT, "--copies", 201) == "rule_broken"
    assert printed(counter) == ""


def test_cards(counter: Shop) -> None:
    assert counter("printer", "card", "tq0001")["jobs"][0]["about"] == "TQ0001"
    paper = printed(counter)
    for words in ("户主 王*例", "村社 天桥村 1组", "不作支付凭证,仅供查询识别"):
        assert words in paper
    assert counter.refused("printer", "card", "TQ0404") == "unknown_household"


def test_stickers(counter: Shop) -> None:
    receipt = redeemed(counter)
    printed(counter)
    assert counter("printer", "sticker", receipt)["jobs"][0]["receipt"] == receipt
    first = printed(counter)
    assert "海星加碘盐400g×2" in first
    assert "补打" not in first
    counter("printer", "sticker", receipt.lower())
    assert "补打 第1次" in printed(counter)
    assert counter.refused("printer", "sticker", "1-2024-000404") == "not_found"


def test_certificates(counter: Shop) -> None:
    assert counter("printer", "certificate", "sw-1")["jobs"][0]["about"] == "SW-1"
    first = printed(counter)
    for words in ("收讫凭证", "捐赠人 示例捐赠人", "人民币肆拾元整", "非财政票据,不作税前扣除凭证"):
        assert words in first
    counter("printer", "certificate", "SW-1")
    assert "补打 第1次" in printed(counter)
    assert counter.refused("printer", "certificate", "SW-404") == "not_found"


def test_each_paper_has_those_who_print_it(counter: Shop) -> None:
    receipt = redeemed(counter)
    for role in ("clerk", "keeper"):
        counter("user", "add", f"{role}示例", "--role", role)
    counter.act("clerk示例", SECOND_PIN)
    assert counter.refused("printer", "certificate", "SW-1") == "not_allowed"
    for words in (("label", SALT), ("card", "TQ0001"), ("sticker", receipt)):
        counter("printer", *words)
    counter.act("keeper示例", SECOND_PIN)
    assert counter.refused("printer", "card", "TQ0001") == "not_allowed"
    for words in (("label", SALT), ("certificate", "SW-1"), ("sticker", receipt)):
        counter("printer", *words)


def test_a_printer_that_is_off_keeps_every_paper(counter: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    receipt = redeemed(counter)
    counter("printer", "add", "柜台", "--profile", "generic-58", "--device", "tcp://127.0.0.1:1")
    for words in (("label", SALT), ("card", "TQ0001"), ("sticker", receipt), ("certificate", "SW-1")):
        assert counter("printer", *words, exits=3)["jobs"][0]["state"] == "queued"
    assert main(["--lang", "zh", "printer", "queue"]) == 0
    said = capsys.readouterr().out
    for job in (f"货架签 {SALT}", "兑换卡 TQ0001", f"手册贴条 {receipt}", "收讫凭证 SW-1"):
        assert job in said
    counter("printer", "add", "柜台", "--profile", "generic-58", "--device", f"file:{counter.folder / 'paper.bin'}")
    printed(counter)
    assert [job["state"] for job in counter("printer", "flush")["jobs"]] == ["sent"] * 4
    paper = printed(counter)
    assert "补打" not in paper
    assert counter("printer", "queue")["jobs"] == []


def test_a_paper_on_the_screen(counter: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    counter("printer", "add", "屏幕", "--profile", "generic-58", "--device", "screen:")
    assert main(["--lang", "zh", "printer", "card", "TQ0001"]) == 0
    said = capsys.readouterr().out
    assert "仅限本户使用,不得转让" in said
    assert "兑换卡 TQ0001" in said
    assert not Path(counter.folder / "paper.bin").exists()
