"""A book of its own and quick time-outs for the tests of printing."""

from pathlib import Path

from sqlalchemy import Engine

from lizhi_pos.checkout.receipt import ReceiptLine
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.engines import open_engine
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.money import Points, Yuan
from lizhi_pos.printing.status_protocol import Timeouts

FAST = Timeouts(connect=1, status=0.15, send=1, confirm=0.4)


def make_book(folder: Path) -> Engine:
    engine = open_engine(f"sqlite:///{folder / 'shop.db'}")
    with engine.begin() as connection:
        metadata.create_all(connection)
        town = metadata.tables["town"]
        connection.execute(
            town.insert(), [{"town_id": MACHINE_CLOCK.new_id(), "name": "大同镇", "created_at": MACHINE_CLOCK.now()}]
        )
    return engine


SALT = ReceiptLine("6901", "海星加碘盐400g", 2, Yuan(250), Points(500))
VINEGAR = ReceiptLine("6902", "恒顺香醋340ml", 1, Yuan(600), Points(600))
