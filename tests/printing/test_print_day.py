"""The day's slip (三(五)1): counts by village and the journal's head, on both widths."""

from datetime import date

import msgspec
import pytest

from lizhi_pos.checkout.session_report import SessionReport, VillageDay
from lizhi_pos.money import Points
from lizhi_pos.printing.elements import screen_width
from lizhi_pos.printing.receipt_layout import as_text, day_elements
from lizhi_pos.printing.spool import elements_of

SLIP = SessionReport(
    shop="励志超市",
    town="大同镇(示例)",
    date=date(2024, 4, 28),
    printed_at="2024-04-28 12:05",
    closed_by="王示例",
    villages=(VillageDay("古镇社区", 3, 4, Points(12345)), VillageDay("天桥村", 1, 1, Points(250))),
    households=4,
    redemptions=5,
    units=17,
    points=Points(12595),
    returns=1,
    returned=Points(380),
    receipts=("1-2024-000001 – 1-2024-000005",),
    unknown_jobs=1,
    chain="4EDD-F5D0-0001-ABCD",
)


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_the_slip_says_what_the_day_came_to(columns: int) -> None:
    text = as_text(day_elements(SLIP, columns), columns)
    assert all(screen_width(line) <= columns for line in text.splitlines())
    for words in ("赶场日结单", "2024-04-28", "天桥村 1户 1单", "123.45", "5单 17件", "125.95", "1单 3.80", "1张"):
        assert words in text
    assert "账链 4EDD-F5D0-0001-ABCD" in text
    assert "补打 第2次" in as_text(day_elements(SLIP, columns, 2), columns)


def test_the_spool_knows_its_kind() -> None:
    assert elements_of("day", msgspec.json.encode(SLIP), 32) == day_elements(SLIP, 32)
