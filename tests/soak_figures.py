"""What the tests of faults have counted, gathered from every process and printed at the end as one table."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

PREFIX = "figure:"

Count = Callable[..., None]
"""``count("kill -9: import", tried=1, lost=0)``: adds to the figures of one fault."""


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Count:
    """Add to the figures of a fault; figures that are to be zero are told too."""

    def add(fault: str, **figures: int) -> None:
        for name, number in figures.items():
            request.node.user_properties.append((PREFIX + fault, (name.replace("_", " "), number)))

    return add


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print a line for each fault that was tried."""
    found: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                _add(found, report.user_properties)
    if found:
        terminalreporter.section("faults: what was tried, and what came of it")
        for fault, figures in sorted(found.items()):
            told = ", ".join(f"{name} {number}" for name, number in figures.items())
            terminalreporter.write_line(f"{fault:<44} {told}")


def _add(found: dict[str, Counter[str]], properties: list[tuple[str, Any]]) -> None:
    for name, value in properties:
        if name.startswith(PREFIX):
            figure, number = value
            # also a zero makes its entry
            found.setdefault(name.removeprefix(PREFIX), Counter())[figure] += number
