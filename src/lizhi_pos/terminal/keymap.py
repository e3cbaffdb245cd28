"""The keys of each screen: what they do, how the last line names them, and what the help says of them."""

from functools import cache

from msgspec import Struct
from textual.binding import Binding

from lizhi_pos.refusal import Message, message


class Key(Struct, frozen=True):
    """A key with its action. `shown` is the key as it stands on the keyboard.

    One that is not `listed` stands in the help only, for want of room in the last line. `group` is its heading there.
    """

    key: str
    shown: str
    label: Message
    action: str
    means: Message
    group: Message
    listed: bool = True

    @property
    def binding(self) -> Binding:
        """The key for Textual; the last line is our own, so its footer shows none."""
        return Binding(
            self.key, self.action, self.label.msgid, show=False, tooltip=self.means.msgid, group=_group(self.group)
        )


GROUPS = BASKET, PAPER, GO, TILL = message("Basket"), message("Paper"), message("Go to"), message("Till")
"""In the order the help shows them."""


def place_key(number: int, label: Message, target: str) -> Key:
    """Return a row of home as a key that goes there, for the palette; nobody presses it."""
    return Key(f"go-{number}", str(number), label, f"app.go_to({target!r})", label, GO, listed=False)


@cache
def _group(group: Message) -> Binding.Group:
    return Binding.Group(group.msgid)


_COLOURS = Key(
    "f11", "F11", message("colours"), "app.next_theme", message("light, dark or high contrast"), TILL, listed=False
)
_END = Key(
    "ctrl+q",
    "^Q",
    message("end"),
    "app.leave",
    message("end the till; goods on the counter are kept"),
    TILL,
    listed=False,
)
_HELP = Key("f1", "F1", message("help"), "app.help", message("what works here"), TILL)
_LOCK = Key("f12", "F12", message("lock"), "app.lock", message("lock; another clerk may go on"), TILL)
_PALETTE = Key(
    "ctrl+p", "^P", message("find"), "app.palette", message("find what you may do, by its letters"), GO, listed=False
)
_BACK = Key("escape", "Esc", message("back"), "back", message("back"), GO)
_LANGUAGE = Key(
    "f5", "F5", message("language"), "app.other_language", message("English or Chinese"), TILL, listed=False
)
_COMMON = (_PALETTE, _COLOURS, _LANGUAGE, _END)

