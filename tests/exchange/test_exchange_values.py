"""Raw cells to values."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lizhi_pos.exchange import values
from lizhi_pos.exchange.sheet import Cell
from lizhi_pos.money import format_hundredths
from lizhi_pos.periods import Month, Quarter
from lizhi_pos.refusal import Message


def refused(value: object) -> bool:
    return isinstance(value, Message)


@pytest.mark.parametrize(
    "raw",
    [
        date(2024, 3, 5),
        datetime(2024, 3, 5),
        "2024.3.5",
        "2024/3/5",
        "2024/03/05",
        "2024-03-05",
        "2024年3月5日",
        "2024 年 3 月 5 日",
        "２０２４．３．５",
        "２０２４年３月５日",
        "20240305",
        20240305,
        20240305.0,
        " 2024-03-05　",
        "2024-03-05 00:00:00",
    ],
)
def test_a_day_is_read_as_people_write_it(raw: Cell) -> None:
    assert values.day(raw) == date(2024, 3, 5)


@pytest.mark.parametrize(
    "raw",
    [
        "2024.2.30",
        "2024-13-01",
        "20241301",
        "24.3.5",
        "3月5日",
        "2024.3",
        2024.3,
        "5/3/2024",
        "2024/3-5",
        45356,
        45356.0,
        "2024-03-05 12:30",
        datetime(2024, 3, 5, 12, 30),
        time(12, 30),
        "三月五日",
        True,
        "#N/A",
        "二〇二四年三月五日",
        date(1899, 12, 31),
    ],
)
def test_a_day_that_is_not_sure_is_refused(raw: Cell) -> None:
    assert refused(values.day(raw))


@pytest.mark.parametrize(
    "raw",
    [
        "2024Q1",
        "2024q1",
        "２０２４Ｑ１",
        "2024年第一季度",
        "2024年1季度",
        "2024年第1季度",
        "2024年一季度",
        "2024-Q1",
        " 2024 Q1",
    ],
)
def test_a_quarter_is_read_as_people_write_it(raw: str) -> None:
    assert values.quarter(raw) == Quarter(2024, 1)


@pytest.mark.parametrize(
    "raw", ["2024Q5", "2024Q0", "24Q1", "第一季度", "2024", 20241, "2024年第五季度", date(2024, 1, 1)]
)
def test_a_quarter_that_is_not_sure_is_refused(raw: Cell) -> None:
    assert refused(values.quarter(raw))


@pytest.mark.parametrize(
    "raw", ["2024年3月", "2024年03月份", "2024-03", "2024.3", "202403", 202403.0, 2024.3, date(2024, 3, 1)]
)
def test_a_month_is_read_as_people_write_it(raw: Cell) -> None:
    assert values.month(raw) == Month(2024, 3)


def test_the_number_2024_1_may_have_been_october() -> None:
    assert refused(values.month(2024.1))
    assert values.month("2024.1") == Month(2024, 1)
    assert refused(values.month("2024年13月"))


@pytest.mark.parametrize(
    ("raw", "hundredths"),
    [
        ("12.5", 1250),
        ("１２．５分", 1250),
        ("12.5 分", 1250),
        ("3元", 300),
        (" 24", 2400),
        (24, 2400),
        (24.0, 2400),
        (5.5, 550),
        (0.1 + 0.2, 30),
        (79.99999999999999, 8000),
        ("1,234.50", 123450),
        ("1，234.5", 123450),
        ("¥3.00", 300),
        ("￥3", 300),
        ("12.500", 1250),
        ("0", 0),
        ("-0.00", 0),
        ("+5", 500),
    ],
)
def test_points_are_read_as_people_write_them(raw: Cell, hundredths: int) -> None:
    assert values.points(raw) == hundredths


@pytest.mark.parametrize(
    "raw",
    [
        "12.505",
        12.505,
        1 / 3,
        "12,50",
        "1,23",
        "12。5",
        "十二",
        "12.5.1",
        "1e3",
        1e300,
        float("nan"),
        "",
        "8分左右",
        True,
        "-3",
        -3.0,
    ],
)
def test_points_that_are_not_sure_are_refused(raw: Cell) -> None:
    assert refused(values.points(raw))


def test_an_amount_beyond_reason_is_refused() -> None:
    assert values.yuan("100000000") == values.MAX_HUNDREDTHS
    assert refused(values.yuan("100000000.01"))
    assert refused(values.points("9" * 4400))


def test_only_corrections_may_be_negative() -> None:
    assert values.signed_points("-3.50") == -350
    assert values.signed_points("－３．５分") == -350
    assert values.signed_points(-3.5) == -350
    assert values.signed_points("\u22123.5") == -350


def test_a_fen_is_a_point_in_a_price_tag_but_a_cent_in_money() -> None:
    assert values.tag_price("3分") == 300
    assert refused(values.yuan("50分"))
    assert values.yuan("50元") == 5000


@given(st.integers(0, 10**10))
def test_hundredths_come_back_from_text_and_from_number_cells(amount: int) -> None:
    text = format_hundredths(amount)
    assert values.points(text) == amount
    assert values.points(float(text)) == amount
    assert values.signed_points("-" + text) == -amount
    assert values.points(f"{int(text[:-3]):,}{text[-3:]}分") == amount


@pytest.mark.parametrize(
    ("raw", "tenths"),
    [(88, 880), ("88.5", 885), ("８８．６", 886), ("90.3分", 903), (100.0, 1000), (0, 0), (90.30, 903)],
)
def test_a_score_has_one_decimal_at_most(raw: Cell, tenths: int) -> None:
    assert values.score(raw) == tenths


@pytest.mark.parametrize("raw", ["88.55", 100.1, "101", -1, "优", "88元"])
def test_a_score_outside_0_to_100_is_refused(raw: Cell) -> None:
    assert refused(values.score(raw))


def test_whole_numbers_may_carry_a_zero_decimal_and_a_measure_word() -> None:
    whole = values.whole_from(1)
    assert [whole(raw) for raw in (1, 1.0, "1.0", "３", "3次", "4人")] == [1, 1, 1, 3, 3, 4]
    assert all(refused(whole(raw)) for raw in (0, "0", -1, 1.5, "1.5", "三", True, 10**7))
    assert values.whole_from(0)(0) == 0


@pytest.mark.parametrize("raw", ["gz0001", "ＧＺ０００１", " GZ0001　", "GZ 0001", "gz\u200b0001"])
def test_a_booklet_number_is_capital_half_width_and_without_blanks(raw: str) -> None:
    assert values.number(raw) == "GZ0001"


def test_text_stored_as_a_number_is_read_where_no_digit_is_lost() -> None:
    assert values.number(4.0) == "4"
    assert values.code(6920181360936.0) == "6920181360936"
    assert values.number(522101900101123.0) == "522101900101123"
    assert values.loose_text(13800000000.0) == "13800000000"
    assert refused(values.number(5.2210119900101e17))
    assert refused(values.number(522101199001011234))
    assert refused(values.code("6.92018E+12"))
    assert refused(values.number("5.22101E+17"))


def test_a_date_or_a_lost_formula_text_is_no_name() -> None:
    assert refused(values.short_text(date(2024, 3, 4)))
    assert refused(values.name(0.0))
    assert values.loose_text(0) == "0"


def test_names_lose_the_blanks_that_align_them() -> None:
    assert values.name("王　强") == "王强"
    assert values.name("王  𬭎") == "王𬭎"
    assert values.name("阿依·古丽 Li Na") == "阿依·古丽 Li Na"


def test_a_remark_keeps_its_punctuation() -> None:
    assert values.note(" 迁入，见（公示）\n第2页 ") == "迁入，见（公示） 第2页"
    assert values.short_text(" 清风纸（大） ") == "清风纸（大）"


def test_control_characters_never_reach_a_screen_or_printer() -> None:
    assert values.short_text("盐\x1b[31m") == "盐[31m"
    assert values.note("a\x07b") == "ab"


def test_a_code_is_digits_letters_and_hyphens() -> None:
    assert values.code("a-01") == "A-01"
    assert values.code(1001.0) == "1001"
    assert refused(values.code("条码1"))
    assert refused(values.code("-1"))
    assert refused(values.code("1" * 33))


def test_a_12_digit_code_gets_its_zero_and_a_14_digit_one_loses_it() -> None:
    assert values.code("012345678905") == "0012345678905"
    assert values.code("00012345678905") == "0012345678905"
    assert values.code("10012345678902") == "10012345678902"


@pytest.mark.parametrize(
    "raw", ["6920181360936", "012345678905", "96385074", "10012345678902", "ABC-1", "1001", 6920181360936.0]
)
def test_goods_codes_with_a_right_check_digit_or_of_the_shops_own(raw: Cell) -> None:
    assert not refused(values.goods_code(raw))


@pytest.mark.parametrize("raw", ["6920181360937", "012345678904", "96385075", "10012345678903"])
def test_a_wrong_check_digit_is_refused_for_goods_only(raw: str) -> None:
    assert refused(values.goods_code(raw))
    assert not refused(values.code(raw))


def test_yes_and_no() -> None:
    assert (values.yes_or_no("是"), values.yes_or_no(" 否 ")) == (True, False)
    assert refused(values.yes_or_no("可能"))


@pytest.mark.parametrize("raw", ["-", "—", "/", "无", "－"])
def test_a_crossed_out_optional_cell_is_blank(raw: str) -> None:
    assert values.or_nothing(values.day)(raw) is None


@given(
    st.one_of(
        st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.timedeltas()
    )
)
def test_no_parser_raises(raw: Cell) -> None:
    for parse in (
        values.short_text,
        values.name,
        values.note,
        values.number,
        values.goods_code,
        values.day,
        values.quarter,
        values.month,
        values.points,
        values.signed_points,
        values.yuan,
        values.score,
        values.whole_from(0),
        values.yes_or_no,
    ):
        assert parse(raw) is not None
