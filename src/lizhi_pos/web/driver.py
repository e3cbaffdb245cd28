"""How a till that is shown in a browser reads its keys: from a pipe, as long as there is one."""

import sys
from typing import Any

from textual import events
from textual.drivers.web_driver import WebDriver

from lizhi_pos.terminal.lost_terminal import LostTerminal


class TillDriver(WebDriver):
    """Textual's driver for a browser; ends with the pipe, and never takes the focus off the till's field.

    A window without focus gets no keys, so there is nothing to protect, and a scan that comes with the focus must
    find its field.
    """

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        if sys.platform != "win32" and sys.__stdin__ is not None:
            from lizhi_pos.terminal.keys import KeyReader

            self._input_reader = KeyReader(sys.__stdin__.fileno())  # type: ignore[assignment]

    def start_application_mode(self) -> None:
        super().start_application_mode()
        # Textual starts blurred; what the browser said about its focus may have come before that
        self._app.call_later(self._app.post_message, events.AppFocus())

    def on_meta(self, packet_type: str, payload: dict[str, object]) -> None:
        if packet_type != "blur":
            super().on_meta(packet_type, payload)

    def run_input_thread(self) -> None:
        super().run_input_thread()
        if not self.exit_event.is_set():
            # the server is gone, which alone can say that the till is to go on
            LostTerminal(self._app).report()
