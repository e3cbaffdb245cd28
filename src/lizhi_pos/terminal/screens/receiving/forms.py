"""What the dialogs of receiving ask, and what was filled in as the values it stands for."""

from collections.abc import Mapping

from lizhi_pos.office.receiving import NewGoods
from lizhi_pos.receiving.deliveries import DeliveryHead, DeliveryKind
from lizhi_pos.refusal import Refusal, message, refuse
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.shared.amounts import amount_of
from lizhi_pos.terminal.screens.shared.form_dialog import Wrong
from lizhi_pos.text import normalize


def new_goods(code: str, values: Mapping[str, str]) -> NewGoods | Wrong:
    """Return the product that was filled in, or what is wrong with it."""
    price = amount_of(values["price"])
    days = normalize.plain(values["shelf_days"])
    if isinstance(price, Refusal):
        return Wrong("price", price)
    if days and not (days.isdecimal() and 1 <= int(days) <= 9999):
        return Wrong("shelf_days", refuse("rule_broken", "{0} is no number of days", days))
    return NewGoods(
        code=code,
        name=normalize.name(values["name"]),
        price=price,
        unit=normalize.typed(values["unit"]),
        category=normalize.typed(values["category"]),
        shelf_days=int(days) if days else None,
    )


def head_of(kind: DeliveryKind, values: Mapping[str, str]) -> DeliveryHead:
    """Return what was said of the whole delivery."""
    anonymous = values.get("anonymous", "").strip().lower()
    return DeliveryHead(
        kind=kind,
        voucher=normalize.number(values["voucher"]),
        giver=normalize.name(values["giver"]),
        purpose=normalize.typed(values.get("purpose", "")),
        anonymous=anonymous in ("1", "y", "yes", "是"),
        invoice=normalize.typed(values.get("invoice", "")),
        received_by=normalize.name(values.get("received_by", "")),
        from_gift=normalize.number(values.get("from_gift", "")),
    )


def head_fields(kind: DeliveryKind, voucher: str, givers: tuple[str, ...]) -> tuple[Field, ...]:
    """Return what is asked before the first scan."""
    if kind == "gift":
        return (
            Field(name="giver", label=message("Giver, or number"), choices=givers),
            Field(name="purpose", label=message("Purpose"), optional=True),
            Field(name="anonymous", label=message("Anonymous? 1 is yes"), optional=True),
            Field(name="voucher", label=message("Voucher"), value=voucher),
        )
    return (
        Field(name="giver", label=message("Supplier, or number"), choices=givers),
        Field(name="invoice", label=message("Invoice"), optional=True),
        Field(name="received_by", label=message("Received by"), optional=True),
        Field(name="from_gift", label=message("Of which gift first"), optional=True),
        Field(name="voucher", label=message("Voucher"), value=voucher),
    )
