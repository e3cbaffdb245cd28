"""The commands of goods, gifts and the pool, and what they take."""

from collections.abc import Sequence

from lizhi_pos.cli import argument_types
from lizhi_pos.cli.command import APPROVER, AT, FILE, ON, OUT, REASON, REPLACE, Argument, Command

GIFT_KINDS = {"money": "cash", "sponsor": "sponsor", "village": "village", "goods": "in_kind"}
"""What `--kind` says, and what it is called in the books."""

_CODE = Argument("code", "the product's code", {"metavar": "CODE"})
_PRICE = Argument("price", "its tag price in yuan, as 2.50", {"type": argument_types.amount, "metavar": "PRICE"})
_LOT = Argument("lot", "the lot, as `stock list` says it", {"metavar": "LOT"})
_VOUCHER = Argument("voucher", "the voucher's number", {"metavar": "VOUCHER"})
_FROM_ONE = {"type": argument_types.count, "metavar": "N"}
_FROM_NONE = {"type": argument_types.from_none, "metavar": "N"}
_QUANTITY = {"type": argument_types.count, "metavar": "QTY"}
_GOODS = "goods, each as CODE*QUANTITY@UNITVALUE[:EXPIRY]"
_FROM_TO: Sequence[Argument] = (
    Argument("--from", "from this day on", {"type": argument_types.day, "metavar": "DATE", "dest": "first"}),
    Argument("--to", "up to this day", {"type": argument_types.day, "metavar": "DATE", "dest": "last"}),
)

_PRODUCTS = (
    Command(("product", "import"), "reads goods and tag prices", "goods:import_products", [FILE]),
    Command(("product", "list"), "every product and its tag price", "goods:list_products"),
    Command(
        ("product", "add"),
        "adds one product",
        "products:add",
        [
            _CODE,
            Argument("name", "its name", {"metavar": "NAME"}),
            _PRICE,
            Argument("--spec", "how much is in it (规格)", {"metavar": "TEXT"}),
            Argument("--unit", "what it is counted in (单位)", {"metavar": "TEXT"}),
            Argument("--category", "what kind of goods it is (类别)", {"metavar": "TEXT"}),
            Argument("--limit", "how many a household may take in a month (每户限量)", _FROM_ONE),
            Argument("--reserve", "how many should be there (安全库存)", _FROM_NONE),
            Argument("--shelf-days", "how many days it keeps (保质期)", _FROM_ONE),
        ],
    ),
    Command(
        ("product", "price"),
        "gives a product another tag price, from the next session on",
        "products:price",
        [_CODE, _PRICE],
    ),
    Command(
        ("product", "rename"),
        "gives a product another name",
        "products:rename_product",
        [_CODE, Argument("name", "its name from now on", {"metavar": "NAME"})],
    ),
    Command(
        ("product", "pack"),
        "gives a product the barcode of its carton",
        "products:pack",
        [
            _CODE,
            Argument("pack", "the carton's barcode", {"metavar": "PACKCODE"}),
            Argument("quantity", "how many pieces are in it", _QUANTITY),
        ],
    ),
    Command(
        ("product", "code"),
        "gives a product a second barcode",
        "products:other_code",
        [_CODE, Argument("other", "the other barcode", {"metavar": "OTHER"})],
    ),
)

_LABELS = Command(
    ("product", "labels"),
    "writes an A4 sheet of shelf labels, of products whose price changed where none is named",
    "label_sheet:write",
    [
        Argument("file", "the PDF to write", {"metavar": "FILE"}),
        Argument("codes", "the products' codes", {"nargs": "*", "metavar": "CODE"}),
        REPLACE,
    ],
)

