"""Villages, households, their members, batches of points, eligibility and vetoes."""
