"""Donors, gifts, village allocations and the fund pool (五)."""
