"""What a command answers, as one JSON object: the same frozen structs that screens and texts show."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from lizhi_pos.cell_errors import CellError
from lizhi_pos.i18n.catalogue import Translate
from lizhi_pos.i18n.render import cell_message, fact_for_scripts, refusal_words, render
from lizhi_pos.money import Points, Yuan, format_hundredths
from lizhi_pos.refusal import Message, Reason, Refusal


class Outcome(Struct, frozen=True):
    """What a command did: its answer for scripts, its words for people, its exit status.

    `warnings` are what went wrong after it was done; they go to standard error.
    """

    answer: Any
    words: tuple[Message | str, ...] = ()
    exit_status: int = 0
    warnings: tuple[Message | str, ...] = ()


def encode(answer: Any, translate: Translate) -> str:
    """Return an answer as one JSON object: amounts as strings with two decimals, days in ISO form, keys as hex."""
    return msgspec.json.encode(plain(answer, translate)).decode()


def plain(answer: Any, translate: Translate) -> Any:
    """Return an answer as `encode` writes it, before it is text."""
    return _plain(answer, type(answer), translate)


def refusal_object(refusal: Refusal, translate: Translate) -> dict[str, Any]:
    """Return a refusal as scripts read it."""
    details: dict[str, Any] = dict(refusal.details)
    if refusal.reasons:
        details["reasons"] = [_reason(reason) for reason in refusal.reasons]
    message = "\n".join(refusal_words(refusal, translate))
    return {"error": {"code": refusal.code, "message": message, "details": details}}


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "facts": [fact_for_scripts(fact) for fact in reason.facts]}


def _plain(value: Any, kind: Any, translate: Translate) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, CellError):
        return {"sheet": value.sheet, "cell": value.cell, "message": cell_message(value, translate)}
    if isinstance(value, Reason):
        return _reason(value)
    if isinstance(value, Message):
        return render(value, translate)
    if isinstance(value, Struct):
        hints = _hints(type(value))
        return {name: _plain(getattr(value, name), hints[name], translate) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, type(item), translate) for key, item in value.items()}
    if isinstance(value, list | tuple):
        inner = _inner(kind)
        return [_plain(item, inner or type(item), translate) for item in value]
    if isinstance(value, int):
        return format_hundredths(value) if _is_amount(kind) else value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


@cache
def _hints(kind: type[Struct]) -> dict[str, Any]:
    return get_type_hints(kind)


def _inner(kind: Any) -> Any:
    return next((a for a in get_args(kind) if a is not Ellipsis), None) if get_origin(kind) in (tuple, list) else None


def _is_amount(kind: Any) -> bool:
    return kind is Points or kind is Yuan or any(a is Points or a is Yuan for a in get_args(kind))
