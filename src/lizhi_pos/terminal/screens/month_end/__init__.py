"""The month's end (月结): checks, closing, papers, villages' answers."""
