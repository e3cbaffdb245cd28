"""What keeps every stored fact under a chain of hashes: documents, and the record of those that no entry carries."""
