"""The house's bounds: functions to 40 lines, six parameters, files to 400 lines; generated migrations apart."""

import ast
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).parents[2] / "src" / "lizhi_pos"
MOST_LINES, MOST_PARAMETERS, MOST_FILE_LINES = 40, 6, 400


def beyond() -> Iterator[str]:
    """Every place beyond a bound. The docstring of a function and its decorators are not counted."""
    for path in sorted(SRC.rglob("*.py")):
        if "migrations/versions" in path.as_posix():
            continue
        source = path.read_text(encoding="utf-8")
        name = path.relative_to(SRC).as_posix()
        if (lines := len(source.splitlines())) > MOST_FILE_LINES:
            yield f"{name}: {lines} lines"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _of_function(name, node)


def _of_function(name: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    given = node.args
    own = {"self", "cls"}
    parameters = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs) if a.arg not in own]
    if len(parameters) > MOST_PARAMETERS:
        yield f"{name}:{node.lineno} {node.name}: {len(parameters)} parameters"
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    length = (node.body[-1].end_lineno or 0) - first.lineno + 1
    if length > MOST_LINES:
        yield f"{name}:{node.lineno} {node.name}: {length} lines"


def test_no_function_and_no_file_is_longer_than_the_house_allows() -> None:
    assert list(beyond()) == []
