"""What the movements of a statement are called, and whether each adds or takes away."""

from lizhi_pos.refusal import message

MOVEMENT_WORDS = {
    "base": (message("base points"), 1),
    "volunteer": (message("volunteer points"), 1),
    "redeemed": (message("redemption"), -1),
    "returned": (message("return"), 1),
    "vetoed": (message("veto"), -1),
    "restored": (message("veto lifted"), 1),
    "adjusted": (message("correction"), 1),
    "transferred": (message("transfer"), 1),
}
