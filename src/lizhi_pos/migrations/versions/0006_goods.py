"""Goods and the pool: other barcodes, labels, recalls, write-offs, counts, pledges, consents, voids, open deliveries."""

import sqlalchemy as sa
from alembic import op

from lizhi_pos.db import ID, INT, Day, Moment
from lizhi_pos.migrations import guards
from lizhi_pos.migrations.rebuild import add_foreign_key, replace_check

revision = "0006"
down_revision = "0005"

_UNITS = (
    "(unit = 'points' AND kind IN ('base', 'volunteer', 'adjust', 'redeem', 'return', 'veto', 'restore', 'transfer', "
    "'close_out')) OR (unit = 'yuan' AND kind IN ('gift_money', 'gift_in_kind', 'allocation', 'purchase', 'goods_out', "
    "'goods_back', 'loss', 'count', 'void'))"
)
_MOVES = "kind IN ('receive', 'redeem', 'return', 'write_off', 'count', 'void')"


def upgrade() -> None:
    """Adds tables and columns; what is there stays as it is."""
    bind = op.get_bind()
    guards.remove(bind)
    _about_goods()
    _about_money()
    _columns()
    add_foreign_key(bind, "gift", ("town_id", "pledge_id"), "pledge")
    replace_check(bind, "journal_entry", "one_unit", _UNITS)
    replace_check(bind, "stock_move", "kind_known", _MOVES)
    replace_check(bind, "lot", "no_more_than_received", "on_hand <= quantity + coalesce(found, 0)")
    op.create_index("ix_gift_town_id_pledge_id", "gift", ["town_id", "pledge_id"])
    op.create_index("ix_redemption_lot_town_id_lot_id_quantity", "redemption_lot", ["town_id", "lot_id", "quantity"])
    op.create_index("ix_redemption_return_lot_town_id_lot_id", "redemption_return_lot", ["town_id", "lot_id"])
    not_sold = sa.text("kind <> 'redeem'")
    op.create_index(
        "ix_stock_move_not_sold",
        "stock_move",
        ["town_id", "lot_id"],
        sqlite_where=not_sold,
        postgresql_where=not_sold,
    )
    guards.install(bind)


