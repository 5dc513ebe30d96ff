"""Service banks: the accounts that they open for cards."""
