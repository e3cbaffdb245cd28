"""Functions that return the lines of one part of a screen."""
