"""The small town (示例) over three market days, two of its months closed: enough to try a forecast on."""

from datetime import date

from sqlalchemy import Engine

from lizhi_pos.access.operators import Authority
from lizhi_pos.checkout.market_session import close_session
from lizhi_pos.db import transaction
from lizhi_pos.periods import Month
from lizhi_pos.refusal import unwrap
from lizhi_pos.settlement.closing import close_month
from towns.small import ACCOUNTANT, CLERK, OIL, SALT, SOAP, eligible, found, gift, noon, open_shop, purchase, sell

DAYS = {date(2024, 4, 28): 8, date(2024, 5, 28): 9, date(2024, 6, 28): 10}
"""Market days and how much salt was taken on each."""
NOW = date(2024, 7, 1)
NEXT = date(2024, 7, 28)


def build_planning_town(engine: Engine, cash: str = "1000.00") -> None:
    """Salt is asked for each time and runs short, soap is there, oil was asked for on the last day."""
    with transaction(engine, noon(min(DAYS))) as tx:
        found(tx)
        gift(tx, "XJ-1", date(2024, 4, 2), value=cash)
        gift(tx, "SW-1", date(2024, 4, 3), code=SALT, quantity=20, value="2.00")
        gift(tx, "SW-2", date(2024, 4, 4), code=SOAP, quantity=20, value="3.00")
        gift(tx, "SW-3", date(2024, 4, 4), code=OIL, quantity=2, value="12.00")
        taken = purchase(tx, "CG-1", date(2024, 4, 5), SALT, 10, "2.10")
        assert not unwrap(taken).errors
        eligible(tx, times=20)
    for day, salt in DAYS.items():
        with transaction(engine, noon(day)) as tx:
            open_shop(tx, day)
            unwrap(sell(tx, "TQ0001", (SALT, salt), (SOAP, 1), on=day))
            if day == max(DAYS):
                unwrap(sell(tx, "TQ0001", (OIL, 2), on=day))
            unwrap(close_session(tx, Authority(CLERK, day)))
    with transaction(engine, noon(NOW)) as tx:
        for month in (Month(2024, 4), Month(2024, 5)):
            unwrap(close_month(tx, month, Authority(ACCOUNTANT, NOW)))
