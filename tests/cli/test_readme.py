"""What the README and the guides tell a newcomer to type works as it stands."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lizhi_pos.rulebook import reading
from lizhi_pos.rulebook.reading import read_rulebook
from lizhi_pos.rulebook.rules import Rulebook

ROOT = Path(__file__).parents[2]


def blocks(file: str, kind: str) -> list[str]:
    """The blocks of one kind in a text, in order."""
    return re.findall(rf"^```{kind}\n(.*?)^```", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("file", ["README.md", "README.zh.md"])
def test_the_ten_lines_are_a_whole_town(file: str, tmp_path: Path) -> None:
    (lines,) = blocks(file, "sh")
    assert len(lines.splitlines()) == 1 + 10
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("LIZHI_")}
    surroundings["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # set -e: every line must do
    done = subprocess.run(
        ["sh", "-ec", f"{lines}\nlizhi-pos --json verify >verified.json"],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=110,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert json.loads((tmp_path / "verified.json").read_text())["ok"]
    assert [path.name for path in (tmp_path / "回执").iterdir()] == ["2024-04_天桥村.xlsx"]
    assert "期末" in done.stdout


def test_the_example_files_are_read_without_a_warning(tmp_path: Path) -> None:
    """Also those that the ten lines do not use."""
    (lines,) = blocks("README.md", "sh")
    more = "purchase import 采购.xlsx --approver 监督员", "slips import 纸单.xlsx --on 2024-04-29 --approver 监督员"
    kept = [line for line in lines.splitlines() if "month close" not in line]
    surroundings = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    script = "\n".join([*kept, *(f"lizhi-pos --json {words}" for words in more)])
    done = subprocess.run(
        ["sh", "-ec", script], cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stdout + done.stderr
    purchase, slips = (json.loads(line) for line in done.stdout.splitlines()[-2:])
    assert (purchase["new"], purchase["errors"], purchase["warnings"]) == (2, [], [])
    assert [row["slip"] for row in slips["posted"]] == ["P-1"]
    assert "注意" not in done.stdout


def known_keys() -> set[str]:
    """Every key that the reader of rulebooks asks for, by its name."""
    source = Path(reading.__file__).read_text(encoding="utf-8")
    asked = re.findall(r'\.get\("(\w+)"', source) + re.findall(r'\.tables?\("(\w+)"', source)
    listed = " ".join(re.findall(r'_KEYS = \(?\s*"([^"]+)"', source))
    return {*asked, *listed.split()}


def test_every_key_of_a_rulebook_is_in_its_guide_with_an_example() -> None:
    guide = (ROOT / "docs/rulebook.zh.md").read_text(encoding="utf-8")
    examples = "\n".join(blocks("docs/rulebook.zh.md", "toml"))
    assert len(known_keys()) > 30
    for key in known_keys():
        assert f"`{key}`" in guide, key
        assert re.search(rf"(^|[\[ .{{]){key}( =|\]| =)", examples, re.MULTILINE), key


def test_the_guides_rulebooks_are_read_without_an_error() -> None:
    whole, *parts = blocks("docs/rulebook.zh.md", "toml")
    assert isinstance(read_rulebook(whole), Rulebook)
    for part in parts:
        assert tomllib.loads(part)
        name = next(iter(tomllib.loads(part)))
        others = re.sub(rf"^\[{name}\][^\n]*\n(?:[^\[\n].*\n|\n)*", "", whole, flags=re.MULTILINE)
        found = read_rulebook(f"{others}\n{part}")
        assert isinstance(found, Rulebook), (part, found)


def test_the_guide_to_the_database_names_what_there_is() -> None:
    guide = (ROOT / "docs/database.zh.md").read_text(encoding="utf-8")
    for word in ("LIZHI_DB", "--db", "postgresql+psycopg://", "-wal", "%LOCALAPPDATA%", "~/.local/share/lizhi-pos"):
        assert word in guide
