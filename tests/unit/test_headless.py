"""The domain imports without a screen, a printer or a spreadsheet; `--help` without the database."""

import subprocess
import sys

import pytest

ROOMS = (
    "accounts.posting",
    "accounts.vetoes",
    "inventory.stock",
    "donations.pool",
    "receiving.files",
    "checkout.redeem",
    "checkout.offline_slips",
    "printqueue.print_jobs",
    "checkout.papers",
    "settlement.closing",
    "settlement.verification",
    "settlement.reconciliation",
    "settlement.coverage",
    "maintenance.archive",
    "migrations.metadata",
    "i18n.render",
)
HEAVY = ("textual", "aiohttp", "rich", "escpos", "PIL", "typst", "python_calamine", "xlsxwriter", "pypinyin", "alembic")


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_the_domain_imports_without_screen_printer_or_spreadsheet() -> None:
    assert not loaded_after("import " + ", ".join(f"lizhi_pos.{room}" for room in ROOMS)) & set(HEAVY)


@pytest.mark.parametrize("module", ["lizhi_pos.__main__", "lizhi_pos.cli.main"])
def test_the_command_line_starts_light(module: str) -> None:
    assert not loaded_after(f"import {module}") & {"sqlalchemy", "msgspec", *HEAVY}


@pytest.mark.parametrize("module", ["households", "redeem"])
def test_a_command_on_sqlite_loads_nothing_of_postgresql(module: str) -> None:
    loaded = loaded_after(f"import lizhi_pos.cli.{module}, lizhi_pos.migrations.metadata")
    assert not loaded & {"sqlalchemy.dialects.postgresql", "psycopg", *HEAVY}
