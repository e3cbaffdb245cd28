"""Every clause of the town's plan that a docstring cites can be looked up in docs/plan.zh.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "docs" / "plan.zh.md"
FILES = sorted(path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py"))

NUMBER = "一二三四五六七八九十"
CLAUSE = re.compile(rf"[{NUMBER}]\([{NUMBER}]\)\d?|(?<=\()[{NUMBER}](?=\))|(?<=, )[{NUMBER}](?=\))")
"""A clause as docstrings cite it: `三(五)1`, `三(四)`, or a whole chapter, `(五)`."""


def headings() -> list[str]:
    """What the plan's headings can be found by: a chapter's number, or the whole clause."""
    lines = PLAN.read_text(encoding="utf-8").splitlines()
    return [line.lstrip("#").strip().partition("、")[0] for line in lines if line.startswith("##")]


def cited(docstring: str) -> list[str]:
    return CLAUSE.findall(docstring)


def docstrings(path: Path) -> Iterator[str]:
    """Every docstring of a file, also the strings that explain a constant."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value


def test_every_clause_has_one_heading() -> None:
    found = headings()
    assert len(found) == len(set(found))
    assert {"一", "三", "三(一)", "三(五)1", "三(五)2", "四(三)", "五", "六(四)"} <= set(found)


@pytest.mark.parametrize("heading", [h for h in headings() if "(" in h])
def test_a_heading_stands_over_its_own_clause(heading: str) -> None:
    """The heading `三(五)1` is followed by the plan's own `1.`, under its own `(五)` and `三、`."""
    text = PLAN.read_text(encoding="utf-8")
    parts = re.fullmatch(r"(.)\((.)\)(\d?)", heading)
    assert parts is not None
    chapter, section, point = parts.groups()
    level = "####" if point else "###"
    begin = rf"{point}\." if point else f"({section})"
    assert f"\n{level} {heading}\n\n{begin}" in text
    before = text[: text.index(f"\n{level} {heading}\n")]
    assert re.findall(r"^## (.)、", before, re.MULTILINE)[-1] == chapter
    if point:
        assert re.findall(r"^\((.)\)", before, re.MULTILINE)[-1] == section


def test_what_counts_as_a_citation() -> None:
    assert cited("Who may redeem (三(一), 三(三), 三(五)1): pure") == ["三(一)", "三(三)", "三(五)1"]
    assert cited("the pool (基金池, 五) as it stood") == ["五"]
    assert cited("an approval (五) of 三(四)2") == ["五", "三(四)2"]


def test_every_cited_clause_is_in_the_plan() -> None:
    found = {path.relative_to(ROOT): cited("\n".join(docstrings(path))) for path in FILES}
    wrong = {str(path): clauses for path, clauses in found.items() if not set(clauses) <= set(headings())}
    assert wrong == {}
    assert any(found.values())
