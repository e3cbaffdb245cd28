"""The file of paper slips, written while the power was out."""

from pathlib import Path

from lizhi_pos.cell_errors import CellError
from lizhi_pos.checkout.import_rows import SlipRow
from lizhi_pos.exchange import values
from lizhi_pos.exchange.headers import Layout
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.table import open_table

LAYOUT = Layout(
    ("单号", "日期", "手册编号", "条码", "数量"),
    ("代领人", "关系"),
    {"数量": str},
)


def read_slips(path: Path) -> Reading[tuple[SlipRow, ...]]:
    """Return the lines of a slips file in its order. Raise nothing: what is wrong is in the reading."""
    opened = open_table(path, LAYOUT)
    if isinstance(opened, CellError):
        return Reading(None, (opened,))
    table, warnings = opened
    slip = table.required("单号", values.number)
    on = table.required("日期", values.day)
    booklet = table.required("手册编号", values.number)
    code = table.required("条码", values.code)
    quantity = table.required("数量", values.whole_from(1))
    proxy = table.optional("代领人", values.name, "")
    relation = table.optional("关系", values.name, "")
    rows = tuple(
        SlipRow(
            slip=next(slip),
            on=next(on),
            booklet=next(booklet),
            code=next(code),
            quantity=next(quantity),
            at=at,
            proxy=next(proxy),
            relation=next(relation),
        )
        for at in table.places
    )
    return table.reading(rows, *warnings)
