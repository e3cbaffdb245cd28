"""What is handed to a display: nobody is said until it is shown, and not again."""

import threading

from lizhi_pos.till.customer_display import NOBODY, CustomerDisplay
from lizhi_pos.till.display_thread import DisplayThread

BEAT_S = 0.01


class Failing:
    """Fails a few times, as one that is unplugged."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.shown: list[CustomerDisplay] = []
        self.is_shown = threading.Event()

    def show(self, shown: CustomerDisplay) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError
        self.shown.append(shown)
        self.is_shown.set()

    def close(self) -> None:
        pass


def test_a_blank_that_fails_is_tried_again_and_then_the_thread_sleeps() -> None:
    display = Failing(failures=3)
    thread = DisplayThread(lambda: display, lambda error: None, beat_s=BEAT_S)
    try:
        assert display.is_shown.wait(5)
        assert not threading.Event().wait(20 * BEAT_S)
        assert display.shown == [NOBODY]
    finally:
        thread.end()
