"""The register in memory: what finds a household, what stays marked, and a town of twenty thousand."""

from datetime import date

import pytest

from lizhi_pos.accounts.household_list import ListedHousehold, NamedHousehold
from lizhi_pos.accounts.vetoes import Proposal
from lizhi_pos.money import Points
from lizhi_pos.office.household_rows import HouseholdList, RegisterRead, is_last_digits

PROPOSED = Proposal("DT0002", date(2024, 4, 1), "1", "示例")


def one(booklet: str, *names: str, village: str = "古镇社区", group: str = "1组", balance: int = 0) -> NamedHousehold:
    listed = ListedHousehold(
        booklet=booklet,
        head=names[0],
        village=village,
        group=group,
        status="active",
        balance=Points(balance),
        frozen=Points(0),
        eligible=True,
    )
    return NamedHousehold(listed=listed, names=names, why=())


SOME = (
    one("GZ0012", "张建国", "李小红"),
    one("GZ0013", "单小芳", group="2组"),
    one("DT0002", "王芳", village="大同社区"),
    one("DT0003", "阿依·古丽", village="大同社区", group="2组"),
)


def known(*more: NamedHousehold, proposed: tuple[Proposal, ...] = ()) -> HouseholdList:
    return HouseholdList(RegisterRead((*SOME, *more), proposed), "all")


def shown(households: HouseholdList) -> list[str]:
    return [row.listed.booklet for row in households.rows]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("gz0012", ["GZ0012"]),
        ("0013", ["GZ0013"]),
        ("建国", ["GZ0012"]),
        ("zhangjg", ["GZ0012"]),
        ("zjg", ["GZ0012"]),
        ("lxh", ["GZ0012"]),
        ("dxf", ["GZ0013"]),
        ("sxf", ["GZ0013"]),
        ("shan", ["GZ0013"]),
        ("2组", ["DT0003", "GZ0013"]),
        ("大同", ["DT0002", "DT0003"]),
        ("阿依古丽", []),
        ("阿依.古丽", ["DT0003"]),
        ("ayi", ["DT0003"]),
        ("不在", []),
        ("   ", []),
    ],
)
def test_a_household_is_found_by_what_is_known_of_it(typed: str, found: list[str]) -> None:
    households = known()
    assert households.narrow(typed) == bool(found)
    assert shown(households) == (found or ["DT0002", "DT0003", "GZ0012", "GZ0013"])


def test_what_the_books_found_by_digits_is_shown_too_and_stays_while_it_is_read_anew() -> None:
    households = known()
    assert households.narrow("4417", ("DT0003",))
    assert shown(households) == ["DT0003"]
    households.take(RegisterRead((one("DT0003", "阿依·古丽", balance=5),), ()), ["DT0003"])
    assert [row.listed.balance for row in households.rows] == [5]


def test_the_mark_stays_with_its_household() -> None:
    households = known()
    assert households.jump("GZ0012")
    households.narrow("zjg")
    assert households.marked == 0
    households.widen()
    assert households.booklet == "GZ0012"
    households.take(RegisterRead((one("AA0001", "新户"),), ()), ["GZ0013"])
    assert households.booklet == "GZ0012"
    assert shown(households) == ["AA0001", "DT0002", "DT0003", "GZ0012"]


def test_what_is_proposed_stands_first_and_may_stand_alone() -> None:
    households = known(proposed=(PROPOSED,))
    assert shown(households)[0] == "DT0002"
    households.show("proposed")
    assert shown(households) == ["DT0002"]
    assert households.find("GZ0012")
    assert households.view == "all"
    assert households.booklet == "GZ0012"
    households.show("proposed")
    households.take(RegisterRead((SOME[2],), ()), ["DT0002"])
    assert shown(households) == []
    assert households.booklet == ""


def test_a_replaced_booklet_gives_way_to_the_new_one() -> None:
    households = known()
    households.take(RegisterRead((one("GZ0099", "张建国"),), ()), ["GZ0012", "GZ0099"])
    assert not households.find("GZ0012")
    assert households.find("GZ0099")


@pytest.mark.parametrize(("typed", "are"), [("4417", True), ("441x", True), ("441", False), ("44a7", False)])
def test_four_digits_may_be_the_last_of_a_phone(typed: str, are: bool) -> None:
    assert is_last_digits(typed) is are


SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "国芳明洋静云帆梅刚丽强兰军波涛娟斌华雪海"


def test_of_twenty_thousand_households_those_are_found_that_are_meant() -> None:
    rows = tuple(
        one(f"XX{n:05}", *(f"{SURNAMES[(n + m) % 20]}{GIVEN[n // 20 % 20]}{GIVEN[n // 400 % 20]}" for m in range(3)))
        for n in range(20_000)
    )
    households = HouseholdList(RegisterRead(rows, ()), "all")
    for typed in ("zhang", "123", "国芳"):
        households.narrow(typed)
        assert 0 < len(households.rows) < len(rows), typed
    assert {row.listed.booklet for row in households.rows} == {
        row.listed.booklet for row in rows if any("国芳" in name for name in row.names)
    }
