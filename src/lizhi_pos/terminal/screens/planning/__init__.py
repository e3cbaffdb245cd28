"""The screens of planning."""
