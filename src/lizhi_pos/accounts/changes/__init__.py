"""What happens to a household beside its village's ledgers: one verb a module, each with its reason and its people."""
