"""Amounts in what a check finds."""

from lizhi_pos.money import format_hundredths


def figure(value: int | None) -> str:
    """Hundredths with two decimals, a dash where there is nothing."""
    return "–" if value is None else format_hundredths(int(value))
