"""The keys of each screen: what they do, and how the last line names them."""

from msgspec import Struct
from textual.binding import Binding

from lizhi_pos.refusal import Text, say


class Key(Struct, frozen=True):
    """A key with its action. `shown` is the key as it stands on the keyboard."""

    key: str
    shown: str
    label: Text
    action: str

    @property
    def binding(self) -> Binding:
        """The key for Textual; the last line is our own, so its footer shows none."""
        return Binding(self.key, self.action, self.label.message, show=False)


SELL = (
    Key("f4", "F4", say("collector"), "collector"),
    Key("f7", "F7", say("copy"), "reprint"),
    Key("f8", "F8", say("empty"), "empty"),
    Key("f9", "F9", say("today"), "today"),
    Key("f11", "F11", say("colours"), "app.next_theme"),
    Key("f12", "F12", say("sign out"), "sign_out"),
    Key("f1", "F1", say("help"), "help"),
    Key("ctrl+q", "^Q", say("end"), "app.leave"),
)
SIGN_IN = (
    Key("escape", "Esc", say("another name"), "other_name"),
    Key("f11", "F11", say("colours"), "app.next_theme"),
    Key("ctrl+q", "^Q", say("end"), "app.leave"),
)
DAY = (
    Key("f11", "F11", say("colours"), "app.next_theme"),
    Key("f12", "F12", say("sign out"), "app.sign_out"),
    Key("ctrl+q", "^Q", say("end"), "app.leave"),
)
TODAY = (
    Key("enter", "Enter", say("lines"), "lines"),
    Key("f6", "F6", say("return"), "return_goods"),
    Key("f7", "F7", say("copy"), "reprint"),
    Key("f11", "F11", say("colours"), "app.next_theme"),
    Key("escape", "Esc", say("back"), "back"),
    Key("ctrl+q", "^Q", say("end"), "app.leave"),
)
