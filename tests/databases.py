"""Databases on the tests' PostgreSQL server, made from a template and dropped again."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, make_url, text

from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.engines import open_engine
from lizhi_pos.migrations.roles import TILL

SUPERUSER = "postgres"
"""The role that may do everything on the tests' server."""


def sql(url: str, statement: str) -> None:
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def as_role(url: str, role: str) -> str:
    """The same database for another role."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@contextmanager
def as_owner(engine: Engine) -> Iterator[Connection]:
    """Begin a transaction for who owns the tables: a till could not even take the guards off."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    owner = open_engine(as_role(engine.url.render_as_string(hide_password=False), SUPERUSER))
    try:
        with owner.begin() as connection:
            yield connection
    finally:
        owner.dispose()


def fresh_postgres(server: str, template: str = "template_lizhi", role: str = TILL) -> Iterator[str]:
    """The address of a copy of a database, once; dropped when the next one is asked for.

    Acts run with a till's rights, unless a test needs others.
    """
    name = f"t{MACHINE_CLOCK.new_id().hex()}"
    sql(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield as_role(server.replace("/postgres?", f"/{name}?"), role)
    sql(server, f"DROP DATABASE {name} WITH (FORCE)")
