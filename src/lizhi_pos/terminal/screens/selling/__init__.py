"""The counter and its market day."""
