"""Several tills at once: nobody waits for another in a circle, nothing is sold twice, numbers have no gaps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.redeem import redeem
from lizhi_pos.checkout.redemptions import Redemption
from lizhi_pos.db import transaction
from lizhi_pos.inventory.stock import stock_on
from lizhi_pos.settlement.verification import verify
from towns.small import (
    APPROVAL,
    CLERK,
    MARKET_DAY,
    OIL,
    SALT,
    act,
    basket,
    found,
    gift,
    household,
    noon,
    open_shop,
    post,
    scores,
    workbook,
)

HOUSEHOLDS = [f"TQ000{n}" for n in range(4)]
SALES = 8


def test_tills_sell_side_by_side(engine: Engine) -> None:
    with transaction(engine, noon(MARKET_DAY)) as tx:
        found(tx)
        gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=20, value="2.00")
        gift(tx, "SW-2", date(2024, 4, 3), code=OIL, quantity=99, value="9.00")
        people = workbook(
            households=[household(b) for b in HOUSEHOLDS],
            scored=[s for b in HOUSEHOLDS for s in scores(b, q2023_4="90", q2024_1="90")],
            acts=[act(b, date(2024, 3, 5), 50) for b in HOUSEHOLDS],
        )
        post(tx, people)
        open_shop(tx)
    for till in ("1", "2"):
        with transaction(engine, noon(MARKET_DAY)) as tx:
            redeem(tx, basket("TQ0000", (OIL, 1), till=till), Authority(CLERK, MARKET_DAY, APPROVAL))

    def sell_at(till: str) -> int:
        done = 0
        for number in range(SALES):
            wanted = [(SALT, 1), (OIL, 1)] if number % 2 else [(OIL, 1), (SALT, 1)]
            with transaction(engine, noon(MARKET_DAY)) as tx:
                answer = redeem(
                    tx, basket(HOUSEHOLDS[number % 4], *wanted, till=till), Authority(CLERK, MARKET_DAY, APPROVAL)
                )
            done += isinstance(answer, Redemption)
        return done

    with ThreadPoolExecutor(4) as pool:
        sold = sum(pool.map(sell_at, ["1", "2", "1", "2"]))
    assert sold == 20
    with transaction(engine, noon(MARKET_DAY)) as tx:
        on_hand = {p.code: p.on_hand for p in stock_on(tx, MARKET_DAY)}
        assert (on_hand[SALT], on_hand[OIL]) == (0, 77)
        proof = verify(tx)
        assert proof.ok, proof
