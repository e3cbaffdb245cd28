"""The keys of each screen: what they do, how the last line names them, and what the help says of them."""

from msgspec import Struct
from textual.binding import Binding

from lizhi_pos.refusal import Text, say


class Key(Struct, frozen=True):
    """A key with its action. `shown` is the key as it stands on the keyboard.

    One that is not `listed` stands in the help only, for want of room in the last line.
    """

    key: str
    shown: str
    label: Text
    action: str
    means: Text
    listed: bool = True

    @property
    def binding(self) -> Binding:
        """The key for Textual; the last line is our own, so its footer shows none."""
        return Binding(self.key, self.action, self.label.message, show=False, tooltip=self.means.message)


_COLOURS = Key("f11", "F11", say("colours"), "app.next_theme", say("light, dark or high contrast"), listed=False)
_END = Key("ctrl+q", "^Q", say("end"), "app.leave", say("end the till; goods on the counter are kept"), listed=False)
_HELP = Key("f1", "F1", say("help"), "app.help", say("what works here"))
_LOCK = Key("f12", "F12", say("lock"), "app.lock", say("lock; another clerk may go on"))
_PALETTE = Key("ctrl+p", "^P", say("find"), "app.palette", say("find what you may do, by its letters"), listed=False)
_BACK = Key("escape", "Esc", say("back"), "back", say("back"))
_LANGUAGE = Key("f5", "F5", say("language"), "app.other_language", say("English or Chinese"), listed=False)
_COMMON = (_PALETTE, _COLOURS, _LANGUAGE, _END)

SELL = (
    Key("f2", "F2", say("hold"), "hold", say("hold this basket for later")),
    Key("f3", "F3", say("recall"), "recall", say("take a held basket back")),
    Key("f4", "F4", say("proxy"), "collector", say("somebody collects for the household: name, relation")),
    Key("f7", "F7", say("copy"), "reprint", say("print the last receipt again")),
    Key("f8", "F8", say("empty"), "empty", say("take everything off the counter")),
    Key("f9", "F9", say("today"), "today", say("today's receipts: print one again, take goods back")),
    Key("f10", "F10", say("home"), "app.home", say("what waits, the day's chart, close the session")),
    _LOCK,
    _HELP,
    *_COMMON,
)
TRAIN = (
    *(key for key in SELL if key.key in ("f2", "f3", "f4", "f8")),
    Key("f10", "F10", say("end training"), "leave", say("back to real work")),
    _HELP,
    *_COMMON,
)
SIGN_IN = (
    Key("escape", "Esc", say("another name"), "other_name", say("give another name")),
    Key("f11", "F11", say("colours"), "app.next_theme", say("light, dark or high contrast")),
    Key("f5", "F5", say("language"), "app.other_language", say("English or Chinese")),
    Key("ctrl+q", "^Q", say("end"), "app.leave", say("end the till; goods on the counter are kept")),
)
DAY = (
    Key("f8", "F8", say("forget baskets"), "forget", say("forget baskets that are still open"), listed=False),
    Key("f10", "F10", say("home"), "app.home", say("what waits, the day's chart, close the session")),
    _LOCK,
    _HELP,
    *_COMMON,
)
HOME = (
    Key("enter", "Enter", say("go there"), "go", say("go where the marked line leads; its number does it too")),
    _BACK,
    Key("f12", "F12", say("sign out"), "app.sign_out", say("sign out: the till asks who comes next")),
    _HELP,
    *_COMMON,
)
CLOSE = (
    Key("f10", "F10", say("close the session"), "close", say("close the session; the day's slip is printed")),
    Key("f8", "F8", say("forget baskets"), "forget", say("forget baskets that are still open")),
    _BACK,
    _HELP,
    *_COMMON,
)
PRINTING = (
    Key("f7", "F7", say("print again"), "again", say("print it again; what may be out already says it is a copy")),
    Key("f8", "F8", say("give up"), "give_up", say("it needs no printing any more")),
    Key("f9", "F9", say("give up all"), "give_up_all", say("none of what waits needs printing any more")),
    _BACK,
    _HELP,
    *_COMMON,
)
TODAY = (
    Key("enter", "Enter", say("lines"), "lines", say("the lines of the marked receipt")),
    Key("f4", "F4", say("sticker"), "sticker", say("print a line to glue into the household's booklet")),
    Key("f6", "F6", say("return"), "return_goods", say("take goods back, with a second person")),
    Key("f7", "F7", say("copy"), "reprint", say("print this receipt again")),
    _BACK,
    _HELP,
    *_COMMON,
)
