"""The screens of the villages' ledgers."""
