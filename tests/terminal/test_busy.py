"""An act that was given up because others were faster, again and again, is told in the clerk's words."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from till_hands import selling, sold

from databases import fresh_postgres
from lizhi_pos.db import MAX_TRIES
from lizhi_pos.engines import open_engine
from towns.till import SALT, build_town

BOOKLET = "GZ0012"
DEADLOCK = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$"


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_a_sale_that_is_given_up_says_so_and_succeeds_later(postgres_url: str, log: Path, lang: str) -> None:
    for url in fresh_postgres(postgres_url):
        shop = open_engine(url)
        build_town(shop)
        async with selling(shop, log, lang=lang) as till:
            till.scan(BOOKLET, SALT)
            await till.idle()
            tried = deadlocks(shop)
            await till.enter()
            assert len(tried) == MAX_TRIES
            said = till.shown("#notice")
            if lang == "zh":
                assert "再试一次" in said
                assert not re.search("[A-Za-z]{3,}", said)
            else:
                assert "Try again" in said
            assert till.wanted() == ((SALT, 1),)
            tried.append("enough")
            await till.enter()
            assert till.counter.basket is None
        assert sold(shop) == [(BOOKLET, SALT, 1)]
        shop.dispose()


def deadlocks(engine: Engine) -> list[str]:
    """Let every act on the database end as the loser of a deadlock, until the list that is returned says `enough`."""
    tried: list[str] = []

    @event.listens_for(engine, "commit")
    def lose(connection: object) -> None:
        if "enough" not in tried:
            tried.append("lost")
            connection.exec_driver_sql(DEADLOCK)  # type: ignore[attr-defined]

    return tried
