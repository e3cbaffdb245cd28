"""Every stored fact under the chain: the record, digests in entries, personal rows apart, balances in their order.

Old entries keep their hash; what has no digest in an entry is put on the record once the database has today's shape.
"""

import hashlib
import secrets
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

from lizhi_pos.db import ID, INT, Moment
from lizhi_pos.engines import clock_of
from lizhi_pos.migrations import guards
from lizhi_pos.migrations.rebuild import add_checks

revision = "0003"
down_revision = "0002"

_TWO_PEOPLE = {
    "redemption": ("clerk", "approved_by"),
    "market_session": ("opened_by", "approved_by"),
    "audit_event": ("by_user", "approved_by"),
    "veto": ("lifted_by", "lift_approved_by"),
}


def upgrade() -> None:
    """Adds tables and columns, moves what is personal, and states what must never be."""
    guards.remove(op.get_bind())
    _new_tables()
    _new_columns()
    _move_personal()
    _order_balances()
    _credit_batches()
    _state_two_people()
    guards.install(op.get_bind())


def _new_tables() -> None:
    op.create_table(
        "record_line",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("number", INT, nullable=False, comment="1, 2 … without gaps"),
        sa.Column("format", INT, nullable=False, comment="how it is hashed"),
        sa.Column("kind", sa.Text(), nullable=False, comment="of the document"),
        sa.Column("key", sa.Text(), nullable=False, comment="of the document, as text"),
        sa.Column("document", sa.LargeBinary(32), comment="the document's digest, None where it is gone"),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "number", name=op.f("pk_record_line")),
        sqlite_strict=True,
    )
    op.create_table(
        "record_head",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("number", INT, nullable=False, comment="of the newest line"),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("town_id", name=op.f("pk_record_head")),
        sqlite_strict=True,
    )
    op.create_table(
        "personal",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("personal_id", ID, nullable=False),
        sa.Column(
            "content",
            sa.Text(),
            nullable=False,
            comment="msgspec JSON: identity and phone numbers, notes about people",
        ),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "personal_id", name=op.f("pk_personal")),
        sqlite_strict=True,
    )


def _new_columns() -> None:
    first_way = "how it is hashed; None for the first way, by columns without their names"
    op.add_column("journal_entry", sa.Column("format", INT, comment=first_way))
    op.add_column(
        "journal_entry",
        sa.Column("document_hash", sa.LargeBinary(32), comment="digest of the document it carries out"),
    )
    op.create_index("ix_journal_entry_town_id_reference", "journal_entry", ["town_id", "reference"])
    place = "1, 2 … within its account, where the account's balance is kept"
    op.add_column("posting", sa.Column("place", INT, comment=place))
    op.add_column(
        "balance",
        sa.Column("place", INT, nullable=False, server_default="0", comment="of the account's newest line"),
    )
    op.add_column("base_credit", sa.Column("batch_id", ID, comment="the posting that completed it"))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("batch", "content", comment="the workbook as read, its personal part aside, msgspec JSON")
        op.alter_column("market_session", "opened_by", comment="who opened it last")
    for table in ("household_state", "member", "act", "batch"):
        op.add_column(table, sa.Column("personal_id", ID))
        op.add_column(table, sa.Column("personal_hash", sa.LargeBinary(32)))


def _move_personal() -> None:
    """Moves identity and phone numbers and notes about people into rows of their own, a salted commitment in place."""
    owners: dict[str, tuple[str, ...]] = {
        "household_state": ("id_number", "phone", "note"),
        "member": ("id_number",),
        "act": ("note",),
    }
    keys = {
        "household_state": ("household_id", "since", "state_id"),
        "member": ("household_id", "name"),
        "act": ("household_id", "name", "on_date", "item"),
    }
    bind = op.get_bind()
    for table, columns in owners.items():
        own = ("town_id", *keys[table])
        for row in bind.execute(sa.text(f"SELECT {', '.join((*own, *columns))} FROM {table}")).mappings().all():
            told = {name: row[name] for name in columns if row[name]}
            if told:
                where = " AND ".join(f"{name} = :{name}" for name in own)
                _commit_to(table, where, {name: row[name] for name in own}, msgspec.json.encode(told).decode())
        for column in columns:
            op.drop_column(table, column)
    _move_from_batches()


def _move_from_batches() -> None:
    bind = op.get_bind()
    change = sa.text(
        "UPDATE batch SET content = :content, content_hash = :hash WHERE town_id = :town_id AND batch_id = :batch_id"
    ).bindparams(sa.bindparam("content", type_=sa.LargeBinary), sa.bindparam("hash", type_=sa.LargeBinary))
    for row in bind.execute(sa.text("SELECT town_id, batch_id, state, content FROM batch")).mappings().all():
        book = msgspec.json.decode(row["content"])
        part: dict[str, dict[str, dict[str, str]]] = {}
        for sheet, names in _PERSONAL_FIELDS.items():
            for at, line in enumerate(book[sheet]):
                told = {name: line[name] for name in names if line[name]}
                line.update(dict.fromkeys(names, ""))
                if told:
                    part.setdefault(sheet, {})[str(at)] = told
        own = {"town_id": row["town_id"], "batch_id": row["batch_id"]}
        content = msgspec.json.encode(book)
        bind.execute(change, {"content": content, "hash": _content_hash(book), **own})
        text = msgspec.json.encode(part).decode()
        if row["state"] == "posted" and part:
            salt = secrets.token_bytes(16)
            digest = hashlib.sha256(salt + text.encode()).hexdigest()
            text = msgspec.json.encode({"salt": salt.hex(), "digest": digest}).decode()
        if part:
            _commit_to("batch", "town_id = :town_id AND batch_id = :batch_id", own, text)


