"""Point of sale and inventory of the 励志超市 (Encouragement Supermarket) of Datong town."""

__version__ = "0.7.0"
