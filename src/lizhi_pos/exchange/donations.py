"""The donations file: gifts of money and in kind, and what villages allocate."""

from collections.abc import Iterator
from pathlib import Path

from lizhi_pos.cell_errors import CellError
from lizhi_pos.donations.import_rows import GiftKind, GiftRow
from lizhi_pos.exchange import values
from lizhi_pos.exchange.headers import Layout
from lizhi_pos.exchange.read_result import Reading
from lizhi_pos.exchange.table import Table, open_table
from lizhi_pos.money import format_hundredths

LAYOUT = Layout(
    ("凭证号", "日期", "类型", "捐赠人", "金额"),
    ("条码", "数量", "单位价值", "到期日", "村", "用途", "匿名", "备注"),
    {"金额": format_hundredths, "数量": str},
)

_kind: values.Parser[GiftKind] = values.one_of(
    {"现金": "cash", "赞助": "sponsor", "村集体": "village", "实物": "in_kind"}
)


def read_donations(path: Path) -> Reading[tuple[GiftRow, ...]]:
    """Return the lines of a donations file in its order. Raise nothing: what is wrong is in the reading.

    Which further cells a kind of gift needs is for the domain to say: what is blank here is None or empty text.
    """
    opened = open_table(path, LAYOUT)
    if isinstance(opened, CellError):
        return Reading(None, (opened,))
    table, warnings = opened
    return table.reading(tuple(_gifts(table)), *warnings)


def _gifts(table: Table) -> Iterator[GiftRow]:
    voucher = table.required("凭证号", values.number)
    on = table.required("日期", values.day)
    kind: Iterator[GiftKind] = table.required("类型", _kind)
    donor = table.required("捐赠人", values.short_text)
    amount = table.optional("金额", values.or_nothing(values.yuan), None)
    code = table.optional("条码", values.code, "")
    quantity = table.optional("数量", values.or_nothing(values.whole_from(1)), None)
    unit_value = table.optional("单位价值", values.or_nothing(values.yuan), None)
    expires_on = table.optional("到期日", values.or_nothing(values.day), None)
    village = table.optional("村", values.name, "")
    purpose = table.optional("用途", values.note, "")
    anonymous = table.optional("匿名", values.yes_or_no, False)
    note = table.optional("备注", values.note, "")
    for at in table.places:
        yield GiftRow(
            voucher=next(voucher),
            on=next(on),
            kind=next(kind),
            donor=next(donor),
            at=at,
            amount=next(amount),
            code=next(code),
            quantity=next(quantity),
            unit_value=next(unit_value),
            expires_on=next(expires_on),
            village=next(village),
            purpose=next(purpose),
            anonymous=next(anonymous),
            note=next(note),
        )
