"""Of which links a head of the books is that goes on paper, so that it can be worked out again years later."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, json
from sqlalchemy import select

from lizhi_pos.access.audit_events import note
from lizhi_pos.access.models import audit_event
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.journal.chain import newest_links

_ACTION = "head"
_KEPT = (
    select(audit_event.c.subject)
    .where(of_town(audit_event), audit_event.c.action == _ACTION)
    .order_by(audit_event.c.at, audit_event.c.event_id)
)


class LinksOnPaper(Struct, frozen=True):
    """The newest entry of every till and the newest line of the record, by their numbers."""

    tills: Mapping[str, int]
    line: int


_links = json.Decoder(LinksOnPaper)


def keep_head(tx: Transaction, by: str) -> bytes:
    """Keep of which links the head is that now goes on a day's slip or a month's statement; return it."""
    newest = newest_links(tx)
    numbers = LinksOnPaper({till: number for till, (number, _) in newest.tills.items()}, newest.line[0])
    note(tx, by, _ACTION, json.encode(numbers).decode())
    return newest.head


def kept_heads(tx: Transaction) -> Iterator[LinksOnPaper]:
    """Yield what went on paper, in order."""
    for row in tx.all(_KEPT):
        yield _links.decode(row.subject)
