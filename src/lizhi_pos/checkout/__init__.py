"""The market-day session, the basket and its redemption, receipts and print jobs."""
