"""Contributions paid from the card: what is owed is taken from the account on it, once."""
