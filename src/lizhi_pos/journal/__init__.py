"""Double-entry, append-only, hash-chained: the only door through which any balance moves."""
