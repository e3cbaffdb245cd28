"""Training keeps nothing, whatever it is asked: every act that writes is asked of it, and the books are as before."""

import pytest
from service_acts import BY, Act, Services, acts_of_a_day, everything, services, writers
from sqlalchemy import Engine, text

from lizhi_pos.db import rehearse
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.till.service import TillService
from lizhi_pos.till.training import TrainingService


@pytest.fixture
def acts(engine: Engine) -> dict[str, Act]:
    return acts_of_a_day(engine)


def test_whatever_training_is_asked_leaves_no_trace(engine: Engine, acts: dict[str, Act]) -> None:
    assert set(acts) == writers(TillService) | writers(OfficeService)
    before = everything(engine)
    training = TrainingService(engine)
    for name, act in acts.items():
        act(Services(training, OfficeService(engine, rehearse)), BY)
        assert everything(engine) == before, name
    assert training.write(lambda tx: tx.connection.execute(text("DELETE FROM basket")).rowcount, BY) == 1
    assert everything(engine) == before


def test_the_real_books_keep_what_they_are_asked(engine: Engine, acts: dict[str, Act]) -> None:
    for name in ("save", "hold", "recall", "return_goods", "sign_in", "print_sticker", "cancel", "keep_theme"):
        before = everything(engine)
        acts[name](services(engine), BY)
        assert everything(engine) != before, name