_COMING_IN = (
    Command(("donation", "import"), "reads gifts and allocations", "goods:import_donations", [FILE]),
    Command(
        ("donation", "add"),
        "records one gift or allocation",
        "vouchers:add_donation",
        [
            _VOUCHER,
            Argument("--kind", "what is given", {"required": True, "choices": tuple(GIFT_KINDS)}),
            Argument("--donor", "who gives", {"required": True, "metavar": "NAME"}),
            Argument("--amount", "how much money, in yuan", {"type": argument_types.amount, "metavar": "AMOUNT"}),
            Argument("--village", "the village, of an allocation", {"metavar": "NAME"}),
            Argument("--resolution", "the number of the village's resolution", {"metavar": "NO"}),
            Argument("--purpose", "what it is for", {"metavar": "TEXT"}),
            Argument("--basis", "how the value of goods was found", {"metavar": "TEXT"}),
            Argument("--anonymous", "the donor is not named in public", {"action": "store_true"}),
            Argument("--pledge", "the pledge it keeps", {"type": argument_types.count, "metavar": "N"}),
            Argument("goods", _GOODS, {"nargs": "*", "metavar": "GOODS"}),
            ON,
        ],
    ),
    Command(
        ("donation", "certificate"),
        "writes what the donor of a gift gets, on A4 to be signed and stamped",
        "vouchers:save_certificate",
        [_VOUCHER, Argument("--out", "the PDF file", {"required": True, "metavar": "FILE"}), REPLACE],
    ),
    Command(
        ("donation", "void"),
        "undoes a wrongly entered gift",
        "vouchers:void_donation",
        [_VOUCHER, REASON, ON, APPROVER],
    ),
    Command(("purchase", "import"), "reads purchases paid from the pool", "goods:import_purchases", [FILE, APPROVER]),
    Command(
        ("purchase", "add"),
        "records one purchase paid from the pool",
        "vouchers:add_purchase_voucher",
        [
            _VOUCHER,
            Argument("--supplier", "who sold the goods", {"required": True, "metavar": "NAME"}),
            Argument("--invoice", "the supplier's invoice", {"metavar": "NO"}),
            Argument("--received-by", "who took the goods in", {"metavar": "NAME"}),
            Argument("--from", "the gift that it spends first, by its voucher", {"metavar": "GIFT", "dest": "gift"}),
            Argument("goods", _GOODS, {"nargs": "*", "metavar": "GOODS"}),
            ON,
            APPROVER,
        ],
    ),
    Command(
        ("purchase", "void"),
        "undoes a wrongly entered purchase",
        "vouchers:void_purchase",
        [_VOUCHER, REASON, ON, APPROVER],
    ),
)

_SHELF = (
    Command(("pool", "show"), "the fund pool", "goods:show_pool", [AT]),
    Command(("stock", "list"), "every product's lots", "goods:list_stock", [AT]),
    Command(("stock", "short"), "products below their reserve (安全库存)", "goods:list_short", [AT]),
    Command(
        ("stock", "near"),
        "lots near their expiry, expired ones first",
        "shelf:near",
        [Argument("--days", "how many days ahead", {"type": argument_types.from_none, "metavar": "N"}), AT],
    ),
    Command(
        ("stock", "writeoff"),
        "writes goods off that are expired, broken, missing or recalled",
        "shelf:writeoff",
        [
            Argument("lot", "the lot, as `stock list` says it", {"metavar": "LOT", "nargs": "?"}),
            Argument("quantity", "how many", {**_QUANTITY, "nargs": "?"}),
            Argument("--reason", "why", {"choices": ("expired", "broken", "missing", "recalled")}),
            Argument("--note", "what happened", {"metavar": "TEXT"}),
            Argument("--expired", "every expired lot with goods left", {"action": "store_true"}),
            ON,
            APPROVER,
        ],
    ),
    Command(("stock", "recall"), "stops a lot from being given", "shelf:recall", [_LOT, REASON, ON, APPROVER]),
    Command(("stock", "release"), "lets a recalled lot be given again", "shelf:release", [_LOT, REASON, ON, APPROVER]),
)

