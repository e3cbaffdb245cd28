"""The sample town (示例): six villages of Datong, made-up people, and a till that is open today."""

from collections.abc import Mapping
from datetime import date, datetime
from importlib.resources import files

from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access.operators import add_user
from lizhi_pos.accounts.villages import add_village
from lizhi_pos.db import transaction
from lizhi_pos.inventory.products import take_goods
from lizhi_pos.printqueue.printers import add_printer
from lizhi_pos.refusal import InvariantViolated, unwrap
from lizhi_pos.rulebook.adopted import DEFAULT_ZONE
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.sample import people
from lizhi_pos.sample.days import Days
from lizhi_pos.sample.goods import goods_rows
from lizhi_pos.sample.history import ACCOUNTANT, PRINTER, Adopted, MadeUpDays, live
from lizhi_pos.sample.households import Caller, callers
from lizhi_pos.sample.people import SignIn
from lizhi_pos.town.town import create_town


class SampleTown(Struct, frozen=True, kw_only=True):
    """What somebody needs who tries the sample: who may sign in, and which households show what."""

    name: str
    day: date
    sign_ins: tuple[SignIn, ...]
    callers: tuple[Caller, ...]


def sample_town(now: datetime) -> SampleTown:
    """Return the sample as `build` leaves it, without building it."""
    return SampleTown(name=people.TOWN, day=_day(now), sign_ins=people.SIGN_INS, callers=callers())


def build(engine: Engine, now: datetime) -> SampleTown:
    """Fill an empty database with the sample, dated from `now`, in one transaction.

    Today's session is open; `verify` finds the books whole. Raises InvariantViolated where there is a town already.
    """
    days = Days(_day(now))
    rulebooks = _rulebooks(days)
    with transaction(engine, now) as tx:
        clock = MadeUpDays(tx)
        _found(clock, days)
        live(clock, days, rulebooks)
    return sample_town(now)


def _day(now: datetime) -> date:
    return now.astimezone(DEFAULT_ZONE).date()


def _rulebooks(days: Days) -> Mapping[int, Adopted]:
    template = files("lizhi_pos.sample").joinpath("rulebook.toml").read_text(encoding="utf-8")
    return {year: _rulebook(template, year) for year in days.years}


def _rulebook(template: str, year: int) -> Adopted:
    source = template.replace("year = YEAR", f"year = {year}")
    rules = read_rulebook(source)
    if not isinstance(rules, Rulebook):
        raise InvariantViolated(f"the sample's rulebook does not read: {rules}")
    return Adopted(source, rules)


def _found(clock: MadeUpDays, days: Days) -> None:
    tx = clock.at(days.founded)
    unwrap(create_town(tx, people.TOWN, people.ADMIN.name, people.ADMIN.pin))
    clock.tx.town_id, clock.tx.town_name = tx.town_id, tx.town_name
    for user in people.SIGN_INS:
        if user != people.ADMIN:
            unwrap(add_user(tx, user.name, user.role, user.pin, user.booklet))
    for village in people.VILLAGES:
        unwrap(add_village(tx, village.name))
    if errors := take_goods(tx, goods_rows(), ACCOUNTANT).errors:
        raise InvariantViolated(f"the sample's goods are refused: {errors}")
    add_printer(tx, name=PRINTER, profile="generic-58", device="screen:")
