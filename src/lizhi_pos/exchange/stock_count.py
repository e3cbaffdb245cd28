"""The stock count's file: what was counted of each product, or of its lots."""

from pathlib import Path

from lizhi_pos.cell_errors import CellError
from lizhi_pos.exchange import values
from lizhi_pos.exchange.headers import Layout
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.table import open_table
from lizhi_pos.inventory.count_rows import CountRow

LAYOUT = Layout(("条码", "实盘数量"), ("批次", "说明"))


def read_count(path: Path) -> Reading[tuple[CountRow, ...]]:
    """Return the lines of a count's file in its order. Raises nothing: what is wrong is in the reading."""
    opened = open_table(path, LAYOUT)
    if isinstance(opened, CellError):
        return Reading(None, (opened,))
    table, warnings = opened
    code = table.required("条码", values.code)
    quantity = table.required("实盘数量", values.whole_from(0))
    lot = table.optional("批次", values.number, "")
    note = table.optional("说明", values.note, "")
    rows = tuple(
        CountRow(code=next(code), quantity=next(quantity), at=at, lot=next(lot), note=next(note)) for at in table.places
    )
    return table.reading(rows, *warnings)
