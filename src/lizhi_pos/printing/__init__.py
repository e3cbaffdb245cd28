"""Receipt data to bytes for a profile, to the spool, to a device."""
