"""What the dialogs of gifts and the pool ask, and what was filled in as the values it stands for."""

from collections.abc import Mapping
from datetime import date

from lizhi_pos.inventory.barcodes import read_expiry
from lizhi_pos.office.gifts import MoneyGift, MoneyKind, Proposals
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.terminal.form import Field
from lizhi_pos.terminal.screens.shared.amounts import MOST_DIGITS, amount_of
from lizhi_pos.terminal.screens.shared.form_dialog import Wrong
from lizhi_pos.text import normalize

MONEY_KINDS: Mapping[MoneyKind, Message] = {
    "cash": message("gift of money"),
    "sponsor": message("sponsor's grant"),
    "village": message("village's allocation"),
}


def day_typed(text: str) -> date | Refusal:
    """Return a day as it was typed, ``240430`` or ``2024-04-30``."""
    found = read_expiry(text)
    return Refusal(text=found) if isinstance(found, Message) else found


def money_fields(kind: MoneyKind, offered: Proposals) -> tuple[Field, ...]:
    """Return what is asked of a gift of money."""
    amount = Field(name="amount", label=message("Amount in yuan"))
    purpose = Field(name="purpose", label=message("Purpose"), optional=True)
    end = (
        Field(name="on", label=message("Day"), value=offered.day.isoformat()),
        Field(name="voucher", label=message("Voucher"), value=offered.voucher),
    )
    if kind == "village":
        return (
            Field(name="donor", label=message("Village, or number"), choices=offered.villages),
            amount,
            purpose,
            Field(name="resolution", label=message("Resolution"), optional=True),
            *end,
        )
    return (
        Field(name="donor", label=message("Giver, or number"), choices=offered.donors),
        amount,
        purpose,
        Field(name="anonymous", label=message("Anonymous? 1 is yes"), optional=True),
        Field(name="pledge", label=message("Of pledge no."), optional=True),
        *end,
    )


def money_gift(kind: MoneyKind, values: Mapping[str, str]) -> MoneyGift | Wrong:
    """Return the gift that was filled in, or what is wrong with it."""
    amount, on = amount_of(values["amount"]), day_typed(values["on"])
    if isinstance(amount, Refusal):
        return Wrong("amount", amount)
    if isinstance(on, Refusal):
        return Wrong("on", on)
    pledge = normalize.plain(values.get("pledge", ""))
    if pledge and not (pledge.isdecimal() and len(pledge) <= MOST_DIGITS and int(pledge)):
        return Wrong("pledge", refuse("rule_broken", "{0} is no pledge's number: F9 shows the pledges", pledge))
    name = normalize.name(values["donor"])
    return MoneyGift(
        kind=kind,
        voucher=normalize.number(values["voucher"]),
        on=on,
        donor=name,
        amount=amount,
        purpose=normalize.typed(values["purpose"]),
        anonymous=normalize.plain(values.get("anonymous", "")).lower() in ("1", "y", "yes", "是"),
        village=name if kind == "village" else "",
        resolution=normalize.typed(values.get("resolution", "")),
        pledge=int(pledge) if pledge else None,
    )
