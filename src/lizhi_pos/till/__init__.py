"""What a till does, without a screen: the counter, its basket, who is at it, and its acts on the books."""