SELL = (
    Key("f2", "F2", message("hold"), "hold", message("hold this basket for later"), BASKET),
    Key("f3", "F3", message("recall"), "recall", message("take a held basket back"), BASKET),
    Key("f4", "F4", message("proxy"), "proxy", message("somebody collects for the household: name, relation"), BASKET),
    Key("f7", "F7", message("copy"), "reprint", message("print the last receipt again"), PAPER),
    Key("f8", "F8", message("empty"), "empty", message("take everything off the counter"), BASKET),
    Key("f9", "F9", message("today"), "today", message("today's receipts: print one again, take goods back"), GO),
    Key("f10", "F10", message("home"), "app.home", message("what waits, the day's chart, close the session"), GO),
    _LOCK,
    _HELP,
    *_COMMON,
)
TRAIN = (
    *(key for key in SELL if key.key in ("f2", "f3", "f4", "f8")),
    Key("f10", "F10", message("end training"), "leave", message("back to real work"), GO),
    _HELP,
    *_COMMON,
)
SIGN_IN = (
    Key("escape", "Esc", message("another name"), "other_name", message("give another name"), TILL),
    Key("f11", "F11", message("colours"), "app.next_theme", message("light, dark or high contrast"), TILL),
    Key("f5", "F5", message("language"), "app.other_language", message("English or Chinese"), TILL),
    Key("ctrl+q", "^Q", message("end"), "app.leave", message("end the till; goods on the counter are kept"), TILL),
)
DAY = (
    Key(
        "f2", "F2", message("finish"), "finish", message("finish baskets of a session still open"), BASKET, listed=False
    ),
    Key(
        "f8",
        "F8",
        message("forget baskets"),
        "forget",
        message("forget baskets that are still open"),
        BASKET,
        listed=False,
    ),
    Key("f10", "F10", message("home"), "app.home", message("what waits, the day's chart, close the session"), GO),
    _LOCK,
    _HELP,
    *_COMMON,
)
HOME = (
    Key(
        "enter",
        "Enter",
        message("go there"),
        "go",
        message("go where the marked line leads; its number does it too"),
        GO,
    ),
    _BACK,
    Key("f12", "F12", message("sign out"), "app.sign_out", message("sign out: the till asks who comes next"), TILL),
    _HELP,
    *_COMMON,
)
CLOSE = (
    Key(
        "f10",
        "F10",
        message("close the session"),
        "close",
        message("close the session; the day's slip is printed"),
        TILL,
    ),
    Key("f8", "F8", message("forget baskets"), "forget", message("forget baskets that are still open"), BASKET),
    _BACK,
    _HELP,
    *_COMMON,
)
PRINTING = (
    Key(
        "f7",
        "F7",
        message("print again"),
        "again",
        message("print it again; what may be out already says it is a copy"),
        PAPER,
    ),
    Key("f8", "F8", message("give up"), "cancel", message("it needs no printing any more"), PAPER),
    Key("f9", "F9", message("give up all"), "cancel_all", message("none of what waits needs printing any more"), PAPER),
    _BACK,
    _HELP,
    *_COMMON,
)
RECEIVING = (
    Key(
        "f10", "F10", message("all is in"), "finish", message("write the voucher and its goods into the books"), BASKET
    ),
    Key("f6", "F6", message("no expiry"), "no_expiry", message("what was scanned last has no expiry"), BASKET),
    Key("f8", "F8", message("drop it"), "discard", message("forget this delivery: nothing of it comes in"), BASKET),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
GIFTS = (
    Key("f2", "F2", message("money in"), "give", message("money came: a gift, a grant, an allocation"), BASKET),
    Key("f3", "F3", message("pledge"), "pledge", message("write down what a donor promises"), BASKET),
    Key("f4", "F4", message("bank"), "bank", message("what the bank says, beside the books"), BASKET),
    Key(
        "f6",
        "F6",
        message("purpose"),
        "purpose",
        message("another purpose of the marked gift, with its donor's consent"),
        BASKET,
        listed=False,
    ),
    Key("f7", "F7", message("certificate"), "certificate", message("print what the donor of the gift gets"), PAPER),
    Key(
        "f8",
        "F8",
        message("void"),
        "void",
        message("undo the marked gift or purchase, with a second person"),
        BASKET,
    ),
    Key("f9", "F9", message("lists"), "next_view", message("gifts, pledges, purchases, the cash book"), GO),
    _BACK,
    Key("f12", "F12", message("lock"), "app.lock", message("lock; another clerk may go on"), TILL, listed=False),
    _HELP,
    *_COMMON,
)
SHELF = (
    Key("f2", "F2", message("price"), "price", message("give the marked product another price"), BASKET),
    Key(
        "f3",
        "F3",
        message("barcode"),
        "barcode",
        message("give the marked product another barcode, or that of its carton"),
        BASKET,
        listed=False,
    ),
    Key("f4", "F4", message("loss"), "write_off", message("write goods of the marked lot off"), BASKET),
    Key("f6", "F6", message("recall lot"), "recall", message("recall the marked lot, or release it again"), BASKET),
    Key("f7", "F7", message("label"), "label", message("print the marked product's label, or the list shown"), PAPER),
    Key("f8", "F8", message("expired"), "expired", message("write off all that is past its day"), BASKET),
    Key("f9", "F9", message("tags"), "labels", message("print the labels of all prices that changed"), PAPER),
    Key(
        "f10",
        "F10",
        message("who took it"),
        "who_took",
        message("which households have goods of the marked lot"),
        GO,
        listed=False,
    ),
    _BACK,
    Key("f12", "F12", message("lock"), "app.lock", message("lock; another clerk may go on"), TILL, listed=False),
    _HELP,
    *_COMMON,
)
COUNTS = (
    Key("f2", "F2", message("new count"), "open", message("begin a count of all goods, or of some"), BASKET),
    Key("enter", "Enter", message("go on"), "enter", message("on with the marked count"), GO),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
COUNTING = (
    Key("f10", "F10", message("close it"), "close", message("let the books say what was counted"), BASKET),
    Key("f6", "F6", message("count anew"), "recount", message("forget what was counted of the marked product"), BASKET),
    Key("f9", "F9", message("what is left"), "next_view", message("all, what is not counted, what differs"), GO),
    Key("f8", "F8", message("give it up"), "drop", message("give this count up: the books stay"), BASKET),
    _BACK,
    Key("f12", "F12", message("lock"), "app.lock", message("lock; another clerk may go on"), TILL, listed=False),
    _HELP,
    *_COMMON,
)
_REPORT = Key(
    "f7", "F7", message("file"), "write_report", message("write it as paper, picture, page or workbook"), PAPER
)
PLANNING = (
    Key("f2", "F2", message("shopping list"), "write", message("write what to buy as a purchases file"), PAPER),
    Key("f9", "F9", message("only to buy"), "turn", message("only what is to be bought, or all again"), GO),
    _REPORT,
    Key("enter", "Enter", message("coverage"), "look", message("coverage, the months and the method"), GO),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
_PUBLISH = Key("f3", "F3", message("publish"), "publish", message("publish the marked batch"), BASKET)
_REVIEW = Key("f4", "F4", message("review"), "review", message("review the batch for the town"), BASKET)
_SEND_BACK = Key("f6", "F6", message("send back"), "send_back", message("send the batch back, with a reason"), BASKET)
_OBJECT = Key("f7", "F7", message("objection"), "object", message("somebody objects to the published batch"), BASKET)
_SETTLE = Key("f8", "F8", message("answer"), "settle", message("answer an objection: upheld or dismissed"), BASKET)
_POST = Key("f10", "F10", message("post"), "post", message("post the reviewed batch: its points count"), BASKET)
_LOCK_UNLISTED = Key(
    "f12", "F12", message("lock"), "app.lock", message("lock; another clerk may go on"), TILL, listed=False
)
LEDGERS = (
    Key("f2", "F2", message("files"), "read_files", message("read workbooks from a stick or folder"), BASKET),
    _PUBLISH,
    _REVIEW,
    _SEND_BACK,
    _OBJECT,
    _SETTLE,
    Key("f9", "F9", message("rows"), "look", message("every row of the marked batch"), GO),
    _POST,
    Key("left", "←", message("month before"), "month(-1)", message("the month before"), GO, listed=False),
    Key("right", "→", message("month after"), "month(1)", message("the month after"), GO, listed=False),
    _BACK,
    _LOCK_UNLISTED,
    _HELP,
    *_COMMON,
)
BATCH = (
    _PUBLISH,
    _REVIEW,
    _SEND_BACK,
    _OBJECT,
    _SETTLE,
    Key("f9", "F9", message("sheets"), "next_sheet", message("the rows of the next sheet"), GO),
    _POST,
    _BACK,
    _LOCK_UNLISTED,
    _HELP,
    *_COMMON,
)
FILES = (
    Key("f10", "F10", message("read"), "take", message("read the marked file, or those whose numbers stand"), BASKET),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
READING = (
    Key("f10", "F10", message("take"), "take", message("take the marked file in its batch's place"), BASKET),
    Key("f7", "F7", message("marked copy"), "mark_copy", message("write the file again, its errors marked"), PAPER),
    Key("f9", "F9", message("what changes"), "changes", message("what the file changes in its batch"), GO),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
MONTH_END = (
    Key("f4", "F4", message("close"), "close", message("close the month"), BASKET),
    Key("f3", "F3", message("papers"), "papers", message("write the month's papers into a folder"), PAPER),
    Key("f6", "F6", message("answers"), "read_answers", message("read villages' answers from a stick"), BASKET),
    Key("f7", "F7", message("confirm"), "confirm", message("the marked village confirms its statement"), BASKET),
    Key("f8", "F8", message("dispute"), "dispute", message("the marked village disputes its statement"), BASKET),
    Key("left", "←", message("month before"), "month(-1)", message("the month before"), GO, listed=False),
    Key("right", "→", message("month after"), "month(1)", message("the month after"), GO, listed=False),
    _BACK,
    _LOCK_UNLISTED,
    _HELP,
    *_COMMON,
)
PAPERS = (
    Key("f9", "F9", message("folder"), "folder", message("show the folder of the papers"), GO),
    Key("f8", "F8", message("replace"), "replace", message("write over files with another content"), PAPER),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
DIFFERENCES = (
    Key("f2", "F2", message("what came of it"), "resolve", message("keep what came of the marked difference"), BASKET),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
TOLD = (_BACK, _LOCK, _HELP, *_COMMON)
HONOURS = (
    Key("f9", "F9", message("next list"), "next_view", message("red, black, candidates, scorecard, coverage"), GO),
    Key("f2", "F2", message("next village"), "next_village", message("the list of the next village"), GO),
    _REPORT,
    Key("enter", "Enter", message("entries"), "look", message("what the marked row is made of"), GO),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
SUPERVISION = (
    Key("f2", "F2", message("sign"), "sign", message("sign that these days were looked through"), BASKET),
    Key("f3", "F3", message("everything"), "everything", message("the findings since the books began"), GO),
    Key("f9", "F9", message("what was signed"), "next_view", message("the findings, or what was signed"), GO),
    _REPORT,
    Key("enter", "Enter", message("where it leads"), "look", message("what the marked finding refers to"), GO),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
RULEBOOK = (
    Key("f9", "F9", message("next part"), "next_view", message("items, terms, redemption days, versions"), GO),
    Key("enter", "Enter", message("changes"), "look", message("what the marked version changed"), GO),
    _BACK,
    _LOCK,
    _HELP,
    *_COMMON,
)
HOUSEHOLDS = (
    Key("f2", "F2", message("change it"), "menu", message("everything that is done to the marked household"), BASKET),
    Key("f6", "F6", message("veto"), "act('veto')", message("record a veto, of what is proposed or another"), BASKET),
    Key("f8", "F8", message("dismiss"), "act('dismiss')", message("do not follow what is proposed"), BASKET),
    Key("f9", "F9", message("proposed"), "next_view", message("only where a veto is proposed, or all again"), GO),
    Key("enter", "Enter", message("card"), "look", message("into the card, and where the marked line leads"), GO),
    _BACK,
    Key("f12", "F12", message("lock"), "app.lock", message("lock; another clerk may go on"), TILL, listed=False),
    _HELP,
    *_COMMON,
)
ORIGIN = (
    Key("enter", "Enter", message("go on"), "look", message("where the marked line leads"), GO),
    _BACK,
    Key("f12", "F12", message("lock"), "app.lock", message("lock; another clerk may go on"), TILL, listed=False),
    _HELP,
    *_COMMON,
)
TODAY = (
    Key("enter", "Enter", message("lines"), "lines", message("the lines of the marked receipt"), GO),
    Key("f4", "F4", message("sticker"), "sticker", message("print a line to glue into the household's booklet"), PAPER),
    Key("f6", "F6", message("return"), "return_goods", message("take goods back, with a second person"), BASKET),
    Key("f7", "F7", message("copy"), "reprint", message("print this receipt again"), PAPER),
    Key("f9", "F9", message("origin"), "origin", message("where its points and its goods come from"), GO),
    _BACK,
    _HELP,
    *_COMMON,
)
