"""A town of 240 households for a whole market day: most may redeem, some are poor, barred, or below the threshold."""

from sqlalchemy import Engine

from lizhi_pos.inventory.import_rows import GoodsRow
from lizhi_pos.money import Yuan
from towns.till import AT, Villages, build_town

LIMITED = "6902000000050"
"""One for a household and month."""
GOODS = (
    GoodsRow("6901000000014", "加碘食盐", Yuan(250), AT, "400g", "袋"),
    GoodsRow("6902000000028", "香醋", Yuan(600), AT, "340ml", "瓶"),
    GoodsRow("6903000000032", "[/]促销 香皂", Yuan(380), AT, "115g", "块"),
    GoodsRow("6904000000046", "挂面", Yuan(500), AT, "800g", "把"),
    GoodsRow(LIMITED, "食用油", Yuan(1500), AT, "1L", "瓶", monthly_limit=1),
    GoodsRow("2000017", "大米", Yuan(3990), AT, "5kg", "袋"),
    GoodsRow("0012345", "毛巾", Yuan(900), AT, "", "条"),
    GoodsRow("20000249", "作业本", Yuan(150), AT, "", "本"),
)
PRICES = {goods.code: goods.price for goods in GOODS}
NAMES = {goods.code: f"{goods.name} {goods.spec}".rstrip() for goods in GOODS}
"""As a line of the basket shows it."""

_LETTERS = {"示例一村": "YC", "示例二村": "EC", "示例三村": "SC"}
_EACH = 80
PASSED, FAILED = 900, 800


def _villages() -> Villages:
    return {
        village: [
            (f"{letters}{n:04}", f"示例{letters[0]}{n:02}", FAILED if n % 13 == 5 else PASSED, 1 if n % 9 == 4 else 60)
            for n in range(1, _EACH + 1)
        ]
        for village, letters in _LETTERS.items()
    }


VILLAGES = _villages()
HEADS = {booklet: head for rows in VILLAGES.values() for booklet, head, _, _ in rows}
BELOW = frozenset(booklet for rows in VILLAGES.values() for booklet, _, score, _ in rows if score == FAILED)
POOR = frozenset(b for rows in VILLAGES.values() for b, _, score, swept in rows if swept == 1 and score == PASSED)
VETOED = frozenset(booklet for booklet in HEADS if booklet[-2:] in ("11", "37", "63"))


def build_market_town(engine: Engine) -> None:
    """The town with today's session open."""
    build_town(engine, villages=VILLAGES, vetoed=sorted(VETOED), goods=GOODS, each=2000)
