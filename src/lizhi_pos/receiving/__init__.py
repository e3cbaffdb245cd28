"""A gift in kind or a purchase becomes lots, in one transaction with its entries."""
