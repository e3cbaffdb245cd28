"""`printer …` and `redeem --print` with a real file as printer."""

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
