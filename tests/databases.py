"""Databases on the tests' PostgreSQL server, made from a template and dropped again."""

from collections.abc import Iterator

from sqlalchemy import create_engine, text

from lizhi_pos.clock import MACHINE_CLOCK


def sql(url: str, statement: str) -> None:
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(statement))
    admin.dispose()


def fresh_postgres(server: str, template: str = "template_lizhi") -> Iterator[str]:
    """The address of a copy of a database, once; dropped when the next one is asked for."""
    name = f"t{MACHINE_CLOCK.new_id().hex()}"
    sql(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.replace("/postgres?", f"/{name}?")
    sql(server, f"DROP DATABASE {name} WITH (FORCE)")
