"""What a village's month must satisfy before its points can count, every error with its cell.

A list of small functions: each looks at a workbook as read, with what the books hold and yields what is wrong. A
row that could not be read whole is looked at as far as it could.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from lizhi_pos.accounts.batch_facts import BatchFacts
from lizhi_pos.accounts.changed_household_checks import (
    after_the_split,
    another_head,
    before_the_move,
    heads_are_present,
    households_that_left,
    lived_here,
    members_who_are_gone,
    rows_of_the_moved,
)
from lizhi_pos.accounts.identity_numbers import doubtful_numbers
from lizhi_pos.accounts.import_rows import ActRow, VillageWorkbook
from lizhi_pos.accounts.queries import RegisteredMember, not_a_member
from lizhi_pos.cell_errors import MOST_ALIKE, CellError, RowAt, already_in, with_all
from lizhi_pos.money import format_hundredths, format_tenths
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message, message
from lizhi_pos.rulebook.rules import Item
from lizhi_pos.text.normalize import comparable, nearest

Check = Callable[[VillageWorkbook, BatchFacts], Iterable[CellError]]


class _Row(Protocol):
    @property
    def booklet(self) -> str: ...
    @property
    def at(self) -> RowAt: ...


def errors_in(workbook: VillageWorkbook, books: BatchFacts, *, known_village: bool = True) -> tuple[CellError, ...]:
    """Everything that keeps a workbook from being taken; of an unknown village's what can be said all the same."""
    checks = CHECKS if known_village else tuple(check for check in CHECKS if check not in _OF_THE_VILLAGE)
    return tuple(error for check in checks for error in check(workbook, books))


def warnings_in(workbook: VillageWorkbook, books: BatchFacts) -> tuple[CellError, ...]:
    """Return what a reviewer should look at, though it may be right."""
    return tuple(warning for check in WARNINGS for warning in check(workbook, books))


def _booklets_once(workbook: VillageWorkbook, _books: BatchFacts) -> Iterator[CellError]:
    return _twice(workbook.households, lambda r: r.booklet, "手册编号")