_COUNT = Argument("count", "the count's number", {"type": argument_types.count, "metavar": "N"})
_COUNTS = (
    Command(
        ("stock", "count"),
        "opens, reads and closes a count of a file's products in one",
        "counts:whole_file",
        [FILE, ON, APPROVER],
    ),
    Command(
        ("stock", "count", "open"),
        "opens a count of some products, of all without codes",
        "counts:open_sheet",
        [
            Argument("codes", "the products' codes", {"nargs": "*", "metavar": "CODE"}),
            Argument("--blind", "does not show what the books have", {"action": "store_true"}),
            ON,
        ],
    ),
    Command(
        ("stock", "count", "add"),
        "records that so many more of a product were counted",
        "counts:add",
        [
            _COUNT,
            _CODE,
            Argument("quantity", "how many, 0 for none", {"type": argument_types.from_none, "metavar": "QTY"}),
            Argument("--lot", "the lot that was counted", {"metavar": "LOT"}),
        ],
    ),
    Command(("stock", "count", "read"), "reads a file into an open count", "counts:read", [_COUNT, FILE]),
    Command(("stock", "count", "show"), "shows what was found", "counts:show", [_COUNT]),
    Command(("stock", "count", "list"), "shows every count", "counts:list_counts"),
    Command(("stock", "count", "recount"), "forgets what was counted of a product", "counts:again", [_COUNT, _CODE]),
    Command(
        ("stock", "count", "close"),
        "brings the books to what was counted",
        "counts:close",
        [
            _COUNT,
            Argument(
                "--uncounted",
                "whether products that were not counted stay as they are, or are none",
                {"choices": ("keep", "zero"), "default": "keep"},
            ),
            ON,
            APPROVER,
        ],
    ),
    Command(("stock", "count", "drop"), "gives an open count up", "counts:drop", [_COUNT, ON]),
)

_DONOR = Argument("donor", "who gives", {"metavar": "DONOR"})
_DATE = Argument("date", "the day", {"type": argument_types.day, "metavar": "DATE"})
_POOL = (
    Command(
        ("pledge", "add"),
        "records what a donor promises",
        "pool:add_promise",
        [
            _DONOR,
            Argument("amount", "how much, in yuan", {"type": argument_types.amount, "metavar": "AMOUNT"}),
            Argument("--due", "the day it is due", {"required": True, "type": argument_types.day, "metavar": "DATE"}),
            Argument("--purpose", "what it is for", {"metavar": "TEXT"}),
            ON,
        ],
    ),
    Command(("pledge", "list"), "what was promised, and what of it came", "pool:list_pledges", [AT]),
    Command(("donor", "list"), "every donor and what they gave", "pool:list_donors"),
    Command(
        ("donor", "show"),
        "what each gift of a donor became",
        "pool:show_donor",
        [Argument("name", "the donor's name", {"metavar": "NAME"})],
    ),
    Command(
        ("donor", "consent"),
        "changes what a gift is for, with its donor's consent",
        "pool:consent",
        [
            _VOUCHER,
            Argument("--purpose", "what it is for from now on", {"required": True, "metavar": "TEXT"}),
            REASON,
            ON,
            APPROVER,
        ],
    ),
    Command(("pool", "book"), "the pool's cash book", "pool:book", _FROM_TO),
    Command(
        ("pool", "bank"),
        "records what the bank says at a day's end",
        "pool:bank",
        [
            _DATE,
            Argument("balance", "what the bank says, in yuan", {"type": argument_types.balance, "metavar": "BALANCE"}),
        ],
    ),
)
_REPORTS = (
    Command(("stock", "card"), "every move of a product", "reports:card", [_CODE, *_FROM_TO]),
    Command(
        ("stock", "trace"),
        "where goods come from and what became of them",
        "reports:show_trace",
        [Argument("name", "a lot, a voucher or a receipt", {"metavar": "LOT|VOUCHER|RECEIPT"})],
    ),
    Command(
        ("report", "donors"),
        "the donors of a year, to be published",
        "pool:publish_donors",
        [
            Argument("--year", "the year, this one if not given", {"type": argument_types.year, "metavar": "YYYY"}),
            *OUT,
        ],
    ),
    Command(
        ("report", "coverage"),
        "how points outstanding were covered at each month's end",
        "reports:show_coverage",
        [Argument("--months", "how many months, twelve if not given", {**_FROM_ONE, "default": 12}), *OUT],
    ),
    Command(
        ("report", "forecast"),
        "what a market day is likely to ask for, and what to buy for it",
        "reports:show_forecast",
        [_DATE, *OUT],
    ),
)

GOODS: tuple[Command, ...] = (*_PRODUCTS, _LABELS, *_COMING_IN, *_SHELF, *_COUNTS, *_POOL, *_REPORTS)
