"""Tables: donors, gifts and purchases."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, UniqueConstraint

from lizhi_pos.db import ID, INT, Day, Moment, one_of, town_table
from lizhi_pos.record.documents import document, part

GIFT_KINDS = ("cash", "sponsor", "village", "in_kind")

donor = town_table(
    "donor",
    Column("donor_id", ID, primary_key=True),
    Column("name", Text, nullable=False),
    UniqueConstraint("town_id", "name"),
)

gift = town_table(
    "gift",
    Column("voucher", Text, primary_key=True),
    Column("line", INT, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("donor_id", ID, nullable=False),
    Column("amount", INT, nullable=False, comment="fair value where it is in kind"),
    Column("village_id", ID),
    Column("purpose", Text, nullable=False),
    Column("anonymous", INT, nullable=False),
    Column("note", Text, nullable=False),
    Column("content", Text, nullable=False, comment="the line as read, to know it again"),
    Column("entry_id", ID, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "donor_id"], ["donor.town_id", "donor.donor_id"]),
    ForeignKeyConstraint(["town_id", "village_id"], ["village.town_id", "village.village_id"]),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    one_of("kind", GIFT_KINDS),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("kind <> 'village' OR village_id IS NOT NULL", name="allocation_names_village"),
    Index("ix_gift_town_id_entry_id", "town_id", "entry_id"),
    Index("ix_gift_town_id_on_date", "town_id", "on_date"),
)

purchase = town_table(
    "purchase",
    Column("voucher", Text, primary_key=True),
    Column("line", INT, primary_key=True),
    Column("on_date", Day, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("amount", INT, nullable=False),
    Column("note", Text, nullable=False),
    Column("content", Text, nullable=False, comment="the line as read, to know it again"),
    Column("entry_id", ID, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    CheckConstraint("recorded_by <> approved_by", name="two_people"),
    Index("ix_purchase_town_id_entry_id", "town_id", "entry_id"),
)

DONOR = document("donor", part(donor, "donor_id"))
VOUCHER = document("voucher", part(gift, "entry_id"), part(purchase, "entry_id"))
