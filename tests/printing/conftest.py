from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from printer_emulator import PrinterEmulator
from printing_helpers import SALT, VINEGAR, make_book
from sqlalchemy import Engine

from lizhi_pos.checkout.receipt import Receipt
from lizhi_pos.money import Points


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Engine]:
    engine = make_book(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def printer() -> Iterator[PrinterEmulator]:
    with PrinterEmulator() as emulator:
        yield emulator


@pytest.fixture
def receipt() -> Receipt:
    return Receipt(
        shop="励志超市",
        town="大同镇",
        number="1-2024-000123",
        on=date(2024, 4, 28),
        printed_at="2024-04-28 09:41",
        clerk="王晓燕",
        till="1",
        booklet="GZ0012",
        head="张*国",
        village="古镇社区",
        lines=(SALT, VINEGAR),
        total=Points(1100),
        balance_before=Points(8750),
        balance_after=Points(7650),
        chain="7F3A-91C2",
        proxy="李小红",
        relation="儿媳",
    )
