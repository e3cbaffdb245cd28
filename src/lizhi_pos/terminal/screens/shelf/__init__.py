"""The shelf and its dialogs."""
