"""How often a till on another machine waits for the network: turns of the conversation with the server, counted."""

import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, make_url

from lizhi_pos.db import transaction
from lizhi_pos.engines import open_engine
from lizhi_pos.refusal import unwrap
from towns.small import MARKET_DAY, OIL, SALT, SOAP, gift, goods, noon, sell, stocked_shop

MOST = 14


class Listener:
    """Stands between a client and PostgreSQL, and counts each time that the client speaks after the server has."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.turns = 0
        self._clients_turn = True
        Thread(target=self._take_in, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _take_in(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            Thread(target=self._carry, args=(client, server, True), daemon=True).start()
            Thread(target=self._carry, args=(server, client, False), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, of_client: bool) -> None:
        while True:
            try:
                told = one.recv(1 << 16)
            except OSError:
                told = b""
            if not told:
                other.close()
                return
            if of_client and self._clients_turn:
                self.turns += 1
            self._clients_turn = not of_client
            other.sendall(told)


@pytest.fixture
def heard(postgres: Engine) -> Iterator[tuple[Engine, Listener]]:
    """A shop on PostgreSQL, and who listens to what is said to it."""
    stocked_shop(postgres)
    address = postgres.url
    folder: Any = address.query["host"]
    listener = Listener(next(Path(folder).glob(".s.PGSQL.*[0-9]")))
    through = make_url(str(address)).set(query={}, host="127.0.0.1", port=listener.port, password=address.password)
    engine = open_engine(through.render_as_string(hide_password=False))
    yield engine, listener
    engine.dispose()
    listener.close()


def test_a_checkout_of_five_lines_waits_at_most_fourteen_times(heard: tuple[Engine, Listener]) -> None:
    engine, listener = heard
    more = ("6901000000017", "6901000000024", OIL)
    with transaction(engine, noon(MARKET_DAY)) as tx:
        goods(tx, *((code, f"示例{code}", "1.00", None) for code in more[:2]))
        for number, code in enumerate(more):
            gift(tx, f"SW-5{number}", date(2024, 4, 5), code=code, quantity=9, value="1.00")
    for _ in range(2):
        before = listener.turns
        with transaction(engine, noon(MARKET_DAY)) as tx:
            sold = unwrap(sell(tx, "TQ0001", *((code, 1) for code in (SALT, SOAP, *more))))
    assert len(sold.lines) == 5
    assert listener.turns - before <= MOST, listener.turns - before
