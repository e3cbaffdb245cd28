"""Pictures and papers are kept in the books, each once under its hash, and for whatever they prove (三(四))."""

import hashlib
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.evidence.media import MOST_BYTES, media_of
from lizhi_pos.evidence.models import EVIDENCE, FILE, evidence, evidence_file
from lizhi_pos.locking import lock_alone
from lizhi_pos.record.chain import touch
from lizhi_pos.refusal import Refusal, refuse
from lizhi_pos.rulebook.adopted import not_in_future
from lizhi_pos.text.normalize import typed

_MEBIBYTE = 1024 * 1024
LEAST_OF_A_HASH = 8
"""So many signs of a hash name a file, where they name one alone."""


class Subject(Struct, frozen=True):
    """What evidence is kept for, known in the books: its kind, its name, and the other names it has gone by."""

    kind: str
    reference: str
    former: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}:{self.reference}"


class FileGiven(Struct, frozen=True):
    """A file that somebody hands in: its name, its content, and what there is to say of it."""

    name: str
    content: bytes
    note: str = ""


class Kept(Struct, frozen=True):
    """A file that is in the books; `bytes` is how many it has, `to` what it is kept for."""

    sha256: bytes
    bytes: int
    to: str


class Listed(Struct, frozen=True, kw_only=True):
    """A piece of evidence as it is listed."""

    sha256: bytes
    name: str
    bytes: int
    to: str
    note: str
    by: str
    on: date


class Picture(Struct, frozen=True):
    """A file as it was handed in, out of the books again."""

    sha256: bytes
    name: str
    content: bytes


_FILE = select(evidence_file.c.bytes).where(of_town(evidence_file), evidence_file.c.sha256 == bindparam("hash_of_it"))
_SAME = select(evidence.c.evidence_id).where(
    of_town(evidence),
    evidence.c.sha256 == bindparam("hash_of_it"),
    evidence.c.subject == bindparam("kind"),
    evidence.c.reference.in_(bindparam("names", expanding=True)),
)
_ALL = (
    select(evidence, evidence_file.c.bytes)
    .select_from(evidence.join(evidence_file, same_row(evidence_file.c.sha256, evidence.c.sha256)))
    .where(of_town(evidence))
    .order_by(evidence.c.evidence_id)
)
_OF = _ALL.where(evidence.c.subject == bindparam("kind"), evidence.c.reference.in_(bindparam("names", expanding=True)))
_HASHES = select(evidence_file.c.sha256).where(of_town(evidence_file))
_CONTENT = (
    select(evidence_file.c.content, evidence.c.name)
    .select_from(evidence_file.join(evidence, same_row(evidence.c.sha256, evidence_file.c.sha256)))
    .where(of_town(evidence_file), evidence_file.c.sha256 == bindparam("hash_of_it"))
    .order_by(evidence.c.evidence_id)
    .limit(1)
)


def keep(tx: Transaction, given: FileGiven, subject: Subject, authority: Authority) -> Kept | Refusal:
    """Keep a picture or PDF for something that is in the books; the same file is stored once, whatever it is for."""
    media = media_of(given.content)
    if refusal := authority.by.refusal_to("keep_evidence") or not_in_future(tx, authority.on):
        return refusal
    if len(given.content) > MOST_BYTES:
        return refuse("rule_broken", "{0} has more than {1} MB: make it smaller", given.name, MOST_BYTES // _MEBIBYTE)
    if media is None:
        return refuse(
            "rule_broken", "{0} is neither a picture nor a PDF: take a picture, or save it as PDF", given.name
        )
    key = hashlib.sha256(given.content).digest()
    # the same picture may be handed in at two places at once
    lock_alone(tx, f"evidence {key.hex()}")
    if tx.first(_SAME, hash_of_it=key, kind=subject.kind, names=[subject.reference, *subject.former]) is not None:
        return refuse("out_of_turn", "{0} is kept for {1} already", given.name, str(subject))
    if tx.first(_FILE, hash_of_it=key) is None:
        row = {"sha256": key, "bytes": len(given.content), "media": media, "content": given.content}
        tx.insert(evidence_file, row)
        touch(tx, FILE, key)
    piece = tx.new_id()
    tx.insert(
        evidence,
        {
            "evidence_id": piece,
            "sha256": key,
            "name": typed(given.name),
            "subject": subject.kind,
            "reference": subject.reference,
            "note": typed(given.note),
            "on_date": authority.on,
            "by_user": authority.by.name,
            "recorded_at": tx.now,
        },
    )
    touch(tx, EVIDENCE, piece)
    return Kept(key, len(given.content), str(subject))


def look_through(tx: Transaction, subject: Subject | None, by: Operator) -> list[Listed] | Refusal:
    """List what is kept for something, or everything; that somebody looked is on record."""
    if refusal := by.refusal_to("see_books"):
        return refusal
    record(tx, by, "look", f"evidence {subject or ''}".strip())
    if subject is None:
        rows = tx.all(_ALL)
    else:
        rows = tx.all(_OF, kind=subject.kind, names=[subject.reference, *subject.former])
    return [
        Listed(
            sha256=row.sha256,
            name=row.name,
            bytes=row.bytes,
            to=f"{row.subject}:{row.reference}",
            note=row.note,
            by=row.by_user,
            on=row.on_date,
        )
        for row in rows
    ]


def take_out(tx: Transaction, text: str) -> Picture | Refusal:
    """Return a file by its hash, or the beginning of it; refuse one that is not what it was when it was handed in."""
    key = _hash_of(tx, text)
    if isinstance(key, Refusal):
        return key
    row = tx.first(_CONTENT, hash_of_it=key)
    if row is None:
        return refuse("not_found", "No picture or paper is kept under {0}: look at the list of evidence", text)
    if hashlib.sha256(row.content).digest() != key:
        return refuse("rule_broken", "{0} was changed in the database: let the books be verified", row.name)
    return Picture(key, row.name, row.content)


def seen(tx: Transaction, picture: Picture, by: Operator) -> Refusal | None:
    """Put on record that somebody looked at a file."""
    if refusal := by.refusal_to("see_books"):
        return refusal
    record(tx, by, "look", f"evidence {picture.sha256.hex()} {picture.name}")
    return None


def _hash_of(tx: Transaction, text: str) -> bytes | Refusal:
    begin = typed(text).lower()
    if len(begin) >= LEAST_OF_A_HASH:
        found = [row.sha256 for row in tx.all(_HASHES) if row.sha256.hex().startswith(begin)]
        if len(found) == 1:
            return bytes(found[0])
        if found:
            return refuse("not_found", "Several files begin with {0}: write more of it", text)
    return refuse("not_found", "No picture or paper is kept under {0}: look at the list of evidence", text)
