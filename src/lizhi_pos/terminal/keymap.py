"""The keys of each screen: what they do, how the last line names them, and what the help says of them."""

from functools import cache

from msgspec import Struct
from textual.binding import Binding

from lizhi_pos.refusal import Text, say


class Key(Struct, frozen=True):
    """A key with its action. `shown` is the key as it stands on the keyboard.

    One that is not `listed` stands in the help only, for want of room in the last line. `group` is its heading there.
    """

    key: str
    shown: str
    label: Text
    action: str
    means: Text
    group: Text
    listed: bool = True

    @property
    def binding(self) -> Binding:
        """The key for Textual; the last line is our own, so its footer shows none."""
        return Binding(
            self.key, self.action, self.label.message, show=False, tooltip=self.means.message, group=_group(self.group)
        )


GROUPS = BASKET, PAPER, GO, TILL = say("Basket"), say("Paper"), say("Go to"), say("Till")
"""In the order the help shows them."""


@cache
def _group(group: Text) -> Binding.Group:
    return Binding.Group(group.message)


_COLOURS = Key("f11", "F11", say("colours"), "app.next_theme", say("light, dark or high contrast"), TILL, listed=False)
_END = Key(
    "ctrl+q", "^Q", say("end"), "app.leave", say("end the till; goods on the counter are kept"), TILL, listed=False
)
_HELP = Key("f1", "F1", say("help"), "app.help", say("what works here"), TILL)
_LOCK = Key("f12", "F12", say("lock"), "app.lock", say("lock; another clerk may go on"), TILL)
_PALETTE = Key(
    "ctrl+p", "^P", say("find"), "app.palette", say("find what you may do, by its letters"), GO, listed=False
)
_BACK = Key("escape", "Esc", say("back"), "back", say("back"), GO)
_LANGUAGE = Key("f5", "F5", say("language"), "app.other_language", say("English or Chinese"), TILL, listed=False)
_COMMON = (_PALETTE, _COLOURS, _LANGUAGE, _END)

SELL = (
    Key("f2", "F2", say("hold"), "hold", say("hold this basket for later"), BASKET),
    Key("f3", "F3", say("recall"), "recall", say("take a held basket back"), BASKET),
    Key("f4", "F4", say("proxy"), "proxy", say("somebody collects for the household: name, relation"), BASKET),
    Key("f7", "F7", say("copy"), "reprint", say("print the last receipt again"), PAPER),
    Key("f8", "F8", say("empty"), "empty", say("take everything off the counter"), BASKET),
    Key("f9", "F9", say("today"), "today", say("today's receipts: print one again, take goods back"), GO),
    Key("f10", "F10", say("home"), "app.home", say("what waits, the day's chart, close the session"), GO),
    _LOCK,
    _HELP,
    *_COMMON,
)
TRAIN = (
    *(key for key in SELL if key.key in ("f2", "f3", "f4", "f8")),
    Key("f10", "F10", say("end training"), "leave", say("back to real work"), GO),
    _HELP,
    *_COMMON,
)
SIGN_IN = (
    Key("escape", "Esc", say("another name"), "other_name", say("give another name"), TILL),
    Key("f11", "F11", say("colours"), "app.next_theme", say("light, dark or high contrast"), TILL),
    Key("f5", "F5", say("language"), "app.other_language", say("English or Chinese"), TILL),
    Key("ctrl+q", "^Q", say("end"), "app.leave", say("end the till; goods on the counter are kept"), TILL),
)
DAY = (
    Key("f8", "F8", say("forget baskets"), "forget", say("forget baskets that are still open"), BASKET, listed=False),
    Key("f10", "F10", say("home"), "app.home", say("what waits, the day's chart, close the session"), GO),
    _LOCK,
    _HELP,
    *_COMMON,
)
HOME = (
    Key("enter", "Enter", say("go there"), "go", say("go where the marked line leads; its number does it too"), GO),
    _BACK,
    Key("f12", "F12", say("sign out"), "app.sign_out", say("sign out: the till asks who comes next"), TILL),
    _HELP,
    *_COMMON,
)
CLOSE = (
    Key("f10", "F10", say("close the session"), "close", say("close the session; the day's slip is printed"), TILL),
    Key("f8", "F8", say("forget baskets"), "forget", say("forget baskets that are still open"), BASKET),
    _BACK,
    _HELP,
    *_COMMON,
)
PRINTING = (
    Key(
        "f7", "F7", say("print again"), "again", say("print it again; what may be out already says it is a copy"), PAPER
    ),
    Key("f8", "F8", say("give up"), "give_up", say("it needs no printing any more"), PAPER),
    Key("f9", "F9", say("give up all"), "give_up_all", say("none of what waits needs printing any more"), PAPER),
    _BACK,
    _HELP,
    *_COMMON,
)
TODAY = (
    Key("enter", "Enter", say("lines"), "lines", say("the lines of the marked receipt"), GO),
    Key("f4", "F4", say("sticker"), "sticker", say("print a line to glue into the household's booklet"), PAPER),
    Key("f6", "F6", say("return"), "return_goods", say("take goods back, with a second person"), BASKET),
    Key("f7", "F7", say("copy"), "reprint", say("print this receipt again"), PAPER),
    _BACK,
    _HELP,
    *_COMMON,
)
