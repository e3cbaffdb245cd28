"""What the database itself refuses: entries that do not balance, changes of what is written, dates in closed months.

The same guards on both databases, as triggers; a migration installs them. What such a guard reads to decide is locked
on PostgreSQL until the transaction ends: a month that is being closed and what is dated into it never miss each other.
"""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import Connection, inspect, text

from lizhi_pos.database_failures import MONTH_CLOSED_STATE, SESSION_CLOSED_STATE
from lizhi_pos.migrations.partitions import parts_of

APPEND_ONLY = {
    "journal_entry": ("entry_id",),
    "posting": ("entry_id", "line"),
    "record_line": ("number",),
    "stock_move": ("entry_id", "move_id"),
    "redemption": ("redemption_id",),
    "redemption_line": ("redemption_id", "line"),
    "redemption_lot": ("redemption_id", "line", "lot_id"),
    "redemption_return": ("return_id",),
    "redemption_return_lot": ("return_id", "line", "lot_id"),
    "slip": ("number",),
    "product_code": ("code",),
    "shelf_label": ("label_id",),
    "writeoff": ("writeoff_id",),
    "pledge": ("pledge_id",),
    "voucher_void": ("voucher",),
    "consent": ("consent_id",),
    "bank_balance": ("bank_balance_id",),
    "gift": ("voucher", "line"),
    "purchase": ("voucher", "line"),
    "household": ("household_id",),
    "household_state": ("household_id", "since", "state_id"),
    "household_change": ("change_id",),
    "score_correction": ("change_id",),
    "score": ("household_id", "quarter"),
    "act": ("household_id", "name", "on_date", "item"),
    "base_credit": ("household_id", "window_name"),
    "batch_step": ("step_id",),
    "rulebook": ("rulebook_id",),
    "price": ("price_id",),
    "session_price": ("session_id", "product_id"),
    "period": ("month",),
    "statement_village": ("month", "village_id"),
    "statement_line": ("month", "household_id", "village_id"),
    "statement_goods": ("month", "village_id", "product_id"),
    "closing_warning": ("month", "name", "line"),
    "difference_note": ("note_id",),
    "village_signature": ("signature_id",),
    "supervision_note": ("note_id",),
    "evidence_file": ("file_id",),
    "evidence": ("evidence_id",),
    "closing_balance": ("month", "kind"),
    "audit_event": ("event_id",),
    "erasure": ("erasure_id",),
    "erased_part": ("erasure_id", "part_id"),
}
"""Tables whose rows are never changed or removed, with the primary key behind `town_id`."""

NEVER_REMOVED = (
    *("town", "village", "booklet", "member", "veto", "veto_proposal", "objection", "official", "donor", "app_user"),
    *("product", "lot", "recall", "stock_count", "count_product", "count_tally"),
)
"""Tables whose rows may change, on the record, and are never removed."""

DATED = {
    "journal_entry": ("on_date", "INSERT"),
    "batch_step": ("on_date", "INSERT"),
    "veto": ("effective_on", "INSERT"),
    "market_session": ("on_date", "INSERT OR UPDATE"),
}
"""Tables whose rows are dated into a month, which must not be closed; closing it reads all of them."""

_SUM = "(SELECT coalesce(sum(p.amount), 0) FROM posting p WHERE p.town_id = NEW.town_id AND p.entry_id = NEW.entry_id)"
_COUNT = "(SELECT count(*) FROM posting p WHERE p.town_id = NEW.town_id AND p.entry_id = NEW.entry_id)"
_SEALED = "EXISTS (SELECT 1 FROM journal_entry e WHERE e.town_id = NEW.town_id AND e.entry_id = NEW.entry_id)"
_SESSION = "SELECT s.state FROM market_session s WHERE s.town_id = NEW.town_id AND s.session_id = NEW.session_id"


def install(connection: Connection) -> None:
    """Install every guard whose table there is."""
    tables = set(inspect(connection).get_table_names())
    copied = any(column["name"] == "copied_from" for column in inspect(connection).get_columns("veto"))
    # what a split copies keeps the day of what it was copied from, whatever month has been closed since
    unless = {"veto": "NEW.copied_from IS NULL AND "} if copied else {}
    if connection.dialect.name == "sqlite":
        guards = _sqlite_guards(tables, unless)
    else:
        guards = _postgres_guards(tables, unless, parts_of(connection))
    for statement in guards:
        connection.execute(text(statement))


