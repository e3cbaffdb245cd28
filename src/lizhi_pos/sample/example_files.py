"""A made-up town's files (示例), one of each kind that is read: to begin with, and to learn the columns from."""

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files

from lizhi_pos.exchange.plain_workbook import Rows, plain_workbook
from lizhi_pos.money import format_hundredths
from lizhi_pos.sample.goods import CODES, goods_rows

TOWN, VILLAGE, YEAR = "大同镇", "天桥村", 2024

_RESERVES = {"加碘食盐": 10, "香皂": 20}
_MADE_ON = datetime(YEAR, 4, 1)


def example_files() -> dict[str, bytes]:
    """Return every file by its name; the same each time."""
    rules = files("lizhi_pos.sample").joinpath("rulebook.toml").read_text(encoding="utf-8")
    own = rules.replace("year = YEAR", f"year = {YEAR}").replace(f"{TOWN}(示例)", TOWN)
    return {
        "细则.toml": "\n".join(line for line in own.splitlines() if "YEAR" not in line).encode() + b"\n",
        "商品.xlsx": plain_workbook({"商品": _goods()}, _MADE_ON),
        "捐赠.xlsx": plain_workbook({"捐赠": _gifts()}, _MADE_ON),
        "采购.xlsx": plain_workbook({"采购": _purchases()}, _MADE_ON),
        "纸单.xlsx": plain_workbook({"纸单": _slips()}, _MADE_ON),
        f"{YEAR}-03_{VILLAGE}.xlsx": plain_workbook(_village(), _MADE_ON),
    }


def _goods() -> list[list[str | int]]:
    head: list[str | int] = ["条码", "名称", "规格", "单位", "类别", "积分价", "每户限量", "安全库存"]
    return [head] + [
        [
            row.code,
            row.name,
            row.spec,
            row.unit,
            row.category,
            format_hundredths(row.price),
            row.monthly_limit or "",
            _RESERVES.get(row.name, ""),
        ]
        for row in goods_rows()
    ]


def _gifts() -> list[list[str | int]]:
    salt, soap = CODES["加碘食盐"], CODES["香皂"]
    return [
        ["凭证号", "日期", "类型", "捐赠人", "金额", "条码", "数量", "单位价值", "到期日", "村", "用途", "匿名"],
        ["XJ-1", f"{YEAR}-04-02", "现金", "示例商会", "1000.00", "", "", "", "", "", "", "否"],
        ["CJ-1", f"{YEAR}-04-03", "村集体", VILLAGE, "500.00", "", "", "", "", VILLAGE, "", "否"],
        ["SW-1", f"{YEAR}-04-04", "实物", "示例粮油店", "", salt, 40, "2.00", f"{YEAR + 2}-12-31", "", "", "否"],
        ["SW-2", f"{YEAR}-04-05", "实物", "热心人示例", "", soap, 20, "3.00", "", "", "助老", "是"],
    ]


def _purchases() -> list[list[str | int]]:
    return [
        ["单据号", "日期", "供应商", "条码", "数量", "单位进价", "到期日", "备注"],
        ["JH-1", f"{YEAR}-04-10", "示例商行", CODES["牙膏"], 30, "5.50", f"{YEAR + 2}-06-30", ""],
        ["JH-1", f"{YEAR}-04-10", "示例商行", CODES["毛巾"], 20, "6.00", "", ""],
    ]


def _slips() -> list[list[str | int]]:
    return [
        ["单号", "日期", "手册编号", "条码", "数量", "代领人", "关系"],
        ["P-1", f"{YEAR}-04-28", "TQ0002", CODES["加碘食盐"], 1, "", ""],
    ]


def _village() -> Mapping[str, Rows]:
    homes = [("TQ0001", "王示例", "1组"), ("TQ0002", "李示例", "2组"), ("TQ0003", "张示例", "2组")]
    scores = {"TQ0001": ("90", "91.5"), "TQ0002": ("88", "86"), "TQ0003": ("80", "84.5")}
    acts: list[list[str | int]] = [
        ["TQ0001", "王示例", f"{YEAR}-03-05", "圆梦使者", "50.00", 5],
        ["TQ0002", "李示例", f"{YEAR}-03-12", "公共区域清扫", "4.00", 2],
    ]
    return {
        "户籍": [
            [f"{TOWN}{VILLAGE}文明积分台账({YEAR}年3月)"],
            ["手册编号", "户主", "居住起始日", "村民组", "状态"],
            *([booklet, head, "2015-08-20", group, "在册"] for booklet, head, group in homes),
        ],
        "成员": [["手册编号", "姓名", "与户主关系"], ["TQ0001", "王示例女", "女儿"]],
        "基础评分": [
            ["手册编号", "季度", "评分"],
            *([booklet, "2023Q4", earlier] for booklet, (earlier, _) in scores.items()),
            *([booklet, "2024Q1", later] for booklet, (_, later) in scores.items()),
        ],
        "志愿服务": [
            ["手册编号", "姓名", "日期", "项目", "分值", "次数"],
            *acts,
        ],
        "负面清单": [["手册编号", "行为日期", "条款", "说明"]],
        "签字": [
            ["小组", "姓名"],
            *(["评议小组", f"评议示例{n}"] for n in "甲乙丙丁戊"),
            *(["监督小组", f"监督示例{n}"] for n in "甲乙丙"),
        ],
        "更正": [["手册编号", "积分", "更正对象", "说明"]],
    }
