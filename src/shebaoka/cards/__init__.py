"""Cards, old and new: their two functions, and whether a card is good now."""
