"""The list of who took goods of a recalled lot: everybody on it, and nothing beside the paper, on both widths."""

from datetime import date

import msgspec
import pytest

from lizhi_pos.checkout.recall_notice import RecallNotice
from lizhi_pos.checkout.recalled_goods import TookOfLot
from lizhi_pos.printing.elements import screen_width
from lizhi_pos.printing.receipt_layout import as_text
from lizhi_pos.printing.spool import elements_of

TOOK = (
    TookOfLot("GZ0012", "张示例国", "古镇社区", "1-2026-000012", date(2026, 4, 28), 3),
    TookOfLot("DT0037", "阿依古丽·买买提示例", "大同社区", "12-2026-000345", date(2026, 5, 28), 12),
)
NOTICE = RecallNotice(
    shop="励志超市",
    code="6920181360936",
    name="示例牌加碘精制食盐家庭装",
    spec="400g",
    unit="袋",
    lot="示例实物2026001/12",
    made_on=date(2026, 6, 1),
    reason="厂家通知召回",
    households=TOOK,
)


@pytest.mark.parametrize("columns", [32, 48])
@pytest.mark.parametrize("copy", [0, 2])
def test_everybody_stands_on_it_and_nothing_is_cut(columns: int, copy: int) -> None:
    paper = as_text(elements_of("recall", msgspec.json.encode(NOTICE), columns, copy), columns)
    whole = "".join(paper.split())
    for x in TOOK:
        assert x.booklet + x.head in whole
        assert f"{x.quantity}袋" in whole
        assert x.receipt in whole
        assert x.date.isoformat() in whole
    assert "厂家通知召回" in whole
    assert "2单15袋" in whole
    assert NOTICE.lot in whole
    assert ("补打第2次" in whole) == bool(copy)
    assert max(screen_width(line) for line in paper.splitlines()) <= columns
