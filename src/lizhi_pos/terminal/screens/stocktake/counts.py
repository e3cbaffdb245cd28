"""The list of stocktakes."""

from lizhi_pos.terminal.screens.shared.job_screen import JobScreen


class CountsScreen(JobScreen):
    """Placeholder."""
