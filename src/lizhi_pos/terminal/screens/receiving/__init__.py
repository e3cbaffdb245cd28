"""Receiving (收货): gifts in kind and purchases as they come in."""