def remove(connection: Connection) -> None:
    """Remove every guard, so that a migration can change what is written; install them again after it."""
    if connection.dialect.name == "sqlite":
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        return
    functions = (
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = current_schema() AND p.proname LIKE 'lizhi\\_%'"
    )
    for (signature,) in connection.execute(text(functions)).all():
        connection.execute(text(f"DROP FUNCTION {signature} CASCADE"))


def _sqlite_guards(tables: Collection[str], unless: Mapping[str, str]) -> Iterator[str]:
    yield _sqlite("journal_entry_balances", "journal_entry", f"{_SUM} <> 0 OR {_COUNT} < 2", "entry does not balance")
    yield _sqlite("posting_entry_open", "posting", _SEALED, "entry is sealed")
    for table, (day, verbs) in DATED.items():
        closed = f"EXISTS (SELECT 1 FROM period c WHERE c.town_id = NEW.town_id AND c.month >= substr(NEW.{day}, 1, 7))"
        for verb in verbs.split(" OR "):
            # a session of a closed month may still be written, but not opened
            opens = unless.get(table, "") + closed if verb == "INSERT" else f"NEW.state = 'open' AND {closed}"
            yield _sqlite(f"{table}_month_open_{verb.lower()}", table, opens, "month is closed", verb)
    if "market_session" in tables:
        closed = f"NEW.till <> 'P' AND coalesce(({_SESSION}), '') <> 'open'"
        yield _sqlite("redemption_session_open", "redemption", closed, "session is closed")
    for table, key in APPEND_ONLY.items():
        if table not in tables:
            continue
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
    for table in NEVER_REMOVED:
        if table not in tables:
            continue
        yield (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is never removed'); END"
        )


def _postgres_guards(tables: Collection[str], unless: Mapping[str, str], parts: Collection[str]) -> Iterator[str]:
    yield (
        "CREATE FUNCTION lizhi_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', regexp_replace(TG_TABLE_NAME, '_p[0-9]+$', ''); END $$"
    )
    yield from _postgres(
        "journal_entry_balances", "journal_entry", _raise(f"{_SUM} <> 0 OR {_COUNT} < 2", "entry does not balance")
    )
    yield from _postgres("posting_entry_open", "posting", _raise(_SEALED, "entry is sealed"))
    for table, (day, verbs) in DATED.items():
        month = f"to_char(NEW.{day}, 'YYYY-MM')"
        # shared with everybody who dates something into the month; who closes it holds the same lock alone
        lock = (
            "PERFORM pg_advisory_xact_lock_shared(hashtextextended("
            f"encode(NEW.town_id, 'hex') || ' month ' || {month}, 0));"
        )
        closed = f"EXISTS (SELECT 1 FROM period c WHERE c.town_id = NEW.town_id AND c.month >= {month})"
        if table == "market_session":
            closed = f"(TG_OP = 'INSERT' OR NEW.state = 'open') AND {closed}"
        closed = unless.get(table, "") + closed
        body = f"{lock} {_raise(closed, 'month is closed', MONTH_CLOSED_STATE)}"
        yield from _postgres(f"{table}_month_open", table, body, verbs)
    if "market_session" in tables:
        body = (
            f"IF NEW.till <> 'P' AND coalesce(({_SESSION} FOR KEY SHARE), '') <> 'open' THEN "
            f"RAISE EXCEPTION 'session is closed' USING ERRCODE = '{SESSION_CLOSED_STATE}'; END IF;"
        )
        yield from _postgres("redemption_session_open", "redemption", body)
    for table in (*APPEND_ONLY, *NEVER_REMOVED):
        if table not in tables:
            continue
        verbs = "UPDATE OR DELETE" if table in APPEND_ONLY else "DELETE"
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE {verbs} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION lizhi_append_only()"
        )
        # the parts of a divided table have the triggers of its rows by themselves, those of a statement they have not
        yield from map(_no_truncate, (table, *(part for part in parts if part.rpartition("_p")[0] == table)))


def _sqlite(name: str, table: str, condition: str, message: str, verb: str = "INSERT") -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _no_truncate(table: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lizhi_append_only()"
    )


def _raise(condition: str, message: str, state: str = "P0001") -> str:
    return f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = '{state}'; END IF;"


def _postgres(name: str, table: str, body: str, verbs: str = "INSERT") -> Iterator[str]:
    yield f"CREATE FUNCTION lizhi_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$"
    yield f"CREATE TRIGGER {name} BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION lizhi_{name}()"
