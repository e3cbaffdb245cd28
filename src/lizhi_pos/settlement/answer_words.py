"""What villages' states, their differences and the causes of these are called."""

from lizhi_pos.refusal import message

STATE_WORDS = {
    "sent": message("not answered"),
    "answered": message("answered"),
    "confirmed": message("confirmed"),
    "disputed": message("disputed"),
}
DIFFERENCE_WORDS = {
    "amount": message("amounts differ"),
    "missing_here": message("not in our statement"),
    "missing_there": message("not in the answer"),
}
CAUSE_WORDS = {
    "late_entry": message("entered after the last market day"),
    "unposted_batch": message("points of a ledger that was not posted by the month's end"),
    "redemption": message("a redemption or return that they have not"),
    "veto": message("a veto or its lifting that they have not"),
    "correction": message("a correction that they have not"),
    "transfer": message("a split, merge or move that they have not"),
    "swapped": message("exchanged with another household"),
    "digits": message("mistyped: digits exchanged or the point moved"),
}
