"""Tables: products, tag prices, lots and the moves of goods."""

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, UniqueConstraint

from lizhi_pos.db import ID, INT, Day, Moment, index_where, one_of, town_table
from lizhi_pos.record.documents import document, part

MOVES = ("receive", "redeem", "return", "write_off", "count", "void")
LOSSES = ("expired", "broken", "missing", "recalled")
"""Why goods are written off: 过期, 破损, 短少, 召回."""
COUNT_STATES = ("open", "closed", "dropped")

product = town_table(
    "product",
    Column("product_id", ID, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("monthly_limit", INT, comment="每户限量, per household and calendar month"),
    Column("safety_stock", INT),
    Column("initials", Text, nullable=False, comment="pinyin initials, every reading, separated by blanks"),
    Column("shelf_days", INT, comment="how long it keeps from the day it comes in, to propose an expiry"),
    UniqueConstraint("town_id", "code"),
    CheckConstraint("monthly_limit IS NULL OR monthly_limit > 0", name="limit_positive"),
)

product_code = town_table(
    "product_code",
    Column("code", Text, primary_key=True),
    Column("product_id", ID, nullable=False),
    Column("pieces", INT, nullable=False, comment="1 for a second barcode, more for a carton's"),
    Column("recorded_at", Moment, nullable=False),
    Column("by_user", Text, nullable=False),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    CheckConstraint("pieces > 0", name="pieces_positive"),
    Index("ix_product_code_town_id_product_id", "town_id", "product_id"),
)
"""Other barcodes that mean a product, or so many pieces of it."""

shelf_label = town_table(
    "shelf_label",
    Column("label_id", ID, primary_key=True),
    Column("product_id", ID, nullable=False),
    Column("price", INT, nullable=False, comment="as it was printed"),
    Column("recorded_at", Moment, nullable=False),
    Column("by_user", Text, nullable=False),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    CheckConstraint("price > 0", name="price_positive"),
    Index("ix_shelf_label_town_id_product_id", "town_id", "product_id"),
)
"""What price the newest label of a product (货架签) shows."""

price = town_table(
    "price",
    Column("price_id", ID, primary_key=True),
    Column("product_id", ID, nullable=False),
    Column("price", INT, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("by_user", Text, nullable=False),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    CheckConstraint("price > 0", name="price_positive"),
    Index("ix_price_town_id_product_id_recorded_at", "town_id", "product_id", "recorded_at"),
)

lot = town_table(
    "lot",
    Column("lot_id", ID, primary_key=True),
    Column("product_id", ID, nullable=False),
    Column("name", Text, nullable=False, comment="voucher, and its line where it has several"),
    Column("voucher", Text, nullable=False),
    Column("line", INT, nullable=False),
    Column("received_on", Day, nullable=False),
    Column("expires_on", Day),
    Column("unit_cost", INT, nullable=False),
    Column("quantity", INT, nullable=False, comment="as received"),
    Column("on_hand", INT, nullable=False),
    Column("entry_id", ID, nullable=False, comment="the gift or purchase it came with"),
    Column("found", INT, comment="what counts found beyond what came in, kept beside their moves"),
    Column("was_recalled", INT, comment="1 from its first recall on: only then recalls are looked at"),
    UniqueConstraint("town_id", "voucher", "line"),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("on_hand >= 0", name="never_negative"),
    CheckConstraint("on_hand <= quantity + coalesce(found, 0)", name="no_more_than_received"),
    CheckConstraint("unit_cost >= 0", name="cost_not_negative"),
    Index("ix_lot_town_id_product_id", "town_id", "product_id"),
    Index("ix_lot_town_id_entry_id", "town_id", "entry_id"),
    index_where("ix_lot_on_the_shelf", "town_id", "product_id", where="on_hand > 0"),
)

stock_move = town_table(
    "stock_move",
    Column("entry_id", ID, primary_key=True),
    Column("move_id", ID, primary_key=True),
    Column("lot_id", ID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("quantity", INT, nullable=False, comment="in: positive, out: negative"),
    Column("cost", INT, nullable=False, comment="quantity at the lot's unit cost, same sign"),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"]),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    CheckConstraint("quantity <> 0", name="quantity_not_zero"),
    one_of("kind", MOVES),
    index_where("ix_stock_move_not_sold", "town_id", "lot_id", where="kind <> 'redeem'"),
    narrow=True,
)

recall = town_table(
    "recall",
    Column("recall_id", ID, primary_key=True),
    Column("lot_id", ID, nullable=False),
    Column("recalled_on", Day, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recalled_by", Text, nullable=False),
    Column("recall_approved_by", Text, nullable=False),
    Column("recalled_at", Moment, nullable=False),
    Column("released_on", Day, comment="None while it holds"),
    Column("release_reason", Text),
    Column("released_by", Text),
    Column("release_approved_by", Text),
    Column("released_at", Moment),
    ForeignKeyConstraint(["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"]),
    CheckConstraint("recalled_by <> recall_approved_by", name="two_people_recall"),
    CheckConstraint("released_by <> release_approved_by", name="two_people_release"),
    CheckConstraint("released_on >= recalled_on", name="released_after"),
    index_where("uq_recall_one_holds", "town_id", "lot_id", where="released_on IS NULL", unique=True),
)

writeoff = town_table(
    "writeoff",
    Column("writeoff_id", ID, primary_key=True),
    Column("number", Text, nullable=False, comment="W-year-number, without gaps within a year"),
    Column("year", INT, nullable=False),
    Column("place", INT, nullable=False, comment="1, 2 … within its year"),
    Column("lot_id", ID, nullable=False),
    Column("quantity", INT, nullable=False),
    Column("cost", INT, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("on_date", Day, nullable=False),
    Column("by_user", Text, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("entry_id", ID, nullable=False),
    UniqueConstraint("town_id", "year", "place"),
    ForeignKeyConstraint(["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"]),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    one_of("reason", LOSSES),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("by_user <> approved_by", name="two_people"),
    Index("ix_writeoff_town_id_lot_id", "town_id", "lot_id"),
)

stock_count = town_table(
    "stock_count",
    Column("count_id", ID, primary_key=True),
    Column("number", INT, nullable=False, comment="1, 2 … in the town"),
    Column("state", Text, nullable=False),
    Column("blind", INT, nullable=False, comment="1 where what the books say is not shown while it is counted"),
    Column("opened_on", Day, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("uncounted", Text, comment="keep or zero, once it is closed"),
    Column("ended_on", Day),
    Column("ended_by", Text),
    Column("approved_by", Text),
    Column("ended_at", Moment),
    Column("entry_id", ID, comment="what closing it wrote; None where nothing differed"),
    UniqueConstraint("town_id", "number"),
    ForeignKeyConstraint(["town_id", "entry_id"], ["journal_entry.town_id", "journal_entry.entry_id"]),
    one_of("state", COUNT_STATES),
    CheckConstraint("ended_by <> approved_by", name="two_people"),
    CheckConstraint("state <> 'closed' OR approved_by IS NOT NULL", name="closed_by_two"),
)

count_product = town_table(
    "count_product",
    Column("count_id", ID, primary_key=True),
    Column("product_id", ID, primary_key=True),
    Column("is_open", INT, nullable=False, comment="1 while its count is open"),
    ForeignKeyConstraint(["town_id", "count_id"], ["stock_count.town_id", "stock_count.count_id"]),
    ForeignKeyConstraint(["town_id", "product_id"], ["product.town_id", "product.product_id"]),
    index_where("uq_count_product_in_one_open", "town_id", "product_id", where="is_open = 1", unique=True),
)
"""The products on a count's sheet."""

count_tally = town_table(
    "count_tally",
    Column("tally_id", ID, primary_key=True),
    Column("count_id", ID, nullable=False),
    Column("product_id", ID, nullable=False),
    Column("lot_id", ID, comment="where the product is counted by its lots"),
    Column("quantity", INT, nullable=False),
    Column("book", INT, nullable=False, comment="what the books had of the product, or lot, at this moment"),
    Column("source", Text, nullable=False, comment="digest of the file it was read from, empty where it was scanned"),
    Column("forgotten", INT, nullable=False, comment="1 after a recount was asked for"),
    Column("by_user", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["town_id", "count_id", "product_id"],
        ["count_product.town_id", "count_product.count_id", "count_product.product_id"],
    ),
    ForeignKeyConstraint(["town_id", "lot_id"], ["lot.town_id", "lot.lot_id"]),
    CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    Index("ix_count_tally_town_id_count_id", "town_id", "count_id"),
)
"""What was counted, scan by scan."""

PRODUCT = document(
    "product",
    part(product, "product_id"),
    part(price, "product_id"),
    part(product_code, "product_id"),
    part(shelf_label, "product_id"),
)
GOODS = document(
    "goods", part(stock_move, "entry_id"), part(lot, "entry_id", exempt=("on_hand", "found", "was_recalled"))
)
"""What an entry of yuan moved on the shelf: every move, and the lots that came in with it."""
RECALL = document("recall", part(recall, "recall_id"))
WRITEOFF = document("writeoff", part(writeoff, "writeoff_id"))
COUNT = document("count", part(stock_count, "count_id"), part(count_product, "count_id"))
TALLY = document("tally", part(count_tally, "tally_id"))
"""One act of counting: by itself, so that a scan costs the same on a large sheet as on a small one."""
