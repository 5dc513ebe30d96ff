"""Applications for a card: one per person, whatever the channels do at once."""