def _booklets_of_this_village(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    for row in with_all(workbook.households, "手册编号"):
        if row.booklet in books.replaced:
            yield row.at.error("手册编号", _was_replaced(books, row.booklet))
        known = books.register.get(row.booklet)
        if (
            known is not None
            and known.village_name != workbook.village
            and not lived_here(workbook, books, row.booklet)
        ):
            text = message("Booklet {0} belongs to a household of {1}", row.booklet, known.village_name)
            yield row.at.error("手册编号", text)


def _was_replaced(books: BatchFacts, booklet: str) -> Message:
    return message("Booklet {0} was replaced: take {1}", booklet, books.replaced[booklet])


def _known_booklets(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    rows: tuple[Sequence[_Row], ...] = (
        workbook.members,
        workbook.scores,
        workbook.acts,
        workbook.proposals,
        workbook.corrections,
    )
    here = {number for number, row in books.register.items() if row.village_name == workbook.village}
    here.update(books.moved)
    known = here | _own_booklets(workbook)
    unknown = [row for sheet in rows for row in with_all(sheet, "手册编号") if row.booklet not in known]
    for row in (row for row in unknown if row.booklet in books.replaced):
        yield row.at.error("手册编号", _was_replaced(books, row.booklet))
    unknown = [row for row in unknown if row.booklet not in books.replaced]
    # rows of 户籍 without a number that can be read are blamed there; these may be theirs
    unread = sum(not row.at.has("手册编号") for row in workbook.households)
    if len({row.booklet for row in unknown}) > unread:
        for row in unknown:
            yield row.at.error("手册编号", _not_known(row.booklet, books))


def _not_known(number: str, books: BatchFacts) -> Message:
    if number in books.replaced:
        return message("Booklet {0} was replaced: take {1}", number, books.replaced[number])
    return message("Booklet {0} is neither in 户籍 nor registered here", number)


def _own_booklets(workbook: VillageWorkbook) -> set[str]:
    return {row.booklet for row in with_all(workbook.households, "手册编号")}


def _members_once(workbook: VillageWorkbook, _books: BatchFacts) -> Iterator[CellError]:
    return _twice(workbook.members, lambda r: (r.booklet, comparable(r.name)), "手册编号", "姓名")


def _scores_once(workbook: VillageWorkbook, _books: BatchFacts) -> Iterator[CellError]:
    return _twice(workbook.scores, lambda r: (r.booklet, r.quarter), "手册编号", "季度")


def _scored_quarters_ended(workbook: VillageWorkbook, _books: BatchFacts) -> Iterator[CellError]:
    for row in with_all(workbook.scores, "季度"):
        if row.quarter.last_day > workbook.month.last_day:
            text = message("{0} had not ended by the end of {1}", str(row.quarter), str(workbook.month))
            yield row.at.error("季度", text)


def _posted_scores_stand(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    for row in with_all(workbook.scores, "手册编号", "季度", "评分"):
        known = books.register.get(row.booklet)
        posted = books.scores.get(known.household_id, {}).get(str(row.quarter)) if known is not None else None
        if posted is not None and posted != row.score:
            text = message(
                "{0} was posted with {1}: a posted score is not changed here", str(row.quarter), format_tenths(posted)
            )
            yield row.at.error("评分", text)


def _acts_once(workbook: VillageWorkbook, _books: BatchFacts) -> Iterator[CellError]:
    def key(row: ActRow) -> Hashable:
        return (row.booklet, comparable(row.name), row.on, comparable(row.item))

    return _twice(workbook.acts, key, "手册编号", "姓名", "日期", "项目")


def _acts_in_month(workbook: VillageWorkbook, _books: BatchFacts) -> Iterator[CellError]:
    for row in with_all(workbook.acts, "日期"):
        if Month.of(row.on) != workbook.month:
            yield row.at.error("日期", message("{0} does not lie in {1}", row.on.isoformat(), str(workbook.month)))


def _acts_by_members(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    names: dict[str, dict[str, str]] = {}
    # a household with a name that cannot be read, and names beside a booklet that cannot
    doubtful: set[str] = set()
    for household in with_all(workbook.households, "手册编号"):
        _note_name(names, doubtful, household.booklet, household.head, known=household.at.has("户主"))
    for member in with_all(workbook.members, "手册编号"):
        _note_name(names, doubtful, member.booklet, member.name, known=member.at.has("姓名"))
    told = 0
    own = _own_booklets(workbook)
    loose = {
        comparable(m.name)
        for m in with_all(workbook.members, "姓名")
        if not m.at.has("手册编号") or (m.booklet not in own and m.booklet not in books.register)
    }
    for act in with_all(workbook.acts, "手册编号", "姓名"):
        name, registered = comparable(act.name), books.register.get(act.booklet)
        if act.booklet in doubtful or name in loose or (registered is None and act.booklet not in own):
            # the cause is told at its own cell
            continue
        if registered is not None and registered.village_name != workbook.village:
            # so is this one: who lives there is not known here
            continue
        members = dict(names.get(act.booklet, {}))
        if registered is not None:
            members[comparable(registered.head)] = registered.head
            known = books.members.get(registered.household_id, {})
            members |= {key: row.name for key, row in known.items()}
            if (gone := _gone_by(known.get(name), act)) is not None:
                yield act.at.error("姓名", gone)
                continue
        if name not in members:
            told += 1
            known_names = members.values() if told <= MOST_ALIKE else ()
            yield act.at.error("姓名", not_a_member(act.name, act.booklet, known_names))


def _gone_by(member: RegisteredMember | None, act: ActRow) -> Message | None:
    """Return what is wrong with an act of somebody who had left the household, or died, by then."""
    if member is None or member.gone_on is None or not act.at.has("日期") or act.on <= member.gone_on:
        return None
    return message("{0} earns nothing for {1} after {2}", member.name, act.booklet, member.gone_on.isoformat())


def _note_name(names: dict[str, dict[str, str]], doubtful: set[str], booklet: str, name: str, *, known: bool) -> None:
    if known:
        names.setdefault(booklet, {})[comparable(name)] = name
    else:
        doubtful.add(booklet)


def _acts_by_rulebook(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    items = {year: rules.items_of(workbook.village) for year, rules in books.rules.items()}
    unknown: dict[tuple[int, str], Message] = {}
    for row in with_all(workbook.acts, "项目"):
        # a day out of the month is told at its own cell
        year = row.on.year if row.at.has("日期") and row.on.year in items else workbook.month.year
        item = items.get(year, {}).get(comparable(row.item))
        if item is not None:
            yield from _act_value(row, item)
            continue
        if (year, row.item) not in unknown:
            known = [i.name for i in items.get(year, {}).values()] if len(unknown) < MOST_ALIKE else []
            unknown[year, row.item] = _no_item(year, row.item, known)
        yield row.at.error("项目", unknown[year, row.item])


def _no_item(year: int, item: str, known: Sequence[str]) -> Message:
    close = nearest(item, known)
    if close is None:
        return message("The rulebook of {0} has no item {1}", year, item)
    return message("The rulebook of {0} has no item {1}; is it {2}?", year, item, close)


def _act_value(row: ActRow, item: Item) -> Iterator[CellError]:
    if not row.at.has("次数"):
        return
    if row.times < 1:
        yield row.at.error("次数", message("This must be a whole number from 1"))
    elif row.at.has("分值") and row.points != item.points * row.times:
        text = message(
            "{0} × {1} gives {2}, not {3}",
            row.item,
            row.times,
            format_hundredths(item.points * row.times),
            format_hundredths(row.points),
        )
        yield row.at.error("分值", text)


def _corrections_say_something(workbook: VillageWorkbook, _books: BatchFacts) -> Iterator[CellError]:
    for row in with_all(workbook.corrections, "积分"):
        if not row.points:
            yield row.at.error("积分", message("A correction of nothing is none"))


CHECKS: tuple[Check, ...] = (
    _booklets_once,
    _booklets_of_this_village,
    households_that_left,
    heads_are_present,
    _known_booklets,
    _members_once,
    _scores_once,
    _scored_quarters_ended,
    _posted_scores_stand,
    _acts_once,
    _acts_in_month,
    _acts_by_members,
    _acts_by_rulebook,
    before_the_move,
    after_the_split,
    _corrections_say_something,
)

_OF_THE_VILLAGE: tuple[Check, ...] = (_booklets_of_this_village, _known_booklets, _acts_by_rulebook)
"""Checks that say nothing where the village is not known."""


def _moved_residence(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    for row in with_all(workbook.households, "手册编号", "居住起始日"):
        known = books.register.get(row.booklet)
        if known is not None and known.residence_start != row.residence_start:
            before, now = known.residence_start.isoformat(), row.residence_start.isoformat()
            yield row.at.error("居住起始日", message("The start of residence changes from {0} to {1}", before, now))


def _identity_numbers_once(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    told = ((books.personal_of(r).id_number, number, r.status) for number, r in books.register.items())
    active = {id_number: number for id_number, number, status in told if id_number and status == "active"}
    for row in with_all(workbook.households, "手册编号", "身份证号", "状态"):
        if not row.id_number or row.status != "active":
            continue
        other = active.setdefault(row.id_number, row.booklet)
        if other != row.booklet:
            text = message("This identity number stands in two active households, {0} and {1}", other, row.booklet)
            yield row.at.error("身份证号", text)


def _proposed_clauses(workbook: VillageWorkbook, books: BatchFacts) -> Iterator[CellError]:
    for row in with_all(workbook.proposals, "行为日期", "条款"):
        rules = books.rules.get(row.conduct_on.year)
        if rules is not None and rules.clause(row.clause) is None:
            yield row.at.error("条款", message("The negative list has no clause {0}", row.clause))


WARNINGS: tuple[Check, ...] = (
    rows_of_the_moved,
    _moved_residence,
    another_head,
    members_who_are_gone,
    _identity_numbers_once,
    doubtful_numbers,
    _proposed_clauses,
)


def _twice(rows: Sequence[Any], key: Callable[[Any], Hashable], *headers: str) -> Iterator[CellError]:
    """Yield every row whose key stands in an earlier one, blamed in the last column of the key."""
    first: dict[Hashable, RowAt] = {}
    for row in with_all(rows, *headers):
        same = key(row)
        if same in first:
            yield row.at.error(headers[-1], already_in(first[same], headers[-1]))
        first.setdefault(same, row.at)
