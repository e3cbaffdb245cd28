"""The screens of gifts and the pool."""
