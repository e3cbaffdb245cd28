"""The rulebooks a town adopted: which one is in force, and the town's own today."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import structs
from sqlalchemy import bindparam, func, select

from lizhi_pos.db import Session, new_id, of_town
from lizhi_pos.refusal import BrokenPromise, Refusal, refuse
from lizhi_pos.rulebook.models import rulebook
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

_IN_FORCE = (
    select(rulebook.c.rulebook_id, rulebook.c.source)
    .where(of_town(rulebook), rulebook.c.year <= bindparam("year"))
    .order_by(rulebook.c.year.desc(), rulebook.c.version.desc())
    .limit(1)
)
_NEWEST = (
    select(rulebook.c.rulebook_id, rulebook.c.source)
    .where(of_town(rulebook))
    .order_by(rulebook.c.year.desc(), rulebook.c.version.desc())
    .limit(1)
)
_LAST_VERSION = select(func.max(rulebook.c.version)).where(of_town(rulebook), rulebook.c.year == bindparam("year"))


def adopt(session: Session, source: str, rules: Rulebook, filing: str, by: str) -> Rulebook | Refusal:
    """Adopts a rulebook for its year under its filing number (备案号, 三(二)).

    It replaces an earlier one of the year for what comes after. `source` is the text `rules` were read from.
    """
    number = filing.strip() or rules.filing
    if not number:
        return refuse("rule_broken", "A rulebook is adopted with its filing number: add --filing NO")
    version = (session.value(_LAST_VERSION, year=rules.year) or 0) + 1
    key = new_id()
    session.insert(
        rulebook,
        {
            "rulebook_id": key,
            "year": rules.year,
            "version": version,
            "filing": number,
            "source": source,
            "adopted_by": by,
            "adopted_at": session.now,
        },
    )
    session.memo.clear()  # the town's time zone may be another now
    return _parsed(bytes(key), source)


def rules_on(session: Session, day: date) -> Rulebook | Refusal:
    """The rulebook in force on a day: its year's, else that of the nearest year before."""
    row = session.first(_IN_FORCE, year=day.year)
    if row is None:
        return refuse(
            "no_rulebook", "No rulebook is in force on {0}: adopt one first (rulebook adopt FILE)", day.isoformat()
        )
    return _parsed(row.rulebook_id, row.source)


def today(session: Session) -> date:
    """The day it is in the town, wherever the machine thinks it is."""
    if "today" not in session.memo:
        session.memo["today"] = session.now.astimezone(zone(session)).date()
    day: date = session.memo["today"]
    return day


def zone(session: Session) -> ZoneInfo:
    """The town's time zone; Asia/Shanghai before any rulebook is adopted."""
    row = session.first(_NEWEST)
    return DEFAULT_ZONE if row is None else _parsed(row.rulebook_id, row.source).zone


def not_in_future(session: Session, day: date) -> Refusal | None:
    """Refuses a day after the town's today."""
    if day <= today(session):
        return None
    return refuse("rule_broken", "{0} is still to come: give a day up to today", day.isoformat())


@lru_cache(maxsize=16)
def _parsed(key: bytes, source: str) -> Rulebook:
    rules = read_rulebook(source)
    if isinstance(rules, tuple):
        raise BrokenPromise(f"an adopted rulebook does not read: {rules[0]}")
    return structs.replace(rules, key=key)
