"""What is read from many rooms and changes nothing: donors, traces both ways, product cards, the forecast."""
