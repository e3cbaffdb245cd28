"""What sources of goods and their moves are called in words."""

from collections.abc import Mapping

from lizhi_pos.refusal import Message, message

MOVE_WORDS: Mapping[str, Message] = {
    "gift": message("gift"),
    "purchase": message("purchase"),
    "redemption": message("redemption"),
    "return": message("return"),
    "writeoff": message("write-off"),
    "count": message("count"),
    "void": message("void"),
}

SOURCE_WORDS: Mapping[str, Message] = {
    "money": message("gift of money"),
    "sponsor": message("sponsor's grant"),
    "village": message("village's allocation"),
    "goods": message("gift in kind"),
    "purchase": message("purchase"),
}
