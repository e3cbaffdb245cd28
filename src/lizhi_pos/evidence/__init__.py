"""Pictures and papers under their hash, and what each of them shows."""
