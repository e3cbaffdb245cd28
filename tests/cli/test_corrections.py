"""Corrections are looked at before they count: told at import, at publishing and at review, each at its cell."""

from typing import Any

import pytest

from cli.conftest import SECOND_PIN, Shop, village_sheets

HEADERS: list[Any] = ["手册编号", "积分", "更正对象", "说明"]


def april(shop: Shop, *rows: list[Any]) -> Any:
    """April's workbook: one act, and these rows of 更正."""
    acts: list[list[Any]] = [
        ["示例镇天桥村文明积分台账(2024年4月)"],
        ["手册编号", "姓名", "日期", "项目", "分值", "次数"],
        ["TQ0001", "王示例", "2024.4.5", "圆梦使者", "10", 1],
    ]
    signed = village_sheets()["签字"]
    return shop.workbook("april.xlsx", {"志愿服务": acts, "签字": signed, "更正": [HEADERS, *rows]})


@pytest.mark.parametrize(
    ("points", "named", "told"),
    [
        (-5, "2024-03", ""),
        (-5, "天桥村/2024-03", ""),
        (500, "2024-03", "最高的一项"),
        (-5, "那回的事", "找不到"),
        (-5000, "2024-03", "超过了余额"),
    ],
)
def test_a_correction_is_counted_and_looked_at(posted: Shop, points: int, named: str, told: str) -> None:
    (answer,) = posted("ledger", "import", april(posted, ["TQ0001", points, named, "示例:多记"]))["files"]
    assert answer["errors"] == []
    assert answer["corrections"] == {"rows": 1, "points": f"{points}.00"}
    messages = [warning for warning in answer["warnings"] if warning["sheet"] == "更正"]
    assert bool(messages) is bool(told)
    assert all(warning["cell"] for warning in messages)
    assert told in "".join(warning["message"] for warning in messages)
    published = posted("ledger", "publish", "天桥村", "2024-04", "--on", "2024-05-08")
    assert told in "".join(published["warnings"])
    posted.act("监督示例", SECOND_PIN)
    reviewed = posted("ledger", "review", "天桥村", "2024-04", "--on", "2024-05-16")
    assert told in "".join(reviewed["warnings"])
