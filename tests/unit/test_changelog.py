"""The changelog's newest version is the program's own, and every version is written in one manner."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

from lizhi_pos import __version__

TEXT = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
VERSIONS = re.findall(r"^## (\d+)\.(\d+)\.(\d+) \((\d{4}-\d\d-\d\d)\)$", TEXT, re.MULTILINE)


def test_the_newest_version_is_the_programs() -> None:
    assert ".".join(VERSIONS[0][:3]) == __version__


def test_versions_and_days_fall() -> None:
    numbers = [tuple(int(n) for n in version[:3]) for version in VERSIONS]
    days = [date.fromisoformat(version[3]) for version in VERSIONS]
    assert all(newer > older for newer, older in pairwise(numbers))
    assert all(newer >= older for newer, older in pairwise(days))


def test_every_heading_is_a_version_or_a_kind_of_change() -> None:
    assert len(re.findall(r"^## ", TEXT, re.MULTILINE)) == len(VERSIONS)
    for part in re.split(r"^## .*\n", TEXT, flags=re.MULTILINE)[1:]:
        kinds = re.findall(r"^### (.+)$", part, re.MULTILINE)
        assert kinds
        assert kinds == [kind for kind in ("Added", "Changed", "Fixed", "Removed", "Security") if kind in kinds]
