"""The town's rules by year: frozen data, read from TOML, adopted with a filing number (三(二))."""
