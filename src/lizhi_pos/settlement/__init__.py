"""Month ends: statements, what villages answer, and proof that the books are whole."""
