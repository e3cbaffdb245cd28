"""What a day came to in words: gross, what came back of it, and net, wherever a sum of points is shown."""

from lizhi_pos.money import Points, format_hundredths
from lizhi_pos.refusal import Message, message


def points_words(redeemed: Points, back: Points) -> Message:
    """Return the points that were redeemed; where some came back, also those and what is left of the sum."""
    if not back:
        return message("points {0}", format_hundredths(redeemed))
    net = format_hundredths(redeemed - back)
    return message("points {0}, back {1}, net {2}", format_hundredths(redeemed), format_hundredths(back), net)
