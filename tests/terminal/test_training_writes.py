"""Training keeps nothing, whatever it is asked: every act that writes is asked of it, and the books are as before."""

import pytest
from service_acts import BY, Act, acts_of_a_day, everything, writers
from sqlalchemy import Engine, text
from till_town import ADMIN, ADMIN_PIN

from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.refusal import unwrap
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
        act(training, BY)
        assert everything(engine) == before, name
    assert training.write(lambda tx: tx.connection.execute(text("DELETE FROM basket")).rowcount) == 1
    assert everything(engine) == before
    assert unwrap(training.office.sign_in(ADMIN, ADMIN_PIN)).role == "admin"


def test_the_real_books_keep_what_they_are_asked(engine: Engine, acts: dict[str, Act]) -> None:
    service = TillService(engine)
    for name in ("keep", "hold", "recall", "return_goods", "sign_in", "print_sticker", "cancel", "keep_theme"):
        before = everything(engine)
        acts[name](service, BY)
        assert everything(engine) != before, name
