"""The rows of a village workbook, sheet by sheet.

Each function reads one sheet's table; errors stay in the table, and a row with one is left out.
"""

from collections.abc import Iterator, Mapping

from lizhi_pos.accounts.import_rows import (
    ActRow,
    CorrectionRow,
    Group,
    HouseholdRow,
    HouseholdStatus,
    MemberRow,
    ProposalRow,
    ScoreRow,
    SignatureRow,
)
from lizhi_pos.exchange import values
from lizhi_pos.exchange.headers import Layout
from lizhi_pos.exchange.table import Table
from lizhi_pos.money import format_hundredths

STATUSES: Mapping[str, HouseholdStatus] = {"在册": "active", "迁出": "moved_out", "销户": "closed"}
GROUPS: Mapping[str, Group] = {"评议小组": "assessment", "监督小组": "supervision"}

LAYOUTS: Mapping[str, Layout] = {
    "户籍": Layout(
        ("手册编号", "户主", "居住起始日"),
        ("村民组", "身份证号", "电话", "人口", "状态", "备注"),
        {"人口": str},
    ),
    "成员": Layout(("手册编号", "姓名"), ("与户主关系", "身份证号")),
    "基础评分": Layout(("手册编号", "季度", "评分"), ("评分日期", "备注")),
    "志愿服务": Layout(
        ("手册编号", "姓名", "日期", "项目", "分值"),
        ("次数", "备注"),
        {"分值": format_hundredths, "次数": str},
    ),
    "负面清单": Layout(("手册编号", "行为日期", "条款", "说明")),
    "签字": Layout(("小组", "姓名")),
    "更正": Layout(("手册编号", "积分", "更正对象", "说明"), (), {"积分": format_hundredths}),
}
"""The sheets of a village workbook in their order; each may be absent."""

_status: values.Parser[HouseholdStatus] = values.one_of(STATUSES)
_group: values.Parser[Group] = values.one_of(GROUPS)


def households(table: Table) -> Iterator[HouseholdRow]:
    """Yield the rows of `户籍`; a blank 状态 is 在册."""
    booklet = table.required("手册编号", values.number)
    head = table.required("户主", values.name)
    residence_start = table.required("居住起始日", values.day)
    group = table.optional("村民组", values.loose_text, "")
    id_number = table.optional("身份证号", values.identity_number, "")
    phone = table.optional("电话", values.loose_text, "")
    people = table.optional("人口", values.or_nothing(values.whole_from(0)), None)
    status: Iterator[HouseholdStatus] = table.optional("状态", _status, "active")
    note = table.optional("备注", values.note, "")
    for at in table.places:
        yield HouseholdRow(
            booklet=next(booklet),
            head=next(head),
            residence_start=next(residence_start),
            at=at,
            group=next(group),
            id_number=next(id_number),
            phone=next(phone),
            people=next(people),
            status=next(status),
            note=next(note),
        )


def members(table: Table) -> Iterator[MemberRow]:
    """Yield the rows of `成员`."""
    booklet = table.required("手册编号", values.number)
    name = table.required("姓名", values.name)
    relation = table.optional("与户主关系", values.name, "")
    id_number = table.optional("身份证号", values.identity_number, "")
    for at in table.places:
        yield MemberRow(next(booklet), next(name), at, next(relation), next(id_number))


def scores(table: Table) -> Iterator[ScoreRow]:
    """Yield the rows of `基础评分`."""
    booklet = table.required("手册编号", values.number)
    quarter = table.required("季度", values.quarter)
    score = table.required("评分", values.score)
    scored_on = table.optional("评分日期", values.or_nothing(values.day), None)
    note = table.optional("备注", values.note, "")
    for at in table.places:
        yield ScoreRow(next(booklet), next(quarter), next(score), at, next(scored_on), next(note))


def acts(table: Table) -> Iterator[ActRow]:
    """Yield the rows of `志愿服务`; a blank 次数 is 1."""
    booklet = table.required("手册编号", values.number)
    name = table.required("姓名", values.name)
    on = table.required("日期", values.day)
    item = table.required("项目", values.name)
    points = table.required("分值", values.points)
    times = table.optional("次数", values.whole_from(1), 1)
    note = table.optional("备注", values.note, "")
    for at in table.places:
        yield ActRow(next(booklet), next(name), next(on), next(item), next(points), at, next(times), next(note))


def proposals(table: Table) -> Iterator[ProposalRow]:
    """Yield the rows of `负面清单`."""
    booklet = table.required("手册编号", values.number)
    conduct_on = table.required("行为日期", values.day)
    clause = table.required("条款", values.short_text)
    facts = table.required("说明", values.note)
    for at in table.places:
        yield ProposalRow(next(booklet), next(conduct_on), next(clause), next(facts), at)


def signatures(table: Table) -> Iterator[SignatureRow]:
    """Yield the rows of `签字`."""
    group: Iterator[Group] = table.required("小组", _group)
    name = table.required("姓名", values.name)
    for at in table.places:
        yield SignatureRow(next(group), next(name), at)


def corrections(table: Table) -> Iterator[CorrectionRow]:
    """Yield the rows of `更正`."""
    booklet = table.required("手册编号", values.number)
    points = table.required("积分", values.signed_points)
    corrects = table.required("更正对象", values.note)
    note = table.required("说明", values.note)
    for at in table.places:
        yield CorrectionRow(next(booklet), next(points), next(corrects), next(note), at)
