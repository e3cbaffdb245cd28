"""Tables: donors, pledges, gifts and purchases, what undid or changed them, and what the bank says."""

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

pledge = town_table(
    "pledge",
    Column("pledge_id", ID, primary_key=True),
    Column("number", INT, nullable=False, comment="1, 2 … in the town"),
    Column("donor_id", ID, nullable=False),
    Column("amount", INT, nullable=False),
    Column("due_on", Day, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("pledged_on", Day, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("town_id", "number"),
    ForeignKeyConstraint(["town_id", "donor_id"], ["donor.town_id", "donor.donor_id"]),
    CheckConstraint("amount > 0", name="amount_positive"),
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
    Column("basis", Text, comment="how the fair value of goods was found"),
    Column("resolution", Text, comment="the village's resolution, of an allocation"),
    Column("pledge_id", ID, comment="the pledge it keeps"),
    ForeignKeyConstraint(["town_id", "donor_id"], ["donor.town_id", "donor.donor_id"]),
    ForeignKeyConstraint(["town_id", "pledge_id"], ["pledge.town_id", "pledge.pledge_id"]),
    ForeignKeyConstraint(["town_id", "village_id"], ["village.town_id", "village.village_id"]),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    one_of("kind", GIFT_KINDS),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("kind <> 'village' OR village_id IS NOT NULL", name="allocation_names_village"),
    Index("ix_gift_town_id_entry_id", "town_id", "entry_id"),
    Index("ix_gift_town_id_on_date", "town_id", "on_date"),
    Index("ix_gift_town_id_pledge_id", "town_id", "pledge_id"),
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
    Column("invoice", Text, comment="the supplier's invoice"),
    Column("received_by", Text, comment="who took the goods in"),
    Column("from_gift", Text, comment="voucher of the gift of money that it spends first"),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    CheckConstraint("recorded_by <> approved_by", name="two_people"),
    Index("ix_purchase_town_id_entry_id", "town_id", "entry_id"),
)

voucher_void = town_table(
    "voucher_void",
    Column("voucher", Text, primary_key=True),
    Column("entry_id", ID, nullable=False),
    Column("voided_entry", ID, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"], name="fk_voucher_void_entry"
    ),
    ForeignKeyConstraint(
        ["town_id", "voided_entry"], ["journal_entry.town_id", "journal_entry.entry_id"], name="fk_voucher_void_voided"
    ),
    CheckConstraint("by_user <> approved_by", name="two_people"),
)
"""A voucher that was entered wrongly and undone; its number stays used."""

consent = town_table(
    "consent",
    Column("consent_id", ID, primary_key=True),
    Column("voucher", Text, nullable=False),
    Column("purpose", Text, nullable=False, comment="from now on"),
    Column("reason", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("by_user <> approved_by", name="two_people"),
    Index("ix_consent_town_id_voucher", "town_id", "voucher"),
)
"""A gift's purpose was changed, and its donor consented."""

bank_balance = town_table(
    "bank_balance",
    Column("bank_balance_id", ID, primary_key=True),
    Column("on_date", Day, nullable=False),
    Column("amount", INT, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Index("ix_bank_balance_town_id_on_date", "town_id", "on_date"),
)
"""What the bank says that the pool holds at the end of a day; of one day the last said."""

DONOR = document("donor", part(donor, "donor_id"))
PLEDGE = document("pledge", part(pledge, "pledge_id"))
VOID = document("void", part(voucher_void, "entry_id"))
CONSENT = document("consent", part(consent, "consent_id"))
BANK = document("bank", part(bank_balance, "bank_balance_id"))
VOUCHER = document("voucher", part(gift, "entry_id"), part(purchase, "entry_id"))
