"""The goods file."""

from pathlib import Path

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange import values
from lizhi_pos.exchange.headers import Layout
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.table import open_table
from lizhi_pos.inventory.import_rows import GoodsRow

LAYOUT = Layout(("条码", "名称", "积分价"), ("规格", "单位", "类别", "每户限量", "安全库存"))


def read_goods(path: Path) -> Reading[tuple[GoodsRow, ...]]:
    """Return the goods of a file in its order. Raise nothing: what is wrong is in the reading."""
    opened = open_table(path, LAYOUT)
    if isinstance(opened, CellError):
        return Reading(None, (opened,))
    table, warnings = opened
    code = table.required("条码", values.goods_code)
    name = table.required("名称", values.short_text)
    price = table.required("积分价", values.tag_price)
    spec = table.optional("规格", values.short_text, "")
    unit = table.optional("单位", values.short_text, "")
    category = table.optional("类别", values.short_text, "")
    limit = table.optional("每户限量", values.or_nothing(values.whole_from(1)), None)
    stock = table.optional("安全库存", values.or_nothing(values.whole_from(0)), None)
    rows = tuple(
        GoodsRow(
            code=next(code),
            name=next(name),
            price=next(price),
            at=at,
            spec=next(spec),
            unit=next(unit),
            category=next(category),
            monthly_limit=next(limit),
            safety_stock=next(stock),
        )
        for at in table.places
    )
    return table.reading(rows, *warnings)
