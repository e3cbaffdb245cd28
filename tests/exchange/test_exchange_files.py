"""Goods, donations, purchases, slips and villages' answers."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lizhi_pos.donations.import_rows import GiftRow, PurchaseRow
from lizhi_pos.exchange.answers import read_answer
from lizhi_pos.exchange.donations import read_donations
from lizhi_pos.exchange.goods import read_goods
from lizhi_pos.exchange.purchases import read_purchases
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.slips import read_slips
from lizhi_pos.exchange.statement_workbook import BALANCE_COLUMNS
from lizhi_pos.periods import Month
from lizhi_pos.settlement.import_rows import VillageAnswer

Maker = Callable[..., Path]

APRIL = Month(2024, 4)
VILLAGES = ("华平村", "天桥村", "新华平村")


def errors(reading: Reading[object]) -> list[tuple[str | None, str | None]]:
    return [(error.sheet, error.cell) for error in reading.errors]


def test_goods_in_full(xlsx: Maker) -> None:
    head = ["条码", "名称", "积分价", "规格", "单位", "类别", "每户限量", "安全库存"]
    rows = [
        head,
        [6920181360936, "示例盐", "2.5元", "400g", "袋", "日用", 2, 0],
        ["012345678905", "示例糖", 3, *[""] * 5],
    ]
    reading = read_goods(xlsx({"Sheet": rows}))
    assert reading.content is not None
    first, second = reading.content
    assert (first.code, first.price, first.spec, first.unit) == ("6920181360936", 250, "400g", "袋")
    assert (first.category, first.monthly_limit, first.safety_stock) == ("日用", 2, 0)
    assert (second.code, second.monthly_limit, second.safety_stock) == ("0012345678905", None, None)


def test_a_wrong_barcode_a_missing_price_and_a_limit_of_nothing(xlsx: Maker) -> None:
    rows = [["条码", "名称", "积分价", "每户限量"], ["6920181360937", "示例盐", "", 0]]
    assert errors(read_goods(xlsx({"Sheet": rows}))) == [("Sheet", "A2"), ("Sheet", "C2"), ("Sheet", "D2")]


GIFTS = ["凭证号", "日期", "类型", "捐赠人", "金额", "条码", "数量", "单位价值", "到期日", "村", "用途", "匿名", "备注"]


def test_donations_of_each_kind(xlsx: Maker) -> None:
    rows = [
        GIFTS,
        ["jz-1", "2024.4.2", "现金", "示例甲", "20000.00", *[""] * 5, "超市采购", "否", ""],
        ["JZ-2", "20240403", "赞助", "示例公司", 15000.5, *[""] * 8],
        ["JZ-3", date(2024, 4, 5), "村集体", "华平村", "3,000元", "", "", "", "", "华平村", "", "", ""],
        ["SW-1", "2024/4/6", "实物", "示例乙", "", 6920181360937, 12, "2.50", "无", "", "", "是", ""],
        ["SW-2", "2024/4/6", "实物", "示例乙", 81, "A-1", 90, 0.9, "2024.4.28", "", "", "", ""],
        ["合计", "", "", "", 38081.5, *[""] * 8],
    ]
    reading = read_donations(xlsx({"Sheet": rows}))
    assert (reading.errors, reading.warnings) == ((), ())
    assert reading.content is not None
    cash, sponsor, allocation, goods, dated = reading.content
    assert cash == GiftRow(
        "JZ-1", date(2024, 4, 2), "cash", "示例甲", cash.at, amount=cash.amount, purpose="超市采购", anonymous=False
    )
    assert (cash.amount, sponsor.kind, sponsor.amount) == (2000000, "sponsor", 1500050)
    assert (allocation.kind, allocation.village, allocation.amount) == ("village", "华平村", 300000)
    assert (goods.kind, goods.amount, goods.code, goods.quantity) == ("in_kind", None, "6920181360937", 12)
    assert (goods.unit_value, goods.expires_on, goods.anonymous) == (250, None, True)
    assert (dated.unit_value, dated.expires_on) == (90, date(2024, 4, 28))


def test_donations_that_cannot_be_read(xlsx: Maker) -> None:
    rows = [
        GIFTS,
        ["JZ-1", "四月", "借款", "", "50分", *[""] * 6, "也许", ""],
        ["SW-1", "2024.4.6", "实物", "示例乙", "", "", 0, -1, "下周", *[""] * 4],
    ]
    assert [cell for _, cell in errors(read_donations(xlsx({"Sheet": rows})))] == [
        *("B2", "C2", "D2", "E2", "L2"),
        *("G3", "H3", "I3"),
    ]


def test_purchases_in_full(put: Maker) -> None:
    text = "单据号,日期,供应商,条码,数量,单位进价,到期日\nCG-1,2024-04-10,示例批发部,6920181360936,12,1.50,2024/12/31\n"
    reading = read_purchases(put("purchases.csv", text.encode("gb18030")))
    assert reading.errors == ()
    assert reading.content is not None
    (row,) = reading.content
    assert row == PurchaseRow(
        "CG-1", date(2024, 4, 10), "示例批发部", "6920181360936", 12, row.unit_cost, row.at, date(2024, 12, 31)
    )
    assert (row.unit_cost, row.at.sheet, row.at.cell("数量")) == (150, "", "E2")


def test_purchases_that_cannot_be_read(put: Maker) -> None:
    text = "单据号,日期,供应商,条码,数量,单位进价\n,2024-04-10,,6.92018E+12,1.5,十元\n"
    assert errors(read_purchases(put("p.csv", text))) == [("", f"{column}2") for column in "ACDEF"]


def test_slips_keep_the_order_of_the_file(put: Maker) -> None:
    text = (
        "单号,日期,手册编号,条码,数量,代领人,关系\r\n"
        "P2,2024-04-28, dt0005　,6920181360936,2,示例丁,邻居\r\n"
        "P1,2024-04-27,DT0006,2000010000067,1,,\r\n"
    )
    reading = read_slips(put("slips.csv", text.encode("utf-8-sig")))
    assert reading.content is not None
    first, second = reading.content
    assert (first.slip, first.booklet, first.quantity, first.proxy, first.relation) == (
        "P2",
        "DT0005",
        2,
        "示例丁",
        "邻居",
    )
    assert (second.slip, second.on, second.code, second.proxy) == ("P1", date(2024, 4, 27), "2000010000067", "")


@pytest.mark.parametrize("quantity", ["0", "-1", "", "1.5", "两袋"])
def test_a_slip_of_less_than_one_is_an_error_of_the_file(put: Maker, quantity: str) -> None:
    text = f"单号,日期,手册编号,条码,数量,代领人\nP1,2024-04-28,DT0005,1001,{quantity},示例丁\n"
    assert errors(read_slips(put("slips.csv", text))) == [("", "E2")]


ANSWER = [["手册编号", "户主", "期末积分"], ["hp0001", "示例甲", "３２．４５分"], ["HP0002", "示例乙", 0]]


def test_an_answer_names_its_village_in_the_title(xlsx: Maker) -> None:
    sheets = {"汇总": [["天桥村"]], "户余额": [["大同镇华平村户余额(2024-04)"], *ANSWER, ["合计", "", 32.45]]}
    reading = read_answer(xlsx(sheets, "四月.xlsx"), VILLAGES, APRIL)
    assert (reading.errors, reading.warnings) == ((), ())
    assert reading.content is not None
    assert reading.content.village == "华平村"
    assert [(row.booklet, row.closing) for row in reading.content.rows] == [("HP0001", 3245), ("HP0002", 0)]


def test_else_in_the_name_of_its_file(xlsx: Maker) -> None:
    reading = read_answer(xlsx({"Sheet": ANSWER}, "2024-04_新华平村.xlsx"), VILLAGES, APRIL)
    assert reading.content is not None
    assert reading.content.village == "新华平村"


def answered(xlsx: Maker, title: str, file: str = "四月.xlsx") -> Reading[VillageAnswer]:
    return read_answer(xlsx({"户余额": [[title], *ANSWER]}, file), VILLAGES, APRIL)


def test_an_answer_is_for_the_month_and_a_village_of_the_town(xlsx: Maker) -> None:
    assert errors(answered(xlsx, "大同镇华平村户余额(2024年3月)")) == [("户余额", "A1")]
    assert errors(answered(xlsx, "大同镇华平村户余额(2024年3月)", "2024-04_华平村.xlsx")) == [("户余额", "A1")]
    assert errors(answered(xlsx, "大同镇乌有村文明积分台账(2024年4月)")) == [("户余额", "A1")]
    assert errors(answered(xlsx, "大同镇华平村户余额", "2024-04_天桥村.xlsx")) == [("户余额", "A1")]
    assert errors(answered(xlsx, "华平村户余额(2024年4月) 制表日期:2024年5月3日")) == []
    assert errors(answered(xlsx, "华平村户余额(2024.4)", "2024-04_华平村.xlsx")) == []


def test_our_own_workbook_comes_back_with_its_figures(xlsx: Maker) -> None:
    heads = [header for header, _name in BALANCE_COLUMNS]
    rows = [heads, ["HP0001", "示例甲", 1, 2, 3, 4, 0, 0, 0, "没有", "", 2], ["HP0002", "示例乙", *[0] * 10]]
    reading = read_answer(xlsx({"户余额": rows}, "华平村.xlsx"), VILLAGES, APRIL)
    assert reading.content is not None
    told = {figure.name: figure.value for figure in reading.content.rows[0].figures}
    assert told == {
        "opening": 100,
        "base": 200,
        "volunteer": 300,
        "redeemed": 400,
        "returned": 0,
        "vetoed": 0,
        "restored": 0,
        "adjusted": None,
        "transferred": 0,
    }
    own = read_answer(
        xlsx({"户余额": [["手册编号", "户主", "期末积分", "兑换"], ["HP0001", "示例甲", 3, "没有"]]}, "华平村.xlsx"),
        VILLAGES,
        APRIL,
    )
    assert own.content is not None
    assert own.content.rows[0].figures == ()


def test_an_answer_of_no_known_village_is_one_error_of_the_file(xlsx: Maker) -> None:
    assert errors(read_answer(xlsx({"Sheet": ANSWER}, "四月.xlsx"), VILLAGES, APRIL)) == [(None, None)]
    assert errors(read_answer(xlsx({"Sheet": ANSWER}, "华平村、天桥村.xlsx"), VILLAGES, APRIL)) == [(None, None)]


def test_a_booklet_twice_in_an_answer_is_an_error_at_the_later_row(xlsx: Maker) -> None:
    rows = [*ANSWER, ["ＨＰ０００１", "示例甲", 1], ["HP0003", "示例丙", ""]]
    assert errors(read_answer(xlsx({"Sheet": rows}, "华平村.xlsx"), VILLAGES, APRIL)) == [
        ("Sheet", "A4"),
        ("Sheet", "C5"),
    ]


def test_a_wrong_total_in_an_answer_is_a_warning(xlsx: Maker) -> None:
    reading = read_answer(xlsx({"Sheet": [*ANSWER, ["", "合计", 32.46]]}, "华平村.xlsx"), VILLAGES, APRIL)
    assert reading.content is not None
    assert [(w.sheet, w.cell) for w in reading.warnings] == [("Sheet", "C4")]


def test_a_file_that_is_no_workbook_is_one_error_for_every_reader(put: Maker) -> None:
    path = put("华平村.xlsx", b"PK\x03\x04broken")
    for read in (read_goods, read_donations, read_purchases, read_slips, lambda p: read_answer(p, VILLAGES, APRIL)):
        reading = read(path)
        assert errors(reading) == [(None, None)]
        assert reading.content is None
