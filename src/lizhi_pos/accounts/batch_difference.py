"""What a corrected workbook changes against its village's batch as it stands: rows added, removed and changed."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from lizhi_pos.accounts.batches import batch_content
from lizhi_pos.accounts.import_rows import VillageWorkbook
from lizhi_pos.accounts.personal import split
from lizhi_pos.db import Transaction
from lizhi_pos.money import format_hundredths, format_tenths
from lizhi_pos.refusal import Refusal
from lizhi_pos.text.normalize import comparable


class RowKey(Struct, frozen=True):
    """A row of a sheet: its household's booklet and what else it goes by; `of` is what that leaves open."""

    sheet: str
    key: str
    of: str = ""


class ChangedField(Struct, frozen=True):
    """What a row says under one header, and said before; None for a blank cell."""

    sheet: str
    key: str
    of: str
    field: str
    was: str | None
    now: str | None


class BatchDifference(Struct, frozen=True, kw_only=True):
    """The rows that a workbook adds to a batch, removes from it and changes in it."""

    village: str
    month: str
    added: tuple[RowKey, ...] = ()
    removed: tuple[RowKey, ...] = ()
    changed: tuple[ChangedField, ...] = ()


class _Sheet(Struct, frozen=True):
    """How the rows of a sheet are told apart and told: `same` is equal for one row before and after."""

    name: str
    rows: Callable[[VillageWorkbook], Sequence[Any]]
    same: Callable[[Any], Hashable]
    key: Callable[[Any], str]
    of: Callable[[Any], str]
    fields: Mapping[str, Callable[[Any], Any]]


_STATUS = {"active": "在册", "moved_out": "迁出", "closed": "销户"}
GROUP_WORDS = {"assessment": "评议小组", "supervision": "监督小组"}
"""The groups as sheet `签字` names them."""
_MASKED = ("身份证号", "电话")


def _nothing(_: Any) -> str:
    return ""


_SHEETS = (
    _Sheet(
        "户籍",
        lambda book: book.households,
        lambda r: r.booklet,
        lambda r: str(r.booklet),
        _nothing,
        {
            "户主": lambda r: r.head,
            "居住起始日": lambda r: r.residence_start.isoformat(),
            "村民组": lambda r: r.group,
            "身份证号": lambda r: r.id_number,
            "电话": lambda r: r.phone,
            "人口": lambda r: r.people,
            "状态": lambda r: _STATUS[r.status],
            "备注": lambda r: r.note,
        },
    ),
    _Sheet(
        "成员",
        lambda book: book.members,
        lambda r: (r.booklet, comparable(r.name)),
        lambda r: str(r.booklet),
        lambda r: str(r.name),
        {"姓名": lambda r: r.name, "与户主关系": lambda r: r.relation, "身份证号": lambda r: r.id_number},
    ),
    _Sheet(
        "基础评分",
        lambda book: book.scores,
        lambda r: (r.booklet, r.quarter),
        lambda r: f"{r.booklet}/{r.quarter}",
        _nothing,
        {
            "评分": lambda r: format_tenths(r.score),
            "评分日期": lambda r: r.scored_on.isoformat() if r.scored_on else None,
            "备注": lambda r: r.note,
        },
    ),
    _Sheet(
        "志愿服务",
        lambda book: book.acts,
        lambda r: (r.booklet, comparable(r.name), r.on, comparable(r.item)),
        lambda r: f"{r.booklet}/{r.name}/{r.on.isoformat()}/{r.item}",
        _nothing,
        {
            "分值": lambda r: format_hundredths(r.points),
            "次数": lambda r: r.times,
            "备注": lambda r: r.note,
        },
    ),
    _Sheet(
        "负面清单",
        lambda book: book.proposals,
        lambda r: (r.booklet, r.conduct_on, r.clause),
        lambda r: str(r.booklet),
        lambda r: f"{r.conduct_on.isoformat()} {r.clause}",
        {"说明": lambda r: r.facts},
    ),
    _Sheet(
        "签字",
        lambda book: book.signatures,
        lambda r: (r.group, comparable(r.name)),
        lambda r: f"{GROUP_WORDS[r.group]}/{r.name}",
        _nothing,
        {},
    ),
    _Sheet(
        "更正",
        lambda book: book.corrections,
        lambda r: r.booklet,
        lambda r: str(r.booklet),
        lambda r: str(r.corrects),
        {
            "积分": lambda r: format_hundredths(r.points),
            "更正对象": lambda r: r.corrects,
            "说明": lambda r: r.note,
        },
    ),
)
"""The sheets in their order; rows of `更正` have no key beside the booklet and are paired in their order."""