def _about_goods() -> None:
    op.create_table(
        "product_code",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("pieces", INT, nullable=False, comment="1 for a second barcode, more for a carton's"),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_product_code_pieces_positive")),
        sa.ForeignKeyConstraint(
            ["town_id", "product_id"],
            ["product.town_id", "product.product_id"],
            name=op.f("fk_product_code_town_id_product"),
        ),
        sa.PrimaryKeyConstraint("town_id", "code", name=op.f("pk_product_code")),
        sqlite_strict=True,
    )
    op.create_index("ix_product_code_town_id_product_id", "product_code", ["town_id", "product_id"])
    op.create_table(
        "shelf_label",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("label_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("price", INT, nullable=False, comment="as it was printed"),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_shelf_label_price_positive")),
        sa.ForeignKeyConstraint(
            ["town_id", "product_id"],
            ["product.town_id", "product.product_id"],
            name=op.f("fk_shelf_label_town_id_product"),
        ),
        sa.PrimaryKeyConstraint("town_id", "label_id", name=op.f("pk_shelf_label")),
        sqlite_strict=True,
    )
    op.create_index("ix_shelf_label_town_id_product_id", "shelf_label", ["town_id", "product_id"])
    op.create_table(
        "recall",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("recall_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("recalled_on", Day, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recalled_by", sa.Text(), nullable=False),
        sa.Column("recall_approved_by", sa.Text(), nullable=False),
        sa.Column("recalled_at", Moment, nullable=False),
        sa.Column("released_on", Day, nullable=True, comment="None while it holds"),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("release_approved_by", sa.Text(), nullable=True),
        sa.Column("released_at", Moment, nullable=True),
        sa.CheckConstraint("recalled_by <> recall_approved_by", name=op.f("ck_recall_two_people_recall")),
        sa.CheckConstraint("released_by <> release_approved_by", name=op.f("ck_recall_two_people_release")),
        sa.CheckConstraint("released_on >= recalled_on", name=op.f("ck_recall_released_after")),
        sa.ForeignKeyConstraint(
            ["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"], name=op.f("fk_recall_town_id_lot")
        ),
        sa.PrimaryKeyConstraint("town_id", "recall_id", name=op.f("pk_recall")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_recall_one_holds",
        "recall",
        ["town_id", "lot_id"],
        unique=True,
        sqlite_where=sa.text("released_on IS NULL"),
        postgresql_where=sa.text("released_on IS NULL"),
    )
    op.create_table(
        "writeoff",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("writeoff_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="W-year-number, without gaps within a year"),
        sa.Column("year", INT, nullable=False),
        sa.Column("place", INT, nullable=False, comment="1, 2 … within its year"),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("quantity", INT, nullable=False),
        sa.Column("cost", INT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.CheckConstraint(
            "reason IN ('expired', 'broken', 'missing', 'recalled')", name=op.f("ck_writeoff_reason_known")
        ),
        sa.CheckConstraint("by_user <> approved_by", name=op.f("ck_writeoff_two_people")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_writeoff_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["town_id", "entry_id"],
            ["journal_entry.town_id", "journal_entry.entry_id"],
            name=op.f("fk_writeoff_town_id_journal_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"], name=op.f("fk_writeoff_town_id_lot")
        ),
        sa.PrimaryKeyConstraint("town_id", "writeoff_id", name=op.f("pk_writeoff")),
        sa.UniqueConstraint("town_id", "year", "place", name=op.f("uq_writeoff_town_id_year_place")),
        sqlite_strict=True,
    )
    op.create_index("ix_writeoff_town_id_lot_id", "writeoff", ["town_id", "lot_id"])
    op.create_table(
        "stock_count",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("count_id", ID, nullable=False),
        sa.Column("number", INT, nullable=False, comment="1, 2 … in the town"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("blind", INT, nullable=False, comment="1 where what the books say is not shown while it is counted"),
        sa.Column("opened_on", Day, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("uncounted", sa.Text(), nullable=True, comment="keep or zero, once it is closed"),
        sa.Column("ended_on", Day, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("entry_id", ID, nullable=True, comment="what closing it wrote; None where nothing differed"),
        sa.CheckConstraint("state <> 'closed' OR approved_by IS NOT NULL", name=op.f("ck_stock_count_closed_by_two")),
        sa.CheckConstraint("state IN ('open', 'closed', 'dropped')", name=op.f("ck_stock_count_state_known")),
        sa.CheckConstraint("ended_by <> approved_by", name=op.f("ck_stock_count_two_people")),
        sa.ForeignKeyConstraint(
            ["town_id", "entry_id"],
            ["journal_entry.town_id", "journal_entry.entry_id"],
            name=op.f("fk_stock_count_town_id_journal_entry"),
        ),
        sa.PrimaryKeyConstraint("town_id", "count_id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("town_id", "number", name=op.f("uq_stock_count_town_id_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "count_product",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("count_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("is_open", INT, nullable=False, comment="1 while its count is open"),
        sa.ForeignKeyConstraint(
            ["town_id", "count_id"],
            ["stock_count.town_id", "stock_count.count_id"],
            name=op.f("fk_count_product_town_id_stock_count"),
        ),
        sa.ForeignKeyConstraint(
            ["town_id", "product_id"],
            ["product.town_id", "product.product_id"],
            name=op.f("fk_count_product_town_id_product"),
        ),
        sa.PrimaryKeyConstraint("town_id", "count_id", "product_id", name=op.f("pk_count_product")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_count_product_in_one_open",
        "count_product",
        ["town_id", "product_id"],
        unique=True,
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open = 1"),
    )
    op.create_table(
        "count_tally",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("tally_id", ID, nullable=False),
        sa.Column("count_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=True, comment="where the product is counted by its lots"),
        sa.Column("quantity", INT, nullable=False),
        sa.Column("book", INT, nullable=False, comment="what the books had of the product, or lot, at this moment"),
        sa.Column(
            "source",
            sa.Text(),
            nullable=False,
            comment="digest of the file it was read from, empty where it was scanned",
        ),
        sa.Column("forgotten", INT, nullable=False, comment="1 after a recount was asked for"),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_count_tally_quantity_not_negative")),
        sa.ForeignKeyConstraint(
            ["town_id", "count_id", "product_id"],
            ["count_product.town_id", "count_product.count_id", "count_product.product_id"],
            name=op.f("fk_count_tally_town_id_count_product"),
        ),
        sa.ForeignKeyConstraint(
            ["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"], name=op.f("fk_count_tally_town_id_lot")
        ),
        sa.PrimaryKeyConstraint("town_id", "tally_id", name=op.f("pk_count_tally")),
        sqlite_strict=True,
    )
    op.create_index("ix_count_tally_town_id_count_id", "count_tally", ["town_id", "count_id"])


def _about_money() -> None:
    op.create_table(
        "pledge",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("pledge_id", ID, nullable=False),
        sa.Column("number", INT, nullable=False, comment="1, 2 … in the town"),
        sa.Column("donor_id", ID, nullable=False),
        sa.Column("amount", INT, nullable=False),
        sa.Column("due_on", Day, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("pledged_on", Day, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pledge_amount_positive")),
        sa.ForeignKeyConstraint(
            ["town_id", "donor_id"], ["donor.town_id", "donor.donor_id"], name=op.f("fk_pledge_town_id_donor")
        ),
        sa.PrimaryKeyConstraint("town_id", "pledge_id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("town_id", "number", name=op.f("uq_pledge_town_id_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "voucher_void",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("voucher", sa.Text(), nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("voided_entry", ID, nullable=False),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint("by_user <> approved_by", name=op.f("ck_voucher_void_two_people")),
        sa.ForeignKeyConstraint(
            ["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"], name="fk_voucher_void_entry"
        ),
        sa.ForeignKeyConstraint(
            ["town_id", "voided_entry"],
            ["journal_entry.town_id", "journal_entry.entry_id"],
            name="fk_voucher_void_voided",
        ),
        sa.PrimaryKeyConstraint("town_id", "voucher", name=op.f("pk_voucher_void")),
        sqlite_strict=True,
    )
    op.create_table(
        "consent",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("consent_id", ID, nullable=False),
        sa.Column("voucher", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False, comment="from now on"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.CheckConstraint("by_user <> approved_by", name=op.f("ck_consent_two_people")),
        sa.PrimaryKeyConstraint("town_id", "consent_id", name=op.f("pk_consent")),
        sqlite_strict=True,
    )
    op.create_index("ix_consent_town_id_voucher", "consent", ["town_id", "voucher"])
    op.create_table(
        "bank_balance",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("bank_balance_id", ID, nullable=False),
        sa.Column("on_date", Day, nullable=False),
        sa.Column("amount", INT, nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "bank_balance_id", name=op.f("pk_bank_balance")),
        sqlite_strict=True,
    )
    op.create_index("ix_bank_balance_town_id_on_date", "bank_balance", ["town_id", "on_date"])
    op.create_table(
        "delivery",
        sa.Column("town_id", ID, nullable=False),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "content", sa.Text(), nullable=False, comment="msgspec JSON: who gave it and its lines, as typed so far"
        ),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.CheckConstraint("kind IN ('gift', 'purchase')", name=op.f("ck_delivery_kind_known")),
        sa.PrimaryKeyConstraint("town_id", "delivery_id", name=op.f("pk_delivery")),
        sqlite_strict=True,
    )


def _columns() -> None:
    op.add_column("gift", sa.Column("basis", sa.Text(), comment="how the fair value of goods was found"))
    op.add_column("gift", sa.Column("resolution", sa.Text(), comment="the village's resolution, of an allocation"))
    op.add_column("gift", sa.Column("pledge_id", ID, comment="the pledge it keeps"))
    op.add_column(
        "lot", sa.Column("found", INT, comment="what counts found beyond what came in, kept beside their moves")
    )
    op.add_column(
        "lot", sa.Column("was_recalled", INT, comment="1 from its first recall on: only then recalls are looked at")
    )
    op.add_column(
        "product",
        sa.Column("shelf_days", INT, comment="how long it keeps from the day it comes in, to propose an expiry"),
    )
    op.add_column("purchase", sa.Column("invoice", sa.Text(), comment="the supplier's invoice"))
    op.add_column("purchase", sa.Column("received_by", sa.Text(), comment="who took the goods in"))
    op.add_column(
        "purchase", sa.Column("from_gift", sa.Text(), comment="voucher of the gift of money that it spends first")
    )
