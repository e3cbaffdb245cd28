"""What CONTRIBUTING.md points at is there: files, folders, and what `make` is asked for."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PATHS = re.findall(r"`((?:src|tests|docs|printer_profiles)(?:/[\w./-]+)?)`", TEXT)


def test_every_path_leads_somewhere() -> None:
    assert len(PATHS) > 20
    assert [path for path in PATHS if not (ROOT / path).exists()] == []


def test_what_stands_beside_a_path_is_there_too() -> None:
    """`redemption_checks.py` and the like, named without their folder."""
    names = set(re.findall(r"`(\w+\.py)`", TEXT))
    assert names
    assert [name for name in names if not list((ROOT / "src").rglob(name))] == []


def test_what_make_is_asked_for_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    asked = {word for line in re.findall(r"^make ([a-z ]+?)(?: +#.*)?$", TEXT, re.MULTILINE) for word in line.split()}
    assert {"test", "quick", "check"} <= asked <= targets
