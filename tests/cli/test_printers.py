"""`printer …` and `redeem --print` with a real file as printer."""

import os

import pytest
from led8 import Led8

from .conftest import Shop

BY = ("--approver", "监督示例")
DAY = "2024-04-28"


def test_a_receipt_goes_to_its_printer_and_a_failing_one_undoes_nothing(posted: Shop) -> None:
    shop, paper = posted, posted.folder / "paper.bin"
    assert shop.refused("printer", "add", "柜台", "--profile", "no-such", "--device", f"file:{paper}") == "not_found"
    shop("printer", "add", "柜台", "--profile", "generic-58", "--device", f"file:{paper}")
    listed = shop("printer", "list")
    assert {"generic-58", "generic-80"} <= set(listed["profiles"])
    assert shop("printer", "test", "柜台")["state"] == "sent"
    tested = paper.read_bytes()
    shop("market", "open", DAY, *BY, "--reason", "补录")
    done = shop("redeem", "TQ0001", "6920181360936", "--on", DAY, "--print", *BY)
    assert done["print_job"]["state"] == "sent"
    printed = paper.read_bytes()[len(tested) :]
    assert "海星加碘盐400g".encode("gbk") in printed
    assert "积分只兑物品,不兑现金".encode("gbk") in printed or "积分只兑物品".encode("gbk") in printed
    shop("printer", "add", "柜台", "--profile", "generic-58", "--device", "tcp://127.0.0.1:1")
    off = shop("redeem", "TQ0001", "6920181360936", "--on", DAY, "--print", *BY)
    assert off["print_job"]["state"] == "queued"
    assert off["balance_after"] == "45.00"
    assert shop("printer", "status", "柜台", exits=3)["ready"] is False
    assert [j["state"] for j in shop("printer", "queue")["jobs"]] == ["queued"]
    assert shop("printer", "flush", exits=3)["jobs"][0]["state"] == "queued"
    shop("printer", "add", "柜台", "--profile", "generic-58", "--device", f"file:{paper}")
    assert shop("printer", "flush")["jobs"][0]["receipt"] == off["receipt"]
    assert paper.read_bytes().count(off["receipt"].encode()) >= 1
    assert shop("printer", "queue")["jobs"] == []


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_display_is_added_listed_and_tried_like_a_printer_and_prints_nothing(posted: Shop) -> None:
    shop, led = posted, Led8(posted.folder / "ttyUSB0")
    add = ("printer", "add", "客显", "--profile", "display-led8", "--device")
    assert shop.refused(*add, "tcp://192.0.2.7:9100") == "rule_broken"
    assert shop.refused("printer", "add", "客显", "--profile", "display-no", "--device", led.url) == "not_found"
    assert shop(*add, led.url, "--till", "1")["waiting"] == 0
    listed = shop("printer", "list")
    assert [(p["name"], p["profile"], p["till"]) for p in listed["printers"]] == [("客显", "display-led8", "1")]
    assert {"display-led8", "generic-58"} <= set(listed["profiles"])
    assert shop("printer", "status", "客显")["ready"] is True
    assert shop("printer", "test", "客显")["state"] == "sent"
    led.until(lambda shown: shown == [("888888.88", "2"), ("", "0")])
    shop("market", "open", DAY, *BY, "--reason", "补录")
    done = shop("redeem", "TQ0001", "6920181360936", "--on", DAY, "--print", *BY)
    assert done["print_job"]["state"] == "queued"
    assert len(led.shown) == 2
    led.unplug()
    assert shop("printer", "status", "客显", exits=3)["ready"] is False
    assert shop("printer", "test", "客显", exits=3)["state"] == "failed"
