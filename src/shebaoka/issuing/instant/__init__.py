"""Cards replaced on the spot: from a blank of the outlet's stock to the open card in its holder's hand."""