_PERSONAL_FIELDS = {
    "households": ("id_number", "phone", "note"),
    "members": ("id_number",),
    "scores": ("note",),
    "acts": ("note",),
}


def _content_hash(book: dict[str, Any]) -> bytes:
    for sheet in book.values():
        if isinstance(sheet, list):
            for line in sheet:
                line["at"] = None
    return hashlib.sha256(msgspec.json.encode(book)).digest()


def _commit_to(table: str, where: str, own: dict[str, Any], content: str) -> None:
    bind = op.get_bind()
    key, salt = clock_of(bind).new_id(), secrets.token_bytes(16)
    bind.execute(
        sa.text(
            "INSERT INTO personal (town_id, personal_id, content, salt) VALUES (:town, :key, :content, :salt)"
        ).bindparams(sa.bindparam("salt", type_=sa.LargeBinary)),
        {"town": own["town_id"], "key": key, "content": content, "salt": salt},
    )
    bind.execute(
        sa.text(f"UPDATE {table} SET personal_id = :key, personal_hash = :hash WHERE {where}"),
        {"key": key, "hash": hashlib.sha256(salt + key + content.encode()).digest(), **own},
    )


def _order_balances() -> None:
    """Numbers the lines of every account whose balance is kept, and keeps the pool's cash from now on."""
    op.execute(
        sa.text(
            "INSERT INTO balance (town_id, account_id, amount, place) "
            "SELECT a.town_id, a.account_id, coalesce(sum(p.amount), 0), 0 FROM account a "
            "LEFT JOIN posting p ON p.town_id = a.town_id AND p.account_id = a.account_id "
            "WHERE a.kind = 'cash' GROUP BY a.town_id, a.account_id"
        )
    )
    op.execute(_PLACES)
    op.execute(
        sa.text(
            "UPDATE balance SET place = (SELECT count(*) FROM posting p "
            "WHERE p.town_id = balance.town_id AND p.account_id = balance.account_id)"
        )
    )
    op.drop_index("ix_posting_town_id_account_id", "posting")
    op.create_index("uq_posting_town_id_account_id_place", "posting", ["town_id", "account_id", "place"], unique=True)


_PLACES = sa.text(
    "UPDATE posting SET place = n.place FROM (SELECT p.town_id, p.entry_id, p.line, row_number() OVER ("
    "PARTITION BY p.town_id, p.account_id ORDER BY e.recorded_at, e.entry_id, p.line) AS place "
    "FROM posting p JOIN journal_entry e ON e.town_id = p.town_id AND e.entry_id = p.entry_id "
    "JOIN account a ON a.town_id = p.town_id AND a.account_id = p.account_id "
    "WHERE a.kind IN ('household', 'cash')) AS n "
    "WHERE n.town_id = posting.town_id AND n.entry_id = posting.entry_id AND n.line = posting.line"
)


def _credit_batches() -> None:
    """Says of every credited window which batch completed it: the entry that paid it does, or its latest score."""
    op.execute(
        sa.text(
            "UPDATE base_credit SET batch_id = coalesce("
            "(SELECT max(e.document_id) FROM posting p JOIN journal_entry e "
            "ON e.town_id = p.town_id AND e.entry_id = p.entry_id "
            "WHERE p.town_id = base_credit.town_id AND p.account_id = base_credit.household_id "
            "AND p.note = base_credit.window_name AND e.kind = 'base'), "
            "(SELECT max(s.batch_id) FROM score s WHERE s.town_id = base_credit.town_id "
            "AND s.household_id = base_credit.household_id))"
        )
    )


def _state_two_people() -> None:
    bind = op.get_bind()
    for table, (actor, approver) in _TWO_PEOPLE.items():
        alone = bind.execute(
            sa.text(f"SELECT town_id, count(*) FROM {table} WHERE {actor} = {approver} GROUP BY town_id")
        ).all()
        for town, number in alone:
            _note(town, table, number)
        bind.execute(sa.text(f"UPDATE {table} SET {approver} = NULL WHERE {actor} = {approver}"))
        name = "two_people_lift" if table == "veto" else "two_people"
        add_checks(bind, table, {name: f"{approver} IS NULL OR {approver} <> {actor}"})
    add_checks(
        bind,
        "journal_entry",
        {"two_people": "approved_by IS NULL OR approved_by <> by_user OR format IS NULL"},
    )


def _note(town: bytes, table: str, number: int) -> None:
    """Keeps on record that an approval by the person who acted was taken out: it was none."""
    event = sa.table(
        "audit_event",
        *(
            sa.column(name, kind)
            for name, kind in (
                ("town_id", ID),
                ("event_id", ID),
                ("at", Moment),
                ("by_user", sa.Text),
                ("action", sa.Text),
                ("subject", sa.Text),
                ("reason", sa.Text),
            )
        ),
    )
    clock = clock_of(op.get_bind())
    op.get_bind().execute(
        event.insert(),
        {
            "town_id": town,
            "event_id": clock.new_id(),
            "at": clock.now(),
            "by_user": "–",
            "action": "upgrade.two_people",
            "subject": f"{table} {number}",
            "reason": "",
        },
    )
