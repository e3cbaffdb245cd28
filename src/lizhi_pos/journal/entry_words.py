"""What each kind of entry is called in words."""

from lizhi_pos.refusal import message

KIND_WORDS = {
    "base": message("base points"),
    "volunteer": message("volunteer points"),
    "adjust": message("correction"),
    "redeem": message("redemption"),
    "return": message("return"),
    "veto": message("veto"),
    "restore": message("veto lifted"),
    "transfer": message("transfer"),
    "close_out": message("closed out"),
}
