"""A town of five villages (示例) on the redemption day of April 2024."""

from datetime import date

from sqlalchemy import Engine

from lizhi_pos.access.operators import Operator
from lizhi_pos.accounts.import_batch import draft
from lizhi_pos.accounts.import_rows import ActRow, VillageWorkbook
from lizhi_pos.db import transaction
from lizhi_pos.money import Points
from lizhi_pos.periods import Month
from lizhi_pos.refusal import unwrap
from towns.till import ADMIN, AT, HOUSEHOLDS, build_town, veto

DAY = date(2024, 4, 28)
MORE_VILLAGES = {
    "天桥村": (("TQ0007", "张建国", 900, 40), ("TQ0011", "周桂英", 900, 40)),
    "民族村": (("MZ0021", "王芳", 950, 30),),
    "华平村": (("HP0101", "欧阳淑贞", 900, 30),),
}


def build_big_town(engine: Engine) -> None:
    """One household has two reasons why it may not redeem, another one points that are not posted yet."""
    build_town(engine, villages={**HOUSEHOLDS, **MORE_VILLAGES})
    with transaction(engine) as tx:
        veto(tx, "GZ0014", DAY, Operator(ADMIN, "admin"))
        unwrap(draft(tx, _april(), Operator(ADMIN, "admin")))


def _april() -> VillageWorkbook:
    """古镇社区's April so far: points that cannot be redeemed yet."""
    act = ActRow("GZ0012", "张建国", date(2024, 4, 20), "清扫", Points(1000), AT, 1)
    return VillageWorkbook("古镇社区", Month(2024, 4), acts=(act,))
