"""A folder of faulty workbooks, as code and as LibreOffice write them: each gives exactly its cells."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Shop
from cli.faulty_months import ARCHIVE, FAULTS, KINDS, write

LEAST = 40
"""So many ways to be wrong, at least."""


def cells(told: Any) -> list[str]:
    return sorted(f"{e['sheet'] or ''}!{e['cell'] or ''}" for e in told)


def fitting(posted: Shop, folder: Path, kind: str) -> dict[str, tuple[list[str], list[str]]]:
    """What is told of every file of a folder, by its name."""
    files = [folder / f"{name}.{kind}" for name in FAULTS]
    answer = posted("ledger", "import", "--dry-run", *files, exits=1)
    told = {Path(one["file"]).stem: one for one in answer["files"]}
    return {name: (cells(one["errors"]), cells(one["warnings"])) for name, one in told.items()}


@pytest.mark.parametrize("kind", ["code", *KINDS])
def test_each_faulty_workbook_gives_exactly_its_cells(posted: Shop, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / kind
    folder.mkdir()
    if kind == "code":
        write(folder)
    else:
        with zipfile.ZipFile(ARCHIVE) as archive:
            archive.extractall(tmp_path)
    found = fitting(posted, folder, "xlsx" if kind == "code" else kind)
    assert found == {name: (sorted(fault.errors), sorted(fault.warnings)) for name, fault in FAULTS.items()}
    assert len(FAULTS) > LEAST
