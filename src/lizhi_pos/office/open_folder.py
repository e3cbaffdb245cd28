"""A folder shown in the machine's own file manager."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lizhi_pos.refusal import Message, message


def open_folder(folder: Path) -> Message | None:
    """Show a folder in the file manager, and wait for nothing; return why not where there is none."""
    words = _command(folder)
    if words is None:
        return message("This machine has no window for folders; the files are in {0}", str(folder))
    try:
        subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return message("The folder cannot be shown; the files are in {0}", str(folder))
    return None


def _command(folder: Path) -> list[str] | None:
    if sys.platform == "win32":
        return ["explorer", str(folder)]
    if sys.platform == "darwin":
        return ["open", str(folder)]
    opener = shutil.which("xdg-open")
    has_windows = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return [opener, str(folder)] if opener and has_windows else None
