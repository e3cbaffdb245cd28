"""What a till's service does for whom: every act that writes asks for its right, whatever screen it is asked from."""

import pytest
from service_acts import Services, acts_of_a_day, everything, services, writers
from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator, Role
from lizhi_pos.db import rehearse
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.refusal import Refusal
from lizhi_pos.till.service import TillService
from lizhi_pos.till.training import TrainingService

SELL: tuple[Role, ...] = ("clerk", "admin")
PRINT: tuple[Role, ...] = ("clerk", "keeper", "accountant", "admin")
ROLES: tuple[Role, ...] = ("clerk", "keeper", "accountant", "supervisor", "admin")
MAY: dict[str, tuple[Role, ...]] = {
    "redeem": SELL,
    "save": SELL,
    "hold": SELL,
    "recall": SELL,
    "return_goods": SELL,
    "open_session": SELL,
    "close_session": SELL,
    "reprint": PRINT,
    "print_sticker": PRINT,
    "print_again": PRINT,
    "cancel": PRINT,
    "keep_theme": ROLES,
}
A_PIN_IS_TRIED = {"sign_in", "approve"}
"""They ask for a PIN, and for no right but the one it gives."""


def test_every_act_says_who_may_do_it() -> None:
    assert writers(TillService) | writers(OfficeService) == set(MAY) | A_PIN_IS_TRIED


@pytest.mark.parametrize("role", ROLES)
def test_a_service_does_a_roles_own_acts_and_no_other(engine: Engine, role: Role) -> None:
    """Those of a role are tried in transactions that are rolled back, so that each finds the same day."""
    acts, by = acts_of_a_day(engine), Operator("某人示例", role)
    before = everything(engine)
    for name, roles in MAY.items():
        for asked in (
            services(engine, rehearse) if role in roles else services(engine),
            Services(TrainingService(engine), OfficeService(engine, rehearse)),
        ):
            answer = acts[name](asked, by)
            refused = isinstance(answer, Refusal) and answer.code == "not_allowed"
            assert refused == (role not in roles), (name, answer)
            assert everything(engine) == before, name
