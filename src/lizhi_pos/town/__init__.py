"""The town itself, and what it has set for its shop."""