def batch_difference(tx: Transaction, workbook: VillageWorkbook) -> BatchDifference | Refusal:
    """Return what a workbook changes against the batch of its village and month; refuse where there is none.

    Of a posted batch what is personal is with its households, and is not compared.
    """
    stored = batch_content(tx, workbook.village, workbook.month)
    if isinstance(stored, Refusal):
        return stored
    was, posted = stored
    return differences(was, split(workbook)[0] if posted else workbook)


def differences(was: VillageWorkbook, now: VillageWorkbook) -> BatchDifference:
    """Return what differs between two readings of one village's month. Pure."""
    added: list[RowKey] = []
    removed: list[RowKey] = []
    changed: list[ChangedField] = []
    for sheet in _SHEETS:
        pairs = _paired(sheet, sheet.rows(was), sheet.rows(now))
        added += [_row_key(sheet, new) for old, new in pairs if old is None]
        removed += [_row_key(sheet, old) for old, new in pairs if new is None]
        changed += [
            field for old, new in pairs if old is not None and new is not None for field in _changed(sheet, old, new)
        ]
    return BatchDifference(
        village=now.village,
        month=str(now.month),
        added=tuple(added),
        removed=tuple(removed),
        changed=tuple(changed),
    )


def shown_fields(sheet: str, row: Any) -> dict[str, str | None]:
    """Return what a row of a sheet says beside its key, by header, as a reader may see it; None for a blank cell."""
    fields = next(one.fields for one in _SHEETS if one.name == sheet)
    return {header: _shown(header, read(row)) for header, read in fields.items()}


def _paired(sheet: _Sheet, was: Sequence[Any], now: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return the rows before and after in pairs, equal ones left out; None stands for a row that is not there."""
    before: defaultdict[Hashable, list[Any]] = defaultdict(list)
    after: defaultdict[Hashable, list[Any]] = defaultdict(list)
    for rows, kept in ((now, after), (was, before)):
        for row in rows:
            kept[sheet.same(row)].append(row)
    pairs: list[tuple[Any, Any]] = []
    for same in (*after, *(key for key in before if key not in after)):
        old, new = before.get(same, []), after.get(same, [])
        told = [_told(sheet, row) for row in new]
        for row in list(old):
            if (mine := _told(sheet, row)) in told:
                at = told.index(mine)
                del told[at], new[at]
                old.remove(row)
        pairs += [
            (old[n] if n < len(old) else None, new[n] if n < len(new) else None) for n in range(max(len(old), len(new)))
        ]
    return pairs


def _told(sheet: _Sheet, row: Any) -> list[Any]:
    return [read(row) for read in sheet.fields.values()]


def _changed(sheet: _Sheet, old: Any, new: Any) -> list[ChangedField]:
    key = _row_key(sheet, new)
    return [
        ChangedField(key.sheet, key.key, key.of, field, _shown(field, read(old)), _shown(field, read(new)))
        for field, read in sheet.fields.items()
        if read(old) != read(new)
    ]


def _row_key(sheet: _Sheet, row: Any) -> RowKey:
    return RowKey(sheet.name, sheet.key(row), sheet.of(row))


def _shown(field: str, value: Any) -> str | None:
    """Return a value as a reader may see it: of identity and phone numbers the last four digits."""
    if value is None or value == "":
        return None
    text = str(value)
    return "*" * max(len(text) - 4, 0) + text[-4:] if field in _MASKED else text
