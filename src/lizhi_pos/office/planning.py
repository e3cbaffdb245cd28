"""Planning: whether the points are covered, how that went, and what to buy. On the database thread, but for files."""

from datetime import date
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, reading
from lizhi_pos.exchange.shopping_list import shopping_list
from lizhi_pos.file_writing import OtherContent, file_name, problem, save
from lizhi_pos.office.planning_rows import to_buy
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.reports.forecast import Forecast, forecast
from lizhi_pos.rulebook.adopted import rules_on, today
from lizhi_pos.rulebook.rules import Rulebook
from lizhi_pos.settlement.coverage import PoolView, pool_view
from lizhi_pos.settlement.month_ends import MonthEnd, month_ends

MOST_MONTHS = 36


class Plan(Struct, frozen=True):
    """The pool today beside its closed months, and what a market day is likely to ask for."""

    town: str
    today: date
    pool: PoolView
    months: tuple[MonthEnd, ...]
    forecast: Forecast


class PlanningService:
    """Planning on one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def plan(self, by: Operator, day: date | None = None) -> Plan | Refusal:
        """Return the plan for a day, for the next market day of redemption where none is given."""
        if refusal := by.refusal_to("see_books"):
            return refusal
        with reading(self.engine) as tx:
            now = today(tx)
            found = forecast(tx, day or next_redemption_day(tx, now))
            if isinstance(found, Refusal):
                return found
            return Plan(tx.town_name, now, pool_view(tx, now), tuple(month_ends(tx, MOST_MONTHS)), found)


def next_redemption_day(tx: Transaction, now: date) -> date:
    """Return the first day of redemption after today, today itself where the rulebook names none within a year."""
    rules = rules_on(tx, now)
    return (rules.redemption_day_after(now) if isinstance(rules, Rulebook) else None) or now


def proposed_file(plan: Plan) -> Path:
    """Return where a shopping list is proposed to be written: among the user's documents."""
    from platformdirs import user_documents_path

    folder, home = user_documents_path(), Path.home()
    name = file_name(f"采购清单-{plan.forecast.date.isoformat()}", ".xlsx")
    return Path("~") / folder.relative_to(home) / name if folder.is_relative_to(home) else folder / name


def save_shopping_list(plan: Plan, given: str) -> Path | Refusal:
    """Write what is to be bought as a purchases file; never over a file with another content.

    No transaction may be open: a folder may keep this waiting.
    """
    lines = to_buy(plan.forecast)
    if not lines:
        return refuse("rule_broken", "Nothing is to be bought for {0}", plan.forecast.date.isoformat())
    path = Path(given).expanduser()
    if path.suffix.lower() != ".xlsx":
        return refuse("rule_broken", "Only .xlsx is written: name the file {0}", f"{path.stem or given}.xlsx")
    try:
        save(path, shopping_list(plan.town, plan.forecast.date, plan.today, lines))
    except OtherContent:
        return refuse("rule_broken", "{0} is there with another content: give another name", str(path))
    except (OSError, RuntimeError, ValueError) as error:
        # a home that is not known, a name with a sign that no system takes
        told = problem(error, path) if isinstance(error, OSError) else None
        return Refusal(text=told) if told else refuse("rule_broken", "{0} is no name for a file", given)
    return path
