"""What the database itself refuses: entries that do not balance, postings after the seal, changes of what is written.

The same guards on both databases, as triggers; a migration installs them.
"""

from collections.abc import Iterator

APPEND_ONLY = {
    "journal_entry": ("entry_id",),
    "posting": ("entry_id", "line"),
    "stock_move": ("move_id",),
    "redemption": ("redemption_id",),
    "redemption_line": ("redemption_id", "line"),
    "redemption_lot": ("redemption_id", "line", "lot_id"),
    "redemption_return": ("return_id",),
    "redemption_return_lot": ("return_id", "line", "lot_id"),
    "slip": ("number",),
    "gift": ("voucher", "line"),
    "purchase": ("voucher", "line"),
    "score": ("household_id", "quarter"),
    "act": ("household_id", "name", "on_date", "item"),
    "base_credit": ("household_id", "window_name"),
    "batch_step": ("step_id",),
    "price": ("price_id",),
    "period": ("month",),
    "statement_village": ("month", "village_id"),
    "statement_line": ("month", "household_id"),
    "audit_event": ("event_id",),
}
"""Tables whose rows are never changed or removed, with the primary key behind `town_id`."""

_SUM = "(SELECT coalesce(sum(p.amount), 0) FROM posting p WHERE p.town_id = NEW.town_id AND p.entry_id = NEW.entry_id)"
_COUNT = "(SELECT count(*) FROM posting p WHERE p.town_id = NEW.town_id AND p.entry_id = NEW.entry_id)"
_SEALED = "EXISTS (SELECT 1 FROM journal_entry e WHERE e.town_id = NEW.town_id AND e.entry_id = NEW.entry_id)"


def sqlite_guards() -> Iterator[str]:
    """The statements that install every guard on SQLite."""
    closed = "EXISTS (SELECT 1 FROM period c WHERE c.town_id = NEW.town_id AND c.month = substr(NEW.on_date, 1, 7))"
    yield _sqlite("journal_entry_balances", "journal_entry", f"{_SUM} <> 0 OR {_COUNT} < 2", "entry does not balance")
    yield _sqlite("journal_entry_month_open", "journal_entry", closed, "month is closed")
    yield _sqlite("posting_entry_open", "posting", _SEALED, "entry is sealed")
    for table, key in APPEND_ONLY.items():
        for verb in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        same = " AND ".join(f"o.{column} = NEW.{column}" for column in ("town_id", *key))
        # INSERT OR REPLACE would otherwise remove the old row without asking the DELETE trigger
        yield _sqlite(
            f"{table}_no_replace", table, f"EXISTS (SELECT 1 FROM {table} o WHERE {same})", f"{table} is append-only"
        )


def postgres_guards() -> Iterator[str]:
    """The statements that install every guard on PostgreSQL."""
    closed = (
        "EXISTS (SELECT 1 FROM period c WHERE c.town_id = NEW.town_id AND c.month = to_char(NEW.on_date, 'YYYY-MM'))"
    )
    yield (
        "CREATE FUNCTION lizhi_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    yield from _postgres(
        "journal_entry_balances", "journal_entry", f"{_SUM} <> 0 OR {_COUNT} < 2", "entry does not balance"
    )
    yield from _postgres("journal_entry_month_open", "journal_entry", closed, "month is closed")
    yield from _postgres("posting_entry_open", "posting", _SEALED, "entry is sealed")
    for table in APPEND_ONLY:
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION lizhi_append_only()"
        )
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION lizhi_append_only()"
        )


def _sqlite(name: str, table: str, condition: str, message: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgres(name: str, table: str, condition: str, message: str) -> Iterator[str]:
    yield (
        f"CREATE FUNCTION lizhi_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {condition} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$"
    )
    yield f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION lizhi_{name}()"
