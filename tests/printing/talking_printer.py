"""A printer that talks unasked, on a socket or a serial line: what it says when is written down beforehand."""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

READY, PRINTED, NO_PAPER = b"\x12", b"\x00", b"\x0c"
CHATTER = b"\x14\x00\x00\x00"
"""Automatic Status Back: ready, the drawer's switch off, paper in."""
_QUESTION = re.compile(rb"\x10\x04[\x01\x04]|\x1dr\x01|\x1d\(H\x06\x0000(....)", re.DOTALL)

Says = Sequence[bytes | float]
"""Bytes, and seconds of silence between them."""


class TalkingPrinter:
    """Says `unasked` at a moment: ``connected``, ``sending``, ``asked`` (before it answers) or ``answered``.

    `answer` is what it says to the question after the print, nothing for None; `knows_ids` that it tells a process ID.
    `job` is what it was given to print, `asked` how often it was asked whether it has.
    """

    def __init__(
        self, unasked: Mapping[str, Says], answer: bytes | None = PRINTED, prints_in: float = 0, knows_ids: bool = False
    ) -> None:
        self.unasked = unasked
        self.answer = answer
        self.prints_in = prints_in
        self.knows_ids = knows_ids
        self.job = b""
        self.asked = 0

    def serve(self, read: Callable[[], bytes], write: Callable[[bytes], object]) -> None:
        """One connection, from its first byte to its end."""
        unread, began = b"", False
        self._say("connected", write)
        while data := read():
            unread += data
            while question := _QUESTION.search(unread):
                self.job += unread[: question.start()]
                unread = unread[question.end() :]
                self._answer(question, write)
            if b"\n" in unread and not began:
                began = True
                self._say("sending", write)

    def _answer(self, question: re.Match[bytes], write: Callable[[bytes], object]) -> None:
        if question[0].startswith(b"\x10"):
            write(READY)
        elif question[1] is not None:
            if self.knows_ids:
                time.sleep(self.prints_in)
                write(b"\x37\x22" + question[1] + b"\x00")
        else:
            self.asked += 1
            time.sleep(self.prints_in if self.asked == 1 else 0)
            self._say("asked", write)
            write(self.answer or b"")
            self._say("answered", write)

    def _say(self, moment: str, write: Callable[[bytes], object]) -> None:
        for part in self.unasked.get(moment, ()):
            if isinstance(part, bytes):
                write(part)
            else:
                time.sleep(part)


class OnSocket:
    """The printer at a port of this machine; takes connections until it is left."""

    def __init__(self, printer: TalkingPrinter) -> None:
        self._printer = printer
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return self.url

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                with connection, suppress(OSError):
                    self._printer.serve(lambda c=connection: c.recv(4096), connection.sendall)  # type: ignore[misc]


class OnSerialLine:
    """The printer at the other end of a pseudo-terminal. It speaks once the port is open, as one that is on would."""

    def __init__(self, printer: TalkingPrinter) -> None:
        self._printer = printer
        self._master, self._slave = os.openpty()
        self.url = f"serial:{os.ttyname(self._slave)}?baud=115200"
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return self.url

    def __exit__(self, *_: object) -> None:
        os.close(self._slave)
        self._thread.join(5)
        os.close(self._master)

    def _run(self) -> None:
        # a port's opening forgets what came before it
        with suppress(OSError):
            first = os.read(self._master, 4096)
            pending = [first]
            self._printer.serve(
                lambda: pending.pop() if pending else os.read(self._master, 4096),
                lambda data: os.write(self._master, data),
            )
