"""Production: cards are ordered from the card bureau in batches, and its answers taken in."""
