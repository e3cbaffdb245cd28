"""Books that were moved to another place, or that are just arriving: the database itself refuses every change.

The mark is of the place and not of the books. It is no row but a view and a trigger on every table, so that a till
that has the place open cannot write behind it, nor an older program or a hand with SQL, and that copies of the books do
not carry it on into PostgreSQL or out of it. It costs nothing as long as nothing is moved.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from lizhi_pos.refusal import Refusal, Refused, message
from lizhi_pos.which_town import town_of

MOVED_STATE = "LZ003"
"""The SQLSTATE that the mark raises on PostgreSQL."""

_SAYS = "lizhi-moved"
_COUNT_OF_PINS = {"app_user": ("wrong_pins", "not_before")}
"""What may still be written: whoever asks for something is told who they are by a PIN, and wrong ones are counted."""

_SQLITE_VIEWS = "SELECT name FROM sqlite_master WHERE type = 'view' AND substr(name, 1, 6) = 'moved_'"
_POSTGRES_VIEWS = (
    "SELECT relname FROM pg_class WHERE relkind = 'v' AND left(relname, 6) = 'moved_' AND pg_table_is_visible(oid)"
)

State = Literal["moved", "arriving"]


class Mark(Struct, frozen=True):
    """What a place says of itself: where its books went (`moved`), or from where they are coming (`arriving`).

    `token` is the same at both ends of one move. `place` is an address without its password.
    """

    state: State
    token: str
    place: str


def refusal_of_moved(mark: Mark) -> Refusal:
    """Return what whoever wants to write is told; scripts read the place in `details`."""
    if mark.state == "moved":
        said = message("These books were moved to {0}: write there; what is here can still be read", mark.place)
        details = (("to", mark.place),)
    else:
        said = message("These books are just arriving from {0}: move them there once more, it goes on", mark.place)
        details = (("from", mark.place),)
    return Refusal("moved", text=said, details=details)


@contextmanager
def moved_is_refused() -> Iterator[None]:
    """Raise Refused, saying where to, for what the mark of books that were moved forbids."""
    try:
        yield
    except DBAPIError as error:
        mark = mark_in(error)
        if mark is None:
            raise
        raise Refused(refusal_of_moved(mark)) from error


def mark_in(error: BaseException) -> Mark | None:
    """Return the mark that refused a statement, None where something else did."""
    orig = getattr(error, "orig", None)
    first = str(orig).partition("\n")[0] if orig is not None else ""
    says, _, rest = first.partition(" ")
    parts = rest.split(" ", 2)
    if says != _SAYS or len(parts) != 3 or parts[0] not in ("moved", "arriving"):
        return None
    return Mark("moved" if parts[0] == "moved" else "arriving", parts[1], parts[2])


def mark_of(connection: Connection) -> Mark | None:
    """Return the mark of the town's books, None where they may be written: one query where nothing was ever moved."""
    views = _SQLITE_VIEWS if connection.dialect.name == "sqlite" else _POSTGRES_VIEWS
    marked = connection.exec_driver_sql(views).scalars().all()
    town = town_of(connection) if marked else None
    if town is None or (name := _name(town.town_id)) not in marked:
        return None
    state, token, place = connection.exec_driver_sql(f"SELECT state, token, place FROM {name}").one()
    return Mark(state, token, place)


def mark_at(engine: Engine) -> Mark | None:
    """Return the mark of the town's books that a database holds."""
    with engine.connect() as connection:
        mark = mark_of(connection)
        connection.rollback()
        return mark


def set_mark(connection: Connection, mark: Mark) -> None:
    """Let the database refuse every change of its town's books from the end of this transaction on.

    Raise LookupError where there is no town.
    """
    remove_mark(connection)
    town = town_of(connection)
    if town is None:
        raise LookupError("no town")
    name, said = _name(town.town_id), _quoted(f"{_SAYS} {mark.state} {mark.token} {mark.place}")
    tables = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    columns = ", ".join(f"CAST({_quoted(getattr(mark, part))} AS TEXT) AS {part}" for part in mark.__struct_fields__)
    statements = [f"CREATE VIEW {name} AS SELECT {columns}"]
    if connection.dialect.name == "sqlite":
        statements += _sqlite_triggers(connection, tables, said)
    else:
        statements += _postgres_triggers(connection, tables, (name, town.town_id.hex(), said))
    for statement in statements:
        connection.execute(text(statement.replace(":", "\\:")))


def remove_mark(connection: Connection) -> None:
    """Let the town's books be written again from the end of this transaction on."""
    town = town_of(connection)
    if town is None:
        return
    name = _name(town.town_id)
    connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"DROP FUNCTION IF EXISTS lizhi_{name} CASCADE"))
        return
    ours = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 6) = 'moved_'"
    for (trigger,) in connection.exec_driver_sql(ours).all():
        connection.execute(text(f'DROP TRIGGER "{trigger}"'))


def _name(town_id: bytes) -> str:
    # several towns may lie in one database
    return f"moved_{town_id.hex()}"


def _sqlite_triggers(connection: Connection, tables: Sequence[str], said: str) -> Iterator[str]:
    for table in tables:
        for verb in ("INSERT", _update(connection, table), "DELETE"):
            yield (
                f"CREATE TRIGGER moved_{table}_{verb.partition(' ')[0].lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, {said}); END"
            )


def _postgres_triggers(connection: Connection, tables: Sequence[str], what: tuple[str, str, str]) -> Iterator[str]:
    name, town, said = what
    yield f"GRANT SELECT ON {name} TO PUBLIC"
    yield (
        f"CREATE FUNCTION lizhi_{name}() RETURNS trigger LANGUAGE plpgsql AS $mark$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF OLD.town_id <> decode('{town}', 'hex') THEN RETURN OLD; END IF; "
        f"ELSIF NEW.town_id <> decode('{town}', 'hex') THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION USING ERRCODE = '{MOVED_STATE}', MESSAGE = {said}; END $mark$"
    )
    for table in _undivided(tables):
        verbs = f"INSERT OR DELETE OR {_update(connection, table)}"
        # before every other trigger of the table, which go by their names
        yield (f'CREATE TRIGGER "A_{name}" BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION lizhi_{name}()')


def _undivided(tables: Sequence[str]) -> list[str]:
    """Return the tables without their parts, which have the triggers of the whole by themselves."""
    return [table for table in tables if table.rpartition("_p")[0] not in tables or not table[-1].isdigit()]


def _update(connection: Connection, table: str) -> str:
    free = _COUNT_OF_PINS.get(table)
    if free is None:
        return "UPDATE"
    names = [column["name"] for column in inspect(connection).get_columns(table)]
    return f"UPDATE OF {', '.join(name for name in names if name not in free)}"


def _quoted(said: str) -> str:
    return "'" + said.replace("'", "''") + "'"
