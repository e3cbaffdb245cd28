"""The till: one file a widget."""
