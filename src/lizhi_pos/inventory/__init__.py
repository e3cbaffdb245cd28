"""Products, their tag prices, lots and every movement of goods."""
