"""Spreadsheets in and out: reading with cell errors, templates, writing."""
