"""The list of who took goods of a recalled lot as paper elements."""

from lizhi_pos.checkout.recall_notice import RecallNotice
from lizhi_pos.printing.elements import Cut, Element, Feed, Line, Rule
from lizhi_pos.printing.receipt_layout import copy_mark, pair


def recall_elements(notice: RecallNotice, columns: int, copy: int = 0) -> list[Element]:
    """Return the list for whoever goes round: each household with what it took, and room to tick it off."""
    pieces = sum(x.quantity for x in notice.households)
    return [
        Line("召回通知单", align="center", size="double"),
        Line(notice.shop, align="center", bold=True),
        *copy_mark(copy),
        Rule(),
        Line(f"{notice.name} {notice.spec}".strip(), bold=True),
        pair(f"条码 {notice.code}", f"批次 {notice.lot}", columns),
        *([Line(f"原因 {notice.reason}")] if notice.reason else []),
        pair(notice.made_on.isoformat(), f"{len(notice.households)}单 {pieces}{notice.unit}", columns),
        Rule(),
        *(
            element
            for x in notice.households
            for element in (
                pair(f"□ {x.booklet} {x.head}", f"{x.quantity}{notice.unit}", columns, bold=True),
                Line(f"{x.village} {x.date.isoformat()}"),
                Line(f"单号 {x.receipt}"),
            )
        ),
        Rule(),
        Line("请勿食用或使用,带回励志超市退还积分"),
        Line("通知人签字:"),
        Feed(2),
        Cut(),
    ]
