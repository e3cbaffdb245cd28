"""Three sets of colours: for a bright shop, for a dark one, and for tired eyes.

What is less important stands in `foreground-muted`: a step quieter, and still well above 4.5 : 1 on every ground.
"""

from textual.theme import Theme

THEMES = (
    Theme(
        name="lizhi-light",
        primary="#0b5cad",
        secondary="#3d5a80",
        accent="#0b5cad",
        foreground="#1a1a1a",
        background="#fbfbf8",
        surface="#f0f0ea",
        panel="#e2e6ea",
        success="#0a6b2d",
        warning="#8a5200",
        error="#b00020",
        dark=False,
        variables={"foreground-muted": "#505250"},
    ),
    Theme(
        name="lizhi-dark",
        primary="#5aa9f0",
        secondary="#8fb4d8",
        accent="#5aa9f0",
        foreground="#e8e8e8",
        background="#14181c",
        surface="#1d2329",
        panel="#2a323a",
        success="#5fd38d",
        warning="#f0b429",
        error="#ff6b6b",
        dark=True,
        variables={"foreground-muted": "#b4b9be"},
    ),
    Theme(
        name="lizhi-contrast",
        primary="#ffffff",
        secondary="#ffffff",
        accent="#ffff00",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        success="#00ff00",
        warning="#ffff00",
        error="#ff5555",
        dark=True,
        variables={"foreground-muted": "#d0d0d0"},
    ),
)
