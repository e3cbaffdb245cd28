"""Which keys the last line of a ledgers' screen names: those of whose work it is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lizhi_pos.terminal.keymap import Key

if TYPE_CHECKING:
    from lizhi_pos.access.operators import Operator, Right

_RIGHTS: "Mapping[str, Right]" = {
    "read_files": "import_ledger",
    "publish": "step_ledger",
    "review": "review_ledger",
    "send_back": "review_ledger",
    "object": "step_ledger",
    "settle": "step_ledger",
    "post": "step_ledger",
}
_RARE = ("object", "settle", "month(-1)", "month(1)")


def keys_of(keys: Sequence[Key], by: "Operator") -> Sequence[Key]:
    """Return a screen's keys without those that somebody may not use.

    Who may do everything has not room for all in one line: what is rare stands in the help alone.
    """
    mine = [key for key in keys if key.action not in _RIGHTS or by.can(_RIGHTS[key.action])]
    if by.can("step_ledger") and by.can("review_ledger"):
        return tuple(replace(key, listed=key.listed and key.action not in _RARE) for key in mine)
    return tuple(mine)
