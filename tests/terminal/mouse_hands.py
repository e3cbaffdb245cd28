"""A mouse over a running till: it clicks what it reads on the screen."""

from rich.cells import cell_len
from screen_shots import shown
from textual import events
from till_hands import Till

from lizhi_pos.terminal.screens.shared.home import HomeScreen


def place(till: Till, words: str) -> tuple[int, int]:
    """Where words stand on the screen: the column and the row of their first sign."""
    for row, strip in enumerate(shown(till.app)):
        if words in strip.text:
            return cell_len(strip.text[: strip.text.index(words)]), row
    raise AssertionError(f"{words!r} is not shown:\n" + "\n".join(strip.text for strip in shown(till.app)))


async def click(till: Till, words: str, button: int = 1) -> None:
    """Click the first sign of words that are shown."""
    await click_at(till, *place(till, words), button)


async def click_at(till: Till, column: int, row: int, button: int = 1) -> None:
    press(till, column, row, button)
    await till.idle()


def press(till: Till, column: int, row: int, button: int = 1) -> None:
    """Send what a terminal sends of a click: the button goes down, then up."""
    for kind in (events.MouseDown, events.MouseUp):
        till.app.post_message(kind(None, column, row, 0, 0, button, False, False, False, column, row))


async def wheel(till: Till, words: str, by: int) -> None:
    """Turn the wheel over words that are shown, by so many notches down, or up."""
    column, row = place(till, words)
    kind = events.MouseScrollDown if by > 0 else events.MouseScrollUp
    for _ in range(abs(by)):
        till.app.post_message(kind(None, column, row, 0, by, 0, False, False, False, column, row))
    await till.idle()


async def go_home(till: Till) -> None:
    """Press the key that leads home, and wait for what stands there."""
    await click(till, "F10")
    await till.until_screen(HomeScreen)
    await till.until(lambda: "training" in till.shown("#middle"))
