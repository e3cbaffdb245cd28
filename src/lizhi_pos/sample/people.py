"""The sample town's people: all made up, each name carries 示例."""

from collections.abc import Sequence

from msgspec import Struct

from lizhi_pos.access.operators import Role
from lizhi_pos.accounts.import_rows import MemberRow, SignatureRow
from lizhi_pos.cell_errors import RowAt

TOWN = "大同镇(示例)"
PLACE = RowAt("示例", 2, 1, {})
"""Where rows stand that were never in a file."""


class SignIn(Struct, frozen=True):
    """A user of the sample town, with the PIN that opens it."""

    name: str
    role: Role
    pin: str
    booklet: str = ""


CLERK = SignIn("王示例", "clerk", "121212", "GZ0020")
KEEPER = SignIn("周示例", "keeper", "232323")
ACCOUNTANT = SignIn("陈示例", "accountant", "343434")
SUPERVISOR = SignIn("刘示例", "supervisor", "454545")
ADMIN = SignIn("赵示例", "admin", "565656")
SIGN_INS = (CLERK, KEEPER, ACCOUNTANT, SUPERVISOR, ADMIN)


class Village(Struct, frozen=True):
    """A village of Datong: the letters of its booklets, and its households' heads in order of number."""

    at: int
    prefix: str
    name: str
    heads: tuple[str, ...]

    def booklet(self, number: int) -> str:
        """Return a household's booklet: ``GZ0012``."""
        return f"{self.prefix}{number:04d}"

    def head(self, number: int) -> str:
        """Return a household's head: ``胡示例兰``."""
        return self.heads[number - 1]

    def members(self, number: int) -> tuple[str, str]:
        """Two more members of a household: 配偶 and 子女."""
        spouse = _made_up(self.heads[(number + 6) % len(self.heads)][0] + _SPOUSES[(number + self.at) % len(_SPOUSES)])
        child = _made_up(self.head(number)[0] + _CHILDREN[(number + self.at) % len(_CHILDREN)])
        return spouse, child


_SPOUSES = "蓉芸菊莲桂翠凤娥"
_CHILDREN = "晨曦轩涵萱睿悦昊"


def _made_up(name: str) -> str:
    return f"{name[0]}示例{name[1:]}"


# with surnames of several readings (单 曾 仇 解 查 区), characters that GBK lacks (䶮 㛃 𬭎), and namesakes (王示例明)
_HEADS = (
    (
        "GZ",
        "古镇社区",
        "张国 李芳 王明 刘洋 陈静 单云 杨帆 黄梅 吴刚 徐丽 孙强 胡兰 朱军 高翔 林䶮 何平 郭红 罗勇 梁月 王燕",
    ),
    (
        "DT",
        "大同社区",
        "宋涛 郑娟 谢斌 曾华 邓波 冯雪 于海 董梅 萧山 程英 曹刚 袁芳 查明 许静 傅强 沈兰 仇军 彭丽 吕平 苏红",
    ),
    (
        "TQ",
        "天桥村",
        "卢伟 蒋琴 蔡鸿 贾㛃 丁宁 魏芳 薛勇 叶青 阎红 余波 潘莉 杜鹏 戴云 夏荷 解清 钟灵 汪洋 田园 任重 姜华",
    ),
    (
        "HP",
        "华平村",
        "范文 方圆 石磊 姚远 谭松 廖静 邹敏 熊英 金玉 陆平 郝健 孔雀 白云 崔红 康宁 毛竹 邱实 秦风 江山 史芳",
    ),
    (
        "MZ",
        "民族村",
        "顾全 侯明 邵华 孟夏 龙飞 万里 段平 雷雨 钱江 汤和 尹红 黎明 易安 常青 武勇 乔木 贺喜 赖静 龚丽 文静",
    ),
    (
        "SD",
        "四洞村",
        "区宁 庞通 樊星 兰芝 殷红 施文 陶然 洪亮 翟华 安康 骆𬭎 倪红 严冬 牛耕 温和 芦苇 季风 俞平 章程 王明",
    ),
)
VILLAGES = tuple(
    Village(at, prefix, name, tuple(_made_up(head) for head in heads.split()))
    for at, (prefix, name, heads) in enumerate(_HEADS)
)


def village_of(booklet: str) -> Village:
    """Return the village whose letters a booklet begins with."""
    return next(v for v in VILLAGES if booklet.startswith(v.prefix))


def head_of(booklet: str) -> str:
    """Return the head of the household with this booklet."""
    village = village_of(booklet)
    return village.head(int(booklet.removeprefix(village.prefix)))


def member_rows(village: Village, numbers: Sequence[int]) -> tuple[MemberRow, ...]:
    """Rows of `成员`."""
    return tuple(
        MemberRow(village.booklet(n), name, PLACE, relation)
        for n in numbers
        for name, relation in zip(village.members(n), ("配偶", "子女"), strict=True)
    )


def signatures(village: Village) -> tuple[SignatureRow, ...]:
    """Five of the assessment group, three of the supervision group."""
    surnames = "赵钱孙李周吴郑王冯陈褚卫蒋"[village.at :]
    names = [f"{surname}示例{given}" for surname, given in zip(surnames, "甲乙丙丁戊己庚辛", strict=False)]
    return (
        *(SignatureRow("assessment", name, PLACE) for name in names[:5]),
        *(SignatureRow("supervision", name, PLACE) for name in names[5:]),
    )
