"""How far something is, as a bar in plain text."""


def progress_bar(done: int, of: int, width: int = 30) -> str:
    """Return how far something is, as a bar and in percent; what it is goes beside it."""
    filled = done * width // of
    return f"{'█' * filled}{'░' * (width - filled)} {done * 100 // of}%"
