"""python-escpos, loaded late and quietly.

Importing it parses a large printer database, sets up root logging and leaves a folder behind. Here it gets a
small database of our own instead, and what it leaves is cleaned up. Only the print worker comes here.
"""

import logging
import os
import shutil
import tempfile
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from threading import Lock
from typing import Any

_loading = Lock()


def new_document() -> Any:
    """Return an empty python-escpos ``Dummy``: takes commands by ``_raw``, gives all of them back as ``output``."""
    with _loading:
        return _dummy_class()()


@cache
def _dummy_class() -> Any:
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    kept = {name: os.environ.pop(name, None) for name in ("ESCPOS_CAPABILITIES_FILE", "ESCPOS_CAPABILITIES_PICKLE_DIR")}
    try:
        with as_file(files(__package__) / "capabilities.json") as ours:
            os.environ["ESCPOS_CAPABILITIES_FILE"] = str(ours)
            from escpos import capabilities
            from escpos.printer import Dummy
    finally:
        os.environ.pop("ESCPOS_CAPABILITIES_FILE", None)
        os.environ.update({name: value for name, value in kept.items() if value is not None})
        for handler in [h for h in root.handlers if h not in before]:
            root.removeHandler(handler)
    _forget(Path(capabilities.pickle_dir))
    return Dummy


def _forget(folder: Path) -> None:
    if folder.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(folder, ignore_errors=True)
