"""What a device promises the spool, and the questions a printer with a status line is asked.

A device says one of two things when it cannot: `NotSent`, nothing was printed and trying again is safe, or
`MaybeSent`, something may stand on paper already and a person must look.
"""

import secrets
import time
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from lizhi_pos.printing.answers import Answer, AnswerReader
from lizhi_pos.refusal import Message, message
from lizhi_pos.system_errors import system_words

_OFFLINE_ASKED, _PAPER_ASKED, _PRINTED_ASKED = b"\x10\x04\x01", b"\x10\x04\x04", b"\x1dr\x01"
_PROCESS_ASKED = b"\x1d(H\x06\x0000"
_UNASKED_WAIT = 0.01
"""Seconds that a line is quiet when nothing more is on its way."""


class Timeouts(Struct, frozen=True):
    """How long to wait, in seconds: for a connection, for a state, for bytes to be taken, for the print to end."""

    connect: float = 4
    status: float = 1
    send: float = 15
    confirm: float = 15


class NotSent(Exception):
    """Nothing was printed; trying again is safe."""

    def __init__(self, text: Message) -> None:
        super().__init__(text.msgid)
        self.text = text


class MaybeSent(Exception):
    """Bytes went out and it is not known whether they were printed."""

    def __init__(self, text: Message) -> None:
        super().__init__(text.msgid)
        self.text = text


def broken_off(taken: int, error: Exception) -> NotSent | MaybeSent:
    """Return what it means that sending failed after so many bytes had been taken."""
    reason = system_words(error)
    if taken:
        return MaybeSent(message("the printer broke off while printing: {0}", reason))
    return NotSent(message("the printer took nothing: {0}", reason))


class Device(Protocol):
    """One connection for one job."""

    def open(self) -> None:
        """Connect, and look whether it can print; raises NotSent."""

    def send(self, payload: bytes) -> None:
        """Hand over all bytes; raises NotSent where not one was taken, MaybeSent where some were."""

    def confirm(self) -> bool:
        """Return True once the printer says it has printed, False where it cannot say; raise MaybeSent."""

    def close(self) -> None:
        """Let go of the connection; never raises."""


class Channel(Protocol):
    """The two directions of a connection to a printer that can answer; both raise OSError when it is broken."""

    def write(self, data: bytes, wait: float) -> None:
        """Hand over bytes within so many seconds."""

    def read(self, wait: float) -> bytes:
        """One byte, nothing if none came in so many seconds; raises EOFError when the other side has closed."""


class Conversation:
    """The questions around one job, on one connection.

    Whatever the printer says unasked is read and passed over; a job is proved by its own answer alone. Where
    `process_id` says that the model knows it, that answer carries a name that no other job has.
    """

    def __init__(self, channel: Channel, timeouts: Timeouts, process_id: bool = False) -> None:
        self._channel = channel
        self._timeouts = timeouts
        self._reader = AnswerReader()
        self._job = secrets.token_hex(2).encode() if process_id else b""

    def look(self) -> None:
        """Raise NotSent where the printer says that it is out of paper, open or otherwise not ready.

        A printer that says nothing at all passes: many can print and not answer. Both questions are asked
        because an open cover shows only in the first, and missing paper on some models only in the second.
        """
        try:
            offline = self._ask(_OFFLINE_ASKED)
            paper = self._ask(_PAPER_ASKED) if offline is not None else None
        except (OSError, EOFError) as error:
            raise NotSent(message("the printer closed the connection before anything was printed")) from error
        if paper is not None and paper & 0x60:
            raise NotSent(message("the printer is out of paper"))
        if offline is not None and offline & 0x08:
            raise NotSent(message("the printer is not ready: its cover is open, or it needs attention"))

    def printed(self) -> None:
        """Wait until the printer answers a question that it reads only after the print; raise MaybeSent."""
        try:
            answer = self._proof()
        except (OSError, EOFError) as error:
            raise MaybeSent(message("the printer closed the connection before it had answered")) from error
        if answer is None:
            raise MaybeSent(message("the printer took everything and says nothing; if it never does, add ?status=no"))
        if answer.value & 0x0C:
            raise MaybeSent(message("the paper ran out during the print"))

    def _ask(self, question: bytes) -> int | None:
        self._pass_over()
        self._channel.write(question, self._timeouts.status)
        deadline = time.monotonic() + self._timeouts.status
        while (left := deadline - time.monotonic()) > 0 and (byte := self._channel.read(left)):
            answer = self._reader.feed(byte[0])
            if answer is not None and answer.kind == "state":
                return answer.value
        return None

    def _proof(self) -> Answer | None:
        """Return the answer to the question after the print, None where it does not come in time."""
        self._pass_over()
        in_doubt = self._ask_printed()
        deadline = time.monotonic() + self._timeouts.confirm
        while (left := deadline - time.monotonic()) > 0:
            in_doubt = in_doubt or self._reader.midway
            byte = self._channel.read(min(left, self._timeouts.status) if in_doubt else left)
            if byte:
                answer = self._reader.feed(byte[0])
                # a late answer to `look`, or one to dots that happen to look like its questions, says nothing of it
                if answer is not None and (answer.kind == "printed" or answer.text == self._job != b""):
                    return answer
            elif in_doubt:
                in_doubt = self._ask_printed()
        return None

    def _ask_printed(self) -> bool:
        """Return whether the answer may be taken for the rest of a message that was begun before.

        Then ask once more.
        """
        named = _PROCESS_ASKED + self._job if self._job else b""
        self._channel.write(named + _PRINTED_ASKED, self._timeouts.send)
        return self._reader.midway

    def _pass_over(self) -> None:
        """Read what came before a question is asked, so that it is never taken for the answer."""
        deadline = time.monotonic() + self._timeouts.status
        while time.monotonic() < deadline and (byte := self._channel.read(_UNASKED_WAIT)):
            self._reader.feed(byte[0])


Questions = Callable[[Channel], Conversation]
"""Begins the conversation on a new connection."""
