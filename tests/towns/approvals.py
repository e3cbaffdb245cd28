"""A second person's approval, as every test gets one: by the right PIN, in a database of its own."""

from functools import cache

from sqlalchemy import create_engine

from lizhi_pos.access.models import app_user
from lizhi_pos.access.operators import Approval, Operator, add_user, approve
from lizhi_pos.clock import MACHINE_CLOCK
from lizhi_pos.db import Transaction
from lizhi_pos.refusal import Refusal

_PIN = "135790"
_ASKS = Operator("办事示例", "accountant")


@cache
def approval_of(name: str, reason: str = "示例") -> Approval:
    """Return the approval of a supervisor of that name; nothing of it is kept."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        app_user.create(connection)
        tx = Transaction(connection, MACHINE_CLOCK.new_id())
        added = add_user(tx, name, "supervisor", _PIN)
        assert isinstance(added, Operator), added
        answer = approve(tx, name, _PIN, _ASKS, reason)
    engine.dispose()
    assert not isinstance(answer, Refusal), answer
    return answer
