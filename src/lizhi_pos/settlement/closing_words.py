"""What a closing's checks and their facts say, in sentences for people."""

from collections.abc import Callable, Mapping, Sequence

from lizhi_pos.refusal import Message, message

CHECK_WORDS: Mapping[str, Message] = {
    "order": message("turn"),
    "sessions": message("market sessions"),
    "baskets": message("baskets"),
    "counts": message("stocktakes"),
    "objections": message("objections"),
    "points": message("points"),
    "stock": message("stock"),
    "pool": message("pool"),
    "chain": message("chain"),
    "slips": message("paper slips"),
    "papers": message("printing"),
    "batches": message("ledgers"),
    "answers": message("answers to the month before"),
    "bank": message("bank"),
    "expired": message("expired goods"),
}
"""What each check looks at."""

_ORDER = {
    "empty": message("There is nothing in the books to close"),
    "closed": message("{0} is closed already or lies before the books begin"),
    "first": message("Months close in order: close {0} first"),
    "not_over": message("The month is not over: close it after {0}"),
}
_POOL = {
    "unequal": message("cash {0} and stock {1} are not what gifts and purchases leave: run verify"),
    "cash": message("the pool's cash is {0}: look at its purchases"),
}
_BATCHES = {
    "missing": message("{0}: no ledger of {1} came"),
    "late": message("{0}: the ledger of {1} came late"),
    "draft": message("{0}: the ledger of {1} is a draft still"),
    "publicised": message("{0}: the ledger of {1} is in its publicity still"),
    "reviewed": message("{0}: the ledger of {1} is reviewed, not posted"),
}
_ANSWERS = {
    "sent": message("{0} has not answered to {1}"),
    "answered": message("{0} has answered to {1}, not confirmed it"),
    "disputed": message("{0} disputes {1}"),
}


def _of(text: Message, *args: str | Message) -> Message:
    return message(text.msgid, *args)


def _order(told: Sequence[str]) -> Message:
    return _of(_ORDER[told[0]], *told[1:])


def _points(told: Sequence[str]) -> Message:
    if told[0] == "transferred":
        return message("transfers add up to {0} instead of nothing: run verify", told[1])
    return message("{0}: {1} in the statement, {2} in the books: run verify", *told)


def _bank(told: Sequence[str]) -> Message:
    if told[1] == "missing":
        return message("what the bank says at the end of {0} is not written down", told[0])
    return message("on {0} the bank says {1}, the book {2}", *told)


def _expired(told: Sequence[str]) -> Message:
    lot, _code, name, quantity, expired_on = told
    return message("{0} ({1}): {2} {2:piece|pieces}, expired on {3}", name, lot, quantity, expired_on)


_FACT_WORDS: Mapping[str, Callable[[Sequence[str]], Message]] = {
    "order": _order,
    "sessions": lambda told: message("The session of {0} is still open: close it first", *told),
    "baskets": lambda told: message("a basket of {1} of {0} lies at till {2}: redeem it or take it away", *told),
    "counts": lambda told: message("stocktake {0} is open: close or drop it", *told),
    "objections": lambda told: message("{0} {1}: objection {2} is not answered", *told),
    "points": _points,
    "stock": lambda told: message("a lot is not what moved in and out of it, run verify: {0}", *told),
    "pool": lambda told: _of(_POOL[told[0]], *told[1:]),
    "chain": lambda told: message("the books were changed from outside, run verify: {0}", *told),
    "slips": lambda told: message("{0}: slip {1} is missing", *told),
    "papers": lambda told: message("nobody knows whether {0} was printed: look at the print queue", *told),
    "batches": lambda told: _of(_BATCHES[told[2]], *told[:2]),
    "answers": lambda told: _of(_ANSWERS[told[2]], *told[:2]),
    "bank": _bank,
    "expired": _expired,
}


def fact_words(check: str, told: Sequence[str]) -> Message:
    """Return what one fact of a check says."""
    return _FACT_WORDS[check](told)
