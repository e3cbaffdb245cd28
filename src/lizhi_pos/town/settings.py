"""What the town has set for its shop: a few names with a few values, for the town or for one till."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Operator
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Message, Refusal, message, refuse
from lizhi_pos.town.models import SETTING, setting


class Known(Struct, frozen=True):
    """A setting there is: its values, the first of which holds where nothing was set, and what it means."""

    values: tuple[str, ...]
    means: Message


IDENTITY_NUMBERS = "identity-numbers"
SETTINGS: Mapping[str, Known] = MappingProxyType(
    {
        "receipt-head": Known(("masked", "full"), message("the head's name on receipts")),
        "village-copy": Known(("no", "yes"), message("a second receipt for the village to read")),
        "lock-after": Known(
            ("10", "2", "5", "20", "60", "never"), message("minutes without a key until the till locks")
        ),
        IDENTITY_NUMBERS: Known(("yes", "no"), message("identity numbers that villages send in are stored")),
        "theme": Known(("light", "dark", "contrast"), message("the till's colours")),
    }
)
_SETTINGS = select(setting.c.name, setting.c.till, setting.c.value).where(of_town(setting))
_CHANGE = (
    update(setting)
    .where(of_town(setting), setting.c.name == bindparam("setting_name"), setting.c.till == bindparam("of_till"))
    .values(value=bindparam("now_value"), changed_at=bindparam("at"), changed_by=bindparam("user_name"))
)


def settings(tx: Transaction, till: str = "") -> dict[str, str]:
    """Return every setting with the value that holds: the till's own, else the town's, else the first one there is."""
    values = {name: known.values[0] for name, known in SETTINGS.items()}
    rows = [row for row in tx.all(_SETTINGS) if row.till in ("", till)]
    for row in sorted(rows, key=lambda row: str(row.till)):
        if row.name in values:
            values[row.name] = row.value
    return values


def set_town_setting(tx: Transaction, name: str, value: str, by: Operator) -> Refusal | None:
    """Set a value for the whole town, which is an administrator's work and is kept on record."""
    if refusal := by.refusal_to("manage") or _why_not_set(name, value):
        return refusal
    keep_setting(tx, name, "", value, by)
    record(tx, by, "setting", f"{name}={value}")
    return None


def keep_setting(tx: Transaction, name: str, till: str, value: str, by: Operator) -> None:
    """Keep a value, of one till where it is named: how that till looks is its clerk's own choice."""
    touch(tx, SETTING, name, till)
    changed = tx.change(_CHANGE, setting_name=name, of_till=till, now_value=value, at=tx.now, user_name=by.name)
    if not changed:
        tx.insert(
            setting,
            {"name": name, "till": till, "value": value, "changed_at": tx.now, "changed_by": by.name},
        )


def _why_not_set(name: str, value: str) -> Refusal | None:
    known = SETTINGS.get(name)
    if known is None:
        return refuse("not_found", "There is no setting {0}; there are: {1}", name, ", ".join(SETTINGS))
    if value not in known.values:
        return refuse("rule_broken", "{0} is one of: {1}", name, ", ".join(known.values))
    return None
