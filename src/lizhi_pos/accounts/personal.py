"""What is personal lies in rows of its own: identity and phone numbers, and notes about people.

The row it belongs to holds only a salted commitment, and that is what the chain of hashes covers. So the personal row
can one day be erased and the chain still holds; while it is there, nobody can change it unseen.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct, structs
from sqlalchemy import bindparam, delete, select

from lizhi_pos.accounts.import_rows import ActRow, HouseholdRow, MemberRow, ScoreRow, VillageWorkbook
from lizhi_pos.accounts.models import PERSONAL_OWNERS, erased_part, personal
from lizhi_pos.db import Transaction, of_town
from lizhi_pos.ids import Id
from lizhi_pos.record.commitments import commitment, new_salt

_ROWS_AT_ONCE = 500


class PersonalData(Struct, frozen=True, omit_defaults=True):
    """What is personal of a household, a member, a score or an act; empty where nothing is known."""

    id_number: str = ""
    phone: str = ""
    note: str = ""


class Reference(Struct, frozen=True):
    """What a row holds in place of its personal part: its key and the commitment to it; the fields are its columns."""

    personal_id: Id | None = None
    personal_hash: bytes | None = None

    def columns(self) -> dict[str, Id | bytes | None]:
        """Return the columns of the row that holds it."""
        return {"personal_id": self.personal_id, "personal_hash": self.personal_hash}


NOTHING = PersonalData()
NO_REFERENCE = Reference()


class PersonalPart(Struct, frozen=True, omit_defaults=True):
    """What is personal in a village's workbook, by the place of its row within each sheet."""

    households: dict[int, PersonalData] = {}
    members: dict[int, PersonalData] = {}
    scores: dict[int, PersonalData] = {}
    acts: dict[int, PersonalData] = {}


_Row = TypeVar("_Row", HouseholdRow, MemberRow, ScoreRow, ActRow)

_SOME = select(personal).where(of_town(personal), personal.c.personal_id.in_(bindparam("keys", expanding=True)))
_ERASE = delete(personal).where(of_town(personal), personal.c.personal_id == bindparam("key"))
_PERSONAL = select(personal).where(of_town(personal))
_ERASED = select(erased_part.c.part_id).where(of_town(erased_part))


def keep_personal(tx: Transaction, contents: Sequence[Struct]) -> list[Reference]:
    """Store personal parts; return the reference to each, an empty one where there is nothing to keep."""
    rows: list[_Kept] = []
    references: list[Reference] = []
    for content in contents:
        text = msgspec.json.encode(content).decode()
        if text == "{}":
            references.append(NO_REFERENCE)
            continue
        row = _Kept(tx.new_id(), text, new_salt())
        rows.append(row)
        references.append(Reference(row.personal_id, commitment(row.personal_id, row.salt, text.encode())))
    tx.insert(personal, *(structs.asdict(row) for row in rows))
    return references


def read_personal(tx: Transaction, keys: Collection[Id | None]) -> dict[Id, PersonalData]:
    """Return the personal parts with these keys; one that was erased is left out."""
    found = _texts(tx, keys)
    return {key: msgspec.json.decode(text, type=PersonalData) for key, (text, _) in found.items()}


def erase_personal(tx: Transaction, key: Id | None) -> None:
    """Take a personal part and its salt away, for good."""
    if key is not None:
        tx.change(_ERASE, key=key)


def erased_parts(tx: Transaction) -> frozenset[Id]:
    """Return the keys of everything personal that was erased: personal parts, pictures, and what was said of them."""
    return frozenset(Id(row.part_id) for row in tx.all(_ERASED))


def split(workbook: VillageWorkbook) -> tuple[VillageWorkbook, PersonalPart]:
    """Return a workbook without what is personal in it, and that part. Pure."""
    part = PersonalPart(
        households=_told(PersonalData(r.id_number, r.phone, r.note) for r in workbook.households),
        members=_told(PersonalData(r.id_number) for r in workbook.members),
        scores=_told(PersonalData(note=r.note) for r in workbook.scores),
        acts=_told(PersonalData(note=r.note) for r in workbook.acts),
    )
    return joined(workbook, PersonalPart()), part


