"""The purchases file: what the pool's cash has bought."""

from pathlib import Path

from lizhi_pos.cell_errors import CellError
from lizhi_pos.donations.import_rows import PurchaseRow
from lizhi_pos.exchange import values
from lizhi_pos.exchange.headers import Layout
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.table import open_table

LAYOUT = Layout(
    ("单据号", "日期", "供应商", "条码", "数量", "单位进价"),
    ("到期日", "备注"),
    {"数量": str},
)


def read_purchases(path: Path) -> Reading[tuple[PurchaseRow, ...]]:
    """Return the lines of a purchases file in its order. Raise nothing: what is wrong is in the reading."""
    opened = open_table(path, LAYOUT)
    if isinstance(opened, CellError):
        return Reading(None, (opened,))
    table, warnings = opened
    voucher = table.required("单据号", values.number)
    on = table.required("日期", values.day)
    supplier = table.required("供应商", values.short_text)
    code = table.required("条码", values.code)
    quantity = table.required("数量", values.whole_from(1))
    unit_cost = table.required("单位进价", values.yuan)
    expires_on = table.optional("到期日", values.or_nothing(values.day), None)
    note = table.optional("备注", values.note, "")
    rows = tuple(
        PurchaseRow(
            voucher=next(voucher),
            on=next(on),
            supplier=next(supplier),
            code=next(code),
            quantity=next(quantity),
            unit_cost=next(unit_cost),
            at=at,
            expires_on=next(expires_on),
            note=next(note),
        )
        for at in table.places
    )
    return table.reading(rows, *warnings)
