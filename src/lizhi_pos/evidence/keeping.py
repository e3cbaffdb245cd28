"""Pictures and papers are kept in the books, each once under its hash, and for whatever they prove (三(四))."""

import hashlib
from datetime import date

from msgspec import Struct
from sqlalchemy import bindparam, select

from lizhi_pos.access.audit import record
from lizhi_pos.access.operators import Authority, Operator
from lizhi_pos.db import Transaction, of_town, same_row
from lizhi_pos.evidence.media import MOST_BYTES, media_of
from lizhi_pos.evidence.models import EVIDENCE, FILE, evidence, evidence_content, evidence_file, evidence_told
from lizhi_pos.ids import Id
from lizhi_pos.locking import lock_alone
from lizhi_pos.record.chain import touch
from lizhi_pos.record.commitments import commitment, new_salt
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
    """A file as it was handed in, out of the books again; `to` is what it was kept for first."""

    sha256: bytes
    name: str
    content: bytes
    to: str


_FILE = select(evidence_content.c.file_id).where(
    of_town(evidence_content), evidence_content.c.sha256 == bindparam("hash_of_it")
)
_SAME = select(evidence.c.evidence_id).where(
    of_town(evidence),
    evidence.c.file_id == bindparam("file"),
    evidence.c.subject == bindparam("kind"),
    evidence.c.reference.in_(bindparam("names", expanding=True)),
)
_ALL = (
    select(evidence, evidence_file.c.bytes, evidence_content.c.sha256, evidence_told.c.name, evidence_told.c.note)
    .select_from(
        evidence.join(evidence_file, same_row(evidence_file.c.file_id, evidence.c.file_id))
        .join(evidence_content, same_row(evidence_content.c.file_id, evidence.c.file_id))
        .join(evidence_told, same_row(evidence_told.c.evidence_id, evidence.c.evidence_id))
    )
    .where(of_town(evidence))
    .order_by(evidence.c.evidence_id)
)
_OF = _ALL.where(evidence.c.subject == bindparam("kind"), evidence.c.reference.in_(bindparam("names", expanding=True)))
_HASHES = select(evidence_content.c.sha256).where(of_town(evidence_content))
_CONTENT = (
    select(evidence_content.c.content, evidence.c.subject, evidence.c.reference, evidence_told.c.name)
    .select_from(
        evidence_content.join(evidence, same_row(evidence.c.file_id, evidence_content.c.file_id)).join(
            evidence_told, same_row(evidence_told.c.evidence_id, evidence.c.evidence_id)
        )
    )
    .where(of_town(evidence_content), evidence_content.c.sha256 == bindparam("hash_of_it"))
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
    sha256 = hashlib.sha256(given.content).digest()
    # the same picture may be handed in at two places at once
    lock_alone(tx, f"evidence {sha256.hex()}")
    file_id: Id | None = tx.value(_FILE, hash_of_it=sha256)
    names = [subject.reference, *subject.former]
    if file_id is not None and tx.first(_SAME, file=file_id, kind=subject.kind, names=names) is not None:
        return refuse("out_of_turn", "{0} is kept for {1} already", given.name, str(subject))
    _keep_piece(tx, file_id or _keep_file(tx, given.content, sha256, media), given, subject, authority)
    return Kept(sha256, len(given.content), str(subject))


def _keep_file(tx: Transaction, content: bytes, sha256: bytes, media: str) -> Id:
    key, salt = tx.new_id(), new_salt()
    row = {"file_id": key, "bytes": len(content), "media": media, "commitment": commitment(key, salt, content)}
    tx.insert(evidence_file, row)
    tx.insert(evidence_content, {"file_id": key, "sha256": sha256, "salt": salt, "content": content})
    touch(tx, FILE, key)
    return key


def _keep_piece(tx: Transaction, file_id: Id, given: FileGiven, subject: Subject, authority: Authority) -> None:
    key, salt = tx.new_id(), new_salt()
    name, note = typed(given.name), typed(given.note)
    tx.insert(
        evidence,
        {
            "evidence_id": key,
            "file_id": file_id,
            "subject": subject.kind,
            "reference": subject.reference,
            "commitment": commitment(key, salt, as_told(name, note)),
            "on_date": authority.on,
            "by_user": authority.by.name,
            "recorded_at": tx.now,
        },
    )
    tx.insert(evidence_told, {"evidence_id": key, "name": name, "note": note, "salt": salt})
    touch(tx, EVIDENCE, key)


def as_told(name: str, note: str) -> bytes:
    """Return what is committed to of a picture's name and note. Pure."""
    return name.encode() + b"\0" + note.encode()


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
    return Picture(key, row.name, row.content, f"{row.subject}:{row.reference}")


def seen(tx: Transaction, picture: Picture, by: Operator) -> Refusal | None:
    """Put on record that somebody looked at a file; not its name or hash, which can be erased."""
    if refusal := by.refusal_to("see_books"):
        return refusal
    record(tx, by, "look", f"evidence {picture.to}")
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
