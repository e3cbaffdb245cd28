"""What the acts of every job behind the counter stand on: one database, and a refusal that leaves no trace."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator
from lizhi_pos.access.people import still_here
from lizhi_pos.db import Transaction, write
from lizhi_pos.refusal import Refusal, Refused, unwrap

_T = TypeVar("_T")


class JobService:
    """The acts of one job on one database; every act asks for its right when it runs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def write(self, act: Callable[[Transaction], _T | Refusal], by: Operator) -> _T | Refusal:
        """Run somebody's act in its transaction and return its answer; a refusal is rolled back, whatever it wrote."""
        try:
            return write(self.engine, lambda tx: unwrap(still_here(by, act)(tx)))
        except Refused as refused:
            return refused.refusal