def joined(workbook: VillageWorkbook, part: PersonalPart) -> VillageWorkbook:
    """Return a workbook with its personal part put back: the inverse of `split`. Pure."""

    def rows(of: Sequence[_Row], told: Mapping[int, PersonalData], *names: str) -> tuple[_Row, ...]:
        return tuple(
            structs.replace(row, **{name: getattr(told.get(at, NOTHING), name) for name in names})
            for at, row in enumerate(of)
        )

    return structs.replace(
        workbook,
        households=rows(workbook.households, part.households, "id_number", "phone", "note"),
        members=rows(workbook.members, part.members, "id_number"),
        scores=rows(workbook.scores, part.scores, "note"),
        acts=rows(workbook.acts, part.acts, "note"),
    )


def read_part(tx: Transaction, key: Id | None) -> PersonalPart:
    """Return the personal part of a batch that is not posted yet."""
    found = _texts(tx, [key])
    return msgspec.json.decode(found[key][0], type=PersonalPart) if key and key in found else PersonalPart()


def keep_digest(tx: Transaction, key: Id | None) -> Reference:
    """Keep only a salted digest of a batch's personal part, by which the same workbook is known again.

    What the digest was made of went to the households it belongs to.
    """
    found = _texts(tx, [key])
    if key is None or key not in found:
        return NO_REFERENCE
    text, _salt = found[key]
    erase_personal(tx, key)
    return keep_personal(tx, [_Digest(*_digest(text))])[0]


def is_same_part(tx: Transaction, key: Id | None, part: PersonalPart) -> bool:
    """Return whether a batch, posted or not, was read with this personal part; True where it was erased since."""
    text = msgspec.json.encode(part).decode()
    if key is None:
        return text == "{}"
    found = _texts(tx, [key])
    if key not in found:
        return True
    known, _salt = found[key]
    if known == text:
        return True
    try:
        kept = msgspec.json.decode(known, type=_Digest)
    except msgspec.ValidationError:
        return False
    return _digest(text, bytes.fromhex(kept.salt))[1] == kept.digest


def false_commitments(tx: Transaction) -> Iterator[str]:
    """Yield every personal part that is not what its row commits itself to, is missing, or belongs to no row.

    One that was erased, which is on record, is gone for good.
    """
    kept = {row.personal_id: row for row in tx.all(_PERSONAL)}
    erased = erased_parts(tx)
    for table in PERSONAL_OWNERS:
        owners = select(table.c.personal_id, table.c.personal_hash).where(of_town(table))
        for owner in tx.all(owners.where(table.c.personal_id.is_not(None))):
            row = kept.pop(owner.personal_id, None)
            if row is None:
                if owner.personal_id not in erased:
                    yield f"{table.name} {owner.personal_id.hex()}: its personal part is missing"
            elif owner.personal_id in erased:
                yield f"{table.name} {owner.personal_id.hex()}: its personal part was erased, and is there again"
            elif commitment(row.personal_id, row.salt, row.content.encode()) != owner.personal_hash:
                yield f"{table.name} {owner.personal_id.hex()}: its personal part is another"
    for key in kept:
        yield f"personal {key.hex()}: belongs to nothing"


class _Kept(Struct, frozen=True):
    personal_id: Id
    content: str
    salt: bytes


class _Digest(Struct, frozen=True):
    salt: str
    digest: str


def _digest(text: str, salt: bytes | None = None) -> tuple[str, str]:
    salt = salt or new_salt()
    return salt.hex(), hashlib.sha256(salt + text.encode()).hexdigest()


def _texts(tx: Transaction, keys: Collection[Id | None]) -> dict[Id, tuple[str, bytes]]:
    wanted = [key for key in keys if key is not None]
    found: dict[Id, tuple[str, bytes]] = {}
    for at in range(0, len(wanted), _ROWS_AT_ONCE):
        rows = tx.all(_SOME, keys=wanted[at : at + _ROWS_AT_ONCE])
        found.update((Id(row.personal_id), (row.content, row.salt)) for row in rows)
    return found


def _told(found: Iterable[PersonalData]) -> dict[int, PersonalData]:
    return {at: data for at, data in enumerate(found) if data != NOTHING}
