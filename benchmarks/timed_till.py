"""The till with a clock at its parts; a program to be started. Each part's begin and seconds go to ``TIMED_PARTS``."""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine.default import DefaultDialect
from textual.screen import Screen

from lizhi_pos.__main__ import main
from lizhi_pos.till.counter import Counter
from lizhi_pos.till.service import TillService

_file = os.open(os.environ["TIMED_PARTS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def timed(owner: type, method: str, name: str) -> None:
    """Notes each call of a method under a name."""
    original: Callable[..., Any] = getattr(owner, method)

    def clocked(*values: Any, **named: Any) -> Any:
        begin = time.perf_counter()
        try:
            return original(*values, **named)
        finally:
            os.write(_file, f"{name} {begin:.6f} {time.perf_counter() - begin:.6f}\n".encode())

    setattr(owner, method, clocked)


timed(Counter, "take", "taken")
timed(TillService, "redeem", "redeem")
timed(DefaultDialect, "do_commit", "commit")
timed(Screen, "_compositor_refresh", "paint")

if __name__ == "__main__":
    sys.argv[0] = "lizhi-pos"
    main()
