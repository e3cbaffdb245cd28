"""The screens, on a terminal: Textual, and nothing that decides."""
