"""The rulebooks a town adopted: which one is in force, and the town's own today."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct, structs
from sqlalchemy import bindparam, func, select

from lizhi_pos.db import Transaction, of_town, read_as
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import InvariantViolated, Refusal, refuse
from lizhi_pos.rulebook.models import RULEBOOK, rulebook
from lizhi_pos.rulebook.reading import NoRulebook, read_rulebook
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.text.normalize import name

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

_ADOPTED = (
    select(rulebook.c.rulebook_id, rulebook.c.year)
    .where(of_town(rulebook))
    .order_by(rulebook.c.year.desc(), rulebook.c.version.desc())
)
_SOURCE = select(rulebook.c.source).where(of_town(rulebook), rulebook.c.rulebook_id == bindparam("key"))
_VERSIONS = select(rulebook.c.rulebook_id, rulebook.c.year, rulebook.c.version, rulebook.c.adopted_at).where(
    of_town(rulebook)
)
_LAST_VERSION = select(func.max(rulebook.c.version)).where(of_town(rulebook), rulebook.c.year == bindparam("year"))


class Version(Struct, frozen=True):
    """A rulebook as it was adopted: its year, its number within the year, and when."""

    year: int
    version: int
    adopted_at: datetime

    @property
    def name(self) -> str:
        """As people name it: ``2024/1``."""
        return f"{self.year}/{self.version}"


def adopt(tx: Transaction, source: str, rules: Rulebook, filing: str, by: str) -> Rulebook | Refusal:
    """Adopts a rulebook for its year under its filing number (备案号, 三(二)).

    It replaces an earlier one of the year for what comes after. `source` is the text `rules` were read from.
    """
    if not _is_town(rules.town, tx.town_name):
        return refuse("rule_broken", "This rulebook is {0}'s, the books are {1}'s", rules.town, tx.town_name)
    number = filing.strip() or rules.filing
    if not number:
        return refuse("rule_broken", "A rulebook is adopted with its filing number")
    version = (tx.value(_LAST_VERSION, year=rules.year) or 0) + 1
    key = tx.new_id()
    tx.insert(
        rulebook,
        {
            "rulebook_id": key,
            "year": rules.year,
            "version": version,
            "filing": number,
            "source": source,
            "adopted_by": by,
            "adopted_at": tx.now,
        },
    )
    touch(tx, RULEBOOK, key)
    for known in ("today", "rulebooks"):  # the town's time zone may be another now
        tx.memo.pop(known, None)
    return structs.replace(rules, key=bytes(key))


def _is_town(named: str, ours: str) -> bool:
    """Return whether two names are one town's: one may name the county before it."""
    one, other = sorted((name(named), name(ours)), key=len)
    return bool(one) and other.endswith(one)


def rules_on(tx: Transaction, day: date) -> Rulebook | Refusal:
    """Return the rulebook in force on a day: its year's, else that of the nearest year before."""
    key = next((key for key, year in _adopted(tx) if year <= day.year), None)
    if key is None:
        return refuse(
            "no_rulebook", "No rulebook is in force on {0}: adopt one first (rulebook adopt FILE)", day.isoformat()
        )
    return _rules(tx, key)


def source_of(tx: Transaction, year: int) -> str | None:
    """Return the text of the rulebook that was adopted last for a year; None where none was."""
    key = next((key for key, of in _adopted(tx) if of == year), None)
    return str(tx.value(_SOURCE, key=key)) if key is not None else None


def versions(tx: Transaction) -> Mapping[bytes | None, Version]:
    """Return every rulebook that was adopted, by its key."""
    return {row.rulebook_id: read_as(Version, row) for row in tx.all(_VERSIONS)}


def version_at(known: Iterable[Version], year: int, moment: datetime) -> str | None:
    """Return the name of the version in force in a year as it was known at a moment. Pure."""
    before = [(v.year, v.version) for v in known if v.year <= year and v.adopted_at <= moment]
    return "{}/{}".format(*max(before)) if before else None


def today(tx: Transaction) -> date:
    """Return the day it is in the town, wherever the machine thinks it is."""
    if "today" not in tx.memo:
        tx.memo["today"] = tx.now.astimezone(zone(tx)).date()
    day: date = tx.memo["today"]
    return day


def zone(tx: Transaction) -> ZoneInfo:
    """Return the town's time zone; Asia/Shanghai before any rulebook is adopted."""
    adopted = _adopted(tx)
    return _rules(tx, adopted[0][0]).zone if adopted else DEFAULT_ZONE


def not_in_future(tx: Transaction, day: date) -> Refusal | None:
    """Refuses a day after the town's today."""
    if day <= today(tx):
        return None
    return refuse("rule_broken", "{0} is still to come: give a day up to today", day.isoformat())


def remember_adopted(tx: Transaction, adopted: Sequence[tuple[bytes, int]]) -> None:
    """Say which rulebooks a statement of another room has found: key and year, the one to be preferred first."""
    tx.memo["rulebooks"] = adopted


def _adopted(tx: Transaction) -> Sequence[tuple[bytes, int]]:
    """Return every adopted rulebook's key and year, the one to be preferred first."""
    if "rulebooks" not in tx.memo:
        tx.memo["rulebooks"] = [(row.rulebook_id, row.year) for row in tx.all(_ADOPTED)]
    found: Sequence[tuple[bytes, int]] = tx.memo["rulebooks"]
    return found


def _rules(tx: Transaction, key: bytes) -> Rulebook:
    """Return an adopted rulebook, read once in a process: what was adopted never changes."""
    if key not in _read:
        rules = read_rulebook(tx.value(_SOURCE, key=key))
        if isinstance(rules, NoRulebook):
            raise InvariantViolated(f"an adopted rulebook does not read: {rules.errors[0]}")
        _read[key] = structs.replace(rules, key=key)
    return _read[key]


_read: dict[bytes, Rulebook] = {}
