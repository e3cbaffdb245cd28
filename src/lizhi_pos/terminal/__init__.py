"""The till: screens, the scanner, printing."""
