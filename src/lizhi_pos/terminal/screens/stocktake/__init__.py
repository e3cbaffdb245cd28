"""Stocktakes: the list of them, and counting."""
