"""Hands at the screens of the villages' ledgers."""

from till_hands import Till

from lizhi_pos.office.ledger_rows import LedgerBoard
from lizhi_pos.terminal.screens.ledgers.batch import BatchScreen
from lizhi_pos.terminal.screens.ledgers.board import LedgersScreen
from lizhi_pos.terminal.screens.ledgers.files import FilesScreen
from lizhi_pos.terminal.screens.ledgers.reading import ReadingScreen
from lizhi_pos.terminal.screens.shared.form_dialog import FormDialog


def board(till: Till) -> LedgerBoard:
    assert isinstance(till.app.screen, LedgersScreen), till.app.screen
    assert till.app.screen._board is not None
    return till.app.screen._board


async def press(till: Till, *names: str) -> None:
    till.keys(*names)
    await till.idle()


async def typed(till: Till, *values: str) -> None:
    """Type texts by a hand, each with its Enter."""
    for value in values:
        till.keys(*value)
        till.by_a_hand()
        await press(till, "enter")


async def filled(till: Till, *values: str) -> None:
    """Fill a dialog in until it is accepted."""
    await till.until_screen(FormDialog)
    dialog = till.app.screen
    await typed(till, *values)
    await till.until(lambda: till.app.screen is not dialog)


async def at_village(till: Till, village: str) -> None:
    """Mark a village's March."""
    place = (village, "2024-03")
    board(till).go_to(place)
    till.app.screen.show()  # type: ignore[attr-defined]
    await till.idle()
    assert board(till).place == place


async def into_batch(till: Till) -> BatchScreen:
    """Go into the marked batch, and wait until what it does is worked out."""
    await press(till, "f9")
    await till.until_screen(BatchScreen)
    screen = till.app.screen
    assert isinstance(screen, BatchScreen)
    await till.until(lambda: screen._found is not None)
    return screen


async def read(till: Till, *files: str) -> ReadingScreen:
    """Choose files by what is typed, and wait until they are read."""
    await press(till, "f2")
    await till.until_screen(FilesScreen)
    await till.until(lambda: till.app.screen.notice is None)  # type: ignore[attr-defined]
    await typed(till, *files)
    await till.until_screen(ReadingScreen)
    screen = till.app.screen
    assert isinstance(screen, ReadingScreen)
    await till.until(lambda: not screen.is_reading)
    return screen
