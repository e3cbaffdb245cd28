"""A network printer on a real loopback socket, with the faults that real ones have, counting its papers."""

import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

from escpos_reader import Paper, Token, Tokenizer, read


class PrinterEmulator:
    """Listens on a free port while used as a context. Its faults may be set and cleared at any time.

    `answers_state` and `answers_printed` are its two voices; `closes_after` breaks the connection once so many
    bytes of a job have come, `ends_after` lets the paper end then; `pause` is how long it takes over each read, and
    `near_end` is a roll that will do for now. A job is on paper, in `papers`, as soon as the question after it, its cut
    or the end of the connection is read. What came and is not on paper is lost, as in a real one that is switched off.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.answers_state = True
        self.answers_printed = True
        self.paper = True
        self.cover_closed = True
        self.closes_after: int | None = None
        self.ends_after: int | None = None
        self.near_end = False
        self.pause = 0.0
        self.received = 0
        self.papers: list[Paper] = []
        self.connections = 0
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", port))
        self.port: int = self._server.getsockname()[1]
        self.url = f"tcp://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        job, tokenizer, received = bytearray(), Tokenizer(), 0
        with connection:
            while True:
                try:
                    data = connection.recv(512)
                except OSError:
                    return
                if not data:
                    break
                for token in tokenizer.feed(data):
                    if token.name == "1004":
                        self._say_state(connection, token.data[0])
                    elif token.name == "1d72":
                        self._print(job)
                        if self.answers_printed:
                            connection.sendall(b"\x00" if self.paper else b"\x0f")
                    else:
                        job += _written(token)
                with self._lock:
                    self.received += len(data)
                received += len(data)
                if self.ends_after is not None and received >= self.ends_after:
                    self.paper = False
                time.sleep(self.pause)
                if self.closes_after is not None and received >= self.closes_after:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
            self._print(job)

    def _say_state(self, connection: socket.socket, number: int) -> None:
        if self.answers_state:
            offline = not self.paper or not self.cover_closed
            roll = 0x6C if not self.paper else 0x0C if self.near_end else 0x00
            answer = {1: 0x12 | (0x08 if offline else 0), 4: 0x12 | roll}[number]
            connection.sendall(bytes([answer]))

    def _print(self, job: bytearray) -> None:
        if job:
            with self._lock:
                self.papers.append(read(bytes(job)))
            job.clear()


def _written(token: Token) -> bytes:
    if token.name == "text":
        return token.data
    return b"\n" if token.name == "LF" else bytes.fromhex(token.name) + token.data
