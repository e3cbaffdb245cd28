"""What fails inside the till goes into the log file, never onto the screen."""

import logging
from collections.abc import Callable
from pathlib import Path

from lizhi_pos.log import log_failure


class _IntoFile(logging.Handler):
    def __init__(self, path: Callable[[], Path]) -> None:
        super().__init__(logging.WARNING)
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            log_failure(error, self._path())


def keep_off_screen(path: Callable[[], Path]) -> logging.Handler:
    """Send what libraries and threads log into a file; return the handler, to be taken off again."""
    handler = _IntoFile(path)
    root = logging.getLogger()
    root.addHandler(handler)
    return handler
