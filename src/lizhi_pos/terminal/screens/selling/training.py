"""Training at the till: the same screen, loud about it, on books that keep nothing."""

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from lizhi_pos.i18n.render import render
from lizhi_pos.refusal import message
from lizhi_pos.terminal import keymap
from lizhi_pos.terminal.columns import left
from lizhi_pos.terminal.screens.selling.sell import SellScreen


class TrainingScreen(SellScreen, inherit_bindings=False):
    """Sells like the real one; its first line says what it is, in the colours of a refusal."""

    IS_TRAINING = True
    KEYS = keymap.TRAIN
    is_training = True
    BINDINGS: ClassVar[list[BindingType]] = [key.binding for key in keymap.TRAIN]

    def action_leave(self) -> None:
        self.dismiss(None)

    def _header(self, width: int, height: int) -> list[Content]:
        words = message("TRAINING · nothing of this counts: no points, no goods, no receipts")
        return [Content.styled(left(f"▲ {render(words, self.app.translate)}", width), "bold")]
