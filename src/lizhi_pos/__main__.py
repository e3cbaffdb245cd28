"""Sets the environment up, then runs the command line. Nothing heavy is imported here."""

import gc
import os
import sys

from lizhi_pos.cli.streams import hold_standard_streams


def main() -> None:
    """Run the program `lizhi-pos`."""
    hold_standard_streams()
    # looking for garbage in what is being imported takes a tenth of a short command; `run` turns it on again
    gc.disable()
    # Chinese on any terminal, whatever the machine's locale says
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")
    # composed Chinese input is lost in some terminals while this protocol is on
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    # a scanned line is painted at once instead of at the next sixtieth of a second
    os.environ.setdefault("TEXTUAL_FPS", "500")
    from lizhi_pos.cli.main import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
