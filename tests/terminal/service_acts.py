"""Every act of a till's service that writes, and a day on which each of them has something to do."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Engine, text

from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Write, write
from lizhi_pos.migrations.metadata import metadata
from lizhi_pos.office.market_day import OfficeService
from lizhi_pos.refusal import unwrap
from lizhi_pos.till.service import TillService
from towns.approvals import approval_of
from towns.till import ADMIN, CLERK, SALT, SUPERVISOR, basket_of, build_town

BY, APPROVAL = Operator(CLERK, "clerk"), approval_of(SUPERVISOR)
SOLD, HELD, NEXT = (basket_of("GZ0012", (SALT, 1), key=key) for key in ("sold", "held", "next"))


def everything(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in metadata.tables
        }


def writers(kind: type) -> set[str]:
    """The methods of a class that write."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return {n for n, f in found if "write(" in inspect.getsource(f) and not n.startswith("_") and n != "write"}


class Services(NamedTuple):
    """A till's acts, and those behind the counter."""

    till: TillService
    office: OfficeService


def services(engine: Engine, write: Write = write) -> Services:
    return Services(TillService(engine, write), OfficeService(engine, write))


Act = Callable[[Services, Operator], Any]
"""One act, asked of the services by somebody."""


def acts_of_a_day(engine: Engine) -> dict[str, Act]:
    """A day on which all of them have something to do, and what to ask."""
    build_town(engine)
    service = TillService(engine)
    shop, sold = unwrap(service.trading_day()), unwrap(service.redeem(SOLD, BY))
    service.save(HELD, shop, BY)
    service.hold(HELD.key, "1", BY)
    job = OfficeService(engine).printing()[1][0].id
    return {
        "redeem": lambda b, by: b.till.redeem(NEXT, by),
        "save": lambda b, by: b.till.save(NEXT, shop, by),
        "hold": lambda b, by: b.till.hold(NEXT.key, "1", by),
        "recall": lambda b, by: b.till.recall(HELD.key, "1", by),
        "reprint": lambda b, by: b.till.reprint(sold.redemption_id, "1", by),
        "return_goods": lambda b, by: b.till.return_goods(sold.receipt, (), APPROVAL, by),
        "sign_in": lambda b, by: b.office.sign_in(ADMIN, "999999", "1"),
        "approve": lambda b, by: b.office.approve(ADMIN, "999999", "示例", by),
        "print_sticker": lambda b, by: b.till.print_sticker(sold.redemption_id, "1", by),
        "print_again": lambda b, by: b.office.print_again(job, by),
        "cancel": lambda b, by: b.office.cancel([job], by),
        "keep_theme": lambda b, by: b.office.keep_theme("1", "dark", by),
        "close_session": lambda b, by: b.office.close_session(by, shop.day, discard_baskets=True),
        "open_session": lambda b, by: b.office.open_session(by, APPROVAL),
    }
