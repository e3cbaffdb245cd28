"""What every job shares: questions, forms, lists, signing in, home, help, the palette."""
