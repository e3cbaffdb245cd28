from datetime import date

import pytest
from msgspec.structs import replace
from printing_helpers import SALT

from lizhi_pos.checkout.receipt import Receipt, ReceiptLine
from lizhi_pos.money import Points, Yuan
from lizhi_pos.printing.elements import Barcode, Cell, Cells, Line, paper_width, printable, row_lines, wrap
from lizhi_pos.printing.receipt_layout import as_text, receipt_elements, village_elements

WIDTHS = (32, 42, 48)


def text(receipt: Receipt, columns: int, copy: int = 0) -> list[str]:
    return as_text(receipt_elements(receipt, columns, copy), columns).splitlines()


def test_receipt_for_58_mm(receipt: Receipt) -> None:
    assert text(receipt, 32) == [
        "            励志超市",
        "     大同镇文明积分兑换小票",
        "-" * 32,
        "单号 1-2024-000123",
        "赶场 2024-04-28      收银 王晓燕",
        "时间 2024-04-28 09:41",
        "手册 GZ0012           户主 张*国",
        "村社 古镇社区",
        "代领 李小红(儿媳)",
        "-" * 32,
        "海星加碘盐400g",
        "          2.50 × 2          5.00",
        "恒顺香醋340ml",
        "          6.00 × 1          6.00",
        "-" * 32,
        "合计                       11.00",
        "                壹拾壹元整(积分)",
        "兑前 87.50            兑后 76.50",
        "-" * 32,
        "积分只兑物品,不兑现金",
        "领取人签字:",
        "",
        "",
        "账链 7F3A-91C2",
        "         ║▌║█║▌│║▌█║▌║",
        "         1-2024-000123",
        "-" * 32,
    ]


@pytest.mark.parametrize("columns", [42, 48])
def test_wide_paper_has_name_quantity_and_amount_on_one_line(receipt: Receipt, columns: int) -> None:
    line = next(t for t in text(receipt, columns) if "海星加碘盐400g" in t)
    assert line.split() == ["海星加碘盐400g", "2.50", "×", "2", "5.00"]


@pytest.mark.parametrize("columns", WIDTHS)
def test_every_line_fits_the_paper_whatever_the_names(receipt: Receipt, columns: int) -> None:
    name = "特别长的商品名称超过一行也不能截断的金龙鱼食用调和油5L家庭装(新老包装随机发货)"
    long = replace(
        receipt,
        lines=(ReceiptLine("1", name, 9_999_999, Yuan(99_999_999), Points(99_999_989_000_001)), SALT),
        clerk="很长很长很长很长的收银员名字",
        head="迪丽热巴·迪力木拉提·买买提明",
        proxy="一个名字很长的代领人一个名字很长的代领人",
        approval_reason="原因也可以写得很长" * 4,
        approved_by="李主任",
        slip="Z-0001",
    )
    for element in receipt_elements(long, columns, copy=3):
        match element:
            case Line(t, _, size):
                room = columns // 2 if size == "double" else columns
                assert all(paper_width(part) <= room for part in wrap(printable(t), room))
            case Cells():
                assert all(paper_width(part) <= columns for part in row_lines(element, columns))
    whole = "".join(text(long, columns)).replace(" ", "")
    for must in (name, "很长很长很长很长的收银员名字", "迪丽热巴·迪力木拉提·买买提明", "999999.99", "9999999"):
        assert must in whole


def test_figures_stand_in_one_column(receipt: Receipt) -> None:
    for columns in WIDTHS:
        amounts = [t for t in text(receipt, columns) if "×" in t or t.startswith(("合计", "兑前"))]
        # on paper the sign × takes two columns, on a screen one
        assert {paper_width(t) - t.count("×") for t in amounts} <= {columns, columns - 1}


def test_copy_says_so_and_the_first_print_does_not(receipt: Receipt) -> None:
    elements = receipt_elements(receipt, 32, copy=2)
    assert elements[2] == Line("补打 第2次", align="center", size="tall", bold=True)
    assert not any("补打" in t for t in text(receipt, 32))


def test_training_is_loud_at_both_ends(receipt: Receipt) -> None:
    lines = [t.strip() for t in text(replace(receipt, training=True), 32)]
    assert lines[0] == "训练  不入账"
    assert lines.count("训练  不入账") == 2


def test_approval_and_slip_are_shown(receipt: Receipt) -> None:
    shown = text(replace(receipt, approved_by="李主任", approval_reason="停电改期", slip="Z-0001"), 32)
    assert {"批准 李主任", "原因 停电改期", "纸质单号 Z-0001"} <= set(shown)


def test_a_slip_entered_later_shows_both_days(receipt: Receipt) -> None:
    shown = text(replace(receipt, on=date(2024, 4, 20)), 32)
    assert any(t.startswith("赶场 2024-04-20") for t in shown)
    assert "时间 2024-04-28 09:41" in shown


def test_a_session_out_of_turn_says_who_approved_it_and_why(receipt: Receipt) -> None:
    moved = replace(receipt, session_approved_by="监督示例", session_reason="大雨改期")
    assert {"开场批准 监督示例", "开场原因 大雨改期"} <= set(text(moved, 32))
    assert not any("开场" in line for line in text(receipt, 32))


def test_the_villages_copy_says_all_but_proves_nothing(receipt: Receipt) -> None:
    shown = as_text(village_elements(receipt, 32), 32).splitlines()
    assert shown[2].strip() == "村级查阅联 不作凭证"
    assert set(text(receipt, 32)) - set(shown) == {
        "积分只兑物品,不兑现金",
        "领取人签字:",
        "",
        "         ║▌║█║▌│║▌█║▌║",
        "         1-2024-000123",
    }
    assert not any(isinstance(element, Barcode) for element in village_elements(receipt, 32))


def test_markup_and_commands_in_a_name_stay_text(receipt: Receipt) -> None:
    nasty = replace(receipt, lines=(replace(SALT, name="[/]促销\x1b@\x1dV\x00"),))
    assert any("[/]促销 @ V" in t for t in text(nasty, 32))


def test_printable_exchanges_what_gbk_lacks() -> None:
    assert printable("¥5 a•b\u00a0c") == "￥5 a·b c"
    printable("¥5 a•b\u00a0c").encode("gbk")


def test_invisible_signs_leave_no_trace() -> None:
    assert printable("\ufeff李\u200b\ufe0f小\U000e0100红\u00ad") == "李小红"
    assert printable("e\u0301") == "é"


def test_paper_width_counts_bytes() -> None:
    assert [paper_width(t) for t in ("a", "好", "×", "·", "é", "𬭎")] == [1, 2, 2, 2, 2, 2]


def test_wrap_breaks_at_blanks_and_loses_nothing() -> None:
    assert wrap("Head & Shoulders shampoo", 14) == ["Head &", "Shoulders", "shampoo"]
    assert wrap("一二三四五六", 5) == ["一二", "三四", "五六"]
    assert wrap("", 5) == [""]


def test_a_cell_that_does_not_fit_takes_its_own_line() -> None:
    row = Cells((Cell("手册 GZ0012", 4), Cell("户主 很长的名字", 28, "right")))
    assert row_lines(row, 32) == ["手册 GZ0012", " " * 17 + "户主 很长的名字"]
