"""What is said to people: sentences as values, their catalogues, and how they are put into words."""
