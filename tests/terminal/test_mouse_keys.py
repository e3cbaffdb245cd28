"""The mouse: every key that is named on the last line can be clicked."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from mouse_hands import click, click_at, go_home, place
from sqlalchemy import Engine
from textual import events
from till_hands import Till, selling

from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.keymap import Key
from lizhi_pos.terminal.screens.selling.close_session import CloseSessionScreen
from lizhi_pos.terminal.screens.selling.print_queue import PrintQueueScreen
from lizhi_pos.terminal.screens.selling.receipts import ReceiptsScreen
from lizhi_pos.terminal.screens.selling.sell import SellScreen
from lizhi_pos.terminal.screens.selling.training import TrainingScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog
from lizhi_pos.terminal.screens.shared.sign_in import SignIn
from towns.till import SALT


async def to_counter(till: Till) -> None:
    assert isinstance(till.app.screen, SellScreen)


async def to_training(till: Till) -> None:
    await go_home(till)
    till.scan("5")
    await till.until_screen(TrainingScreen)


async def to_receipts(till: Till) -> None:
    till.keys("f9")
    await till.until_screen(ReceiptsScreen)


async def to_paper(till: Till) -> None:
    await go_home(till)
    till.scan("3")
    await till.until_screen(PrintQueueScreen)


async def to_closing(till: Till) -> None:
    await go_home(till)
    till.scan("4")
    await till.until_screen(CloseSessionScreen)


async def to_lock(till: Till) -> None:
    till.keys("f12")
    await till.until_screen(SignIn)


SCREENS: Sequence[tuple[Callable[[Till], Awaitable[None]], Sequence[Key]]] = (
    (to_counter, keymap.SELL),
    (to_training, keymap.TRAIN),
    (to_receipts, keymap.TODAY),
    (go_home, keymap.HOME),
    (to_paper, keymap.PRINTING),
    (to_closing, keymap.CLOSE),
    (to_lock, keymap.SIGN_IN),
)


@pytest.mark.parametrize(("go", "keys"), SCREENS, ids=lambda it: getattr(it, "__name__", "keys"))
async def test_every_key_of_the_last_line_is_pressed_by_a_click(
    town: Engine, log: Path, go: Callable[[Till], Awaitable[None]], keys: Sequence[Key]
) -> None:
    async with selling(town, log) as till:
        await go(till)
        for _ in ("en", "zh"):
            await till.idle()
            for key in keys:
                if key.listed:
                    assert await keys_of_click(till, key) == [key.key, key.key]
            till.app.action_other_language()


async def keys_of_click(till: Till, key: Key) -> list[str]:
    """What the app is told when the sign of a key and the end of its label are clicked."""
    pressed: list[str] = []
    on_event = till.app.on_event

    async def tell(event: events.Event) -> None:
        if isinstance(event, events.Key):
            pressed.append(event.key)
        else:
            await on_event(event)

    till.app.on_event = tell  # type: ignore[method-assign]
    label = f"{key.shown} {till.app.translate(key.label.msgid)}"
    column, row = place(till, label)
    await click_at(till, column, row)
    await click_at(till, column + len(label) - 1, row)
    till.app.on_event = on_event  # type: ignore[method-assign]
    return pressed


async def test_the_keys_do_what_they_say(town: Engine, log: Path) -> None:
    async with selling(town, log) as till:
        till.scan("GZ0012", SALT)
        await till.idle()
        await click(till, "F2")
        await till.until(lambda: till.counter.basket is None)
        await click(till, "F3 recall")
        await till.until(lambda: till.counter.basket is not None)
        await click(till, "F4")
        await till.until_screen(FormDialog)
        await click(till, "Relation")
        till.keys(*"儿媳")
        await till.idle()
        assert "> 儿媳" in till.form_shown()
        await click(till, "Esc: leave")
        await till.until_screen(SellScreen)
        await click(till, "F12")
        await till.until_screen(SignIn)
