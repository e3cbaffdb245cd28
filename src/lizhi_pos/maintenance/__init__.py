"""What keeps the books for later: the year's archive."""
