"""What a printer says, told apart by the bits that ESC/POS fixes for each kind of message.

A printer may speak unasked: Automatic Status Back, which another program left on, sends four bytes at every change,
and the last three of them look like the answer to GS r. So every byte is read in the order it came, and belongs to
the message that was begun before it.
"""

from typing import Literal

from msgspec import Struct

AnswerKind = Literal["state", "printed", "process"]

_STATUS_BYTES = 4
_XON, _XOFF = 0x11, 0x13
_PRINTABLE = 0x20
_PROCESS_ID = b"\x37\x22"


class Answer(Struct, frozen=True):
    """Something a printer can be asked for: ``state`` by DLE EOT, ``printed`` by GS r, ``process`` by GS ( H.

    `value` is the byte of the first two, `text` the ID of the third.
    """

    kind: AnswerKind
    value: int = 0
    text: bytes = b""


class AnswerReader:
    """Reads what one connection brings, a byte at a time."""

    def __init__(self) -> None:
        self._status_left = 0
        self._block: bytearray | None = None

    @property
    def midway(self) -> bool:
        """Whether a message has begun whose end has not come yet."""
        return self._status_left > 0 or self._block is not None

    def feed(self, byte: int) -> Answer | None:
        """Return the answer that this byte is or ends; None where it is none, or part of what nobody asked for."""
        if byte in (_XON, _XOFF) or byte & 0x80:
            return None
        if self._block is not None and (byte == 0 or byte >= _PRINTABLE):
            return self._in_block(self._block, byte)
        if byte & 0x93 == 0x12:
            # sent at once when it is asked for, also between two bytes of a status
            return Answer("state", byte)
        if byte & 0x10:
            self._begin(byte)
            return None
        if self._status_left:
            self._status_left -= 1
            return None
        return Answer("printed", byte) if self._block is None else None

    def _begin(self, byte: int) -> None:
        if byte & 0x03 == 0:
            self._status_left, self._block = _STATUS_BYTES - 1, None
        elif byte >= _PRINTABLE:
            # what is left of a status is not given up for it: what came too early is asked for again, never believed
            self._block = bytearray([byte])

    def _in_block(self, block: bytearray, byte: int) -> Answer | None:
        if byte:
            block.append(byte)
            return None
        self._block = None
        if block.startswith(_PROCESS_ID):
            return Answer("process", text=bytes(block[len(_PROCESS_ID) :]))
        return None
