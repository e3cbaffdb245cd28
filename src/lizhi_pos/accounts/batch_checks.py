"""What a village's month must satisfy before its points can count, every error with its cell.

A list of small functions: each looks at a workbook as read, with what the books hold and yields what is wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from lizhi_pos.accounts.books import Books
from lizhi_pos.accounts.workbook import ActRow, VillageWorkbook
from lizhi_pos.cells import CellError, RowAt
from lizhi_pos.money import format_hundredths
from lizhi_pos.periods import Month
from lizhi_pos.refusal import say

Check = Callable[[VillageWorkbook, Books], Iterable[CellError]]


class _Row(Protocol):
    @property
    def booklet(self) -> str: ...
    @property
    def at(self) -> RowAt: ...


def errors_in(workbook: VillageWorkbook, books: Books) -> tuple[CellError, ...]:
    """Everything that keeps a workbook from being taken."""
    return tuple(error for check in CHECKS for error in check(workbook, books))


def warnings_in(workbook: VillageWorkbook, books: Books) -> tuple[CellError, ...]:
    """What a reviewer should look at, though it may be right."""
    return tuple(warning for check in WARNINGS for warning in check(workbook, books))


def _booklets_once(workbook: VillageWorkbook, _books: Books) -> Iterator[CellError]:
    return _twice(workbook.households, lambda r: r.booklet, "手册编号")


def _booklets_of_this_village(workbook: VillageWorkbook, books: Books) -> Iterator[CellError]:
    for row in workbook.households:
        if row.booklet in books.replaced:
            new = books.replaced[row.booklet]
            yield row.at.error("手册编号", say("Booklet {0} was replaced: take {1}", row.booklet, new))
        known = books.register.get(row.booklet)
        if known is not None and known.village_name != workbook.village:
            text = say("Booklet {0} belongs to a household of {1}", row.booklet, known.village_name)
            yield row.at.error("手册编号", text)


def _known_booklets(workbook: VillageWorkbook, books: Books) -> Iterator[CellError]:
    own = {row.booklet for row in workbook.households}
    rows: tuple[Sequence[_Row], ...] = (
        workbook.members,
        workbook.scores,
        workbook.acts,
        workbook.proposals,
        workbook.corrections,
    )
    for row in (r for sheet in rows for r in sheet):
        known = books.register.get(row.booklet)
        if row.booklet not in own and (known is None or known.village_name != workbook.village):
            yield row.at.error("手册编号", say("Booklet {0} is neither in 户籍 nor registered here", row.booklet))


def _members_once(workbook: VillageWorkbook, _books: Books) -> Iterator[CellError]:
    return _twice(workbook.members, lambda r: (r.booklet, r.name), "姓名")


def _scores_once(workbook: VillageWorkbook, _books: Books) -> Iterator[CellError]:
    return _twice(workbook.scores, lambda r: (r.booklet, r.quarter), "季度")


def _scored_quarters_ended(workbook: VillageWorkbook, _books: Books) -> Iterator[CellError]:
    for row in workbook.scores:
        if row.quarter.last_day > workbook.month.last_day:
            text = say("{0} had not ended by the end of {1}", str(row.quarter), str(workbook.month))
            yield row.at.error("季度", text)


def _posted_scores_stand(workbook: VillageWorkbook, books: Books) -> Iterator[CellError]:
    for row in workbook.scores:
        known = books.register.get(row.booklet)
        posted = books.scores.get(known.household_id, {}).get(str(row.quarter)) if known is not None else None
        if posted is not None and posted != row.score:
            text = say("{0} was posted with {1}: a posted score is not changed here", str(row.quarter), _tenths(posted))
            yield row.at.error("评分", text)


def _acts_once(workbook: VillageWorkbook, _books: Books) -> Iterator[CellError]:
    return _twice(workbook.acts, lambda r: (r.booklet, r.name, r.on, r.item), "项目")


def _acts_in_month(workbook: VillageWorkbook, _books: Books) -> Iterator[CellError]:
    for row in workbook.acts:
        if Month.of(row.on) != workbook.month:
            yield row.at.error("日期", say("{0} does not lie in {1}", row.on.isoformat(), str(workbook.month)))


def _acts_by_members(workbook: VillageWorkbook, books: Books) -> Iterator[CellError]:
    names: dict[str, set[str]] = {}
    for household in workbook.households:
        names.setdefault(household.booklet, set()).add(household.head)
    for member in workbook.members:
        names.setdefault(member.booklet, set()).add(member.name)
    for act in workbook.acts:
        known = books.register.get(act.booklet)
        if act.name in names.get(act.booklet, ()):
            continue
        if known is not None and (act.name == known.head or act.name in books.members.get(known.household_id, ())):
            continue
        yield act.at.error("姓名", say("{0} is not a member of household {1}", act.name, act.booklet))


def _acts_by_rulebook(workbook: VillageWorkbook, books: Books) -> Iterator[CellError]:
    items = {year: rules.items_of(workbook.village) for year, rules in books.rules.items()}
    for row in workbook.acts:
        item = items.get(row.on.year, {}).get(row.item)
        if item is None:
            yield row.at.error("项目", say("The rulebook of {0} has no item {1}", row.on.year, row.item))
        else:
            yield from _act_value(row, item.points * row.times)


def _act_value(row: ActRow, expected: int) -> Iterator[CellError]:
    if row.times < 1:
        yield row.at.error("次数", say("This must be a whole number from 1"))
    elif row.points != expected:
        text = say(
            "{0} × {1} gives {2}, not {3}",
            row.item,
            row.times,
            format_hundredths(expected),
            format_hundredths(row.points),
        )
        yield row.at.error("分值", text)


def _corrections_say_something(workbook: VillageWorkbook, _books: Books) -> Iterator[CellError]:
    for row in workbook.corrections:
        if not row.points:
            yield row.at.error("积分", say("A correction of nothing is none"))


CHECKS: tuple[Check, ...] = (
    _booklets_once,
    _booklets_of_this_village,
    _known_booklets,
    _members_once,
    _scores_once,
    _scored_quarters_ended,
    _posted_scores_stand,
    _acts_once,
    _acts_in_month,
    _acts_by_members,
    _acts_by_rulebook,
    _corrections_say_something,
)


def _moved_residence(workbook: VillageWorkbook, books: Books) -> Iterator[CellError]:
    for row in workbook.households:
        known = books.register.get(row.booklet)
        if known is not None and known.residence_start != row.residence_start:
            before, now = known.residence_start.isoformat(), row.residence_start.isoformat()
            yield row.at.error("居住起始日", say("The start of residence changes from {0} to {1}", before, now))


def _identity_numbers_once(workbook: VillageWorkbook, books: Books) -> Iterator[CellError]:
    told = ((books.personal_of(r).id_number, number, r.status) for number, r in books.register.items())
    active = {id_number: number for id_number, number, status in told if id_number and status == "active"}
    for row in workbook.households:
        if not row.id_number or row.status != "active":
            continue
        other = active.setdefault(row.id_number, row.booklet)
        if other != row.booklet:
            text = say("This identity number stands in two active households, {0} and {1}", other, row.booklet)
            yield row.at.error("身份证号", text)


def _proposed_clauses(workbook: VillageWorkbook, books: Books) -> Iterator[CellError]:
    for row in workbook.proposals:
        rules = books.rules.get(row.conduct_on.year)
        if rules is not None and rules.clause(row.clause) is None:
            yield row.at.error("条款", say("The negative list has no clause {0}", row.clause))


WARNINGS: tuple[Check, ...] = (_moved_residence, _identity_numbers_once, _proposed_clauses)


def _twice(rows: Sequence[Any], key: Callable[[Any], Any], header: str) -> Iterator[CellError]:
    counted = Counter(key(row) for row in rows)
    if len(counted) == len(rows):
        return
    seen: set[Any] = set()
    for row in rows:
        if key(row) in seen:
            yield row.at.error(header, say("This row stands here twice"))
        seen.add(key(row))


def _tenths(value: int) -> str:
    return f"{value // 10}.{value % 10}"
