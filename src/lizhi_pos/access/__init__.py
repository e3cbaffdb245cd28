"""Who acts and who approves: users, PINs, roles."""
