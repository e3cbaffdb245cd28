"""The till: one file a screen."""
